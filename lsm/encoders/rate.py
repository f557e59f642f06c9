"""Values as rates, by chance, and as latencies."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from lsm.base.checks import positive
from lsm.base.seeds import numpy_seed
from lsm.encoders.base import Encoder, Fired, Floats
from lsm.encoders.scales import unit_range
from lsm.signals import Signals
from lsm.spikes import SpikeTrains
from lsm.topology import mix, uniform

# Independent streams of the hash: which sample it is, and when a channel fires.
_CONTENT, _ARRIVAL = 101, 102

# Time and value, in steps and in ranges, that are as good as none (`SpikeTrains.steps`).
_TINY = 2e-6


class PoissonRate(Encoder):
    """Poisson spikes whose rate is the value: 0 at the low end of the training range.

    In each step a channel is a Poisson process of rate ``max_rate_Hz * (x - low) / (high - low)``,
    with low and high from the training data; values beyond count as the ends. Spikes have any time
    within a step, not only its start.

    Chance is a hash of the seed and of the sample's own signal up to the step: a sample is encoded
    alike whatever is beside it, equal samples alike, and another `random_state` gives others.

    The inverse is the number of spikes in each step divided by what is expected at the high end: it
    has no bias, but the noise of a Poisson process; average it over steps.

    Parameters
    ----------
    max_rate_Hz : float
        Rate at the high end of the training range.
    random_state : int, Generator or None
        Seeds the hash, when fitted.
    step_ms, silence_ms : float
        See `Encoder`.

    Attributes
    ----------
    seed_ : int
        Seed of the hash.

    And those of `Encoder`.
    """

    def __init__(
        self,
        *,
        max_rate_Hz: float = 100.0,
        step_ms: float = 1.0,
        silence_ms: float = 0.0,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(step_ms=step_ms, silence_ms=silence_ms)
        self.max_rate_Hz = max_rate_Hz
        self.random_state = random_state

    _learn_scale = staticmethod(unit_range)

    def _check_parameters(self) -> None:
        super()._check_parameters()
        positive(self.max_rate_Hz, "max_rate_Hz")

    def _learn(self, signals: Signals, weight: Floats) -> None:
        super()._learn(signals, weight)
        self.seed_ = int(np.random.default_rng(numpy_seed(self.random_state)).integers(2**63))

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        channels = np.arange(signals.shape[1])[:, np.newaxis]
        steps = first + np.arange(signals.shape[2])
        # 0.0 and -0.0 are one value. A sum that wraps around makes one number of all steps so far.
        bits = (signals + 0.0).view(np.uint64)
        content = mix(_CONTENT, bits, channels, steps).sum(axis=1)
        content[:, 0] += np.uint64(0) if carry is None else carry
        content = np.cumsum(content, axis=1)
        key = mix(_ARRIVAL, self.seed_, content[:, np.newaxis], channels, steps)

        expected = np.clip(self._scaled(signals), 0, 1) * self._per_step("max_rate_Hz")
        sample, channel, step = np.nonzero(expected)
        expected, key = expected[sample, channel, step], key[sample, channel, step]
        parts = []
        arrival = np.zeros(len(key))
        # Gaps of a Poisson process of rate 1 are exponential; `expected` of its time is one step.
        for n in count():
            arrival = arrival - np.log(uniform(key, n))
            still = arrival < expected
            sample, channel, step = sample[still], channel[still], step[still]
            arrival, expected, key = arrival[still], expected[still], key[still]
            parts.append(Fired(sample, channel, first + step, first + step + arrival / expected))
            if not len(key):
                break
        fired = Fired(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
        return fired, content[:, -1]

    def _decode(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        return self._dense(spikes, n_steps)[:, 0] / self._per_step("max_rate_Hz")


class Latency(Encoder):
    """One spike a step and channel, the earlier the larger the value: time to first spike.

    The high end of the training range fires at the start of the step, ``x`` at
    ``step_ms * (high - x) / (high - low)`` after it, and the low end not at all. Values beyond
    count as the ends. A vector of features, as (samples, features, 1), becomes one volley.

    Choose `step_ms` many times as long as the step of the simulation, which cannot tell apart
    what it takes into one step.

    The inverse is exact within the range.

    Parameters
    ----------
    step_ms, silence_ms : float
        See `Encoder`, where the attributes are too.
    """

    def __init__(self, *, step_ms: float = 1.0, silence_ms: float = 0.0) -> None:
        super().__init__(step_ms=step_ms, silence_ms=silence_ms)

    _learn_scale = staticmethod(unit_range)

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        x = np.clip(self._scaled(signals), 0, 1)
        sample, channel, step = np.nonzero(x > _TINY)
        time = (first + step) + (1 - x[sample, channel, step])
        return Fired(sample, channel, first + step, time), None

    def _decode(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        x = np.zeros((*spikes.shape, n_steps))
        step = spikes.steps(self._step_ms)
        x[spikes.sample_indices(), spikes.channels, step] = 1 - (
            spikes.times_ms / self._step_ms - step
        )
        return np.clip(x, 0, 1)
