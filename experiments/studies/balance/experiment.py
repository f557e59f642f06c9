"""A trial is a seed with one kind of input, at all ratios; all seeds are judged together."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, named
from experiments.lab.options import plain
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.balance.claims import judge
from experiments.studies.balance.figures import figures
from experiments.studies.balance.measures import measure
from experiments.studies.balance.settings import BalanceSettings
from experiments.studies.balance.table import Table, make_table, rows
from lsm.plasticity.ratios import EXCITATION_PA, INPUT_SHARE, RATE_HZ
from tasks import make_task
from tasks.robustness import SPOILT_INPUTS, SPOILT_LIQUIDS

SPOILT = (*SPOILT_INPUTS, *SPOILT_LIQUIDS)


class Balance(Experiment[BalanceSettings]):
    """Liquids at all ratios, on each kind of input; seeds run side by side."""

    parallel: ClassVar[bool] = True

    def __init__(self, settings: BalanceSettings) -> None:
        super().__init__(settings)
        self._recordings = None
        if "FSDD" in settings.inputs:
            options = {"data": settings.data, "takes": settings.scale.takes_read}
            try:
                self._recordings = make_task("FSDD", random_state=0, **options)
            except (ValueError, TypeError, ImportError) as error:
                needless = "(--task TXOR and --task signal need no recordings)"
                raise InputError(f"{error} {needless}") from error

    def identity(self) -> dict[str, Any]:
        """Sizes, data, and the rate, drives and perturbations that all liquids share."""
        shared = asdict(self.settings.scale) | {
            "data": self.settings.data,
            "rate_Hz": RATE_HZ,
            "input_share": INPUT_SHARE,
            "excitation_pA": EXCITATION_PA,
            "spoilt": SPOILT,
        }
        return {name: plain(value) for name, value in shared.items()}

    def trials(self) -> list[Trial]:
        """A trial for each seed and kind of input."""
        return [
            Trial(seed, name, steps=_steps(name, len(self.settings.scale.octaves)))
            for seed in range(self.settings.seeds)
            for name in self.settings.inputs
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Measure the liquids of a seed at all ratios, on one kind of input."""
        points = measure(trial.name, trial.seed, self.settings.scale, self._recordings, tick)
        return {"points": plain(points)}

    def summarise(self, records: Done) -> Summary:
        """Means at each ratio, and the verdict on each claim."""
        tables = self._tables(records)
        return {
            "quick": self.settings.quick,
            "seeds": self.settings.seeds,
            "rate_Hz": RATE_HZ,
            "points": {name: table.means() for name, table in tables.items()},
            **judge(tables),
        }

    def tables(self, summary: Summary, records: Done) -> dict[str, list[dict[str, Any]]]:
        """``points.csv``: a row for each kind of input, seed and ratio."""
        return {"points.csv": rows(self._tables(records))}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Pictures of measures over ratios."""
        return figures(self._tables(records))

    def _tables(self, records: Done) -> dict[str, Table]:
        return {
            name: make_table([record["points"] for record in named(records, name)])
            for name in self.settings.inputs
        }


def _steps(name: str, points: int) -> int:
    """How often :func:`measure` says that it has come further."""
    return 2 * points + 3 if name == "signal" else points + 1 + len(SPOILT)
