"""Tasks by name, of own data, or from outside by ``package.module:function``."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from experiments.lab.errors import InputError, unknown
from experiments.lab.references import is_reference, load_reference
from tasks import TASKS, task_kind

if TYPE_CHECKING:
    from tasks import Task, TaskKind

#: The task that is made of samples of one's own.
OWN = "own"


def own_task(given: Mapping[str, Any]) -> dict[str, Any]:
    """The task as an option, where data are given and no task: own samples."""
    return {"task": OWN} if "data" in given and "task" not in given else {}


def known_task(name: str) -> TaskKind:
    """The kind of a task; one from outside is known by its reference from now on.

    A function from outside takes ``random_state`` and ``data`` by keyword, or leaves them out, and
    returns a :class:`tasks.Task`.

    Raises
    ------
    InputError
        There is no such task; what stands for one can't be imported or is no function.
    """
    if is_reference(name) and name not in TASKS:
        TASKS[name] = _kind(name)
    try:
        return task_kind(name)
    except ValueError:
        raise unknown("--task", name, TASKS, more=", or package.module:function") from None


def _kind(reference: str) -> TaskKind:
    from tasks import Task, TaskKind

    function = load_reference(reference, "--task")
    if not callable(function):
        raise InputError(f"--task {reference} must be a function, got {type(function).__name__}")
    taken = inspect.signature(function).parameters
    anything = any(each.kind is each.VAR_KEYWORD for each in taken.values())

    @wraps(function)
    def make(**options: Any) -> Task:
        if options.get("data") is None and "data" not in taken:
            options.pop("data", None)
        given = {name: value for name, value in options.items() if anything or name in taken}
        task = function(**given)
        if isinstance(task, Task):
            return task
        kind = type(task).__name__
        raise InputError(f"--task {reference} must return a tasks.Task, got {kind}")

    few = "samples_per_class"
    return TaskKind(make, quick={few: 60} if few in taken else {})
