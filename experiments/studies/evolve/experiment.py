"""A trial is a run of the evolution, with a seed of its own or with a group held out.

A run leaves its own files and checkpoints in a folder; its summary there is its record. One run has
the folder of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.random import SeedSequence

from evolution.seeds import stream
from experiments.lab.cluster import dask
from experiments.lab.errors import InputError
from experiments.lab.experiment import Experiment, Tick, Trial
from experiments.lab.records import Key, Record
from experiments.lab.results import Results, read_json
from experiments.studies.evolve.evolving import evolve
from experiments.studies.evolve.figures import plot_accuracies
from experiments.studies.evolve.run import Run
from experiments.studies.evolve.settings import EvolveSettings
from experiments.studies.evolve.summaries import Summary, aggregate
from lsm import Reservoir
from tasks import group_names


class Evolution(Experiment[EvolveSettings]):
    """All runs of one evolution, here or on a cluster."""

    bar = False

    def __init__(self, settings: EvolveSettings) -> None:
        super().__init__(settings)
        seeds = [stream(SeedSequence(settings.seed), run) for run in range(settings.runs)]
        self._work = [(seed, fold) for seed in seeds for fold in _folds(settings)]

    def trials(self) -> list[Trial]:
        """A trial for each run, or for each group that is held out."""
        number = len(self._work)
        return [
            Trial(
                self.settings.seed,
                name=f"run {k + 1}/{number}" if number > 1 else "",
                fold=k,
                content=content,
            )
            for k, content in enumerate(self._work)
        ]

    def open_records(self) -> RunSummaries:
        """The summaries that runs have left in their folders."""
        return RunSummaries(self.results, self.settings, len(self._work))

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Evolve, test and compare the liquid of a run; its record is its summary."""
        settings, (seed, fold) = self.settings, trial.content
        results = self.results
        if len(self._work) > 1:
            results = results.within(_name(trial.fold), resume=settings.resume)
        with dask(settings.scheduler) if settings.scheduler else nullcontext():
            return {"summary": evolve(Run(settings, seed, fold, results, trial.name))}

    def measured(self, trial: Trial, record: Record) -> str:
        """Nothing: a run has said it itself."""
        return ""

    def identity(self) -> dict[str, Any]:
        """The options, with the number of runs where there are several."""
        runs = {"runs": self.settings.runs} if len(self._work) > 1 else {}
        return self.settings.identity() | runs

    def summarise(self, records: Mapping[Key, Record]) -> Summary:
        """The summary of the run, or of all; ``best.npz`` is that of the best fitness."""
        summaries = [record["summary"] for record in records.values()]
        if len(summaries) == 1:
            return dict(summaries[0])
        best = int(np.argmax([each["fitness"] for each in summaries]))
        winner = Reservoir.load(self.results.folder / _name(best) / "best.npz")
        winner.save(self.results.path("best.npz"))
        return aggregate(summaries)

    def figures(
        self, summary: Summary, records: Mapping[Key, Record]
    ) -> dict[str, Callable[[], Figure]]:
        """The accuracies of all runs, where there are several."""
        if len(records) == 1:
            return {}
        summaries = [record["summary"] for record in records.values()]
        return {"accuracies": partial(plot_accuracies, summaries)}


class RunSummaries:
    """Records of runs: the summaries that they have left in their folders, where it goes on.

    Raises
    ------
    InputError
        A summary is of other settings, or of another number of runs.
    """

    def __init__(self, results: Results, settings: EvolveSettings, number: int) -> None:
        self._summaries: dict[int, Summary] = {}
        if not settings.resume:
            return
        whole = _finished(results.folder, settings)
        if whole is not None:
            _check_number(results.folder, settings, whole)
        for k in range(number):
            folder = results.folder if number == 1 else results.folder / _name(k)
            if (summary := _finished(folder, settings)) is not None:
                self._summaries[k] = summary

    def __contains__(self, key: Key) -> bool:
        return key[1] in self._summaries

    def __getitem__(self, key: Key) -> Record:
        summary = self._summaries[key[1]]
        return {"summary": summary, "seconds": float(summary["seconds"]["total"])}

    def add(self, key: Key, content: Mapping[str, Any]) -> None:
        """Remember what a run has written already."""
        self._summaries[key[1]] = content["summary"]


def _name(k: int) -> str:
    """The folder of one of several runs."""
    return f"run-{k:02d}"


def _finished(folder: Path, settings: EvolveSettings) -> Summary | None:
    """The summary that a run of these settings left in a folder, if there is one."""
    path = folder / "summary.json"
    if not path.exists():
        return None
    summary: Summary = read_json(path, "a summary of evolve_lsm.py, to be resumed")
    theirs = summary.get("settings")
    if not isinstance(theirs, dict):
        raise InputError(f"{path} is not a summary of evolve_lsm.py, to be resumed: no settings")
    mine = settings.identity() | {"runs": theirs.get("runs")}
    for name in mine | theirs:
        if mine.get(name) != theirs.get(name):
            raise InputError(
                f"--resume: {path} is of another run: {name} was {theirs.get(name)!r}, now "
                f"{mine.get(name)!r}"
            )
    return summary


def _check_number(folder: Path, settings: EvolveSettings, done: Summary) -> None:
    """Many runs may become more; but one run has its files where many have their summary."""
    theirs, mine = done["settings"].get("runs", 1), settings.runs
    if mine != theirs and not 1 < theirs < mine:
        raise InputError(
            f"--resume: {folder / 'summary.json'} is of another number of runs: --runs was "
            f"{theirs}, now {mine}"
        )


def _folds(settings: EvolveSettings) -> list[dict[str, Any]]:
    """Options of the task, one for each part that is held out in turn."""
    if settings.split != "group":
        return [{}]
    try:
        return [{"group": name} for name in group_names(settings.task, settings.data)]
    except (ValueError, TypeError, ImportError) as error:
        raise InputError(str(error)) from error
