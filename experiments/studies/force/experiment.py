"""One training, or many: a plane of G and Q, or a table of tasks and models."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Summary, Tick, Trial, named
from experiments.lab.options import plain
from experiments.lab.records import Record
from experiments.studies.force import settings as modes
from experiments.studies.force.comparison.experiment import ComparisonOfSpeeds
from experiments.studies.force.figures import plot_errors, plot_grid
from experiments.studies.force.measures import LEARNED, MEASURES, WITHOUT, error
from experiments.studies.force.settings import ForceSettings, naming_options
from tasks.closed_loop import Course, measures_of, train_target
from tasks.closed_loop.plots import plot_course
from tasks.closed_loop.training import sample_target
from tasks.targets import TARGETS, Protocol

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


def outcome(course: Course) -> Record:
    """Measures and verdict of a course, ready for JSON."""
    measured = measures_of(course)
    return {
        "learned": error(measured) < LEARNED,
        "diverged": course.trained.diverged,
        "measures": measured,
    }


class SingleTraining(Experiment[ForceSettings]):
    """One network, whose course pictures show."""

    keeps_records = False
    course: Course

    def __init__(self, settings: ForceSettings) -> None:
        super().__init__(settings)
        (self.protocol,) = settings.protocols
        with naming_options():
            self.sampled = sample_target(self.protocol, random_state=settings.seed)

    def identity(self) -> dict[str, Any]:
        """The protocol, as it is used."""
        return self.protocol.described()

    def trials(self) -> list[Trial]:
        """The one training."""
        return [Trial(self.settings.seed)]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train the network, and keep its course for the pictures."""
        self.course = train_target(
            self.protocol, random_state=trial.seed, sampled=self.sampled, progress=True
        )
        return outcome(self.course)

    def summarise(self, records: Done) -> Summary:
        """The measures of the training, and whether it learned or diverged."""
        (record,) = records.values()
        return {name: record[name] for name in ("seed", "learned", "diverged")} | record["measures"]

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
        with naming_options():
            course = train_target(trial.content, random_state=trial.seed)
        return outcome(course) | {"settings": trial.content.described()}

    def open_records(self) -> Any:
        """Raise InputError where a record that is there is of other settings."""
        records = super().open_records()
        for trial in self.trials():
            was = records[trial.key]["settings"] if trial.key in records else {}
            for name, value in trial.content.described().items():
                if was and was.get(name) != value:
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
        (self.protocol,) = settings.protocols
        published = self.protocol.settings
        gains = settings.gains or published.G * np.array(FACTORS)
        feedbacks = settings.feedbacks or published.Q * np.array(FACTORS)
        self.G, self.Q = (np.unique(some).astype(float).tolist() for some in (gains, feedbacks))

    def trials(self) -> list[Trial]:
        """A trial for each seed and each pair of G and Q."""
        made = self.protocol
        return [
            self.trial(f"{made.name}, G {G:.6g}, Q {Q:.6g}", seed, made.changed(G=G, Q=Q))
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
            "nrmse_drift_tolerant": plain(errors.tolist()),
            "settings": self.protocol.described(),
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """The plane, coloured by error."""
        return {"grid": partial(plot_grid, summary)}


class TableOfTrainings(Trainings):
    """Tasks by models, each beside the same without recurrence."""

    kind = "force_training, table"

    def trials(self) -> list[Trial]:
        """Two trials for each seed and protocol: with recurrence and without."""
        return [
            self.trial(name, seed, protocol)
            for seed in self.settings.all_seeds
            for made in self.settings.protocols
            for name, protocol in zip(_names(made), (made, made.changed(G=0.0)), strict=True)
        ]

    def summarise(self, records: Done) -> Summary:
        """A row for each task and model."""
        return {
            "seeds": list(self.settings.all_seeds),
            "learned_below": LEARNED,
            "rows": [_row(made, *_both(made, records)) for made in self.settings.protocols],
            "settings": self.settings.identity(),
        }

    def tables(self, summary: Summary, records: Done) -> dict[str, list[dict[str, Any]]]:
        """``trainings.csv``: a row for each training."""
        return {"trainings.csv": [_flat(record) for record in records.values()]}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Errors of each task and model, with recurrence and without."""
        errors = {
            label: {
                made.name: [error(record["measures"]) for record in _both(made, records)[which]]
                for made in self.settings.protocols
            }
            for which, label in enumerate(("as trained", f"without recurrence ({WITHOUT})"))
        }
        return {"errors": partial(plot_errors, {"": errors})}


def _names(protocol: Protocol) -> tuple[str, str]:
    """What trainings with recurrence and without are called."""
    return protocol.name, f"{protocol.name}, {WITHOUT}"


def _both(protocol: Protocol, records: Done) -> list[list[Record]]:
    """Records of all seeds: with recurrence and without."""
    return [named(records, name) for name in _names(protocol)]


def spread(records: Sequence[Record], name: str) -> list[float | None]:
    """Median, least and largest of a measure over seeds; what diverged has the worst there is."""
    measured = [record["measures"].get(name) for record in records]
    values = [_WORST.get(name, np.inf) if value is None else value for value in measured]
    return [plain(float(value)) for value in (np.median(values), min(values), max(values))]


def _row(
    protocol: Protocol, records: Sequence[Record], without: Sequence[Record]
) -> dict[str, Any]:
    """Spreads of all measures over seeds, ready for JSON."""

    def spreads(some: Sequence[Record]) -> dict[str, list[float | None]]:
        names = dict.fromkeys(name for record in some for name in record["measures"])
        return {name: spread(some, name) for name in names}

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
    flat = record | record["settings"] | dict.fromkeys(MEASURES) | record["measures"]
    described = ("task", "model", "seed", "G", "Q", "n_neurons")
    return {name: flat[name] for name in (*described, *MEASURES, "learned", "diverged", "seconds")}
