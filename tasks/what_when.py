"""What comes, and when: a cue, then outcome A or B with some probability after some latency.

The paradigm of Yamada & Chao (arXiv 2510.14382), in numbers of our own. Time is counted from the
cue's end. A `Schedule` says how likely A is and when the outcome comes, block after block of
trials; :func:`cue_spikes` draws what the reservoir hears, :func:`bumps` what a readout should say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import not_negative, positive, positive_int, probability, whole
from lsm.base.quantities import in_unit
from lsm.spikes import SpikeTrains
from tasks.base import RandomState

Floats = NDArray[np.float64]

#: A cue: every channel fires so often in this time, at times of its own.
CUE_MS = 60.0
N_CHANNELS, N_SPIKES = 20, 3
#: Trials move each of these times by a normal deviate.
JITTER_MS = 3.0


@dataclass(frozen=True)
class Schedule:
    """Blocks of trials, each with its probability of outcome A (B: the rest) and its latency.

    Parameters
    ----------
    probabilities : sequence of float in [0, 1], one a block
    latencies_ms : sequence of float above 0, one a block
        From the cue's end to the middle of the outcome.
    trials : int
        Of a block.

    Raises
    ------
    ValueError
        No blocks, or unequal numbers of them; values out of their ranges.
    """

    probabilities: Sequence[float]
    latencies_ms: Sequence[float]
    trials: int

    def __post_init__(self) -> None:
        p, latency = self.probabilities, self.latencies_ms
        if len(p) != len(latency) or not len(p):
            raise ValueError(
                "probabilities and latencies_ms must have one value for each block, got "
                f"{len(p)} and {len(latency)}"
            )
        checked = {
            "probabilities": tuple(probability(value, "probabilities") for value in p),
            "latencies_ms": tuple(positive(value, "latencies_ms") for value in latency),
            "trials": positive_int(self.trials, "trials"),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        """Trials in all."""
        return self.trials * len(self.probabilities)

    @property
    def switches(self) -> range:
        """The first trial of each block but the first."""
        return range(self.trials, len(self), self.trials)

    @property
    def expected(self) -> Floats:
        """Probability of A and of B in each trial, (trials, 2)."""
        p = np.repeat(self.probabilities, self.trials)
        return np.stack([p, 1 - p], axis=1)

    @property
    def latency_ms(self) -> Floats:
        """Of each trial, (trials,)."""
        return np.repeat(np.array(self.latencies_ms), self.trials)

    def outcomes(self, random_state: RandomState = None) -> Floats:
        """Draw what comes: (trials, 2), 1 for the outcome of a trial and 0 for the other."""
        a = np.random.default_rng(random_state).random(len(self)) < self.expected[:, 0]
        return np.stack([a, ~a], axis=1).astype(np.float64)


def bumps(
    amplitudes: ArrayLike, latency_ms: ArrayLike, t_ms: ArrayLike, *, width_ms: float
) -> Floats:
    """Gaussian bumps of these heights at these latencies.

    Parameters
    ----------
    amplitudes : array (trials, outputs)
        Outcomes, for what a readout is to learn in a trial; their probabilities, for what it should
        say by then.
    latency_ms : array (trials,)
    t_ms : array (times,)
        From the cue's end.
    width_ms : float
        Standard deviation.

    Returns
    -------
    float array (trials, times, outputs)
    """
    t, latency = in_unit(t_ms, "t_ms"), in_unit(latency_ms, "latency_ms")
    away = (t - latency[:, np.newaxis]) / positive(width_ms, "width_ms")
    return np.exp(-(away**2) / 2)[..., np.newaxis] * np.asarray(amplitudes)[:, np.newaxis]


def cue_spikes(
    cues: ArrayLike,
    *,
    after_ms: float,
    templates: RandomState,
    random_state: RandomState = None,
) -> SpikeTrains:
    """Draw trials of a cue: its template with every spike moved.

    Parameters
    ----------
    cues : array of int (trials,)
        Which cue, from 0 on. A cue's template depends on `templates` and its number alone.
    after_ms : float
        Silence behind the cue.
    templates, random_state : int, SeedSequence, Generator or None
        What templates, and trials, are drawn with.

    Returns
    -------
    SpikeTrains (trials, 20 channels), of ``CUE_MS + after_ms``
    """
    cue = whole(cues, "cues")
    if cue.ndim != 1 or not len(cue) or cue.min() < 0:
        raise ValueError(f"cues must be numbers from 0 on, one a trial, got {cues!r}")
    after_ms = not_negative(after_ms, "after_ms")
    template_ms = np.random.default_rng(templates).uniform(
        2 * JITTER_MS, CUE_MS - 2 * JITTER_MS, (cue.max() + 1, N_CHANNELS, N_SPIKES)
    )
    rng = np.random.default_rng(random_state)
    moved = template_ms[cue] + JITTER_MS * rng.standard_normal((len(cue), N_CHANNELS, N_SPIKES))
    inside = np.clip(moved, 0, np.nextafter(CUE_MS, 0))
    n = len(cue)
    return SpikeTrains(
        inside.ravel(),
        np.tile(np.repeat(np.arange(N_CHANNELS), N_SPIKES), n),
        np.arange(n + 1) * N_CHANNELS * N_SPIKES,
        np.full(n, CUE_MS + after_ms),
        N_CHANNELS,
    )
