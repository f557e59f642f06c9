"""FORCE in leaky neurons as one writes it down: in plain NumPy, and as a hand-written loop (numba).

What the benchmark holds against :func:`lsm.force.train_force`: the same network, equations, steps
and learning. The hand-written loop computes neurons in the same single precision and order, so
that its spikes are the same until what has been learned differs in its last bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm import Reservoir
from lsm.base.steps import rounded
from lsm.force import Probes, force_reservoir, train_force
from readouts import ForceReadout

Floats = NDArray[np.float64]
#: Outputs (steps,), and the spikes as steps and neurons.
Result = tuple[Floats, NDArray[np.integer], NDArray[np.integer]]


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


def ours(sine: Sine) -> Result:
    """This program."""
    feedback, start_mV = sine.drawn
    trained = train_force(
        sine.reservoir,
        sine.target,
        readout=ForceReadout(1 / sine.p0),
        feedback=feedback[:, None],
        start_mV=start_mV,
        dt_ms=sine.dt_ms,
        learn=sine.learn,
        every=sine.every,
        probes=Probes(weights=()),
        progress=False,
    )
    steps = np.rint(trained.spike_times_ms / sine.dt_ms).astype(np.int64)
    return trained.outputs[:, 0], steps, trained.spike_neurons


def plain(sine: Sine, steps: int, window: tuple[int, int]) -> Result:
    """A straightforward NumPy program, with dense matrices."""
    n, c = sine.neurons, sine.constants
    s = sine.reservoir.synapses
    weights = np.zeros((n, n))  # from each neuron in a row
    weights[s.source, s.target] = s.weight_pA * c["weight"][s.target]
    feedback, v = sine.drawn[0], sine.drawn[1].copy()
    left, decay, risen = sine.filter
    current, rise, waits, r, h, decoder = np.zeros((6, n))
    z, P = 0.0, sine.p0 * np.eye(n)
    outputs, spike_step, spike_neuron = np.empty(steps), [], []
    for k in range(steps):
        moved = c["a"] * v + c["b"] * current + c["b2"] * rise + c["c"] + c["slope"] * feedback * z
        v = np.where(k >= waits, moved, v)
        current = c["s"] * current + c["s2"] * rise
        rise *= c["sy"]
        fired = np.flatnonzero(v > c["theta"])
        rise += weights[fired].sum(axis=0)
        v[fired] = c["u_reset"][fired]
        waits[fired] = k + c["rest_steps"][fired]
        r, h = left * r + risen * h, decay * h
        h[fired] += 1
        z = outputs[k] = np.dot(decoder, r)
        spike_step.append(np.full(len(fired), k))
        spike_neuron.append(fired)
        if k % sine.every == 0 and window[0] <= k < window[1]:
            p = P @ r
            divisor = 1 + r @ p
            decoder -= (z - sine.target[k]) / divisor * p
            P -= np.outer(p, p) / divisor
    return outputs, np.concatenate(spike_step), np.concatenate(spike_neuron)


def by_hand(sine: Sine) -> Result:
    """The hand-written loop; compiled the first time, for any values. It needs numba."""
    n, c = sine.neurons, sine.constants
    s = sine.reservoir.synapses
    names = ("a", "b", "b2", "s", "s2", "sy", "theta", "u_reset")
    feedback, start_mV = sine.drawn
    weights = (s.weight_pA * c["weight"][s.target]).astype(np.float32)
    return _compiled()(
        np.array([c[name] for name in names], dtype=np.float32),
        np.array([c["c"], c["slope"], feedback]),
        c["rest_steps"].astype(np.int32),
        (np.searchsorted(s.source, np.arange(n + 1)), s.target, weights),
        start_mV.astype(np.float32),
        sine.filter,
        (sine.target, sine.every, sine.window),
        sine.p0 * np.eye(n),
    )


@cache
def _compiled() -> Any:
    import numba

    # Without fastmath, so that results are equal.
    return numba.njit(cache=True, error_model="numpy")(_loop)


def _loop(constants, drives, rest_steps, rows, v, reading, lesson, P) -> Any:  # type: ignore[no-untyped-def]
    """Run and train the network; its outputs, and steps and neurons of its spikes."""
    a, b, b2, s = constants[0], constants[1], constants[2], constants[3]
    s2, sy, theta, u_reset = constants[4], constants[5], constants[6], constants[7]
    held, slope, feedback = drives[0], drives[1], drives[2]
    row_start, row_target, row_weight = rows
    left, decay, risen = reading
    target, every, window = lesson
    n, steps = len(v), len(target)
    current, rise, drive = np.zeros_like(v), np.zeros_like(v), np.zeros_like(v)
    waits, r, h, decoder = np.zeros(n, np.int32), np.zeros(n), np.zeros(n), np.zeros(n)
    outputs, z = np.empty(steps), 0.0
    spike_step, spike_neuron = [0], [0]
    for k in range(steps):
        for i in range(n):
            drive[i] = held[i] + slope[i] * (feedback[i] * z)
        for i in range(n):
            moved = a[i] * v[i] + b[i] * current[i] + b2[i] * rise[i] + drive[i]
            v[i] = moved if k >= waits[i] else v[i]
            current[i] = s[i] * current[i] + s2[i] * rise[i]
            rise[i] = sy[i] * rise[i]
        for i in range(n):
            r[i] = left * r[i] + risen * h[i]
            h[i] *= decay
        for i in range(n):
            if v[i] > theta[i]:
                for j in range(row_start[i], row_start[i + 1]):
                    rise[row_target[j]] += row_weight[j]
                v[i] = u_reset[i]
                waits[i] = k + rest_steps[i]
                h[i] += 1.0
                spike_step.append(k)
                spike_neuron.append(i)
        z = np.dot(decoder, r)
        outputs[k] = z
        if k % every == 0 and window[0] <= k < window[1]:
            p = P @ r
            divisor = 1.0 + r @ p
            decoder -= (z - target[k]) / divisor * p
            for i in range(n):
                share = p[i] / divisor
                for j in range(n):
                    P[i, j] -= share * p[j]
    return outputs, np.array(spike_step[1:]), np.array(spike_neuron[1:])
