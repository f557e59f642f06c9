"""A run of a sweep: one command line of a study, and what came of it."""

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
from io import StringIO
from pathlib import Path
from typing import Any

from joblib import parallel_config
from threadpoolctl import threadpool_limits

from experiments.lab.options import options_of
from experiments.lab.parsing import parse
from experiments.lab.study import load_study
from lsm.base.temporary import temporary_folder

Record = dict[str, Any]

#: Options that the sweep itself decides.
OURS = ("out", "resume", "n_jobs", "scheduler")


@dataclass(frozen=True)
class Run:
    """A run of a study.

    Parameters
    ----------
    study : str
        Where the study is, ``package.module:NAME``.
    name : str
        The study's name.
    start : str
        What its command line begins with.
    arguments : tuple of str
        What follows there, without `OURS`.
    parameters : dict
        What that says, as types that JSON has: a run is what its parameters are.
    """

    study: str
    name: str
    start: str
    arguments: tuple[str, ...]
    parameters: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        """Names its record; of the study's name and the parameters."""
        content = {"experiment": self.name, "parameters": self.parameters}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]

    @property
    def command(self) -> str:
        """The command line that does the same."""
        return f"{self.start} {shlex.join(self.arguments)}"

    def record(self) -> Record:
        """What its record says of it before it has ended."""
        return {
            "trial": self.digest,
            "experiment": self.name,
            "parameters": dict(self.parameters),
            "command": self.command,
            "seconds": None,
        }

    def __str__(self) -> str:
        values = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        return f"{self.digest} ({values})"


def perform_run(run: Run, keep: Path | None = None) -> Record:
    """Do a run and return its record; whatever it raises is in there.

    Parameters
    ----------
    run : Run
    keep : path, optional
        Where what it writes stays.
    """
    started = time.perf_counter()
    record = run.record()
    try:
        with _alone() as stack:
            where = keep or stack.enter_context(temporary_folder("trial"))
            record |= {"status": "done", "result": _work(run, where)}
    except (Exception, SystemExit) as error:
        record |= failure(error, traceback.format_exc())
    return record | {"seconds": time.perf_counter() - started}


def failure(error: BaseException, text: str) -> Record:
    """What a record says of a run that failed."""
    return {"status": "failed", "error": f"{type(error).__name__}: {error}", "traceback": text}


def _work(run: Run, folder: Path) -> dict[str, Any]:
    study = load_study(run.study)
    given = parse(study.settings, study.parser, run.arguments) | {"out": folder}
    if "n_jobs" in options_of(study.settings):
        given["n_jobs"] = 1
    return study.run(given)


@contextmanager
def _alone() -> Iterator[ExitStack]:
    """One thread, one process and no output: runs are what goes on side by side."""
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(1))
        # Within a worker joblib would hand the trials of a run to the cluster.
        stack.enter_context(parallel_config("sequential", n_jobs=1))
        if threading.current_thread() is threading.main_thread():  # the streams are the process's
            stack.enter_context(redirect_stdout(StringIO()))
            stack.enter_context(redirect_stderr(StringIO()))
        yield stack
