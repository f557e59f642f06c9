"""What the calls that try units have in common."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

import lsm
from lsm import force, metrics
from lsm.conversion import SigmoidNetwork


class Case(NamedTuple):
    """A call, and its arguments that have a unit."""

    call: Callable[..., Any]
    given: dict[str, Any]


SPIKES = metrics.poisson_spikes(4, 3, rate_Hz=100.0, duration_ms=40.0, random_state=0)


EVENTS = [np.array([(0, 1000), (1, 2500)], dtype=[("x", int), ("t", int)])]


SIGNALS = np.random.default_rng(0).random((6, 2, 20))


WALK = np.random.default_rng(1).standard_normal((400, 2))


SINE = np.sin(np.arange(400) / 4)


RANGES = {"tau_m_ms": (10.0, 20.0), "v_threshold_mV": (-60.0, -50.0)}


@cache
def reservoir():
    return lsm.Reservoir.random(12, random_state=0, excitatory_fraction=0.6)


@cache
def recording():
    return lsm.record(reservoir(), SPIKES[0])


@cache
def network():
    rng = np.random.default_rng(0)
    return SigmoidNetwork(
        rng.standard_normal((3, 3)), rng.random((3, 1)), rng.random((1, 3)), [20.0, 30.0, 40.0]
    )


@cache
def rate_network():
    return force.RateNetwork(force.force_reservoir("lif", 10, gain=0.1, random_state=0))


def on(spikes_first):
    """A call of a function of the reservoir and spikes."""
    return lambda **given: spikes_first(reservoir(), SPIKES, **given)


DT = {"dt_ms": 0.5}


ESTIMATED = {"rate_Hz": 40.0, "dt_ms": 0.5}


def network_of(function, **fixed):
    def call(**given):
        made = function(**fixed, **given)
        return made.parameters, made.synapses

    return call


def quietly(function):
    """Of what is made up not everything is as good as warnings ask for."""

    def call(**given):
        with warnings.catch_warnings(action="ignore"):
            return function(**given)

    return call
