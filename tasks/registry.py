"""The tasks by name. A new task is a module and one line here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from lsm.base.checks import nearest
from tasks import emg, fsdd, tonic_sets
from tasks.aeon_sets import aeon_set
from tasks.base import RandomState, Task
from tasks.data import Data
from tasks.frequency import frequency_recognition
from tasks.nmnist import nmnist
from tasks.own import own, own_groups
from tasks.patterns import pattern_recognition, temporal_pattern_recognition
from tasks.txor import temporal_xor


@dataclass(frozen=True)
class TaskKind:
    """What is known of a task before it is made.

    Parameters
    ----------
    make : callable
        Makes it; takes `random_state`, `data` and its own options by keyword, among them `group`
        where there are groups.
    recorded : bool
        Whether it is read from data rather than generated.
    groups : callable, optional
        Names, sorted, of the groups of which each may be the test set, given `data`.
    quick : mapping
        Options that make it small.
    """

    make: Callable[..., Task]
    recorded: bool = False
    groups: Callable[[Data], list[str]] | None = None
    quick: Mapping[str, Any] = field(default_factory=lambda: {"samples_per_class": 60})


_AEON = "aeon:"

TASKS: dict[str, TaskKind] = {
    "FR5": TaskKind(frequency_recognition),
    "PR4": TaskKind(partial(pattern_recognition, 4)),
    "PR8": TaskKind(partial(pattern_recognition, 8)),
    "PR12": TaskKind(partial(pattern_recognition, 12)),
    "TPR4": TaskKind(partial(temporal_pattern_recognition, 4)),
    "TPR8": TaskKind(partial(temporal_pattern_recognition, 8)),
    "TPR12": TaskKind(partial(temporal_pattern_recognition, 12)),
    "TXOR": TaskKind(temporal_xor),
    "FSDD": TaskKind(fsdd.fsdd, recorded=True, groups=fsdd.speakers, quick={"takes": 10}),
    "NMNIST": TaskKind(nmnist, recorded=True),
    "EMG": TaskKind(emg.emg, recorded=True, groups=emg.participants),
    "SHD": TaskKind(tonic_sets.shd, recorded=True, groups=tonic_sets.shd_speakers),
    "DVSGesture": TaskKind(
        tonic_sets.dvs_gesture, recorded=True, groups=tonic_sets.dvs_gesture_people
    ),
    "own": TaskKind(own, recorded=True, groups=own_groups),
    # Stands for every set of the archive: see `task_kind`.
    "aeon:NAME": TaskKind(partial(aeon_set, "NAME"), recorded=True),
}


def task_kind(name: str) -> TaskKind:
    """The kind of a task by its name.

    Raises
    ------
    ValueError
        Where the name is unknown.
    """
    if name in TASKS:
        kind = TASKS[name]
    elif str(name).startswith(_AEON):
        kind = TASKS["aeon:NAME"]
    else:
        meant = nearest(name, TASKS, cutoff=0.6)
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise ValueError(f"name must be one of {', '.join(TASKS)}, got {name!r}{hint}")
    if name.startswith(_AEON):
        return replace(kind, make=partial(aeon_set, name.removeprefix(_AEON)))
    return kind


def make_task(
    name: str, *, random_state: RandomState = None, data: Any = None, **options: Any
) -> Task:
    """Make a task by its name.

    Parameters
    ----------
    name : str
        A key of `TASKS`; ``"aeon:JapaneseVowels"`` and the like for sets of aeon's archive.
    random_state : int, SeedSequence, Generator or None
        The same integer or SeedSequence makes the same task; another one makes other templates,
        other samples and another split.
    data : path, optional
        Where the recordings are, for tasks that need some.
    **options
        As the task has them, such as `samples_per_class`, `gap_ms` (TXOR), `group` (the group that
        is the test set) and `download` (data that are not there).

    Raises
    ------
    ValueError
        Where the name is unknown, an option has no possible value, or data are missing or in vain.
    TypeError
        Where the task has no such option, or an argument is of another type.
    ImportError
        Where a package is missing that reads or gets the data.
    """
    make = task_kind(name).make
    known = set(inspect.signature(make).parameters) - {"random_state", "data"}
    if unknown := sorted(set(options) - known):
        raise TypeError(
            f"options of task {name} are {', '.join(sorted(known))}; got {', '.join(unknown)}"
        )
    return make(random_state=random_state, data=data, **options)


def group_names(name: str, data: Data = None) -> list[str]:
    """Names of the groups (speakers, participants) of a task's data, sorted.

    Each may be the test set: ``make_task(name, data=data, group=...)``.

    Parameters
    ----------
    name : str
    data : path, optional
        As `make_task` has them.

    Raises
    ------
    ValueError
        Where the name is unknown, or the task has no groups.
    """
    groups = task_kind(name).groups
    if groups is None:
        having = ", ".join(known for known, kind in TASKS.items() if kind.groups)
        raise ValueError(f"name must be of a task with groups, {having}; got {name!r}")
    return groups(data)
