"""Options of the evolved liquid's experiment, checked before any work."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from evolution import ENCODINGS, RECIPES, Encode
from experiments.common.errors import InputError
from experiments.common.evolve.pareto import AIMS
from lsm.base.checks import nearest
from lsm.base.quantities import convert_fields
from lsm.states import make_state
from readouts import READOUTS
from tasks import TASKS, task_kind

CONTROLS = ("default", "full", "none")

# Defaults are the paper's sizes; what a task needs otherwise, and what makes a run short.
_SIZES_OF: dict[str, dict[str, Any]] = {
    "FR5": {"recipe": "rates", "readout": "logistic"},
    "FSDD": {"recipe": "speech", "state": "counts"},
}
_SIZES_OF_RECORDED: dict[str, Any] = {
    "neurons": 300,
    "population": 20,
    "generations": 10,
    "recipe": "varied",
    "state": "bins:3",
}
_QUICK: dict[str, Any] = {"population": 8, "generations": 3}

#: What makes a task small for --quick, where it isn't fewer samples a class.
QUICK_TASKS: dict[str, Mapping[str, Any]] = {name: kind.quick for name, kind in TASKS.items()}


@dataclass(frozen=True)
class Settings:
    """Options of ``evolve_lsm.py``."""

    task: str = "PR12"
    data: Path | None = None
    resample: bool = False
    split: str | None = None
    gap_ms: float | None = None
    recipe: str = "driven"
    neurons: int = 20
    population: int = 50
    generations: int = 100
    encode: Encode = "both"
    dimensions: int = 2
    gains: bool = False
    aims: tuple[str, ...] = ()
    dt: float = 1.0
    state: str = "counts"
    readout: str = "ridge"
    redraw_fitness: bool = False
    fresh_templates: bool = False
    runs: int = 1
    seed: int = 0
    n_jobs: int = -1
    scheduler: str | None = None
    controls: str = "default"
    out: Path = Path("results")
    resume: bool = False
    quick: bool = False

    def __post_init__(self) -> None:
        convert_fields(self)

    @classmethod
    def from_options(cls, **options: Any) -> Settings:
        """Check the options; what is ``None`` takes the task's default.

        Raises
        ------
        InputError
            Naming the option, what was expected and what came.
        """
        given = {name: value for name, value in options.items() if value is not None}
        task, quick = given.get("task", cls.task), given.get("quick", False)
        if not task.startswith("aeon:"):  # whether aeon has such a set, the task says
            _one_of("task", task, TASKS)
        kind = task_kind(task)
        sizes = (_SIZES_OF_RECORDED if kind.recorded else {}) | _SIZES_OF.get(task, {})
        settings = cls(**(sizes | (_QUICK if quick else {}) | given))
        if "out" not in given:
            name = task.replace(":", "-")
            settings = replace(settings, out=cls.out / f"{name}-seed{settings.seed}")
        settings = replace(settings, aims=_aims(given.get("aims")))
        _one_of("recipe", settings.recipe, RECIPES)
        _one_of("encode", settings.encode, ENCODINGS)
        _one_of("readout", settings.readout, READOUTS)
        if settings.gap_ms is not None and task != "TXOR":
            raise InputError(f"--gap-ms is for TXOR, got --task {task}")
        if settings.resample and task != "FSDD":
            raise InputError(f"--resample is for FSDD, got --task {task}")
        if settings.split == "group" and kind.groups is None:
            having = ", ".join(name for name, other in TASKS.items() if other.groups)
            raise InputError(f"--split group is for {having}, got --task {task}")
        if settings.split == "group" and settings.runs > 1:
            raise InputError(
                "--runs must be 1 with --split group, which runs once for each group; "
                f"got {settings.runs}"
            )
        if kind.recorded and settings.redraw_fitness:
            raise InputError(
                "--redraw-fitness would mix what the split of recordings keeps apart, "
                f"got --task {task}"
            )
        if kind.recorded and settings.fresh_templates:
            raise InputError(f"--fresh-templates needs a task that is generated, got --task {task}")
        for name in ("redraw_fitness", "fresh_templates"):
            if settings.aims and getattr(settings, name):
                several = ",".join(settings.aims)
                raise InputError(f"--{name.replace('_', '-')} is for one aim, got --aims {several}")
        if "neurons" in settings.aims and settings.encode == "positions":
            raise InputError(
                "--aims neurons needs configurations to evolve, got --encode positions"
            )
        if settings.dimensions not in (2, 3):
            raise InputError(f"--dimensions must be 2 or 3, got {settings.dimensions}")
        try:
            make_state(settings.state)
        except ValueError as error:
            raise InputError(f"--state: {error}") from error
        pair = 2 if settings.aims else 1  # NSGA-II's tournaments are of two
        for name, least in (("neurons", 4), ("population", pair), ("generations", 0), ("runs", 1)):
            if getattr(settings, name) < least:
                raise InputError(
                    f"--{name} must be at least {least}, got {getattr(settings, name)}"
                )
        elites = RECIPES[settings.recipe].operators.elites
        if settings.generations and settings.population <= elites:
            raise InputError(
                f"--population must be above {elites}, the number of elites, to evolve; got "
                f"{settings.population} (--generations 0 evolves nothing)"
            )
        if not 0 < settings.dt < math.inf:
            raise InputError(f"--dt must be positive and finite, got {settings.dt}")
        if settings.seed < 0:
            raise InputError(f"--seed must not be negative, got {settings.seed}")
        if settings.n_jobs == 0:
            raise InputError("--n-jobs must not be 0: a number of processes, or -1 for all cores")
        return settings

    def identity(self) -> dict[str, Any]:
        """What a result depends on, ready for JSON."""
        elsewhere = {"n_jobs", "scheduler", "out", "resume", "runs"}
        # Younger than results that should still resume: they don't have them.
        younger = ("dimensions", "gains", "aims", "resample")
        elsewhere |= {name for name in younger if self._is_default(name)}
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in elsewhere}
        if self.aims:
            values["aims"] = list(self.aims)
        return values | {"data": None if self.data is None else str(self.data)}

    def _is_default(self, name: str) -> bool:
        return bool(getattr(self, name) == getattr(Settings, name))


def _aims(text: str | None) -> tuple[str, ...]:
    """Names of aims, accuracy first; none where there is just the one."""
    if text is None:
        return ()
    names = text.split(",")
    for name in names:
        _one_of("aims", name, AIMS)
    if len(names) < 2 or len(set(names)) < len(names) or "accuracy" not in names:
        raise InputError(
            f"--aims must be accuracy and at least one of {', '.join(list(AIMS)[1:])}, with commas "
            f"between them; got {text!r}"
        )
    return tuple(name for name in AIMS if name in names)


def _one_of(name: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise InputError(
            f"--{name} must be one of {', '.join(known)}; got {value!r}, "
            f"did you mean {nearest(value, known)!r}?"
        )
