"""Options of ``force_training.py``, checked before any work."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from experiments.common.errors import InputError
from experiments.common.force.plans import Plan, known, plan
from lsm.base.checks import nearest
from tasks.targets import TARGETS

ALL = "all"
#: Repetitions of the table, and of the grid; neurons of a quick run.
_TABLE_SEEDS, _GRID_SEEDS, _QUICK_NEURONS = 3, 1, 300


@dataclass(frozen=True)
class ForceOptions:
    """Options of ``force_training.py`` but for those of ``--compare``; None is the default.

    The comments at the options of the command line say what they mean.
    """

    task: str
    out: Path
    model: str | None = None
    seed: int = 0
    seeds: int | None = None
    grid: bool = False
    neurons: int | None = None
    G: float | None = None
    Q: float | None = None
    alpha: float | None = None
    gain: str | None = None
    every: int | None = None
    learn_s: tuple[float, float] | None = None
    duration_s: float | None = None
    tasks: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    gains: tuple[float, ...] | None = None
    feedbacks: tuple[float, ...] | None = None
    n_jobs: int = 1
    resume: bool = False
    quick: bool = False
    published: bool = False

    @classmethod
    def from_options(cls, **options: Any) -> ForceOptions:
        """Check what was given on the command line.

        Raises
        ------
        InputError
            Naming the option, what was expected and what came.
        """
        names = {field.name for field in fields(cls)}
        given = {name: value for name, value in options.items() if name in names}
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
        task = given["task"]
        if given["model"] is None and task in TARGETS:
            given["model"] = next(iter(known(task)))
        if given["out"] is None:
            what = f"{task}-{given['model']}" + ("-grid" if given["grid"] else "")
            given["out"] = Path("results/force_training", "table" if task == ALL else what)
        checked = cls(**given)
        checked._check()
        return checked

    @property
    def seed_range(self) -> range:
        usual = _TABLE_SEEDS if self.task == ALL else _GRID_SEEDS
        return range(self.seed, self.seed + (self.seeds or usual))

    def plan(self) -> Plan:
        """What is trained where it is one task and model."""
        return self._plan(self.task, self.model or "")

    def plans(self) -> list[Plan]:
        """The rows of the table."""
        return [
            self._plan(task, model)
            for task in dict.fromkeys(self.tasks or TARGETS)
            for model in known(task)
            if model in (self.models or (model,))
        ]

    def _plan(self, task: str, model: str) -> Plan:
        changes: dict[str, Any] = {
            "n_neurons": self.neurons or (_QUICK_NEURONS if self.quick else None),
            "G": self.G,
            "Q": self.Q,
            "gain": self.gain,
            "every": self.every,
        }
        if self.learn_s is not None:
            changes["learn_ms"] = tuple(1e3 * time for time in self.learn_s)
        if self.duration_s is not None:
            changes["duration_ms"] = 1e3 * self.duration_s
        if self.alpha is not None and task in TARGETS and model in known(task):
            per_ms = known(task)[model].time_unit == "ms"
            changes["p0"] = (1e6 if per_ms else 1.0) / self.alpha
        return plan(task, model, published=self.published, **changes)

    def _check(self) -> None:
        for name, least in (("neurons", 20), ("every", 1), ("seeds", 1), ("seed", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise InputError(f"--{name} must be at least {least}, got {value}")
        for name in ("G", "Q", "gains", "feedbacks"):
            value = getattr(self, name)
            for one in value if isinstance(value, tuple) else (value,):
                if one is not None and not 0 <= one < math.inf:
                    raise InputError(f"--{name} must be finite and not negative, got {one:g}")
        for name in ("alpha", "duration_s"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                option = name.replace("_", "-")
                raise InputError(f"--{option} must be positive and finite, got {value:g}")
        if self.learn_s is not None and not all(map(math.isfinite, self.learn_s)):
            raise InputError(f"--learn-s must be finite, got {self.learn_s}")
        if self.n_jobs == 0:
            raise InputError("--n-jobs must not be 0: a number of trainings, or -1 for all cores")
        self._check_what()

    def _check_what(self) -> None:
        """Options that go with others."""
        for name in self.tasks or ():
            if name not in TARGETS:
                raise InputError(
                    f"--tasks must be of {', '.join(TARGETS)}; got {name!r}, "
                    f"did you mean {nearest(name, TARGETS)!r}?"
                )
        table = self.task == ALL
        if table and self.grid:
            raise InputError(f"--grid is for one task, got --task {ALL}")
        if table and self.model is not None:
            raise InputError(f"--models is for --task {ALL}, got --model {self.model}")
        for names, having, where in (
            (("tasks", "models"), table, f"--task {ALL}"),
            (("gains", "feedbacks"), self.grid, "--grid"),
            (("G", "Q"), not self.grid, "one strength; --grid takes --gains and --feedbacks"),
            (("seeds", "resume"), table or self.grid, f"--task {ALL} and --grid"),
        ):
            for name in names:
                value = getattr(self, name)
                if not (having or value is None or value is False):
                    raise InputError(f"--{name} is for {where}")
        if table and not self.plans():
            raise InputError(
                f"--models must be of those for which the tasks' settings are known, got "
                f"{', '.join(self.models or ())}"
            )
        if not table:
            self.plan()
