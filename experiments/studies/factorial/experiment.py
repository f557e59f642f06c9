"""A trial is a task with a seed, done by the liquids of all cells; effects are over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, named
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.factorial import FactorialSettings
from experiments.studies.factorial.liquids import (
    CELLS,
    DEGREES,
    FACTORS,
    RATE_HZ,
    sample_liquid,
    tuned,
)
from experiments.studies.factorial.problems import make_problem
from lsm.metrics.statistics import effect, spread
from lsm.plasticity.balance import mean_currents, ratio
from lsm.plasticity.calibration import subset_indices
from lsm.plots import panels, plot_heat_map

#: Over all tasks.
MEAN = "mean"
PAIRS = [f"{a} x {b}" for a, b in combinations(FACTORS, 2)]


class Factorial(Experiment[FactorialSettings]):
    """All cells on every task, with every seed."""

    def trials(self) -> list[Trial]:
        """Tasks within seeds, so that whoever stops early has whole seeds."""
        s = self.settings
        return [
            Trial(seed, task, steps=len(CELLS))
            for seed in range(s.seed, s.seed + s.seeds)
            for task in s.tasks
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Score, rate and ratio of each cell, the latter two on test samples."""
        try:
            problem = make_problem(trial.name, seed=trial.seed, quick=self.settings.quick)
        except ValueError as error:
            raise InputError(f"{error} (--tasks TXOR,Evidence,NARMA10 need none)") from error
        some = problem.test[subset_indices(problem.test)]
        points = []
        for cell in CELLS:
            n = self.settings.neurons
            liquid = sample_liquid(cell, n, problem.training, seed=trial.seed)
            liquid = tuned(liquid, cell, problem.training)
            mean = mean_currents(liquid, some)
            points.append(
                {
                    **dict(zip(FACTORS, cell, strict=True)),
                    "score": problem.score(liquid),
                    "rate_Hz": float(mean.rates_Hz[liquid.excitatory].mean()),
                    "inhibitory_rate_Hz": float(mean.rates_Hz[~liquid.excitatory].mean()),
                    "ratio": ratio(mean),
                }
            )
            tick()
        return {"points": points, "controls": problem.controls}

    def summarise(self, records: Done) -> Summary:
        """Effects and cells by task, what is known without a liquid, and how rates match."""
        by_task = {task: named(records, task) for task in self.settings.tasks}
        scores = {task: _values(some, "score") for task, some in by_task.items()}
        scores[MEAN] = np.mean(list(scores.values()), axis=0)
        rates, ratios = (
            np.concatenate([_values(some, name) for some in by_task.values()])
            for name in ("rate_Hz", "ratio")
        )
        balanced = np.array(CELLS)[:, FACTORS.index("balance")]
        return {
            "seeds": self.settings.seeds,
            "factors": FACTORS,
            "cells": CELLS,
            "effects": {
                task: {name: effect(each).plain() for name, each in effects(values).items()}
                for task, values in scores.items()
            },
            "scores": {
                task: [spread(column) for column in values.T] for task, values in scores.items()
            },
            "controls": {
                task: {
                    name: spread(np.array([record["controls"][name] for record in some]))
                    for name in some[0]["controls"]
                }
                for task, some in by_task.items()
            },
            "rate_Hz": _quantiles(rates) | {"wanted": RATE_HZ},
            "ratio": {
                name: _quantiles(ratios[:, balanced == on]) | {"wanted": DEGREES[on]}
                for on, name in enumerate(("weak", "balanced"))
            },
        }

    def tables(self, summary: Summary, records: Done) -> dict[str, list[dict[str, Any]]]:
        """``cells.csv``: a row for each seed, task and cell."""
        return {
            "cells.csv": [
                {"seed": seed, "task": task, **point}
                for (seed, _, task), record in records.items()
                for point in record["points"]
            ]
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Effects as a heat map."""
        return {"effects": lambda: plot_effects(summary["effects"])}


def effects(scores: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Main effects and those of pairs, by least squares within each seed.

    Factors are coded as -1 and +1. Twice a coefficient is what switching a factor on adds, the mean
    over all settings of the others; of a pair, by how much each one's effect is larger where the
    other one is on, and less where it is off, than that mean.

    Parameters
    ----------
    scores : array (seeds, cells)
        In the order of :data:`experiments.studies.factorial.liquids.CELLS`.

    Returns
    -------
    dict of str to array (seeds,)
    """
    codes = 2.0 * np.array(CELLS) - 1
    pairs = [codes[:, a] * codes[:, b] for a, b in combinations(range(len(FACTORS)), 2)]
    design = np.column_stack([np.ones(len(codes)), codes, *pairs])
    coefficients = np.linalg.lstsq(design, scores.T, rcond=None)[0]
    return dict(zip((*FACTORS, *PAIRS), 2 * coefficients[1:], strict=True))


def plot_effects(by_task: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Effects in points, one row each; bold where the interval leaves out 0."""
    names = [*FACTORS, *PAIRS][::-1]
    some = [[by_task[task][name] for task in by_task] for name in names]
    points = np.array([[100 * each["mean"] for each in row] for row in some])
    bold = np.array([[each["verdict"] != "undecided" for each in row] for row in some])
    most = max(float(np.abs(points).max()), 1.0)
    figure, (axes,) = panels(1, width=8, height=4.5)
    image = plot_heat_map(
        axes,
        points,
        rows=names,
        columns=list(by_task),
        texts=np.array([[f"{value:+.1f}" for value in row] for row in points]),
        bold=bold,
        cmap="RdBu",
        vmin=-most,
        vmax=most,
    )
    axes.axhline(len(PAIRS) - 0.5, color="black", linewidth=1)
    axes.set_title("what it adds, in points; bold: the 95 % interval leaves out 0")
    figure.colorbar(image, label="points")
    return figure


def _values(records: Sequence[Record], name: str) -> NDArray[np.float64]:
    """A number of each seed and cell, (seeds, cells)."""
    return np.array([[point[name] for point in record["points"]] for record in records])


def _quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    """Median, and where nine in ten lie."""
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
    return {"low": float(low), "median": float(median), "high": float(high)}
