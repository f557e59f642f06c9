"""E-prop's gradient by one sweep back in time, without a state for any synapse.

An eligibility trace (Bellec et al. 2020, Nature Communications 11:3625) is what a spike that
arrives at a neuron leaves in the neuron's own variables until a later spike of this neuron. All
traces of a neuron follow the same linear steps, and the gradient is a sum of them, so the sum can
be taken first. A neuron's step is ``x^t = M x'^(t-1)``; it fires where ``c x^t`` is above a
threshold, with the pseudo-derivative psi; and ``x'^t = x^t + j s^t + arrivals``. With learning
signals L,

    l'^t = M^T l^(t+1)
    l^t = l'^t + c psi^t (L^t + j l'^t),

and the gradient of a synapse is the sum of ``l'^t``, at the variable that spikes are added to, over
its arrivals. Where a spike sets the potential, ``l'`` of the potential is 0 at the spike and while
the neuron is refractory. This is the number that the recursion gives
(:mod:`lsm.learning.eligibility`), for O(steps x neurons) and a product with the spikes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.learning.activity import Activity

#: Steps whose pseudo-derivatives and learning signals are computed together, within a cache.
BLOCK = 16


def sensitivities(
    activity: Activity,
    errors: NDArray[Any],
    feedback: NDArray[Any],
    constant: NDArray[Any],
    targets: tuple[int, ...],
    *,
    dampening: float,
) -> list[NDArray[Any]]:
    """What one unit more of a variable after each step adds to the loss.

    Parameters
    ----------
    activity : Activity
    errors : array (steps, samples, outputs)
        Of the readout, filtered back in time.
    feedback : array (outputs, neurons)
        By which errors become learning signals.
    constant : array (samples, neurons)
        Learning signals that a sample's steps have in common.
    targets : tuple of int
        The variables, by their places in the state.
    dampening : float
        Height of the pseudo-derivative.

    Returns
    -------
    list of array (steps, samples, neurons)
        One for each target.
    """
    steps, samples, n = activity.neurons.shape
    dtype, hard = activity.dtype, activity.step.hard
    results = [np.zeros((steps, samples, n), dtype) for _ in targets]
    sweep = Sweep(activity)
    feedback, constant = feedback.astype(dtype), constant.astype(dtype)
    # Where they stay: memory that is taken anew for each block costs more than what is computed.
    all_psi, all_signals = np.empty((2, BLOCK, samples, n), dtype)
    for first in reversed(range(0, steps, BLOCK)):
        last = min(first + BLOCK, steps)
        psi, signals = all_psi[: last - first], all_signals[: last - first]
        activity.pseudo_derivatives(first, last, dampening, out=psi)
        np.matmul(errors[first:last].astype(dtype, copy=False), feedback, out=signals)
        playing = np.arange(first, last)[:, None] < activity.n_steps
        signals += constant if playing.all() else constant * playing[..., None]
        for t in reversed(range(first, last)):
            for out, target in zip(results, targets, strict=True):
                if target in sweep.variables:
                    out[t] = sweep.variables[target]
            if hard:
                sweep.hold(activity.fired[t], activity.held[t])
            sweep.spike(signals[t - first], psi[t - first])
            sweep.back()
    return results


class Sweep:
    """The adjoint variables of a batch, by their places in the state; those that are 0 left out.

    Attributes
    ----------
    variables : dict of int to array (samples, neurons)
        What one more unit of each adds, at the moment that the sweep has come to.
    """

    def __init__(self, activity: Activity) -> None:
        step, dtype, shape = activity.step, activity.dtype, activity.neurons.shape[1:]
        matrix = step.matrix
        live = {k for k, reading in enumerate(step.reading) if np.any(reading)}
        while more := {k for k in range(len(matrix)) if np.any(matrix[list(live), k])} - live:
            live |= more
        self.variables = {k: np.zeros(shape, dtype) for k in sorted(live)}
        self._next = {k: np.zeros(shape, dtype) for k in sorted(live)}
        self._some = np.empty(shape, dtype)
        # Of each variable the factors that aren't 0; None where all of them are 1.
        self._reading, self._jumps = (
            [(k, self._factor(values[k])) for k in sorted(live) if np.any(values[k])]
            for values in (step.reading, step.jumps)
        )
        self._columns = {
            k: [(j, self._factor(matrix[j, k])) for j in sorted(live) if np.any(matrix[j, k])]
            for k in sorted(live)
        }
        # What is another variable of the step after, as a current is that lasts a step: not copied.
        self._echoes: dict[int, int] = {}
        for k, entries in self._columns.items():
            match entries:
                case [(j, None)] if j != k and j not in self._echoes.values():
                    self._echoes[k] = j
        for k in self._echoes:
            del self._columns[k]

    def hold(self, *places: NDArray[np.int64]) -> None:
        """Cut the way back of potentials that a spike has set."""
        flat = self.variables[0].reshape(-1)
        for chosen in places:
            flat[chosen] = 0

    def spike(self, signal: NDArray[Any], psi: NDArray[Any]) -> None:
        """Add what spikes of a step add to the loss; takes `signal` for its own."""
        for k, factor in self._jumps:
            signal += self._times(self.variables[k], factor)
        signal *= psi
        for k, factor in self._reading:
            self.variables[k] += self._times(signal, factor)

    def back(self) -> None:
        """From after a step to before it."""
        for k, entries in self._columns.items():
            out = self._next[k]
            if not entries:
                out[:] = 0
            for place, (j, factor) in enumerate(entries):
                if place:
                    out += self._times(self.variables[j], factor)
                else:
                    np.multiply(self.variables[j], 1 if factor is None else factor, out=out)
        self.variables, self._next = self._next, self.variables
        for k, j in self._echoes.items():
            self.variables[k], self._next[j] = self._next[j], self.variables[k]

    def _factor(self, values: NDArray[np.float64]) -> NDArray[Any] | None:
        # Of all samples: one long loop costs half of one for each sample.
        some = self._some
        return None if np.all(values == 1) else np.tile(values, (len(some), 1)).astype(some.dtype)

    def _times(self, values: NDArray[Any], factor: NDArray[Any] | None) -> NDArray[Any]:
        return values if factor is None else np.multiply(values, factor, out=self._some)
