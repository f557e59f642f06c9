"""Options of ``force_training.py``: one training, the grid, the table and the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.options import Settings, option, spelt
from experiments.studies.force.comparison.settings import (
    COMPARISONS,
    N_SEEDS,
    QUICK_SEEDS,
    SPEEDS,
)
from experiments.studies.force.protocols import (
    MODELS,
    Protocol,
    make_protocol,
    published_settings,
)
from tasks.targets import TARGETS

ALL = "all"
#: What there is to do, and how options ask for it.
SINGLE, GRID, TABLE, COMPARE = "one training", "--grid", f"--task {ALL}", "--compare"
#: Options that not everything has; the others are everywhere.
_MODES = {
    **dict.fromkeys(("tasks", "models"), (TABLE,)),
    **dict.fromkeys(("gains", "feedbacks"), (GRID, COMPARE)),
    **dict.fromkeys(("seeds", "resume"), (TABLE, GRID, COMPARE)),
    **dict.fromkeys(("G", "Q"), (SINGLE, TABLE)),
    "model": (SINGLE, GRID),
    **dict.fromkeys(
        ("neurons", "alpha", "gain", "every", "learn_s", "duration_s", "published"),
        (SINGLE, GRID, TABLE),
    ),
}
_TABLE_SEEDS, _GRID_SEEDS, _QUICK_NEURONS = 3, 1, 300
_CHANGES = "in place of the published settings"
_SEVERAL = "the table, the grid and the comparison"


@dataclass(frozen=True, kw_only=True)
class ForceSettings(Settings):
    """Options of ``force_training.py``."""

    task: str = option(
        "sine", f"{', '.join(TARGETS)}; or {ALL}: the table ({{default}})", choices=(*TARGETS, ALL)
    )
    model: str | None = option(
        None, f"{', '.join(MODELS)}: the matched rate network (the task's first)", choices=MODELS
    )
    seed: int = option(0, "of all that is random; the first of several ({default})", least=0)
    out: Path = option(Path("results"), "folder of the results (results/force_...)")
    grid: bool = option(False, "train at many G and Q", excludes=("compare",))
    compare: tuple[str, ...] | None = option(
        None,
        "learning to compare, slow and fast, in spiking and rate networks",
        choices=SPEEDS,
        metavar="SPEED",
    )
    published: bool = option(
        False, "the published programs to the letter, even where they take hours"
    )

    neurons: int | None = option(
        None, f"of a network (as published; --quick: {_QUICK_NEURONS})", least=20, group=_CHANGES
    )
    G: float | None = option(
        None, "strength of the recurrent weights, in the program's units", least=0, group=_CHANGES
    )
    Q: float | None = option(None, "strength of the feedback", least=0, group=_CHANGES)
    alpha: float | None = option(
        None, "P starts as I / alpha, for filtered spikes in Hz", above=0, group=_CHANGES
    )
    gain: str | None = option(
        None,
        "what moves the decoder: textbook or nicola-clopath",
        choices=("textbook", "nicola-clopath"),
        group=_CHANGES,
    )
    every: int | None = option(
        None, "steps from one learning step to the next", least=1, group=_CHANGES
    )
    learn_s: tuple[float, float] | None = option(
        None, "when it learns", metavar=("FROM", "TO"), group=_CHANGES
    )
    duration_s: float | None = option(
        None, "of the run; what follows learning is the test", above=0, group=_CHANGES
    )

    tasks: tuple[str, ...] | None = option(
        None, "of the table (all)", choices=tuple(TARGETS), metavar="TASK", group=_SEVERAL
    )
    models: tuple[str, ...] | None = option(
        None, "of the table (all)", choices=MODELS, metavar="MODEL", group=_SEVERAL
    )
    gains: tuple[float, ...] | None = option(
        None, "of the grid (0 to 2 x published)", least=0, metavar="G", group=_SEVERAL
    )
    feedbacks: tuple[float, ...] | None = option(
        None, "of the grid (likewise)", least=0, metavar="Q", group=_SEVERAL
    )
    seeds: int | None = option(
        None,
        f"networks each (table: {_TABLE_SEEDS}, grid: {_GRID_SEEDS}, comparison: {N_SEEDS})",
        least=1,
        group=_SEVERAL,
    )
    n_jobs: int = option(1, "trainings at a time; -1: one a core ({default})", group=_SEVERAL)

    @classmethod
    def usual(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The folder, the model, and the seeds of a comparison."""
        if given.get("compare"):
            seeds = QUICK_SEEDS if given.get("quick") else N_SEEDS
            return {"out": Path("results/force_compare"), "seeds": seeds}
        folder, task = Path("results/force_training"), given.get("task", "sine")
        if task == ALL:
            return {"out": folder / "table"}
        model = given.get("model") or next(iter(published_settings(task)))
        grid = "-grid" if given.get("grid") else ""
        return {"out": folder / f"{task}-{model}{grid}", "model": model}

    @property
    def mode(self) -> str:
        """What is done: SINGLE, GRID, TABLE or COMPARE."""
        if self.compare:
            return COMPARE
        return GRID if self.grid else TABLE if self.task == ALL else SINGLE

    @property
    def all_seeds(self) -> range:
        """Of several networks."""
        usual = _TABLE_SEEDS if self.mode == TABLE else _GRID_SEEDS
        return range(self.seed, self.seed + (self.seeds or usual))

    @property
    def protocol(self) -> Protocol:
        """What is trained where it is one task and model."""
        return self._protocol(self.task, self.model or "")

    @property
    def protocols(self) -> list[Protocol]:
        """The rows of the table."""
        return [
            self._protocol(task, model)
            for task in dict.fromkeys(self.tasks or TARGETS)
            for model in published_settings(task)
            if model in (self.models or (model,))
        ]

    def _protocol(self, task: str, model: str) -> Protocol:
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
        if self.alpha is not None and model in published_settings(task):
            per_ms = published_settings(task)[model].time_unit == "ms"
            changes["p0"] = (1e6 if per_ms else 1.0) / self.alpha
        return make_protocol(task, model, published=self.published, **changes)

    def check(self) -> None:
        """Raise InputError where options don't go together."""
        if self.grid and self.task == ALL:
            raise InputError(f"--grid is for one task, got --task {ALL}")
        for name, modes in _MODES.items():
            value = getattr(self, name)
            if not (value is None or value is False or self.mode in modes):
                raise InputError(
                    f"--{spelt(name)} goes with {' or '.join(modes)}, not with {self.mode}"
                )
        if self.n_jobs == 0:
            raise InputError("--n-jobs must be a number of trainings, or -1: one a core; got 0")
        if self.mode == COMPARE and self.task not in COMPARISONS:
            raise InputError(
                f"--task must be one of {', '.join(COMPARISONS)} with --compare, got {self.task!r}"
            )
        if self.mode == TABLE and not self.protocols:
            raise InputError(
                "--models must be of those for which the tasks' settings are known, got "
                f"{', '.join(self.models or ())}"
            )
        if self.mode in (SINGLE, GRID) and self.protocol.period_ms is None and self.grid:
            raise InputError(f"--grid is for targets with a period, got --task {self.task}")
