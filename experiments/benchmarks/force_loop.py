"""FORCE in leaky neurons as one writes it down: in plain NumPy, and as a hand-written loop (numba).

What the benchmark holds against :func:`lsm.force.train_force`: the same network, equations, steps
and learning. The hand-written loop computes neurons in the same single precision and order, so
that its spikes are the same until what has been learned differs in its last bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm import Reservoir
from lsm.base.steps import rounded
from lsm.force import Probes, Trained, force_reservoir, train_force
from readouts import ForceReadout

Floats = NDArray[np.float64]
#: Outputs (steps,), and the spikes as steps and neurons.
Result = tuple[Floats, NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True)
class Sine:
    """A sine of 5 Hz to learn, as Nicola & Clopath 2017 have it: leaky neurons, (G, Q) = (.1, 30).

    Attributes
    ----------
    neurons : int
    duration_ms, dt_ms : float
    learn : (from_ms, to_ms)
    every : int
    p0, G, Q : float
    seed : int
    """

    neurons: int = 2000
    duration_ms: float = 15_000.0
    learn: tuple[float, float] = (5000.0, 10_000.0)
    every: int = 50
    dt_ms: float = 0.05
    p0: float = 5e-6
    G: float = 0.1
    Q: float = 30.0
    seed: int = 0

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return round(self.duration_ms / self.dt_ms)

    @property
    def window(self) -> tuple[int, int]:
        """The first step at which it learns, and the first one at which it doesn't any more."""
        begin, end = (round(t / self.dt_ms) for t in self.learn)
        return begin, end

    @cached_property
    def target(self) -> Floats:
        """The sine, (steps,)."""
        return np.sin(2 * np.pi * 5 * np.arange(self.steps) * self.dt_ms / 1e3)

    @cached_property
    def reservoir(self) -> Reservoir:
        """The network that all programs run."""
        return force_reservoir("lif", self.neurons, gain=self.G, random_state=self.seed)

    @cached_property
    def drawn(self) -> tuple[Floats, Floats]:
        """Feedback in pA and potentials at the start in mV (neurons,)."""
        rng = np.random.default_rng([self.seed, 1])
        return self.Q * rng.uniform(-1, 1, self.neurons), rng.uniform(-65, 30, self.neurons)

    @cached_property
    def constants(self) -> dict[str, Floats]:
        """Of a step of `lif_double`: of the membrane, the current and its rise."""
        p = self.reservoir.parameters
        return self.reservoir.model.constants(dict(p), self.dt_ms) | {
            "slope": (1 - np.exp(-self.dt_ms / p["tau_m_ms"])) * p["tau_m_ms"] / p["c_m_pF"],
            "weight": self.reservoir.model.weight_factor(dict(p)),
            "rest_steps": 1 + rounded(p["t_ref_ms"], self.dt_ms),
        }

    @cached_property
    def filter(self) -> tuple[float, float, float]:
        """Of the spikes that are read: what is left of r, of h, and what h adds to r."""
        left, decay = np.exp(-self.dt_ms / 2.0), np.exp(-self.dt_ms / 20.0)
        return left, decay, 1e3 * (decay - left) / 18.0

    def train(self) -> Trained:
        """Train it by this program."""
        feedback, start_mV = self.drawn
        return train_force(
            self.reservoir,
            self.target,
            readout=ForceReadout(1 / self.p0),
            feedback=feedback[:, None],
            start_mV=start_mV,
            dt_ms=self.dt_ms,
            learn=self.learn,
            every=self.every,
            probes=Probes(weights=()),
            progress=False,
        )


def plain(sine: Sine, steps: int, window: tuple[int, int]) -> Result:
    """A straightforward NumPy program, with dense matrices."""
    n, c = sine.neurons, sine.constants
    s = sine.reservoir.synapses
    weights = np.zeros((n, n))  # from each neuron in a row
    weights[s.source, s.target] = s.weight_pA * c["weight"][s.target]
    feedback, v = sine.drawn[0], sine.drawn[1].copy()
    left, decay, risen = sine.filter
    current, rise, waits = np.zeros(n), np.zeros(n), np.zeros(n)
    r, h, z = np.zeros(n), np.zeros(n), 0.0
    decoder, P = np.zeros(n), sine.p0 * np.eye(n)
    outputs, spike_step, spike_neuron = np.empty(steps), [], []
    for k in range(steps):
        held = c["c"] + c["slope"] * feedback * z
        moved = c["a"] * v + c["b"] * current + c["b2"] * rise + held
        v = np.where(k >= waits, moved, v)
        current = c["s"] * current + c["s2"] * rise
        rise *= c["sy"]
        fired = np.flatnonzero(v > c["theta"])
        rise += weights[fired].sum(axis=0)
        v[fired] = c["u_reset"][fired]
        waits[fired] = k + c["rest_steps"][fired]
        r, h = left * r + risen * h, decay * h
        h[fired] += 1
        z = np.dot(decoder, r)
        outputs[k] = z
        spike_step.append(np.full(len(fired), k))
        spike_neuron.append(fired)
        if k % sine.every == 0 and window[0] <= k < window[1]:
            p = P @ r
            divisor = 1 + r @ p
            decoder -= (z - sine.target[k]) / divisor * p
            P -= np.outer(p, p) / divisor
    return outputs, np.concatenate(spike_step), np.concatenate(spike_neuron)


def by_hand(sine: Sine) -> Result:
    """The hand-written loop; compiled the first time, for any values."""
    n, c = sine.neurons, sine.constants
    s = sine.reservoir.synapses
    names = ("a", "b", "b2", "s", "s2", "sy", "theta", "u_reset")
    feedback, start_mV = sine.drawn
    return _compiled()(
        np.array([c[name] for name in names], dtype=np.float32),
        c["c"],
        c["slope"],
        c["rest_steps"].astype(np.int32),
        np.searchsorted(s.source, np.arange(n + 1)),
        s.target,
        (s.weight_pA * c["weight"][s.target]).astype(np.float32),
        feedback,
        start_mV.astype(np.float32),
        np.array(sine.filter),
        sine.target,
        np.array(sine.window),
        sine.every,
        sine.p0 * np.eye(n),
    )


def has_numba() -> bool:
    """Whether hand-written loops can be compiled."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


def _compiled() -> Any:
    from experiments.benchmarks.force_loop_numba import run

    return run
