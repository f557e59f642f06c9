"""The tasks by name. A new task is a module and one line here."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from tasks.base import RandomState, Task
from tasks.frequency import frequency_recognition
from tasks.fsdd import fsdd
from tasks.patterns import pattern_recognition, temporal_pattern_recognition
from tasks.txor import temporal_xor

# A factory takes random_state, data and its own options by keyword.
TASKS: dict[str, Callable[..., Task]] = {
    "FR5": frequency_recognition,
    "PR4": partial(pattern_recognition, 4),
    "PR8": partial(pattern_recognition, 8),
    "PR12": partial(pattern_recognition, 12),
    "TPR4": partial(temporal_pattern_recognition, 4),
    "TPR8": partial(temporal_pattern_recognition, 8),
    "TPR12": partial(temporal_pattern_recognition, 12),
    "TXOR": temporal_xor,
    "FSDD": fsdd,
}


def make_task(
    name: str, *, random_state: RandomState = None, data: Any = None, **options: Any
) -> Task:
    """Make a task by its name.

    Parameters
    ----------
    name : str
        A key of `TASKS`.
    random_state : int, SeedSequence, Generator or None
        The same integer or SeedSequence makes the same task; another one makes other templates,
        other samples and another split.
    data : path, optional
        Where the recordings are, for tasks that need some.
    **options
        As the factory has them, such as `samples_per_class` (1000; for TXOR, of each cell) and
        `gap_ms` (TXOR).

    Raises
    ------
    ValueError
        Where the name is unknown, an option has no possible value, or data are missing or in vain.
    TypeError
        Where the task has no such option, or an argument is of another type.
    """
    if name not in TASKS:
        nearest = difflib.get_close_matches(str(name).upper(), TASKS, n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise ValueError(f"name must be one of {', '.join(TASKS)}, got {name!r}{hint}")
    known = set(inspect.signature(TASKS[name]).parameters) - {"random_state", "data"}
    if unknown := sorted(set(options) - known):
        raise TypeError(
            f"options of task {name} are {', '.join(sorted(known))}; got {', '.join(unknown)}"
        )
    return TASKS[name](random_state=random_state, data=data, **options)
