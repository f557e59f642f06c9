"""Braille: which letter does a robot's fingertip slide over?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.archives import open_npz
from lsm.spikes import SpikeTrains
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, data_file
from tasks.splits import stratified, thin

N_SENSORS = 12
STEP_MS = 5.0
SOURCE = (
    "tactile Braille letters, Mueller-Cleve et al., Frontiers in Neuroscience 16:951164, 2022, "
    "https://zenodo.org/records/7050094; spikes of seven letters as in "
    "https://github.com/neuromorphic-polito/L2MU-Braille"
)
LICENCE = "Apache-2.0"
_FILE = "letters.npz"
_WHAT = "an NPZ file of Braille letters"
_OBTAIN = (
    "clone github.com/neuromorphic-polito/L2MU-Braille (data/braille_splitted), remove recordings "
    f"that occur twice, and put spikes and letters into {_FILE}"
)


def braille(
    random_state: RandomState = None,
    data: Data = None,
    *,
    samples_per_class: int | None = None,
) -> Task:
    """Braille: which letter does a robot's fingertip slide over?

    A recording of 1.28 s, 256 steps of 5 ms, of the 12 sensors of a fingertip: a spike wherever a
    sensor's reading has gone up or down by 1 (sigma-delta, both directions on one channel). There
    are no groups: who recorded what when is not known. The published split has recordings in more
    than one part; use a file without such pairs, which is checked.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which recordings train, judge fitness and test, with equal shares of the letters.
    data : path, optional
        Folder with ``letters.npz``: ``x``, uint8 (recordings, 12, 32), eight steps to a byte, the
        first in its highest bit (``numpy.packbits``), and ``y``, whole numbers (recordings,), the
        letters from 0 on. By default see `tasks.data.data_folder`, with the name ``braille``.
    samples_per_class : int, optional
        Take only so many recordings of each letter, to be quick.

    Raises
    ------
    TypeError, ValueError
        There is no such folder or file, it holds something else, or a recording twice.
    """
    *_, rng = streams(random_state)
    packed, letters = _read(data)
    indices = thin(letters, np.zeros(len(letters)), samples_per_class)
    labels = letters[indices]
    train, fitness, test = stratified(labels, rng)
    return Task(
        name="Braille",
        spikes=SpikeTrains.from_dense(np.unpackbits(packed[indices], axis=-1), dt_ms=STEP_MS),
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        description="a robot's fingertip slides over a Braille letter; test: 30 % of each letter, "
        "at random",
        source=SOURCE,
        licence=LICENCE,
        sensor_size=(N_SENSORS, 1, 1),
    )


def _read(data: Data) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Packed spikes (recordings, sensors, bytes) and letters (recordings,)."""
    path = data_file("braille", _FILE, data, obtain=_OBTAIN)
    with open_npz(path, _WHAT, compressed=True) as arrays:
        return _checked(arrays["x"], arrays["y"])


def _checked(
    packed: NDArray[Any], letters: NDArray[Any]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    if packed.dtype != np.uint8 or packed.ndim != 3 or packed.shape[1] != N_SENSORS:
        raise ValueError(
            f"x must be uint8 of shape (recordings, {N_SENSORS}, bytes), got {packed.dtype} of "
            f"shape {packed.shape}"
        )
    if letters.dtype.kind not in "iu" or letters.shape != packed.shape[:1]:
        raise ValueError(
            f"y must be whole numbers of shape ({len(packed)},), one a recording; got "
            f"{letters.dtype} of shape {letters.shape}"
        )
    if letters.min(initial=0) < 0:
        raise ValueError(f"y must hold letters from 0 on, got {letters.min()}")
    if twice := len(packed) - len(np.unique(packed, axis=0)):
        raise ValueError(f"x must hold each recording once, {twice} are there again")
    return packed, letters.astype(np.int64)


BRAILLE = TaskKind(braille, recorded=True, reservoir="delay_lines:300", rate_Hz=80.0)
