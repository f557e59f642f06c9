"""Runs that have no record yet are run, side by side; each leaves one as soon as it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs
from tqdm.auto import tqdm

from experiments.lab.cluster import Before, worker_deaths
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.progress import note
from experiments.lab.sweep.run import Record, Run, failure, perform_run
from experiments.lab.sweep.store import Store
from lsm.base.processes import undisturbed


def run_missing(
    runs: Sequence[Run],
    store: Store,
    *,
    before: Before,
    retries: int = 0,
    keep: bool = False,
) -> list[Run]:
    """Do what isn't finished, on joblib's backend; the runs that have failed at last.

    Parameters
    ----------
    runs : sequence of Run
    store : Store
    before : callable
        What a worker does before every run.
    retries : int
        How often a run that fails is tried again, all starts taken together.
    keep : bool
        Keep what runs write.
    """
    missing = [run for run in runs if not store.finished(run, retries=retries)]
    known = len(runs) - len(missing)
    note(f"{len(runs)} runs, of which {known} are recorded")
    with tqdm(total=len(runs), initial=known, unit="run") as bar:
        sweep = _Sweep(store, before, retries, keep, bar)
        while missing:
            sweep.round(missing)
            missing = [run for run in missing if not store.finished(run, retries=retries)]
    return [run for run in runs if (store.read(run) or {}).get("status") != "done"]


class _Sweep:
    """What the rounds of a sweep share: a round tries each of its runs once."""

    def __init__(self, store: Store, before: Before, retries: int, keep: bool, bar: tqdm) -> None:
        self._store, self._before, self._bar = store, before, bar
        self._retries, self._keep = retries, keep
        self._flying: dict[str, Run] = {}
        self._started = time.perf_counter()
        self._ended = 0

    def round(self, runs: Sequence[Run]) -> None:
        """Try each run once; those under which their process ends are tried alone."""
        self._flying.clear()
        try:
            self._together(runs)
        except worker_deaths():
            suspects = list(self._flying.values())
            for run in suspects:
                self._alone(run)

    def _together(self, runs: Sequence[Run]) -> None:
        pool = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs")
        side_by_side = effective_n_jobs(pool.n_jobs)
        with closing(self._begun(pool, runs)) as records:
            for record in records:
                self._end(self._flying.pop(record["trial"]), record, side_by_side)

    def _alone(self, run: Run) -> None:
        """Try a run of which it isn't known whether it is what ended a process."""
        # Two jobs: with one joblib would run it in this process.
        pool = Parallel(n_jobs=2, return_as="generator")
        try:
            records = list(self._begun(pool, [run]))
        except worker_deaths() as error:
            records = [run.record() | failure(error, "".join(map(str, error.args)))]
        for record in records:
            self._end(run, record, 1)

    def _begun(self, pool: Parallel, runs: Sequence[Run]) -> Any:
        """Records, as they come, from workers that leave it to this process when they end."""
        with undisturbed():
            return pool(self._calls(runs))

    def _calls(self, runs: Sequence[Run]) -> Iterator[Any]:
        for run in runs:
            if self._store.finished(run, retries=self._retries):
                self._bar.update()  # another sweep in this folder was first
                continue
            self._flying[run.digest] = run
            keep = self._store.kept(run) if self._keep else None
            yield delayed(_run)(run, keep, self._before)

    def _end(self, run: Run, record: Record, side_by_side: int) -> None:
        record = self._store.write(run, record)
        self._ended += 1
        if record["status"] == "failed":
            again = record["attempts"] <= self._retries
            note(f"failed{', to be tried again' if again else ''}: {run}: {record['error']}")
        if record["status"] == "done" or record["attempts"] > self._retries:
            self._bar.update()
        left = self._bar.total - self._bar.n
        if self._ended == side_by_side and left:
            seconds = (time.perf_counter() - self._started) / self._ended * left
            note(f"about {timedelta(seconds=round(seconds))} (h:mm:ss) for the other {left} runs")
        raise_if_interrupted()


def _run(run: Run, keep: Path | None, before: Before) -> Record:
    before()
    return perform_run(run, keep)
