"""Evidence: on which side were there more cues?"""

from __future__ import annotations

from typing import Any

import numpy as np

from lsm.base.checks import positive_int
from lsm.base.steps import whole_steps
from tasks.base import RandomState, Task, TaskKind, refuse_data, shuffled_labels, streams
from tasks.cues import SOURCE, STEP_MS, Timing, cue_task

CUE_MS, PAUSE_MS, RECALL_MS = 100, 50, 150
#: Probability of a cue on the right, of a sample of either kind.
SIDES = (0.3, 0.7)


def evidence(
    random_state: RandomState = None,
    data: None = None,
    *,
    samples_per_class: int = 1000,
    n_cues: int = 7,
    delay_ms: Any = 1050,
) -> Task:
    """Evidence: cues on the left and on the right, a delay, and a recall: which were more?

    Each cue lasts 100 ms, after a pause of 50 ms; the recall 150 ms. A sample's cues are on the
    right with a probability of .3 or of .7, the label is the side that had more. Forty channels:
    left, right, recall and noise, ten each (`tasks.cues`).

    Counts of the whole sample tell the side; to know it in the recall, in which the error counts
    (`Task.targets`), they have to be kept over the delay. `Task.metadata` has ``right``, the
    number of cues on the right.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    samples_per_class : int
    n_cues : int
        An odd number.
    delay_ms : float or quantity
        From the last cue's end to the recall, in whole ms.
    """
    refuse_data("Evidence", data)
    n_cues = positive_int(n_cues, "n_cues")
    if n_cues % 2 == 0:
        raise ValueError(f"n_cues must be odd, so that one side has more; got {n_cues}")
    delay = whole_steps(delay_ms, STEP_MS, "delay_ms")
    period = PAUSE_MS + CUE_MS
    recall = n_cues * period + delay
    _, rng, division = streams(random_state)
    labels = shuffled_labels(2, samples_per_class, rng, n_values=4 * (recall + RECALL_MS))
    cues = rng.random((len(labels), n_cues)) < rng.choice(SIDES, size=(len(labels), 1))
    # Mirrored, a sample is as probable as before: so as many have either label.
    cues ^= ((cues.sum(axis=1) > n_cues // 2) != labels)[:, np.newaxis]
    return cue_task(
        cues.astype(np.int64),
        labels,
        Timing(PAUSE_MS + period * np.arange(n_cues), CUE_MS, recall, recall + RECALL_MS),
        n_symbols=2,
        rng=rng,
        division=division,
        metadata={"right": cues.sum(axis=1)},
        name="Evidence",
        classes=("left", "right"),
        description=f"evidence accumulation: {n_cues} cues, a delay of {delay} ms, which side had "
        "more",
        source=SOURCE,
    )


EVIDENCE = TaskKind(evidence)
