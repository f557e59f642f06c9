"""Trials that have no record yet are run, side by side; each leaves one as soon as it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs
from tqdm.auto import tqdm

from experiments.common.cluster import Before, worker_deaths
from experiments.common.interrupts import raise_if_interrupted
from experiments.common.progress import note
from experiments.common.sweep.store import Store
from experiments.common.sweep.trial import Record, Trial, failure, run_trial
from lsm.base.processes import undisturbed


def run_missing(
    trials: Sequence[Trial],
    store: Store,
    *,
    before: Before,
    retries: int = 0,
    keep: bool = False,
) -> list[Trial]:
    """Run what isn't finished, on joblib's backend; the trials that have failed at last.

    Parameters
    ----------
    trials : sequence of Trial
    store : Store
    before : callable
        What a worker does before every trial.
    retries : int
        How often a trial that fails is tried again, all starts taken together.
    keep : bool
        Keep what trials write.
    """
    missing = [trial for trial in trials if not store.finished(trial, retries=retries)]
    known = len(trials) - len(missing)
    note(f"{len(trials)} trials, of which {known} are recorded")
    with tqdm(total=len(trials), initial=known, unit="trial") as bar:
        sweep = _Sweep(store, before, retries, keep, bar)
        while missing:
            sweep.round(missing)
            missing = [trial for trial in missing if not store.finished(trial, retries=retries)]
    return [trial for trial in trials if (store.read(trial) or {}).get("status") != "done"]


class _Sweep:
    """What the rounds of a sweep share: a round tries each of its trials once."""

    def __init__(self, store: Store, before: Before, retries: int, keep: bool, bar: tqdm) -> None:
        self._store, self._before, self._bar = store, before, bar
        self._retries, self._keep = retries, keep
        self._flying: dict[str, Trial] = {}
        self._started = time.perf_counter()
        self._ended = 0

    def round(self, trials: Sequence[Trial]) -> None:
        """Try each trial once; those under which their process ends are tried alone."""
        self._flying.clear()
        try:
            self._together(trials)
        except worker_deaths():
            suspects = list(self._flying.values())
            for trial in suspects:
                self._alone(trial)

    def _together(self, trials: Sequence[Trial]) -> None:
        pool = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs")
        side_by_side = effective_n_jobs(pool.n_jobs)
        with closing(self._begun(pool, trials)) as records:
            for record in records:
                self._end(self._flying.pop(record["trial"]), record, side_by_side)

    def _alone(self, trial: Trial) -> None:
        """Run a trial of which it isn't known whether it is what ended a process."""
        # Two jobs: with one joblib would run it in this process.
        pool = Parallel(n_jobs=2, return_as="generator")
        try:
            found = list(self._begun(pool, [trial]))
        except worker_deaths() as error:
            found = [trial.record() | failure(error, "".join(map(str, error.args)))]
        for record in found:
            self._end(trial, record, 1)

    def _begun(self, pool: Parallel, trials: Sequence[Trial]) -> Any:
        """Records, as they come, from workers that leave it to this process when they end."""
        with undisturbed():
            return pool(self._calls(trials))

    def _calls(self, trials: Sequence[Trial]) -> Iterator[Any]:
        for trial in trials:
            if self._store.finished(trial, retries=self._retries):
                self._bar.update()  # another sweep in this folder was first
                continue
            self._flying[trial.name] = trial
            keep = self._store.kept(trial) if self._keep else None
            yield delayed(_run)(trial, keep, self._before)

    def _end(self, trial: Trial, record: Record, side_by_side: int) -> None:
        record = self._store.write(trial, record)
        self._ended += 1
        if record["status"] == "failed":
            again = record["attempts"] <= self._retries
            note(f"failed{', to be tried again' if again else ''}: {trial}: {record['error']}")
        if record["status"] == "done" or record["attempts"] > self._retries:
            self._bar.update()
        left = self._bar.total - self._bar.n
        if self._ended == side_by_side and left:
            seconds = (time.perf_counter() - self._started) / self._ended * left
            note(f"about {timedelta(seconds=round(seconds))} (h:mm:ss) for the other {left} trials")
        raise_if_interrupted()


def _run(trial: Trial, keep: Path | None, before: Before) -> Record:
    before()
    return run_trial(trial, keep)
