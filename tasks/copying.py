"""Copy: symbols, a delay, and then the same symbols again."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lsm.base.checks import positive_int
from lsm.base.steps import whole_steps
from lsm.learning import Targets
from tasks.base import RandomState, Task, TaskKind, refuse_data, shuffled_labels, streams
from tasks.cues import BURST_MS, STEP_MS, Timing, cue_task

DELAY_MS = 300


def copying(
    random_state: RandomState = None,
    data: None = None,
    *,
    n_symbols: int,
    samples_per_class: int = 500,
    delay_ms: Any = DELAY_MS,
) -> Task:
    """Copy4: four symbols in any order, a delay, and a recall in which they are to be repeated.

    A symbol is a burst of 50 ms on its ten channels; each comes once, so that counts tell nothing.
    The recall lasts as long as the symbols did. `Task.targets` names the symbol that is to be said
    in each of its steps, 50 ms for each; the label is the first one.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    n_symbols : int
        2 or more.
    samples_per_class : int
        Samples for each first symbol.
    delay_ms : float or quantity
        From the last symbol's end to the recall, in whole ms.
    """
    n = positive_int(n_symbols, "n_symbols")
    if n < 2:
        raise ValueError(f"n_symbols must be at least 2, to have an order; got {n}")
    refuse_data(f"Copy{n}", data)
    delay = whole_steps(delay_ms, STEP_MS, "delay_ms")
    _, rng, division = streams(random_state)
    recall = n * BURST_MS + delay
    n_steps = recall + n * BURST_MS
    labels = shuffled_labels(n, samples_per_class, rng, n_values=(n + 2) * n_steps)
    orders = rng.permuted(np.tile(np.arange(n), (len(labels), 1)), axis=1)
    orders = (orders - orders[:, :1] + labels[:, np.newaxis]) % n
    timing = Timing(BURST_MS * np.arange(n), BURST_MS, recall, n_steps)
    values = np.full((len(labels), timing.n_steps), -1)
    values[:, recall:] = np.repeat(orders, BURST_MS, axis=1)
    return cue_task(
        orders,
        labels,
        timing,
        n_symbols=n,
        rng=rng,
        division=division,
        targets=Targets(values),
        name=f"Copy{n}",
        description=f"{n} symbols in any order, to be repeated {delay} ms later; label: the first",
        source="this project",
    )


COPY4 = TaskKind(partial(copying, n_symbols=4))
