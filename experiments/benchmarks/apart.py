"""Functions that are timed, and those that a process of its own calls, which ends with this one.

A process is started as ``python -m experiments.benchmarks.apart FD``; functions and their
arguments, and what they return or raise, go through the connection of that file descriptor.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from lsm.base import processes

Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds on the clock that a function takes, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


class Worker:
    """A process, which ends with the ``with`` block; another follows where it dies before.

    Parameters
    ----------
    options
        As `subprocess.Popen` has them.
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._start()

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        self._process = processes.start(
            [sys.executable, "-m", __spec__.name, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            **self._options,
        )
        theirs.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        processes.end(self._process)
        self._connection.close()

    def call(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """What a function of a module returns, or raises.

        Raises
        ------
        RuntimeError
            The process has ended.
        """
        try:
            self._connection.send((work, arguments))
            result, error = self._connection.recv()
        except (EOFError, OSError) as died:
            self.__exit__()
            self._start()
            raise RuntimeError("its process died") from died
        if error is not None:
            raise error
        return result


def apart(work: Callable[..., Result], *arguments: Any) -> Result:
    """What a function of a module returns, or raises, in a fresh process."""
    with Worker(stdout=2) as worker:  # what it prints is no result
        return worker.call(work, *arguments)


def _serve(connection: Connection) -> None:
    """Answer until nobody asks any more."""
    while True:
        try:
            work, arguments = connection.recv()
        except EOFError:
            return
        try:
            answer: tuple[Any, Exception | None] = (work(*arguments), None)
        except Exception as error:
            answer = (None, error)
        connection.send(answer)


if __name__ == "__main__":
    processes.end_with_input()
    _serve(Connection(int(sys.argv[1])))
