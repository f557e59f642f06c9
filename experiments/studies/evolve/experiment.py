"""A trial is a run of the evolution, with a seed of its own or with a group held out.

A run leaves its own files and checkpoints in a folder; its record has its summary. One run has the
folder of all.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from evolution.seeds import stream
from experiments.lab.cluster import dask
from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Tick, Trial
from experiments.lab.records import Record, Records
from experiments.lab.study import Summary
from experiments.studies.evolve.evolving import SHARED, evolve
from experiments.studies.evolve.run import Run
from experiments.studies.evolve.settings import EvolveSettings
from lsm import Reservoir
from lsm.metrics.statistics import interval
from tasks import group_names


class Evolution(Experiment[EvolveSettings]):
    """All runs of one evolution, here or on a cluster."""

    bar = False

    def __init__(self, settings: EvolveSettings) -> None:
        super().__init__(settings)
        seeds = [stream(SeedSequence(settings.seed), run) for run in range(settings.runs)]
        work = [(seed, fold) for seed in seeds for fold in _folds(settings)]
        self._several = len(work) > 1
        self._trials = [
            Trial(settings.seed, name=f"run-{k:02d}", fold=k, content=content)
            for k, content in enumerate(work)
        ]

    def identity(self) -> dict[str, Any]:
        """The options, with the number of runs where there are several."""
        runs = {"runs": self.settings.runs} if self._several else {}
        return self.settings.identity() | runs

    def open_records(self) -> Records:
        """Records to which more runs may be added; but one run has its files where these are."""
        path = self.results.path("records.jsonl")
        if path.exists() and path.read_bytes().count(b"\n") == 1:
            path.unlink()  # no run is done: what the checkpoints are of decides
        runs = "several" if self._several else 1
        return Records(path, self.settings.identity() | {"runs": runs})

    def trials(self) -> list[Trial]:
        """A trial for each run, or for each group that is held out."""
        return self._trials

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Evolve, test and compare the liquid of a run; its record has its summary."""
        settings, (seed, fold) = self.settings, trial.content
        results, title = self.results, ""
        if self._several:
            results, title = results.within(trial.name, resume=settings.resume), trial.name
        with dask(settings.scheduler) if settings.scheduler else nullcontext():
            summary = evolve(Run(settings, seed, fold, results, title))
        if self._several:
            results.json("summary.json", summary)
        return {"summary": summary}

    def measured(self, trial: Trial, record: Record) -> str:
        """Nothing: a run has said it itself."""
        return ""

    def summarise(self, records: Done) -> Summary:
        """The summary of the run, or of all; ``best.npz`` is that of the best fitness."""
        summaries = [record["summary"] for record in records.values()]
        if not self._several:
            return dict(summaries[0])
        best = int(np.argmax([each["fitness"] for each in summaries]))
        winner = Reservoir.load(self.results.folder / self._trials[best].name / "best.npz")
        winner.save(self.results.path("best.npz"))
        return aggregate(summaries)


def accuracies(summary: Summary) -> dict[str, float]:
    """Test accuracies of all baselines and controls by name."""
    rows = dict(summary.get("baselines", {}))
    for name, control in summary["controls"].items():
        if name == "ablations":
            rows |= {f"ablation: {part}": values["mean"] for part, values in control.items()}
        elif "test_accuracy" in control:
            rows[name] = control["test_accuracy"]
        else:
            rows |= {f"{name}: {part}": value for part, value in control.items()}
    return rows


def aggregate(summaries: list[Summary]) -> Summary:
    """Mean, deviation and 95 % interval over runs.

    ``above`` holds the paired differences of the evolved liquid's test accuracy from every baseline
    and control, except on new templates, where the evolved liquid has an accuracy of its own.
    """
    accuracy = np.array([each["test_accuracy"] for each in summaries])
    first = summaries[0]
    beside = [accuracies(each) for each in summaries]
    above = {
        name: accuracy - [rows[name] for rows in beside]
        for name in beside[0]
        if not name.startswith("new_templates")
    }
    result = {name: first[name] for name in (*SHARED, "dt_ms")} | {
        "runs": len(summaries),
        "generations": [each["generations"] for each in summaries],
        "evaluations": [each["evaluations"] for each in summaries],
        "fitness": float(np.mean([each["fitness"] for each in summaries])),
        "test_accuracy": float(accuracy.mean()),
        "test_accuracy_mean": float(accuracy.mean()),
        "test_accuracy_std": float(accuracy.std(ddof=1)),
        "test_accuracy_interval": np.clip(interval(accuracy), 0, 1).tolist(),
        "test_accuracies": accuracy.tolist(),
        "controls": _means([each["controls"] for each in summaries]),
        "above": {
            name: {"mean": float(values.mean()), "interval": interval(values)}
            for name, values in above.items()
        },
    }
    if "baselines" in first:
        result["baselines"] = _means([each["baselines"] for each in summaries])
        result["best_without_liquid_names"] = [each["best_without_liquid"] for each in summaries]
    return result


def _means(trees: list[Any]) -> Any:
    """Mean of numbers at the same place in equal trees of dictionaries."""
    if isinstance(trees[0], dict):
        return {name: _means([tree[name] for tree in trees]) for name in trees[0]}
    return float(np.mean(trees))


def _folds(settings: EvolveSettings) -> list[dict[str, Any]]:
    """Options of the task, one for each part that is held out in turn."""
    if settings.split != "group":
        return [{}]
    try:
        return [{"group": name} for name in group_names(settings.task, settings.data)]
    except (ValueError, TypeError, ImportError) as error:
        raise InputError(f"--split group: {error}") from error
