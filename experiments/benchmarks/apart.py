"""Functions of modules that a process of its own calls, which ends with this one.

Started as ``python -m experiments.benchmarks.apart FD``; functions and their arguments, and what
they return or raise, go through the connection of that file descriptor.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from lsm.base import processes

Result = TypeVar("Result")


class TooSlowError(Exception):
    """A process has not answered within its time, and was stopped."""


class Worker:
    """A process that is started when it is first needed, and again after it was stopped.

    Parameters
    ----------
    options
        As `subprocess.Popen` has them.
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def cold(self) -> bool:
        """Whether there is no process."""
        return self._process is None

    def call(
        self, work: Callable[..., Result], *arguments: Any, limit_s: float | None = None
    ) -> Result:
        """What a function of a module returns, or raises.

        Raises
        ------
        TooSlowError
            It has not done so within `limit_s`.
        RuntimeError
            The process has ended.
        """
        if self._process is None:
            self._start()
        try:
            self._connection.send((work, arguments))
            if not self._connection.poll(limit_s):
                self.stop()
                raise TooSlowError
            result, error = self._connection.recv()
        except (EOFError, OSError) as died:
            self.stop()
            raise RuntimeError("its process died") from died
        if error is not None:
            raise error
        return result

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        self._process = processes.start(
            [sys.executable, "-m", __spec__.name, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            **self._options,
        )
        theirs.close()

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            processes.end(self._process)
            self._connection.close()
            self._process = None


def apart(work: Callable[..., Result], *arguments: Any) -> Result:
    """What a function of a module returns, or raises, in a fresh process."""
    worker = Worker(stdout=2)  # what it prints is no result
    try:
        return worker.call(work, *arguments)
    finally:
        worker.stop()


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
