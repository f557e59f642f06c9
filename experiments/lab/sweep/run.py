"""A run of a sweep: one command line of a study, and what came of it."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
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
    try:
        with _alone(), temporary_folder("trial") as folder:
            study = load_study(run.study)
            given = parse(study.settings, study.parser, run.arguments)
            ours = {"out": keep or folder, "n_jobs": 1}
            known = options_of(study.settings)
            given |= {name: value for name, value in ours.items() if name in known}
            outcome = {"status": "done", "result": study.run(given)}
    except (Exception, SystemExit) as error:
        outcome = failure(error, traceback.format_exc())
    return run.record() | outcome | {"seconds": time.perf_counter() - started}


def failure(error: BaseException, text: str) -> Record:
    """What a record says of a run that failed."""
    return {"status": "failed", "error": f"{type(error).__name__}: {error}", "traceback": text}


@contextmanager
def _alone() -> Iterator[None]:
    """One thread, one process and no output: runs are what goes on side by side."""
    # The streams are the process's.
    main = threading.current_thread() is threading.main_thread()
    out, err = (StringIO(), StringIO()) if main else (sys.stdout, sys.stderr)
    # Within a worker joblib would hand the trials of a run to the cluster.
    alone = parallel_config("sequential", n_jobs=1)
    with threadpool_limits(1), alone, redirect_stdout(out), redirect_stderr(err):
        yield
