"""The tasks by name. A new task is a module and one line here."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lsm.base.checks import nearest
from lsm.base.registry import Registry

if TYPE_CHECKING:
    from tasks.base import RandomState, Task, TaskKind
    from tasks.data import Data

_AEON = "aeon:"

TASKS: Registry[TaskKind] = Registry(
    {
        "FR5": "tasks.frequency:FR5",
        "PR4": "tasks.patterns:PR4",
        "PR8": "tasks.patterns:PR8",
        "PR12": "tasks.patterns:PR12",
        "TPR4": "tasks.patterns:TPR4",
        "TPR8": "tasks.patterns:TPR8",
        "TPR12": "tasks.patterns:TPR12",
        "TXOR": "tasks.txor:TXOR",
        "Evidence": "tasks.evidence:EVIDENCE",
        "Parity2": "tasks.bits:PARITY2",
        "Parity3": "tasks.bits:PARITY3",
        "Parity4": "tasks.bits:PARITY4",
        "Parity5": "tasks.bits:PARITY5",
        "DelayedMatch1": "tasks.bits:DELAYED_MATCH1",
        "DelayedMatch2": "tasks.bits:DELAYED_MATCH2",
        "DelayedMatch3": "tasks.bits:DELAYED_MATCH3",
        "Copy4": "tasks.copying:COPY4",
        "Machine4": "tasks.state_machine:MACHINE4",
        "Machine8": "tasks.state_machine:MACHINE8",
        "Path": "tasks.path_integration:PATH",
        "Pattern": "tasks.pattern_generation:PATTERN",
        "FSDD": "tasks.fsdd:FSDD",
        "NMNIST": "tasks.nmnist:NMNIST",
        "EMG": "tasks.emg:EMG",
        "SHD": "tasks.tonic_sets:SHD",
        "DVSGesture": "tasks.tonic_sets:DVS_GESTURE",
        "Braille": "tasks.braille:BRAILLE",
        "Bonn2": "tasks.bonn:BONN2",
        "Bonn3": "tasks.bonn:BONN3",
        "Bonn5": "tasks.bonn:BONN5",
        "Watch": "tasks.watch:WATCH",
        "SpokenPairs2": "tasks.spoken:PAIRS2",
        "SpokenPairs10": "tasks.spoken:PAIRS10",
        "SpokenOrder3": "tasks.spoken:ORDER3",
        "SpokenSum3": "tasks.spoken:SUM3",
        "GesturePairs7": "tasks.gestures:PAIRS7",
        "GestureOrder7": "tasks.gestures:ORDER7",
        "own": "tasks.own.task:OWN",
        # Stands for every set of the archive: see `task_kind`.
        "aeon:NAME": "tasks.aeon_sets:ANY",
    }
)


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
        suggestion = nearest(name, TASKS, cutoff=0.6)
        hint = f"; did you mean {suggestion!r}?" if suggestion else ""
        raise ValueError(f"name must be one of {', '.join(TASKS)}, got {name!r}{hint}")
    if name.startswith(_AEON):
        from tasks.aeon_sets import aeon_set

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
    option_names = set(inspect.signature(make).parameters) - {"random_state", "data"}
    if unknown := sorted(set(options) - option_names):
        raise TypeError(
            f"options of task {name} are {', '.join(sorted(option_names))}; got "
            f"{', '.join(unknown)}"
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
        having = ", ".join(task for task, kind in TASKS.items() if kind.groups)
        raise ValueError(f"name must be of a task with groups, {having}; got {name!r}")
    return groups(data)
