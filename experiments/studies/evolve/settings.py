"""Options of the evolved liquid's experiment, checked before any work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evolution import RECIPES, Encode
from evolution.aims import AIMS, several_aims
from experiments.lab.errors import InputError
from experiments.lab.options import Settings, jobs, option, spelt
from experiments.lab.outside import DATA, known_task, own_task, task_option
from lsm.base.checks import MOST_NEURONS
from lsm.base.quantities import convert_fields
from lsm.states import STATE_FORMS, make_state
from readouts import READOUTS

CONTROLS = {
    "default": "baselines without a liquid, random liquids, the liquid without recurrence",
    "full": "also searches of equal budget (random; CMA-ES on the gains of a random liquid; "
    "without recurrence), ablations, new templates",
    "none": "the evolved liquid alone",
}

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
#: Options that are younger than results which should still resume: with these defaults a result
#: doesn't depend on them.
_YOUNGER = {"dimensions": 2, "gains": False, "aims": (), "resample": False, "family": 0}


@dataclass(frozen=True, kw_only=True)
class EvolveSettings(Settings):
    """Options of ``evolve_lsm.py``."""

    task: str = task_option("PR12")
    data: Path | None = option(None, DATA)
    resample: bool = option(False, "FSDD: mix channels and bring other rates to 8 kHz")
    split: str | None = option(
        None,
        "what is held out for testing: the task's own test set, or each group in turn (own)",
        choices=("own", "group"),
    )
    gap_ms: float | None = option(None, "TXOR: silence between the segments (30)")
    recipe: str = option(
        "driven",
        "what liquids share ({default}; FR5: rates, FSDD: speech, other recordings: varied)",
        choices=tuple(RECIPES),
    )
    neurons: int = option(
        20, "neurons of a liquid ({default}; recordings: 300)", least=4, most=MOST_NEURONS
    )
    population: int = option(
        50, "liquids of a generation ({default}; recordings: 20; --quick: 8)", least=1, quick=8
    )
    generations: int = option(
        100,
        "generations after the first ({default}; recordings: 10; --quick: 3)",
        least=0,
        quick=3,
    )
    encode: Encode = option("both", "what evolves ({default})")
    dimensions: int = option(2, "of the positions: 2 or 3 ({default})")
    gains: bool = option(False, "gains of weights and delays evolve too")
    aims: tuple[str, ...] = option(
        (),
        f"several aims, by NSGA-II: {','.join(AIMS)}, or two of them",
        choices=tuple(AIMS),
        commas=True,
    )
    dt: float = option(1.0, "time step in ms ({default})", above=0)
    state: str = option(
        "counts",
        f"what the readout sees: {', '.join(STATE_FORMS)} ({{default}}; recordings but FSDD: "
        "bins:3)",
        valid=make_state,
    )
    readout: str = option("ridge", "({default}; FR5: logistic)", choices=tuple(READOUTS))
    redraw_fitness: bool = option(False, "a new fitness split each generation", excludes=("aims",))
    fresh_templates: bool = option(False, "new templates too, each generation", excludes=("aims",))
    family: int = option(
        0,
        "fitness on members of the task's family, new ones each generation, of which the best meet "
        "so many; tested on ten others. Recordings: on each group that is left out (0: no family)",
        least=0,
        excludes=("aims", "redraw_fitness", "fresh_templates"),
    )
    runs: int = option(1, "repetitions with seeds of their own ({default})", least=1)
    seed: int = option(0, "decides everything that is random ({default})", least=0)
    n_jobs: int = jobs("processes at a time; -1: all cores ({default})")
    scheduler: str | None = option(
        None,
        "simulate on the workers of this Dask",
        metavar="tcp://HOST:PORT",
        excludes=("n_jobs",),
    )
    controls: str = option("default", "what stands beside ({default})", choices=tuple(CONTROLS))
    out: Path = option(Path("results"), "folder of the results (results/TASK-seedSEED)")

    outside_identity = ("n_jobs", "scheduler", "out", "resume", "runs", "pictures")

    def __post_init__(self) -> None:
        convert_fields(self)

    @classmethod
    def derived(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """A task for own data."""
        return own_task(given)

    @classmethod
    def usual(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Sizes that a task needs, and the folder that is named after it."""
        task, seed = given.get("task", cls.task), given.get("seed", cls.seed)
        sizes = _SIZES_OF_RECORDED if known_task(task).recorded else {}
        out = Path("results", f"{task.replace(':', '-')}-seed{seed}")
        return sizes | _SIZES_OF.get(task, {}) | {"out": out}

    def check(self) -> None:
        """Refuse options that don't go together."""
        from evolution.search import check_sizes

        for name, task in (("gap_ms", "TXOR"), ("resample", "FSDD")):
            if getattr(self, name) not in (None, False) and self.task != task:
                raise InputError(f"--{spelt(name)} is for {task}, got --task {self.task}")
        if self.split == "group" and self.runs > 1:
            raise InputError(
                "--runs must be 1 with --split group, which runs once for each group; "
                f"got {self.runs}"
            )
        for name in ("redraw_fitness", "fresh_templates"):
            if getattr(self, name) and known_task(self.task).recorded:
                raise InputError(
                    f"--{spelt(name)} needs a task that is generated, got --task {self.task}"
                )
        kind = known_task(self.task)
        if self.family and kind.recorded and kind.groups is None:
            raise InputError(
                "--family needs a task that is generated, or has groups such as speakers; got "
                f"--task {self.task}"
            )
        if self.dimensions not in (2, 3):
            raise InputError(f"--dimensions must be 2 or 3, got {self.dimensions}")
        elites = RECIPES[self.recipe].operators.elites
        try:
            check_sizes(self.population, self.generations, elites=elites)
            if self.aims:
                several = several_aims(self.aims, encode=self.encode, population=self.population)
                object.__setattr__(self, "aims", several)
        except ValueError as error:
            raise InputError(f"--{error}") from error

    def identity(self) -> dict[str, Any]:
        """What a result depends on, ready for JSON."""
        return {
            name: value
            for name, value in super().identity().items()
            if name not in _YOUNGER or getattr(self, name) != _YOUNGER[name]
        }
