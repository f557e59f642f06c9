"""One run of a study: a subclass says what its trials are, what each measures and what they say.

:func:`perform` does all the rest: records, resuming, progress, workers, Ctrl-C, the common fields
of the summary, tables, pictures, report and page.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
from joblib import Parallel, delayed
from matplotlib.figure import Figure
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.configuration import kept
from experiments.lab.figures import style
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.options import Settings
from experiments.lab.page import Page, RunFiles, write_page
from experiments.lab.progress import note
from experiments.lab.records import Key, Record, Records
from experiments.lab.references import load_reference
from experiments.lab.results import Results, versions
from experiments.lab.study import Study, Summary
from lsm import compilations

S = TypeVar("S", bound=Settings)
Tick = Callable[..., None]
#: Records of all trials by key, in the order of the trials.
Done = Mapping[Key, Record]
#: What makes each picture, by its name without the ending.
Figures = Mapping[str, Callable[[], Figure]]


def named(records: Done, name: str) -> list[Record]:
    """Records of the trials of a name, in the order of their seeds and folds."""
    return [record for (_, _, each), record in records.items() if each == name]


def gathered(parts: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    """What mappings of the same names hold: an array for each name, (mappings, ...)."""
    return {name: np.array([each[name] for each in parts]) for name in parts[0]}


@dataclass(frozen=True)
class Trial:
    """A unit of work, which leaves a record.

    Parameters
    ----------
    seed : int
    name : str
        What is done, told apart within a seed and fold.
    fold : int
    steps : int
        How far the bar moves in it.
    content : object
        Whatever the experiment needs to measure it.
    """

    seed: int
    name: str = "all"
    fold: int = 0
    steps: int = 1
    content: Any = field(default=None, compare=False)

    @property
    def key(self) -> Key:
        """Where its record is: seed, fold and name."""
        return self.seed, self.fold, self.name

    @property
    def title(self) -> str:
        """What notes and the bar call it."""
        return f"seed {self.seed}" + ("" if self.name == "all" else f", {self.name}")


class Experiment(ABC, Generic[S]):
    """One run of a study.

    It is made of settings before anything is written: whatever can't be done is refused here.

    Attributes
    ----------
    kind : str
        What its summary calls it; by default the study's name.
    parallel : bool
        Whether trials run side by side, in as many threads as the settings' ``n_jobs`` says.
        Threads: nearly all of the time is spent in programs and in LAPACK, outside of Python.
    keeps_records : bool
        Whether trials can be resumed. A single one that pictures need as a whole can't.
    bar : bool
        Whether a bar shows how far the trials are; without it, they show their own.
    results : Results
        The folder of the run; there once trials are measured.
    """

    kind: ClassVar[str] = ""
    parallel: ClassVar[bool] = False
    keeps_records: ClassVar[bool] = True
    bar: ClassVar[bool] = True
    results: Results

    def __init__(self, settings: S) -> None:
        self.settings = settings

    def identity(self) -> dict[str, Any]:
        """What records depend on beside their trials, ready for JSON."""
        return self.settings.identity()

    @abstractmethod
    def trials(self) -> Sequence[Trial]:
        """All trials, in the order in which they are to be done."""

    @abstractmethod
    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Do a trial; its record, ready for JSON.

        ``tick(text="")`` moves the bar by a step, of which a trial has at most `Trial.steps`.
        """

    @abstractmethod
    def summarise(self, records: Done) -> Summary:
        """What the records of all trials say together, ready for JSON."""

    def repeated(self, names: Iterable[str], steps: int = 1) -> list[Trial]:
        """A trial for each seed and name; names within seeds: what is stopped has whole seeds."""
        return [
            Trial(seed, name, steps=steps) for seed in self.settings.all_seeds for name in names
        ]

    def measured(self, trial: Trial, record: Record) -> str:
        """A line about a trial that has ended."""
        return f"{trial.title}: {record['seconds']:.0f} s"

    def tables(self, summary: Summary, records: Done) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Rows of CSV files, by their names."""
        return {}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """What makes each picture, by its name without the ending."""
        return {}

    def open_records(self) -> Any:
        """Where records are kept: a mapping by key that has ``add(key, content)``."""
        path = self.results.path("records.jsonl") if self.keeps_records else None
        return Records(path, self.identity())


def perform(study: Study, given: Mapping[str, Any]) -> Summary:
    """Do what options ask for, leave results and ``config.yaml`` in a folder; the summary.

    Without ``resume``, all that an earlier run has written there is set aside first.

    Raises
    ------
    InputError
        An option or the data can't be; the folder's records are of other settings.
    OSError
        The folder can't be written to.
    """
    started = time.perf_counter()
    settings = study.settings.from_options(**given)
    experiment: Experiment[Any] = load_reference(study.experiment, "study")(settings)
    with kept(settings, given) as folder, style():
        experiment.results = Results(folder, resume=settings.resume)
        records = experiment.open_records()
        trials = experiment.trials()
        _measure_missing(experiment, trials, records)
        done = {trial.key: records[trial.key] for trial in trials}
        summary = {
            "experiment": experiment.kind or study.name,
            "compilations": compilations(),
            "versions": versions(),
            "settings": experiment.identity(),
            **experiment.summarise(done),
        }
        if "total" not in summary.setdefault("seconds", {}):
            summary["seconds"] |= {
                "total": time.perf_counter() - started,
                "measured": sum(record["seconds"] for record in done.values()),
            }
        page = _write(study, experiment, summary, done)
    print(f"{page.text()}\nresults in {folder}", flush=True)
    return summary


def _measure_missing(experiment: Experiment[Any], trials: Sequence[Trial], records: Any) -> None:
    """Do the trials that have no record yet, side by side where the experiment allows it."""
    missing = [trial for trial in trials if trial.key not in records]
    total, left = (sum(trial.steps for trial in some) for some in (trials, missing))
    n_jobs = experiment.settings.n_jobs if experiment.parallel else 1
    pool = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator_unordered")
    with (
        threadpool_limits(1),
        tqdm(total=total, initial=total - left, unit="step", disable=not experiment.bar) as bar,
    ):

        def measure(trial: Trial) -> tuple[Trial, Record]:
            raise_if_interrupted()
            ticks = 0

            def tick(text: str = "") -> None:
                nonlocal ticks
                raise_if_interrupted()
                if text:
                    bar.set_postfix_str(f"{trial.title}: {text}", refresh=False)
                if ticks < trial.steps:
                    ticks += 1
                    bar.update()

            if n_jobs == 1:
                bar.set_postfix_str(trial.title)
            before = time.perf_counter()
            content = experiment.measure(trial, tick)
            bar.update(trial.steps - ticks)
            return trial, {"seconds": time.perf_counter() - before, **content}

        for trial, record in pool(delayed(measure)(trial) for trial in missing):
            records.add(trial.key, record)
            if line := experiment.measured(trial, record):
                note(line)
            raise_if_interrupted()


def _write(study: Study, experiment: Experiment[Any], summary: Summary, records: Done) -> Page:
    """Write tables, pictures, summary and page; the summary is the last that others wait for."""
    results = experiment.results
    for name, rows in experiment.tables(summary, records).items():
        results.csv(name, rows)
    for name, plot in experiment.figures(summary, records).items():
        results.figure(name, plot(), experiment.settings.pictures)
    results.json("summary.json", summary)
    run = RunFiles(results.folder, summary)
    page: Page = load_reference(study.page, "study")(run)
    results.path("report.html")
    write_page(run, study, page)
    return page
