"""Chunks: how the samples of a simulation are cut into pieces of work."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import gcd

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from lsm.base.steps import COUNTED
from lsm.simulation.programs import LANES
from lsm.spikes import SpikeTrains

#: Steps of a chunk: long against the start of a process, short against a person's patience.
CHUNK_STEPS = 100_000
#: States of a chunk, in numbers: bounds the memory of a worker.
CHUNK_STATES = 16_000_000
#: So many chunks become one where samples are simulated side by side, which takes a quarter of the
#: time, up to a small chunk's states and input spikes in numbers.
MERGED, SMALL_CHUNK = 4, 4_000_000


def sample_parts(
    spikes: SpikeTrains,
    n_steps: NDArray[np.int64],
    numbers: int,
    groups: Sequence[slice],
    blocks: int,
    n_jobs: int | None,
    *,
    wide: bool,
) -> list[slice]:
    """Samples of the chunks of each group of reservoirs, whose states are so many numbers each."""
    most = max(group.stop - group.start for group in groups)
    steps, numbers = int(n_steps.sum()) // (blocks // most), numbers * most
    least = -(-steps // CHUNK_STEPS)
    if wide:
        small = -(-(numbers + 2 * len(spikes.times_ms)) // SMALL_CHUNK)
        least = max(-(-least // MERGED), min(least, small))
    chunks = _chunks(steps, least, numbers, len(groups), effective_n_jobs(n_jobs))
    return slices(len(spikes), chunks, multiple=LANES if wide else 1)


def _chunks(steps: int, chunks: int, numbers: int, groups: int, jobs: int) -> int:
    """Into how many chunks the samples are cut: `chunks`, or more as states are many numbers.

    The jobs get equally many chunks, of 10,000 steps or more.
    """
    fair = jobs // gcd(groups, jobs)
    chunks = max(chunks, min(-(-chunks // fair) * fair, steps // 10_000))
    return max(1, chunks, -(-numbers // CHUNK_STATES))


def slices(length: int, number: int, *, multiple: int = 1) -> list[slice]:
    """That many slices of a length, or as many as it has places, as equal as can be.

    All but the last one are a multiple long.
    """
    units = -(-length // multiple)
    bounds = np.linspace(0, units, min(number, units) + 1).astype(int) * multiple
    return [slice(first, min(last, length)) for first, last in pairwise(bounds.tolist())]


def countable(part: slice, steps: NDArray[np.int64]) -> list[slice]:
    """A slice of the samples, or each by itself where all on one lane had too many steps."""
    if steps.sum() < COUNTED // 2:
        return [part]
    return [slice(k, k + 1) for k in range(part.start, part.stop)]
