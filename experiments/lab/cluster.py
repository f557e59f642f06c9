"""Where trials run: processes of this machine, or the workers of a Dask scheduler.

Each of the two is a context in which joblib runs things there, and gives what a worker does before
every trial.
"""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import resource_tracker
from typing import Any
from urllib.parse import urlsplit

from joblib import Parallel, delayed, effective_n_jobs, parallel_config
from joblib.externals.loky.backend import resource_tracker as loky_tracker
from joblib.externals.loky.process_executor import TerminatedWorkerError

from experiments.lab.errors import InputError
from experiments.lab.results import versions
from lsm.base.processes import end_with_parent, undisturbed
from lsm.base.version import __version__
from tasks.data import optional

#: How long a scheduler may take to answer, and its first worker to come.
ANSWER_S, WORKER_S = 10, 60

Before = Callable[[], None]


@cache
def software() -> dict[str, str]:
    """Versions of this package and of those that its results depend on, where this is called."""
    return {"liquidstate": __version__} | versions()


def _same_software(expected: Mapping[str, str]) -> None:
    """Raise InputError on a worker, which may come late, that has another version of something."""
    for name, there in software().items():
        if there != expected[name]:
            raise InputError(
                f"{socket.gethostname()} has {name} {there}, and here it is {expected[name]}; all "
                "must have the same"
            )


@contextmanager
def local(n_jobs: int) -> Iterator[Before]:
    """Run what joblib is given in processes of this machine, which end with this one.

    They are started here, so that none hears a Ctrl-C while it still loads what it needs.
    """
    with parallel_config("loky", n_jobs=n_jobs, initializer=end_with_parent):
        if (number := effective_n_jobs(n_jobs)) > 1:
            for tracker in (resource_tracker, loky_tracker):
                tracker.ensure_running()  # its start would let this thread hear signals again
            with undisturbed():
                started = Parallel(return_as="generator")(
                    delayed(_nothing)() for _ in range(number)
                )
            for _ in started:
                pass
        yield _nothing


def _nothing() -> None:
    """What a worker of this machine does before a trial."""


@contextmanager
def dask(address: str) -> Iterator[Before]:
    """Run what joblib is given on the workers of a scheduler, through joblib's Dask backend.

    Raises
    ------
    InputError
        The packages of Dask aren't there, nothing answers at the address, no worker comes, or one
        has other versions.
    """
    try:
        distributed = optional("distributed", "dask")
    except ImportError as error:
        raise InputError(f"--scheduler: {error}") from error
    try:
        parts = urlsplit(address)  # Dask waits and tries again
        socket.create_connection((parts.hostname, parts.port), timeout=ANSWER_S).close()
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # all that matters is raised
        client = distributed.Client(address, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"--scheduler must be the address of a Dask scheduler, as tcp://host:8786, got "
            f"{address!r}: {error}"
        ) from error
    check = partial(_same_software, software())
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_S)
        except TimeoutError as error:
            raise InputError(f"--scheduler: no worker has come in {WORKER_S} s") from error
        for worker, refusal in client.run(check, on_error="return").items():
            if refusal is not None:
                raise InputError(f"--scheduler: worker {worker} cannot do it: {refusal}")
        with parallel_config(_backend(client), n_jobs=-1):
            try:
                yield check
            except Exception as error:
                if client.status == "running":
                    raise
                raise InputError(f"--scheduler: {address} has gone") from error


def _backend(client: Any) -> Any:
    """joblib's Dask backend, which a single worker has the trials of too."""
    from joblib._dask import DaskDistributedBackend

    class Cluster(DaskDistributedBackend):
        def effective_n_jobs(self, n_jobs: int) -> int:
            # With one job joblib would run everything here.
            return max(2, super().effective_n_jobs(n_jobs))

    return Cluster(client=client)


def worker_deaths() -> tuple[type[Exception], ...]:
    """What joblib raises if the process of a piece of work ends under it."""
    # Unless it is loaded, nothing was sent to a cluster; loading it takes a second.
    distributed = sys.modules.get("distributed")
    return (TerminatedWorkerError, *([distributed.KilledWorker] if distributed else []))
