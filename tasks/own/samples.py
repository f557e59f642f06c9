"""What every kind of file comes to: samples, each with its class's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.spikes import SpikeTrains


@dataclass(frozen=True)
class Samples:
    """What a file holds: signals, spikes or both, each sample with its class's name.

    Parameters
    ----------
    labels : list of str
    groups : list of str, optional
    signals : list of array (channels, steps), optional
    spikes : SpikeTrains, optional
        Made of the signals, where it isn't there.
    step_ms : float, optional
        Of the signals.
    """

    labels: Sequence[str]
    groups: Sequence[str] | None = None
    signals: Sequence[NDArray[Any]] | None = None
    spikes: SpikeTrains | None = None
    step_ms: float | None = None

    def take(self, index: NDArray[np.int64]) -> Samples:
        """Some of the samples."""
        return replace(
            self,
            labels=[self.labels[i] for i in index],
            groups=self.groups and [self.groups[i] for i in index],
            signals=self.signals and [self.signals[i] for i in index],
            spikes=None if self.spikes is None else self.spikes[index],
        )


def in_order(names: Iterable[str]) -> list[str]:
    """Different names, sorted; by number where all are numbers."""
    different = list(dict.fromkeys(names))
    try:
        return sorted(different, key=float)
    except ValueError:
        return sorted(different)


def usual_duration(times: NDArray[Any]) -> float:
    """The same for all samples, so that it says nothing of a sample: all of the last spike's ms."""
    return float(np.floor(times.max(initial=0)) + 1)


def by_sample(
    times: NDArray[Any],
    channels: NDArray[Any],
    samples: NDArray[Any],
    *,
    n_channels: int,
    durations_ms: ArrayLike,
) -> SpikeTrains:
    """Spikes that come in any order."""
    order = np.argsort(samples, kind="stable")
    durations = np.array(durations_ms, dtype=np.float64)
    counts = np.bincount(samples, minlength=len(durations))
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return SpikeTrains(times[order], channels[order], offsets, durations, n_channels)
