"""All pairs of networks: a trial is a pair, of which each network leaves a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import product
from typing import Any

from experiments.lab.experiment import Done, Experiment, Figures, Summary, Tick, Trial
from experiments.lab.records import Key, Record, Records
from experiments.studies.force.comparison import settings as numbers
from experiments.studies.force.comparison.claims import judge
from experiments.studies.force.comparison.figures import plot_comparison
from experiments.studies.force.comparison.grids import Pair
from experiments.studies.force.comparison.pairs import Place, measure
from experiments.studies.force.comparison.settings import COMPARISONS, KINDS, QUICK, Scale
from experiments.studies.force.settings import ForceSettings


class ComparisonOfSpeeds(Experiment[ForceSettings]):
    """A spiking and a rate network of each seed, at each point of the grid and each speed."""

    kind = "force_compare"
    parallel = True

    def __init__(self, settings: ForceSettings) -> None:
        super().__init__(settings)
        self.comparison = COMPARISONS[settings.task]
        self.scale = QUICK if settings.quick else Scale()

    def identity(self) -> dict[str, Any]:
        """Sizes, and what both networks of a pair share."""
        return asdict(self.scale) | {
            "task": self.settings.task,
            "alphas": self.comparison.alphas,
            "learn_ms": list(self.comparison.learn_ms),
            "test_ms": self.comparison.test_ms,
            "settle_ms": numbers.SETTLE_MS,
            "dt_ms": numbers.DT_MS,
            "learn_every_ms": numbers.LEARN_EVERY_MS,
            "connectivity": numbers.CONNECTIVITY,
        }

    def open_records(self) -> PairRecords:
        """Records of pairs, in a file with one for each network."""
        return PairRecords(super().open_records())

    def trials(self) -> list[Trial]:
        """Whole grids of one seed come first."""
        own, settings = self.comparison, self.settings
        whole = not settings.quick
        gains = settings.gains or (whole and own.gains) or own.point[:1]
        feedbacks = settings.feedbacks or (whole and own.feedbacks) or own.point[1:]
        return [
            Trial(
                seed,
                f"{speed}, G {gain!r}, Q {feedback!r}",
                steps=2 * len(KINDS),  # each network is trained, and tested
                content=Place(speed, gain, feedback, seed),
            )
            for seed in settings.all_seeds
            for gain, feedback in product(sorted(set(gains)), sorted(set(feedbacks)))
            for speed in dict.fromkeys(settings.compare or ())
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train and test both networks of a pair."""
        return measure(self.settings.task, trial.content, self.scale, tick)

    def summarise(self, records: Done) -> Summary:
        """The verdicts on all claims."""
        return {
            "task": self.settings.task,
            "quick": self.settings.quick,
            "seeds": len(self.settings.all_seeds),
            "alphas": self.comparison.alphas,
            **judge(self._pairs(records), self.comparison.point),
            "settings": self.identity() | {"seed": self.settings.seed},
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Pictures of decoders, errors and exchange."""
        return plot_comparison(self._pairs(records), summary)

    def _pairs(self, records: Done) -> list[Pair]:
        return [Pair(trial.content, records[trial.key]) for trial in self.trials()]


class PairRecords:
    """Records of pairs, by the keys of their trials, in a file with one for each network."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def __contains__(self, key: Key) -> bool:
        return all(each in self._records for each in _keys(key).values())

    def __getitem__(self, key: Key) -> Record:
        by_kind = {kind: self._records[each] for kind, each in _keys(key).items()}
        return by_kind | {"seconds": sum(record["seconds"] for record in by_kind.values())}

    def add(self, key: Key, content: Mapping[str, Any]) -> None:
        """Append both networks' records, but for one that is there already."""
        for kind, each in _keys(key).items():
            if each not in self._records:
                self._records.add(each, content[kind])


def _keys(key: Key) -> dict[str, Key]:
    seed, fold, name = key
    return {kind: (seed, fold, f"{name}, {kind}") for kind in KINDS}
