"""The noise of neurons, as a hash of a sample's content, the neuron and the step.

Programs compute it from what :func:`noise_prefixes` gives; :func:`noise` is what they draw.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import mix, mix_round

_NOISE_SCALE = np.float32(2.6428998e-5)


def noise(prefix: NDArray[np.uint64], step: NDArray[Any]) -> NDArray[np.float32]:
    """Nearly normal noise of unit variance: the sum of four uniform numbers from one hash."""
    h = mix_round(prefix, step.astype(np.uint64))
    sums = sum((h >> np.uint64(shift)) & np.uint64(0xFFFF) for shift in (0, 16, 32, 48))
    return (np.asarray(sums).astype(np.int64) - 131070).astype(np.float32) * _NOISE_SCALE


def noise_prefixes(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    dt_ms: float,
    noise_seeds: NDArray[np.integer[Any]] | None = None,
) -> NDArray[np.uint64]:
    """What is hashed with a step and gives the noise of a neuron in it, (samples, neurons).

    Parameters
    ----------
    noise_seeds : int array (samples,), optional
        One more number to hash for each sample, so that equal ones get different noise.
    """
    keys = sample_keys(spikes, dt_ms, noise_seeds)
    return mix(keys[:, None], mix(reservoir.seed, np.arange(reservoir.n_neurons)))


def sample_keys(
    spikes: SpikeTrains, dt_ms: float, seeds: NDArray[np.integer[Any]] | None
) -> NDArray[np.uint64]:
    """A number for each sample that depends on its spikes, its length and its seed alone."""
    events = np.stack([spikes.steps(dt_ms), spikes.channels], axis=1, dtype=np.int64).data
    digests = [
        hashlib.blake2b(events[first:last], digest_size=8, key=steps.tobytes()).digest()
        for (first, last), steps in zip(
            pairwise(spikes.offsets.tolist()), spikes.n_steps(dt_ms), strict=True
        )
    ]
    keys = np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
    return keys if seeds is None else mix(keys, seeds)
