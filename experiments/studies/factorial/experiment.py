"""A trial is a task with a seed, done by the liquids of all cells; effects are over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, gathered, named
from experiments.lab.figures import plot_signs
from experiments.lab.page import Page, RunFiles, Section, percents, points
from experiments.lab.page.figures import note, picture, table_of, table_of_columns
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.factorial import FactorialSettings
from experiments.studies.factorial.liquids import CELLS, DEGREES, FACTORS, RATE_HZ, sample_liquid
from experiments.studies.factorial.problems import make_problem
from lsm.metrics.statistics import effect, factorial_effects, spread
from lsm.plasticity.balance import mean_currents, ratio
from lsm.plasticity.calibration import subset_indices
from lsm.plasticity.ratios import calibrate_ratio
from lsm.plots import panels

#: Over all tasks.
MEAN = "mean"
NAMES = [
    ", ".join(f for f, on in zip(FACTORS, cell, strict=True) if on) or "none" for cell in CELLS
]
#: Of rates and ratios, in the middle and where nine in ten lie.
QUANTILES = (0.05, 0.5, 0.95)
_MATCH = {
    "on test samples": "{name}",
    "wanted": "{wanted:g}",
    "median": "{quantiles[1]:.3g}",
    "5 to 95 %": "{quantiles[0]:.3g} to {quantiles[2]:.3g}",
}
#: Samples of which rates and ratios are set.
TUNED_ON = 32


class Factorial(Experiment[FactorialSettings]):
    """All cells on every task, with every seed."""

    def trials(self) -> list[Trial]:
        """Tasks within seeds."""
        return self.repeated(self.settings.tasks, steps=len(CELLS))

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Score, rate and ratio of each cell, the latter two on test samples."""
        try:
            problem = make_problem(trial.name, seed=trial.seed, quick=self.settings.quick)
        except ValueError as error:
            raise InputError(f"{error} (--tasks TXOR,Evidence,NARMA10 need none)") from error
        training, test = problem.training, problem.test[subset_indices(problem.test)]
        heard = training[subset_indices(training)[:TUNED_ON]]
        cells = []
        for cell in CELLS:
            liquid = sample_liquid(cell, self.settings.neurons, training, seed=trial.seed)
            own = dict(zip(FACTORS, cell, strict=True))
            degree = DEGREES[own["balance"]]
            liquid = calibrate_ratio(liquid, heard, degree=degree, rate_Hz=RATE_HZ)
            mean = mean_currents(liquid, test)
            cells.append(
                {
                    **own,
                    "score": problem.score(liquid),
                    "rate_Hz": float(mean.rates_Hz[liquid.excitatory].mean()),
                    "inhibitory_rate_Hz": float(mean.rates_Hz[~liquid.excitatory].mean()),
                    "ratio": ratio(mean),
                }
            )
            tick()
        return {"points": cells, "controls": problem.controls}

    def summarise(self, records: Done) -> Summary:
        """Effects and cells by task, what is known without a liquid, and how rates match."""
        by_task = {task: named(records, task) for task in self.settings.tasks}
        scores = {task: _cells(some, "score") for task, some in by_task.items()}
        scores[MEAN] = np.mean(list(scores.values()), axis=0)
        effects = {
            task: factorial_effects(values, CELLS, names=FACTORS) for task, values in scores.items()
        }
        accuracies = {
            task: dict(zip(NAMES, values.T, strict=True)) for task, values in scores.items()
        }
        for task, some in by_task.items():
            controls = gathered([record["controls"] for record in some])
            accuracies[task] |= {
                f"without a liquid, {name}": each for name, each in controls.items()
            }
        rates, ratios = (_cells(list(records.values()), name) for name in ("rate_Hz", "ratio"))
        match = {"rate (Hz)": (rates, RATE_HZ)}
        for on, degree in enumerate(DEGREES):
            own = ratios[:, [cell[FACTORS.index("balance")] == on for cell in CELLS]]
            match[f"inhibition / excitation, {('weak', 'balanced')[on]}"] = own, degree
        return {
            "seeds": self.settings.seeds,
            "effects": {
                task: {name: effect(each).plain() for name, each in its.items()}
                for task, its in effects.items()
            },
            "scores": {
                task: {name: spread(each) for name, each in its.items()}
                for task, its in accuracies.items()
            },
            "match": [
                {
                    "name": name,
                    "wanted": wanted,
                    "quantiles": np.quantile(values, QUANTILES).tolist(),
                }
                for name, (values, wanted) in match.items()
            ],
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Effects as a heat map."""
        return {"effects": lambda: plot_effects(summary["effects"])}


def _cells(records: list[Record], name: str) -> NDArray[np.float64]:
    """A number of each cell, (records, cells)."""
    return np.array([[cell[name] for cell in record["points"]] for record in records])


def plot_effects(by_task: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Effects in points."""
    figure, (axes,) = panels(1, width=8, height=4.5)
    rows = {
        name: {
            task: (100 * its[name]["mean"], its[name]["interval"]) for task, its in by_task.items()
        }
        for name in by_task[MEAN]
    }
    image = plot_signs(axes, rows, "+.1f")
    axes.axhline(len(rows) - len(FACTORS) - 0.5, color="black", linewidth=1)
    axes.set_title("what it adds, in points; bold: the 95 % interval leaves out 0")
    figure.colorbar(image, label="points")
    return figure


def page(run: RunFiles) -> Page:
    """What is said of the factors."""
    summary = run.summary
    effects = {
        task: {name: points(each) for name, each in its.items()}
        for task, its in summary["effects"].items()
    }
    scores = {task: percents(its) for task, its in summary["scores"].items()}
    said = (
        "What switching it on adds, averaged over all settings of the others; of a pair, how much "
        "more each adds with the other on than on average. Means and 95 % intervals over "
        f"{summary['seeds']} seeds, each by itself. Accuracies; of NARMA10 1 - NRMSE."
    )
    effects_picture = picture(run.folder / "effects.png", "Effects in points.")
    return Page(
        title="What pays in a liquid",
        asked=[
            "What do heterogeneous neurons, long delays, balanced inhibition and adaptation add, "
            "each and in pairs, at one firing rate?"
        ],
        facts={f"{name}, mean of tasks": effects[MEAN][name] for name in FACTORS},
        sections=[
            Section("Effects", [table_of_columns(effects), note(said), effects_picture]),
            Section("Scores", [table_of_columns(scores)]),
            Section("Match", [table_of(_MATCH, summary["match"])]),
        ],
        measures={f"{task}: {name}": v for task, its in effects.items() for name, v in its.items()},
        settings=summary["settings"],
    )
