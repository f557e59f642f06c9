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
_BLOCK = 8


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
    kept = [np.empty((steps, samples, n), dtype) for _ in targets]
    sweep = _Sweep(activity, (samples, n))
    feedback, constant = feedback.astype(dtype), constant.astype(dtype)
    uneven = np.ptp(activity.n_steps) > 0
    for first in reversed(range(0, steps, _BLOCK)):
        last = min(first + _BLOCK, steps)
        psi = activity.pseudo_derivatives(first, last, dampening)
        block = errors[first:last].astype(dtype, copy=False).reshape(-1, errors.shape[-1])
        signals = (block @ feedback).reshape(last - first, samples, n)
        for t in reversed(range(first, last)):
            for out, target in zip(kept, targets, strict=True):
                out[t] = sweep.variables.get(target, 0)
            signal = signals[t - first]
            signal += constant * (t < activity.n_steps)[:, None] if uneven else constant
            if hard:
                sweep.hold(activity.fired[t], activity.held[t])
            sweep.back(signal, psi[t - first])
    return kept


class _Sweep:
    """The adjoint variables of a batch, by their places in the state; those that are 0 left out."""

    def __init__(self, activity: Activity, shape: tuple[int, int]) -> None:
        step, dtype = activity.step, activity.dtype
        matrix = step.matrix
        live = {k for k, reading in enumerate(step.reading) if np.any(reading)}
        while more := {k for k in range(len(matrix)) if np.any(matrix[list(live), k])} - live:
            live |= more
        self.variables = {k: np.zeros(shape, dtype) for k in sorted(live)}
        self._next = {k: np.zeros(shape, dtype) for k in sorted(live)}
        self._some = np.empty(shape, dtype)
        self._reading, self._jumps = (
            [(k, values[k].astype(dtype)) for k in live if np.any(values[k])]
            for values in (step.reading, step.jumps)
        )
        self._columns = {
            k: [(j, matrix[j, k].astype(dtype)) for j in live if np.any(matrix[j, k])] for k in live
        }

    def hold(self, *places: NDArray[np.int64]) -> None:
        """Cut the way back of potentials that a spike has set."""
        flat = self.variables[0].reshape(-1)
        for chosen in places:
            flat[chosen] = 0

    def back(self, signal: NDArray[Any], psi: NDArray[Any]) -> None:
        """From after a step to before it; takes `signal` for its own."""
        some = self._some
        for k, jump in self._jumps:
            signal += np.multiply(self.variables[k], jump, out=some)
        signal *= psi
        for k, reading in self._reading:
            self.variables[k] += np.multiply(signal, reading, out=some)
        for k, entries in self._columns.items():
            out = self._next[k]
            if not entries:
                out[:] = 0
            for place, (j, factor) in enumerate(entries):
                if place == 0:
                    np.multiply(self.variables[j], factor, out=out)
                else:
                    out += np.multiply(self.variables[j], factor, out=some)
        self.variables, self._next = self._next, self.variables
