"""Tasks by name, of own data, or from outside by ``package.module:function``."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.errors import InputError, unknown
from experiments.lab.options import UNSET, option
from experiments.lab.references import is_reference, load_reference
from tasks import TASKS, make_task, task_kind

if TYPE_CHECKING:
    from tasks import Task, TaskKind

#: The task that is made of samples of one's own.
OWN = "own"
#: What ``--data`` is.
DATA = (
    "folder of recordings, for tasks that have some (the task's folder in $LSM_DATA); for own data "
    "an NPZ file, a CSV file, or a folder that has one of WAV files for each class"
)


def own_task(given: Mapping[str, Any]) -> dict[str, Any]:
    """The task as an option, where data are given and no task: own samples."""
    return {"task": OWN} if "data" in given and "task" not in given else {}


def known_task(name: str, option: str = "--task") -> TaskKind:
    """The kind of a task; one from outside is known by its reference from now on.

    A function from outside takes ``random_state`` and ``data`` by keyword, or leaves them out, and
    returns a :class:`tasks.Task`.

    Parameters
    ----------
    name : str
    option : str
        Named by errors.

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
        raise unknown(option, name, TASKS, more=", or package.module:function") from None


def task_option(default: Any) -> Any:
    """The field of a task, by its name or from outside; UNSET as the default: it must be given."""
    usual = "" if default is UNSET else "{default}; "
    return option(
        default,
        f"one of {', '.join(TASKS)}, or package.module:function ({usual}{OWN}, where --data is "
        "given alone)",
        valid=known_task,
        names_code=True,
    )


def folds_option() -> Any:
    """The field of the parts of a cross-validation, where neither `by` nor `official` is given."""
    return option(
        5, "parts of a cross-validation ({default})", least=2, excludes=("by", "official")
    )


def by_option(usual: str = "--folds instead") -> Any:
    """The field of what is left out in turn; `usual` says what holds without it."""
    return option(
        None,
        f"leave out in turn each group (the speaker, participant), session, ... ({usual})",
        excludes=("official",),
    )


def task_of(settings: Any, *, random_state: Any, **options: Any) -> Task:
    """The task that settings ask for, by their ``task``, ``data``, ``resample`` and ``quick``.

    Parameters
    ----------
    settings : Settings
    random_state : int or SeedSequence
    **options
        More options of the task.

    Raises
    ------
    InputError
        It can't be made, and why.
    """
    if settings.resample:
        options["resample"] = True
    if settings.data is not None:
        options["data"] = settings.data
    return made_task(settings.task, quick=settings.quick, random_state=random_state, **options)


def made_task(name: str, *, quick: bool, random_state: Any, **options: Any) -> Task:
    """A task by its name, small if it is to be `quick`.

    Parameters
    ----------
    name : str
    quick : bool
    random_state : int or SeedSequence
    **options
        Of the task.

    Raises
    ------
    InputError
        It can't be made, and why.
    """
    if quick:
        options |= known_task(name).quick
    try:
        return make_task(name, random_state=random_state, **options)
    except (ImportError, OSError, TypeError, ValueError) as error:
        raise InputError(str(error)) from error


def task_to_classify(settings: Any, **options: Any) -> Task:
    """As :func:`task_of`; InputError too where there is but one class."""
    task = task_of(settings, **options)
    refuse_one_class(task, f"--task {settings.task}")
    return task


def refuse_one_class(task: Task, given: str) -> None:
    """Raise InputError where a task, which was `given` so, has but one class."""
    if task.n_classes < 2:
        raise InputError(f"{given} must have two classes or more to tell apart, got one")


def divided(
    task: Task, settings: Any, seed: int
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Training and test indices of each fold, by what it holds out.

    Parameters
    ----------
    task : Task
    settings : Settings
        With ``official``, ``by`` and ``folds``.
    seed : int
        Of a division that is random.

    Raises
    ------
    InputError
        The task hasn't what is asked for.
    """
    by, folds = settings.by, settings.folds
    try:
        return task.named_folds(by, official=settings.official, n_splits=folds, random_state=seed)
    except ValueError as error:
        raise InputError(f"--{error}" if by else f"--folds: {error}") from error


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
