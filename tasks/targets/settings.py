"""With what settings published programs learned their targets.

Nicola & Clopath 2017, Nature Communications 8:2208, and their programs (ModelDB 190565), here with
the synapse of 20 ms; Newton & Nicola 2025, PLoS Computational Biology, and their programs. Where
paper and program differ, the program counts.
"""

from __future__ import annotations

from typing import Any

from tasks.targets.base import ForceSettings

NICOLA_CLOPATH = (
    "Nicola & Clopath, Nature Communications 8:2208, 2017, and their programs (ModelDB 190565)"
)
NEWTON_NICOLA = "Newton & Nicola, PLoS Computational Biology, 2025, and their programs"


def lif(G: float, Q: float, **changes: Any) -> ForceSettings:
    """LIF neurons: 15 s, learning from 5 to 10 s, every 50 steps of 0.05 ms."""
    usual: dict[str, Any] = {"dt_ms": 0.05, "every": 50, "p0": 2.5e-6, "time_unit": "s"}
    return _oscillator(G, Q, usual | changes)


def izhikevich(G: float, Q: float, **changes: Any) -> ForceSettings:
    """Izhikevich neurons: the same times, every 20 steps of 0.04 ms."""
    usual: dict[str, Any] = {"dt_ms": 0.04, "every": 20, "p0": 2.0, "time_unit": "ms"}
    return _oscillator(G, Q, usual | changes)


def theta(G: float, Q: float, **changes: Any) -> ForceSettings:
    """Theta neurons: the same times, every 50 steps of 0.01 ms."""
    usual: dict[str, Any] = {"dt_ms": 0.01, "every": 50, "p0": 1e-5, "time_unit": "s"}
    return _oscillator(G, Q, usual | changes)


def slow_lif(G: float, Q: float, p0: float, **changes: Any) -> ForceSettings:
    """LIF neurons of Newton & Nicola with the slow one of their learning rates."""
    usual: dict[str, Any] = {
        "every": 100,
        "connectivity": 0.4,
        "gain": "textbook",
        "p0": p0,
    }
    return lif(G, Q, **usual | changes)


def song(G: float, Q: float, **changes: Any) -> ForceSettings:
    """Izhikevich neurons that learn something long: every 100 steps, b = 0 and v_t with it."""
    usual: dict[str, Any] = {"every": 100, "neuron": {"b_nS": 0.0, "v_t_mV": -20.0}}
    return izhikevich(G, Q, **usual | changes)


def _oscillator(G: float, Q: float, settings: dict[str, Any]) -> ForceSettings:
    usual: dict[str, Any] = {"duration_ms": 15_000.0, "learn_ms": (5000.0, 10_000.0)}
    return ForceSettings(G=G, Q=Q, **usual | settings)
