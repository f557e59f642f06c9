"""TXOR: temporal exclusive or. Were the two patterns, a pause apart, different ones?"""

from __future__ import annotations

import numpy as np

from lsm.base.checks import not_negative, positive_int
from tasks.base import RandomState, Task, TaskKind, refuse_data, split, streams
from tasks.templates import distinct_times, jitter_to_free, spike_trains

N_CHANNELS = 8
N_SPIKES = 4
SEGMENT_MS = 50.0
SILENCE_MS = 20.0
JITTER_MS = 3.0


def temporal_xor(
    random_state: RandomState = None,
    data: None = None,
    *,
    samples_per_class: int = 1000,
    gap_ms: float = 30.0,
) -> Task:
    """TXOR: two segments hold template A or B each; label 1 where they differ.

    Needs memory and non-linearity: a linear readout of counts, time bins or traces stays at chance.
    One unlucky feature and a threshold can reach 75 %, so only accuracies above 80 % count.

    Template: 4 distinct integer times in 3..46 ms for each of 8 channels. Sample: two segments of
    50 ms with a gap between and 20 ms of silence behind; every spike is moved by the integer part
    of N(0, 3) ms, redrawn until it lies inside its segment and on a millisecond that its channel
    has free.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    samples_per_class : int
        Samples for each of the four cells AA, AB, BA, BB.
    gap_ms : float
        Silence between the segments, 0 or more. Slow synapses bridge it: a claim about memory
        needs a gap well above the longest time constant.
    """
    refuse_data("TXOR", data)
    n = positive_int(samples_per_class, "samples_per_class")
    gap_ms = not_negative(gap_ms, "gap_ms")
    templates_rng, rng, division = streams(random_state)
    templates = distinct_times((2, N_CHANNELS), N_SPIKES, 3, 46, templates_rng)
    first, second = np.divmod(rng.permutation(np.repeat(np.arange(4), n)), 2)
    segments = jitter_to_free(templates[np.stack([first, second])], JITTER_MS, SEGMENT_MS, rng)
    second_start = SEGMENT_MS + gap_ms
    times = np.concatenate([segments[0], second_start + segments[1]], axis=-1)
    train, fitness, test = split(len(times), division)
    return Task(
        name="TXOR",
        spikes=spike_trains(times, duration_ms=second_start + SEGMENT_MS + SILENCE_MS),
        labels=first ^ second,
        train=train,
        fitness=fitness,
        test=test,
        description=f"temporal exclusive or: two patterns {gap_ms:g} ms apart, same or different",
        generated=True,
        source="this project",
    )


TXOR = TaskKind(temporal_xor)
