"""One training, or many: a plane of G and Q, or a table of tasks and models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Summary, Tick, Trial, named
from experiments.lab.records import Record
from experiments.studies.force import settings as modes
from experiments.studies.force.comparison.experiment import ComparisonOfSpeeds
from experiments.studies.force.figures import plot_course, plot_errors, plot_grid
from experiments.studies.force.measures import LEARNED, MEASURES, WITHOUT, error, outcome
from experiments.studies.force.protocols import Protocol
from experiments.studies.force.settings import ForceSettings
from experiments.studies.force.training import Course, sample_target, train
from tasks.targets import TARGETS

#: Of the published G and Q, where no others are given: with the published pair, and with neither.
FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
#: What a training that diverged counts as, where larger is better; where smaller is, as infinity.
_WORST = {"valid_time_ms": 0.0, "same_sign": 0.0}


def make(settings: ForceSettings) -> Experiment[ForceSettings]:
    """The experiment that the settings ask for."""
    kinds: dict[str, type[Experiment[ForceSettings]]] = {
        modes.SINGLE: SingleTraining,
        modes.GRID: GridOfTrainings,
        modes.TABLE: TableOfTrainings,
        modes.COMPARE: ComparisonOfSpeeds,
    }
    return kinds[settings.mode](settings)


class SingleTraining(Experiment[ForceSettings]):
    """One network, whose course pictures show."""

    keeps_records = False
    course: Course

    def __init__(self, settings: ForceSettings) -> None:
        super().__init__(settings)
        self.protocol = settings.protocol
        self.target = sample_target(self.protocol, seed=settings.seed)

    def identity(self) -> dict[str, Any]:
        """The protocol, as it is used."""
        return self.protocol.described()

    def trials(self) -> list[Trial]:
        """The one training."""
        return [Trial(self.settings.seed)]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train the network, and keep its course for the pictures."""
        self.course = train(self.protocol, seed=trial.seed, target=self.target, progress=True)
        return outcome(self.course)

    def summarise(self, records: Done) -> Summary:
        """The measures of the training, and whether it learned or diverged."""
        (record,) = records.values()
        return {
            "seed": record["seed"],
            "learned": record["learned"],
            "diverged": record["diverged"],
            **record["measures"],
            "seconds": dict(self.course.seconds),
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Pictures of its course, unless it diverged."""
        return {} if self.course.trained.diverged else plot_course(self.course)


class Trainings(Experiment[ForceSettings]):
    """Many networks, of which each leaves a record with its settings."""

    parallel = True

    def identity(self) -> dict[str, Any]:
        """What the run is called: each record has its own settings."""
        return {"experiment": self.kind}

    def trial(self, name: str, seed: int, protocol: Protocol) -> Trial:
        """A training. The bar counts expected seconds, as trainings differ."""
        return Trial(seed, name, steps=max(1, round(protocol.cost)), content=protocol)

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train a network; its record has its measures and settings."""
        measured = outcome(train(trial.content, seed=trial.seed))
        return measured | {"settings": trial.content.described()}

    def open_records(self) -> Any:
        """Raise InputError where a record that is there is of other settings."""
        records = super().open_records()
        for trial in self.trials():
            if trial.key not in records:
                continue
            was = records[trial.key]["settings"]
            for name, value in json.loads(json.dumps(trial.content.described())).items():
                if was.get(name) != value:
                    raise InputError(
                        f"--resume: {self.results.folder / 'records.jsonl'} is of another run: "
                        f"{name} of {trial.name} was {was.get(name)!r}, now {value!r}"
                    )
        return records


class GridOfTrainings(Trainings):
    """For how much of the plane of G and Q a target is learned.

    A point's error is the median of the seeds'; a point learns where it is below `LEARNED`.
    """

    kind = "force_training, grid"

    def __init__(self, settings: ForceSettings) -> None:
        super().__init__(settings)
        self.protocol = settings.protocol
        self.G, self.Q = (
            np.unique(given or [published * factor for factor in FACTORS]).astype(float).tolist()
            for given, published in (
                (settings.gains, self.protocol.settings.G),
                (settings.feedbacks, self.protocol.settings.Q),
            )
        )

    def trials(self) -> list[Trial]:
        """A trial for each seed and each pair of G and Q."""
        name = f"{self.protocol.task}, {self.protocol.model}"
        return [
            self.trial(f"{name}, G {G:.6g}, Q {Q:.6g}", seed, self.protocol.changed(G=G, Q=Q))
            for seed in self.settings.all_seeds
            for G in self.G
            for Q in self.Q
        ]

    def summarise(self, records: Done) -> Summary:
        """Median errors over the plane, and the share of it that is learned."""
        every = np.array([error(records[trial.key]["measures"]) for trial in self.trials()])
        errors = np.median(every.reshape(-1, len(self.G), len(self.Q)), axis=0)
        return {
            "seeds": list(self.settings.all_seeds),
            "learned_below": LEARNED,
            "share_learned": float(np.mean(errors < LEARNED)),
            "G": self.G,
            "Q": self.Q,
            "nrmse_drift_tolerant": [[finite(value) for value in row] for row in errors],
            "settings": self.protocol.described(),
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """The plane, coloured by error."""
        return {"grid": partial(plot_grid, summary)}


class TableOfTrainings(Trainings):
    """Tasks by models, each beside the same without recurrence."""

    kind = "force_training, table"

    def __init__(self, settings: ForceSettings) -> None:
        super().__init__(settings)
        self.protocols = {f"{each.task}, {each.model}": each for each in settings.protocols}

    def trials(self) -> list[Trial]:
        """Two trials for each seed and protocol: with recurrence and without."""
        return [
            trial
            for seed in self.settings.all_seeds
            for name, protocol in self.protocols.items()
            for trial in (
                self.trial(name, seed, protocol),
                self.trial(f"{name}, {WITHOUT}", seed, protocol.changed(G=0.0)),
            )
        ]

    def summarise(self, records: Done) -> Summary:
        """A row for each task and model."""
        return {
            "seeds": list(self.settings.all_seeds),
            "learned_below": LEARNED,
            "rows": [
                _row(protocol, named(records, name), named(records, f"{name}, {WITHOUT}"))
                for name, protocol in self.protocols.items()
            ],
            "settings": self.settings.identity(),
        }

    def tables(self, summary: Summary, records: Done) -> dict[str, list[dict[str, Any]]]:
        """``trainings.csv``: a row for each training."""
        return {"trainings.csv": [_flat(record) for record in records.values()]}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Errors of each task and model, with recurrence and without."""
        errors = {
            name: [
                [error(record["measures"]) for record in named(records, each)]
                for each in (name, f"{name}, {WITHOUT}")
            ]
            for name in self.protocols
        }
        return {"errors": partial(plot_errors, errors)}


def finite(value: float) -> float | None:
    """A number as JSON has it."""
    return float(value) if np.isfinite(value) else None


def spread(records: Sequence[Record], name: str) -> tuple[float, float, float]:
    """Median, least and largest of a measure over seeds; what diverged has the worst there is."""
    measured = [record["measures"].get(name) for record in records]
    values = [_WORST.get(name, np.inf) if value is None else value for value in measured]
    return float(np.median(values)), min(values), max(values)


def _row(
    protocol: Protocol, records: Sequence[Record], without: Sequence[Record]
) -> dict[str, Any]:
    """Median, least and largest of each measure over seeds, ready for JSON."""

    def spreads(some: Sequence[Record]) -> dict[str, list[float | None]]:
        names = dict.fromkeys(name for record in some for name in record["measures"])
        return {name: [finite(value) for value in spread(some, name)] for name in names}

    # Nicola & Clopath print pictures, not errors.
    printed = TARGETS[protocol.task].source.startswith("Nicola")
    return {
        "task": protocol.task,
        "model": protocol.model,
        "learned": sum(record["learned"] for record in records),
        "learned_without_recurrence": sum(record["learned"] for record in without),
        "measures": spreads(records),
        "without_recurrence": spreads(without),
        "seconds_a_seed": float(np.mean([record["seconds"] for record in records])),
        "paper": "picture" if printed else "no figure known",
        "settings": protocol.described(),
    }


def _flat(record: Record) -> dict[str, Any]:
    """A training as a row of trainings.csv."""
    settings, measured = record["settings"], record["measures"]
    return (
        {"task": settings["task"], "model": settings["model"], "seed": record["seed"]}
        | {name: settings[name] for name in ("G", "Q", "n_neurons")}
        | {name: measured.get(name) for name in MEASURES}
        | {name: record[name] for name in ("learned", "diverged", "seconds")}
    )
