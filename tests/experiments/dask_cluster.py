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

    def registered(self):
        """How many workers the scheduler has had."""
        return (self._folder / "dask_worker.log").read_text().count("Registered to:")

    def end(self):
        for process in self._running:
            process.kill()
            process.wait()

    def _start(self, program, *arguments, **more):
        with open(self._folder / f"{program}.log", "a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *arguments],
                env=environment(self._folder, **more),
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process


@contextmanager
def cluster(folder):
    """A scheduler without workers, which ends with the block, and all of its workers."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.end()
