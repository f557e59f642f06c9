"""Who writes NIR, and what the numbers in a node mean there: the neurons of a step.

A simulator that takes Euler's steps, and counts its time constants in them, isn't a matter of
continuous time: what its neurons do in a step is, and that a reservoir can do exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lsm.neurons import LIF
from lsm.nir.held import Floats

#: So short a current (ms) is gone after a step, if that is not shorter than _SHORTEST_STEP.
_NO_CURRENT = LIF.parameters["tau_syn_ms"].low
_SHORTEST_STEP = 0.11
#: As large as `lif` neurons have it by default, pF.
_CAPACITANCE = LIF.parameters["c_m_pF"].default


@dataclass(frozen=True)
class Neurons:
    """Parameters of ``lif`` neurons, and the current in pA that a weight of 1 stands for."""

    parameters: dict[str, Floats]
    weight_pA: Floats


def continuous(node: Any, n: int, dt_ms: float) -> Neurons:
    """NIR's own equations, from rest: what :func:`lsm.nir.to_nir` writes without a reader."""
    resistance, tau_m = _positive(node.r, n, "r"), 1000 * _tau(node, n)
    current = hasattr(node, "tau_syn")
    p = {
        "tau_m_ms": tau_m,
        "tau_syn_ms": 1000 * _positive(node.tau_syn, n, "tau_syn")
        if current
        else np.full(n, _NO_CURRENT),
        "c_m_pF": tau_m / resistance,
        "i_background_pA": _array(node.v_leak, n) / resistance,
        "v_rest_mV": np.zeros(n),
        "v_threshold_mV": _array(node.v_threshold, n),
        "v_reset_mV": _array(node.v_reset, n),
    }
    # A spike is a 1 that lasts for a step.
    if current:
        return Neurons(p, _array(node.w_in, n) * dt_ms / p["tau_syn_ms"])
    _check_step(dt_ms)
    step = LIF.constants(LIF.complete(p, n), dt_ms)
    return Neurons(p, resistance * (1 - step["a"]) / step["b"])


def snntorch(node: Any, n: int, dt_ms: float) -> Neurons:
    """Steps of 0.1 ms, which here are of `dt_ms`: v = (1 - dt / tau) v + what arrives.

    With a current, what arrives raises it, and it is added to the potential in each step.
    """
    if np.any(_array(node.v_leak, n)) or np.any(_array(node.v_reset, n)):
        raise ValueError("v_leak and v_reset must be 0, as snnTorch 1.0.0 writes them")
    leak = 1e-4 / _tau(node, n)
    gain, decay = _array(node.r, n) * leak, np.zeros(n)
    if hasattr(node, "tau_syn"):
        loss = 1e-4 / _positive(node.tau_syn, n, "tau_syn")
        gain, decay = gain * _array(node.w_in, n) * loss, 1 - loss
    return _stepped(1 - leak, decay, gain, np.zeros(n), node, n, dt_ms)


def norse(node: Any, n: int, dt_ms: float) -> Neurons:
    """Norse's steps of `dt_ms`: v += dt / tau (v_leak - v + what arrives), reset to 0.

    Norse 1.1.0 writes dt times its time constants for these, and starts where v_leak is. With a
    current, what arrives raises it, w_in and r aside.
    """
    if np.any(_array(node.v_reset, n)):
        raise ValueError("v_reset must be 0: Norse 1.1.0 writes none")
    square = (dt_ms / 1000) ** 2
    leak, decay = square / _tau(node, n), np.zeros(n)
    if hasattr(node, "tau_syn"):
        decay = 1 - square / _positive(node.tau_syn, n, "tau_syn")
    return _stepped(1 - leak, decay, leak, _array(node.v_leak, n), node, n, dt_ms)


WRITERS = {"norse": norse, "snntorch": snntorch, None: continuous}


def _stepped(
    share: Floats, decay: Floats, gain: Floats, rest: Floats, node: Any, n: int, dt_ms: float
) -> Neurons:
    """Neurons that keep a share of potential and current in a step, with `gain` mV a weight."""
    p = {
        "tau_m_ms": _time_constant(share, "potential", dt_ms),
        "tau_syn_ms": _time_constant(decay, "current", dt_ms),
        "c_m_pF": np.full(n, _CAPACITANCE),
        "v_rest_mV": rest,
        "v_threshold_mV": _array(node.v_threshold, n),
        "v_reset_mV": np.zeros(n),
    }
    step = LIF.constants(LIF.complete(p, n), dt_ms)
    return Neurons(p, gain / step["b"])


def _time_constant(share: Floats, what: str, dt_ms: float) -> Floats:
    """The time constant in ms of which exact steps leave these shares."""
    if not (np.all(share >= 0) and np.all(share < 1)):
        raise ValueError(
            f"a step must leave a share of each {what} in [0, 1), got from {share.min():g} to "
            f"{share.max():g}; check writer and dt_ms"
        )
    instant = share == 0
    if instant.any():
        _check_step(dt_ms)
    return np.where(instant, _NO_CURRENT, -dt_ms / np.log(np.where(instant, 0.5, share)))


def _check_step(dt_ms: float) -> None:
    if dt_ms < _SHORTEST_STEP:
        raise ValueError(
            f"dt_ms must be at least {_SHORTEST_STEP} where nothing is left after a step, "
            f"got {dt_ms:g}"
        )


def _tau(node: Any, n: int) -> Floats:
    """The membranes' time constants in s."""
    name = "tau_mem" if hasattr(node, "tau_mem") else "tau"
    return _positive(getattr(node, name), n, name)


def _positive(value: Any, n: int, name: str) -> Floats:
    array = _array(value, n)
    if not np.all((array > 0) & (array < np.inf)):
        raise ValueError(f"{name} must be positive and finite, got {array.min():g}")
    return array


def _array(value: Any, n: int) -> Floats:
    """A number for each neuron."""
    return np.broadcast_to(np.asarray(value, dtype=np.float64).squeeze(), n).copy()
