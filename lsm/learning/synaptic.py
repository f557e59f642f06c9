"""From signals of neurons to gradients of synapses: their weights, and the delays of axons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.learning.activity import Activity
from lsm.learning.events import synapse_sums
from lsm.learning.network import DELAYS, SYNAPSES, Network, Weights


def target_places(network: Network) -> tuple[int, ...]:
    """The variables that spikes are added to, by their places in the state."""
    model = network.reservoir.model
    return tuple(model.state.index(name) for name in model.targets)


def synapse_gradients(
    network: Network,
    activity: Activity,
    signals: Sequence[NDArray[Any]],
    trains: Collection[str],
    dt_ms: float,
) -> Weights:
    """Gradients of what is trained of the synapses.

    A weight's is the sum of its target's signals at the arrivals of its spikes. A spike that
    arrives later by a step gives the signal of the next step instead, so a delay's is the sum of
    weights times slopes of signals, over all synapses of an axon.

    Parameters
    ----------
    network : Network
    activity : Activity
        Whose spikes arrive.
    signals : sequence of array (steps, samples, neurons)
        For each of :func:`target_places`, what one more unit of it after each step adds.
    trains : collection of str
        Parts; those that are no synapses are left to others.
    dt_ms : float
    """
    factors = np.atleast_2d(
        network.reservoir.model.weight_factor(dict(network.reservoir.parameters))
    )
    slopes = [_slope(signal, dt_ms) for signal in signals] if DELAYS in trains else []
    gradients, of_axons = {}, []
    for name, events in zip(SYNAPSES, (activity.inputs, activity.neurons), strict=True):
        synapses = network.synapses[name]
        delays = synapses.delay_steps(dt_ms)
        # Of two variables, the second takes negative weights.
        row = np.where(synapses.weight_pA < 0, len(signals) - 1, 0)
        factor = factors[row, synapses.target]
        if name in trains:
            sums = [synapse_sums(events, each, synapses, delays) for each in signals]
            gradients[name] = np.choose(row, sums) * factor
        if DELAYS in trains:
            sums = [synapse_sums(events, each, synapses, delays) for each in slopes]
            each = np.choose(row, sums) * factor * synapses.weight_pA
            of_axons.append(np.bincount(synapses.source, each, minlength=events.shape[2]))
    if DELAYS in trains:
        gradients[DELAYS] = np.concatenate(of_axons)
    return gradients


def _slope(signal: NDArray[Any], dt_ms: float) -> NDArray[Any]:
    """Of signals (steps, ...) by ms; of a single step 0, as nothing arrives later."""
    return np.gradient(signal, dt_ms, axis=0) if len(signal) > 1 else np.zeros_like(signal)
