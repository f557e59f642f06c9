"""Options of ``force_training.py``: one training, the grid, the table and the comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.options import MOST_COUPLED, Settings, jobs, option, spelt
from experiments.studies.force.comparison.settings import COMPARISONS, SPEEDS
from tasks.targets import TARGETS, Protocol, make_protocol, published_settings
from tasks.targets.protocols import MODELS

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
_PERIODIC = [name for name, target in TARGETS.items() if target.period_ms is not None]
#: Networks each, and of a quick comparison, whose intervals need three; the size of quick ones.
_SEEDS, _QUICK_SEEDS, _QUICK_NEURONS = {TABLE: 3, GRID: 1, COMPARE: 5}, 3, 300
_change = partial(option, None, group="in place of the published settings")
_several = partial(option, None, group="the table, the grid and the comparison")


@dataclass(frozen=True, kw_only=True)
class ForceSettings(Settings):
    """Options of ``force_training.py``."""

    task: str = option("sine", f"or {ALL}: the table ({{default}})", choices=(*TARGETS, ALL))
    model: str | None = option(
        None, "rate: the network of rates that is matched to lif (the task's first)", choices=MODELS
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

    neurons: int | None = _change(
        f"of a network (as published; --quick: {_QUICK_NEURONS})", least=20, most=MOST_COUPLED
    )
    G: float | None = _change("strength of the recurrent weights, in the program's units", least=0)
    Q: float | None = _change("strength of the feedback", least=0)
    alpha: float | None = _change("P starts as I / alpha, for filtered spikes in Hz", above=0)
    gain: str | None = _change("what moves the decoder", choices=("textbook", "nicola-clopath"))
    every: int | None = _change("steps from one learning step to the next", least=1)
    learn_s: tuple[float, float] | None = _change("when it learns", metavar=("FROM", "TO"))
    duration_s: float | None = _change("of the run; what follows learning is the test", above=0)

    tasks: tuple[str, ...] | None = _several(
        "of the table (all)", choices=tuple(TARGETS), metavar="TASK"
    )
    models: tuple[str, ...] | None = _several("of the table (all)", choices=MODELS, metavar="MODEL")
    gains: tuple[float, ...] | None = _several(
        "of the grid (0 to 2 x published)", least=0, metavar="G"
    )
    feedbacks: tuple[float, ...] | None = _several("of the grid (likewise)", least=0, metavar="Q")
    seeds: int | None = _several(
        f"networks each ({', '.join(f'{mode}: {n}' for mode, n in _SEEDS.items())})", least=1
    )
    n_jobs: int = jobs("trainings at a time; -1: one a core ({default})", 1)

    @classmethod
    def usual(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The folder, the model, and the seeds of a comparison."""
        if given.get("compare"):
            seeds = _QUICK_SEEDS if given.get("quick") else _SEEDS[COMPARE]
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
        return range(self.seed, self.seed + (self.seeds or _SEEDS[self.mode]))

    @property
    def protocols(self) -> list[Protocol]:
        """What is trained: the rows of the table, or one task with one model."""
        if self.mode != TABLE:
            return [self._protocol(self.task, self.model or "")]
        return [
            self._protocol(task, model)
            for task in dict.fromkeys(self.tasks or TARGETS)
            for model in published_settings(task)
            if model in (self.models or (model,))
        ]

    def _protocol(self, task: str, model: str) -> Protocol:
        changes: dict[str, Any] = {
            "n_neurons": self.neurons or (_QUICK_NEURONS if self.quick else None),
            **{name: getattr(self, name) for name in ("G", "Q", "gain", "every", "alpha")},
            "learn_ms": self.learn_s and tuple(1e3 * time for time in self.learn_s),
            "duration_ms": self.duration_s and 1e3 * self.duration_s,
        }
        with naming_options():
            return make_protocol(task, model, published=self.published, **changes)

    def check(self) -> None:
        """Raise InputError where options don't go together."""
        for name, modes in _MODES.items():
            value = getattr(self, name)
            if not (value is None or value is False or self.mode in modes):
                raise InputError(
                    f"--{spelt(name)} goes with {' or '.join(modes)}, not with {self.mode}"
                )
        tasks = {COMPARE: list(COMPARISONS), GRID: _PERIODIC}.get(self.mode, [self.task])
        if self.task not in tasks:
            raise InputError(
                f"--task must be one of {', '.join(tasks)} with {self.mode}, got {self.task!r}"
            )
        if self.mode != COMPARE and not self.protocols:
            raise InputError(
                "--models must be of those for which the tasks' settings are known, got "
                f"{', '.join(self.models or ())}"
            )


@contextmanager
def naming_options() -> Iterator[None]:
    """Have the library's errors about models and times name options, as InputError."""
    try:
        yield
    except ValueError as error:
        text = str(error).replace("learn_ms and duration_ms", "--learn-s and --duration-s")
        text = text.replace("model must", "--model must")
        if text == str(error):  # of something else
            raise
        raise InputError(text) from error
