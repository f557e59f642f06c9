"""A Dask scheduler and workers as processes of this machine, for the tests."""

import json
import subprocess
import sys
from contextlib import contextmanager

from tests.experiments.sweeps import environment, wait_for


class Cluster:
    """A scheduler; workers are started one by one."""

    def __init__(self, folder):
        self._folder = folder
        self._running = []
        at = folder / "scheduler.json"
        self.scheduler = self._start(
            *("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
            *("--scheduler-file", str(at)),
        )
        wait_for(lambda: at.exists() and at.read_text().endswith("}"), self.scheduler)
        self.address = json.loads(at.read_text())["address"]

    def worker(self, **more):
        """Start a worker of one thread; its environment may have more."""
        return self._start(
            *("dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
            **more,
        )

    def has(self, worker):
        """Whether the scheduler knows a worker."""
        return "Registered to:" in self._log(self._running.index(worker)).read_text()

    def end(self):
        for process in self._running:
            process.kill()
            process.wait()

    def _start(self, program, *arguments, **more):
        with open(self._log(len(self._running)), "w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *arguments],
                env=environment(**more),
                cwd=self._folder,  # where no other version is found first
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def _log(self, number):
        return self._folder / f"dask-{number}.log"


@contextmanager
def cluster(folder):
    """A scheduler without workers, which ends with the block, and all of its workers."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.end()
