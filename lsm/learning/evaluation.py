"""What a network's outputs are worth, on samples that may be more than a batch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.learning.activity import run_batch
from lsm.learning.network import Network
from lsm.learning.readout import LeakyReadout
from lsm.learning.targets import Targets, window
from lsm.reservoir import Reservoir
from lsm.simulation.engine import checked_steps
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains


def evaluate(
    network: Network,
    spikes: SpikeTrains,
    targets: Targets,
    *,
    batch_size: int = 64,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> tuple[float, float]:
    """Mean loss and error of a network on samples, batch after batch.

    Parameters
    ----------
    network : Network
    spikes : SpikeTrains (samples, channels)
    targets : Targets
    batch_size : int
        Samples that are simulated side by side.
    dt_ms, target
        As in :func:`lsm.simulate`.

    Returns
    -------
    (float, float)
        As :class:`LearningCurve` has them of batches.

    Raises
    ------
    ValueError
        Targets that don't fit the samples or the readout, or what :func:`lsm.simulate` refuses.
    """
    dt_ms = positive(dt_ms, "dt_ms")
    positive_int(batch_size, "batch_size")
    n_outputs = checked_outputs(network.readout, network.reservoir)
    targets.check(checked_steps([network.reservoir], spikes, dt_ms), dt_ms, n_outputs=n_outputs)
    losses, wrong = [], []
    for part, outputs, n_steps in batch_outputs(
        network, spikes, batch_size=batch_size, dt_ms=dt_ms, target=target
    ):
        comparison = targets[part].compare(outputs, n_steps, dt_ms)
        losses.append(comparison.losses)
        wrong.append(comparison.wrong)
    return float(np.concatenate(losses).mean()), targets.error(np.concatenate(wrong))


def mean_outputs(
    network: Network,
    spikes: SpikeTrains,
    *,
    window_ms: float | None = None,
    batch_size: int = 64,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> NDArray[np.float64]:
    """Outputs of a network averaged over the last part of each sample, (samples, outputs).

    Parameters
    ----------
    network : Network
    spikes : SpikeTrains (samples, channels)
    window_ms : float, optional
        How long that part is; by default all of a sample.
    batch_size, dt_ms, target
        As :func:`evaluate` has them.
    """
    dt_ms = positive(dt_ms, "dt_ms")
    window_ms = None if window_ms is None else positive(window_ms, "window_ms")
    means = np.empty((len(spikes), len(network.readout.weights)))
    for part, outputs, n_steps in batch_outputs(
        network, spikes, batch_size=batch_size, dt_ms=dt_ms, target=target
    ):
        within = window(n_steps, window_ms, dt_ms)
        weights = within / within.sum(axis=0)
        # Step after step, so that a sample's sum doesn't depend on those beside it.
        means[part] = np.sum(outputs * weights[..., None], axis=0)
    return means


def batch_outputs(
    network: Network, spikes: SpikeTrains, *, batch_size: int, dt_ms: float, target: Target
) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.int64]]]:
    """Of each batch its place, outputs (steps, samples, outputs) and numbers of steps."""
    for first in range(0, len(spikes), batch_size):
        part = slice(first, first + batch_size)
        activity = run_batch(network.reservoir, spikes[part], dt_ms=dt_ms, target=target)
        yield part, network.readout.outputs(activity.neurons, dt_ms), activity.n_steps


def checked_outputs(readout: LeakyReadout, reservoir: Reservoir) -> int:
    """How many outputs a readout of a reservoir has."""
    if not isinstance(readout, LeakyReadout):
        raise TypeError(f"readout must be a LeakyReadout, got {type(readout).__name__}")
    n_outputs, n_neurons = readout.weights.shape
    if n_neurons != reservoir.n_neurons:
        raise ValueError(
            f"readout must have weights of {reservoir.n_neurons} neurons, got {n_neurons}"
        )
    return n_outputs
