"""A trial: one command line of an experiment, and what came of it."""

from __future__ import annotations

import hashlib
import json
import shlex
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

from joblib import parallel_config
from threadpoolctl import threadpool_limits

from experiments.common.command import Experiment
from experiments.common.configuration import options_by_name, parsed
from lsm.base.temporary import temporary_folder

Record = dict[str, Any]

EXPERIMENTS = (
    "evolve_lsm",
    "classify",
    "forecast",
    "ei_balance",
    "force_training",
    "what_when",
    "rate_to_spiking",
)
#: Options that the sweep itself decides.
OURS = ("out", "resume", "n_jobs", "scheduler")


def experiment(name: str) -> Experiment:
    """One of `EXPERIMENTS`."""
    found: Experiment = import_module(f"experiments.{name}").EXPERIMENT
    return found


@dataclass(frozen=True)
class Trial:
    """A trial of an experiment.

    Parameters
    ----------
    experiment : str
    arguments : tuple of str
        Its command line, without `OURS`.
    parameters : dict
        What that says, as types that JSON has: a trial is what its parameters are.
    """

    experiment: str
    arguments: tuple[str, ...]
    parameters: Mapping[str, Any]

    @cached_property
    def name(self) -> str:
        """Digest of the content."""
        content = {"experiment": self.experiment, "parameters": self.parameters}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]

    @property
    def command(self) -> str:
        return shlex.join(["python", f"experiments/{self.experiment}.py", *self.arguments])

    def record(self) -> Record:
        """What its record says of it before it has ended."""
        return {
            "trial": self.name,
            "experiment": self.experiment,
            "parameters": dict(self.parameters),
            "command": self.command,
            "seconds": None,
        }

    def __str__(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        return f"{self.name} ({said})"


def run_trial(trial: Trial, keep: Path | None = None) -> Record:
    """Run a trial and return its record; whatever it raises is in there.

    Parameters
    ----------
    trial : Trial
    keep : path, optional
        Where what it writes stays.
    """
    started = time.perf_counter()
    record = trial.record()
    try:
        with _alone() as stack:
            where = keep or stack.enter_context(temporary_folder("trial"))
            record |= {"status": "done", "result": _work(trial, where)}
    except (Exception, SystemExit) as error:
        record |= failure(error, traceback.format_exc())
    return record | {"seconds": time.perf_counter() - started}


def failure(error: BaseException, text: str) -> Record:
    """What a record says of a trial that failed."""
    return {"status": "failed", "error": f"{type(error).__name__}: {error}", "traceback": text}


def _work(trial: Trial, folder: Path) -> dict[str, Any]:
    known = experiment(trial.experiment)
    parser = known.parser()
    own = [f"--out={folder}"]
    if "n-jobs" in options_by_name(parser):
        own.append("--n-jobs=1")
    return known.run(parsed(parser, [*trial.arguments, *own]))


@contextmanager
def _alone() -> Iterator[ExitStack]:
    """One thread, one process and no output: trials are what runs side by side."""
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(1))
        # Within a worker joblib would hand a trial's own pieces to the cluster.
        stack.enter_context(parallel_config("sequential", n_jobs=1))
        if threading.current_thread() is threading.main_thread():  # the streams are the process's
            stack.enter_context(redirect_stdout(StringIO()))
            stack.enter_context(redirect_stderr(StringIO()))
        yield stack
