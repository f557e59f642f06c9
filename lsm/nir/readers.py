"""Who reads NIR, and how: what each reader makes of a node, measured by ``.ci/readers``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lsm.nir.held import Floats, install
from lsm.reservoir import Reservoir


@dataclass(frozen=True)
class Membranes:
    """The neurons of a reservoir for a reader.

    Attributes
    ----------
    node : nir.LIF
    gain : array (neurons,)
        The reader's input for each mV that a step adds to the potential.
    """

    node: Any
    gain: Floats


@dataclass(frozen=True)
class Reader:
    """A reader, by the version that was measured, and what it takes for neurons.

    ``membranes(reservoir, leak, dt_ms)`` makes them, `leak` being the share of a potential that is
    lost in a step; it raises ValueError for what the reader gets wrong.
    """

    version: str
    membranes: Callable[[Reservoir, Floats, float], Membranes]


def _norse(reservoir: Reservoir, leak: Floats, dt_ms: float) -> Membranes:
    """Euler's steps of the length that it is told: v += dt / tau (v_leak - v + input).

    It resets to 0, whatever v_reset says, leaves r out, and starts at v_leak: so potentials are
    counted from where they are reset, and v_leak is the resting potential.
    """
    p = reservoir.parameters
    n = reservoir.n_neurons
    node = install().LIF(
        tau=dt_ms / 1000 / leak,
        r=np.ones(n),
        v_leak=p["v_rest_mV"] - p["v_reset_mV"],
        v_threshold=p["v_threshold_mV"] - p["v_reset_mV"],
        v_reset=np.zeros(n),
    )
    return Membranes(node, 1 / leak)


def _snntorch(reservoir: Reservoir, leak: Floats, dt_ms: float) -> Membranes:
    """Steps of 0.1 ms, which here stand for `dt_ms`: v = (1 - dt / tau) v + input.

    It wants r to be tau / dt, no v_leak, and one threshold for all: potentials are counted from
    rest, in thresholds.
    """
    p = reservoir.parameters
    threshold = p["v_threshold_mV"] - p["v_rest_mV"]
    if np.any(p["v_reset_mV"] != p["v_rest_mV"]):
        raise ValueError(
            "v_reset_mV: snnTorch 1.0.0 resets to the resting potential and takes no other, so it "
            "must equal v_rest_mV"
        )
    if np.any(threshold <= 0):
        raise ValueError(
            "v_threshold_mV: snnTorch 1.0.0 takes one threshold for all neurons, so potentials are "
            "counted in thresholds, and it must be above v_rest_mV"
        )
    n, tau = reservoir.n_neurons, 1e-4 / leak
    node = install().LIF(
        tau=tau, r=tau / 1e-4, v_leak=np.zeros(n), v_threshold=np.ones(n), v_reset=np.zeros(n)
    )
    return Membranes(node, 1 / threshold)


def _never(why: str) -> Callable[[Reservoir, Floats, float], Membranes]:
    def refuse(reservoir: Reservoir, leak: Floats, dt_ms: float) -> Membranes:
        raise ValueError(why)

    return refuse


#: Name -> reader.
READERS = {
    "norse": Reader("Norse 1.1.0", _norse),
    "snntorch": Reader("snnTorch 1.0.0", _snntorch),
    "sinabs": Reader(
        "sinabs 3.1.3",
        _never(
            "reader: sinabs 3.1.3 runs no liquid: its neurons subtract the threshold where these "
            "are reset, and fire several times in a step; and it reads neither Linear nor CubaLIF "
            "nor anything recurrent"
        ),
    ),
    "rockpool": Reader(
        "Rockpool 3.1.0",
        _never(
            "reader: Rockpool 3.1.0 runs no liquid: its neurons subtract the threshold where these "
            "are reset, and fire several times in a step"
        ),
    ),
}


def get_reader(name: str | None) -> Reader | None:
    """The reader of that name; ValueError lists the known ones."""
    if name is None:
        return None
    if name not in READERS:
        raise ValueError(f"reader must be None or one of {', '.join(READERS)}, got {name!r}")
    return READERS[name]
