"""Runs that have no record yet are run, side by side; each leaves one as soon as it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
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
            sweep.try_once(missing)
            missing = [run for run in missing if not store.finished(run, retries=retries)]
    return [run for run in runs if (store.read(run) or {}).get("status") != "done"]


@dataclass
class _Sweep:
    """What the rounds of a sweep share."""

    store: Store
    before: Before
    retries: int
    keep: bool
    bar: tqdm
    flying: dict[str, Run] = field(default_factory=dict)

    def try_once(self, runs: Sequence[Run]) -> None:
        """Try each run once, side by side; those under which their process ends again, alone."""
        self.flying.clear()
        pool = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs")
        try:
            with undisturbed():  # workers leave it to this process when they end
                records = pool(self._calls(runs))
            with closing(records):
                for record in records:
                    self._end(self.flying.pop(record["trial"]), record)
        except worker_deaths() as error:
            for run in list(self.flying.values()):
                if len(runs) > 1:
                    self.try_once([run])
                else:
                    self._end(run, run.record() | failure(error, "".join(map(str, error.args))))

    def _calls(self, runs: Sequence[Run]) -> Iterator[Any]:
        for run in runs:
            if self.store.finished(run, retries=self.retries):
                self.bar.update()  # another sweep in this folder was first
                continue
            self.flying[run.digest] = run
            keep = self.store.kept(run) if self.keep else None
            yield delayed(_run)(run, keep, self.before)

    def _end(self, run: Run, record: Record) -> None:
        record = self.store.write(run, record)
        final = record["status"] == "done" or record["attempts"] > self.retries
        if record["status"] == "failed":
            again = "" if final else ", to be tried again"
            note(f"failed{again}: {run}: {record['error']}")
        self.bar.update(final)
        raise_if_interrupted()


def _run(run: Run, keep: Path | None, before: Before) -> Record:
    before()
    return perform_run(run, keep)
