"""Targets that are written down: sines, a melody, a song, points to tell apart."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.random import Generator

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import in_unit
from tasks.targets.base import Floats

#: A slot of the melody, which is a quarter note, and its notes C D E F G by number. The last is a
#: half note, and takes two slots.
NOTE_MS = 250.0
MELODY = (2, 2, 3, 4, 4, 3, 2, 1, 0, 0, 1, 2, 2, 1, 1, 1)
MELODY_MS = NOTE_MS * len(MELODY)
SONG_MS, SONG_CHANNELS, SONG_SLICES = 5000.0, 20, 500
POINT_MS = 250.0


def sine(times_ms: Floats, _: Generator) -> tuple[Floats, None]:
    """``sin(2 pi 5 t)``."""
    return np.sin(2 * np.pi * 5 * times_ms / 1000)[:, np.newaxis], None


def sawtooth(times_ms: Floats, _: Generator) -> tuple[Floats, None]:
    """``asin(sin(2 pi 5 t))``."""
    return np.arcsin(np.sin(2 * np.pi * 5 * times_ms / 1000))[:, np.newaxis], None


def product(times_ms: Floats, rng: Generator, *, noise: float) -> tuple[Floats, None]:
    """``sin(8 pi t) sin(12 pi t)``, and normal noise of its own at each step."""
    t = times_ms / 1000
    clean = np.sin(8 * np.pi * t) * np.sin(12 * np.pi * t)
    return (clean + noise * rng.standard_normal(len(t)))[:, np.newaxis], None


def ode_to_joy(times_ms: Floats, _: Generator, *, timed: bool) -> tuple[Floats, None]:
    """Half-sine pulses on the notes' outputs; with `timed`, 16 more of which each marks a slot."""
    slot = np.floor(times_ms / NOTE_MS).astype(int) % len(MELODY)
    phase = times_ms % MELODY_MS
    begin, length = slot * NOTE_MS, np.where(slot >= len(MELODY) - 2, 2 * NOTE_MS, NOTE_MS)
    begin = np.where(slot == len(MELODY) - 1, begin - NOTE_MS, begin)
    values = np.zeros((len(times_ms), 5 + timed * len(MELODY)))
    steps = np.arange(len(times_ms))
    values[steps, np.array(MELODY)[slot]] = np.sin(np.pi * (phase - begin) / length)
    if timed:
        values[steps, 5 + slot] = np.sin(np.pi * (phase - slot * NOTE_MS) / NOTE_MS)
    return values, None


def timing_inputs(times_ms: Floats, *, n_channels: int, period_ms: float) -> scipy.sparse.csr_array:
    """Inputs that say how late it is: half-sine pulses, one channel after another.

    A period is cut into as many slices as there are channels, and a channel rises and falls in its
    own (the "high-dimensional temporal signal" of Nicola & Clopath 2017). One channel at most
    speaks at a time, and so the array is sparse; ``.toarray()`` makes it dense.

    Parameters
    ----------
    times_ms : float array (steps,)
    n_channels : int
    period_ms : float

    Returns
    -------
    sparse array (steps, n_channels)
    """
    width = positive(period_ms, "period_ms") / positive_int(n_channels, "n_channels")
    slices = in_unit(times_ms, "times_ms") / width
    channel = np.floor(slices).astype(int) % n_channels
    pulse = np.sin(np.pi * (slices % 1))
    shape = (len(pulse), n_channels)
    return scipy.sparse.csr_array((pulse, channel, np.arange(len(pulse) + 1)), shape=shape)


def songbird(
    times_ms: Floats, rng: Generator, *, n_channels: int = SONG_CHANNELS
) -> tuple[Floats, scipy.sparse.csr_array]:
    """A synthetic song of 5 s, in channels like those of a spectrogram, and its timing inputs.

    Six syllables of 60 to 180 ms come in random order, with gaps of 20 to 60 ms; each is a tone
    with an overtone, gliding over the channels. The loudest value is 1. The recording of a zebra
    finch that Nicola & Clopath used is not public; this has its build, not its sound.
    """
    n = positive_int(n_channels, "n_channels")
    lengths = rng.uniform(60, 180, 6)
    base, glide = rng.uniform(0.1, 0.45, 6), rng.uniform(-0.2, 0.2, 6)
    place, width = np.arange(n) / n, max(0.04, 0.5 / n)

    t = times_ms % SONG_MS
    values = np.zeros((len(t), n))
    begin = rng.uniform(20, 60)
    while begin < SONG_MS:
        syllable = rng.integers(6)
        length = min(lengths[syllable], SONG_MS - begin)
        steps = np.flatnonzero((t >= begin) & (t < begin + length))
        part = (t[steps] - begin) / length
        pitch = (base[syllable] + glide[syllable] * part)[:, np.newaxis]
        bands = np.exp(-(((place - pitch) / width) ** 2) / 2)
        bands += 0.5 * np.exp(-(((place - 2 * pitch) / width) ** 2) / 2)
        values[steps] = np.sin(np.pi * part)[:, np.newaxis] * bands
        begin += length + rng.uniform(20, 60)
    values /= max(values.max(), np.finfo(np.float64).tiny)
    return values, timing_inputs(times_ms, n_channels=SONG_SLICES, period_ms=SONG_MS)


def classification(
    times_ms: Floats, rng: Generator, *, boundary: str = "line"
) -> tuple[Floats, Floats]:
    """Points of the plane, 250 ms each with 250 ms between, and a pulse that says their class.

    The input is the point's two coordinates, uniform in (-1, 1), and zeros between; the target a
    half sine of height 0.5, upwards for one class and downwards for the other. The boundary is the
    line x + y = 0 or a circle that holds half of the points.
    """
    if boundary not in ("line", "circle"):
        raise ValueError(f"boundary must be 'line' or 'circle', got {boundary!r}")
    slot = np.floor(times_ms / POINT_MS).astype(int)
    points = rng.uniform(-1, 1, (slot[-1] + 1, 2))
    upper = points.sum(axis=1) > 0 if boundary == "line" else (points**2).sum(axis=1) > 2 / np.pi
    visible = (slot % 2 == 1)[:, np.newaxis]
    pulse = 0.5 * np.sin(np.pi * (times_ms / POINT_MS % 1))[:, np.newaxis]
    return visible * pulse * np.where(upper, 1, -1)[slot, np.newaxis], visible * points[slot]
