"""A process for a peer: what it imports and sets stays there, and it can be stopped.

Started as ``python -m experiments.benchmarks.peers.worker MODULE FD``; speaks through the
connection of that file descriptor. Nothing else that it prints is shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from experiments.benchmarks.peers.cases import Case, make_work
from experiments.benchmarks.peers.table import Peer
from lsm.base import processes

_ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMBA", "NUMEXPR")
}


class TooSlowError(Exception):
    """A peer has not finished within its time, and was stopped."""


class PeerFailedError(Exception):
    """A peer raised an exception, which is the text, or its process died."""


class Worker:
    """The process of a peer, started when it is first needed, and again after it was stopped."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def cold(self) -> bool:
        """Whether there is no process."""
        return self._process is None

    def prepare(self, case: Case, drive_pA: float, shape: tuple[int, int], limit_s: float) -> None:
        """Make ready the first liquids and samples of a case, ``shape`` of them."""
        self._ask(("prepare", case, drive_pA, *shape), limit_s)

    def run(self, limit_s: float) -> tuple[float, Any]:
        """Seconds, and counts (liquids, samples, neurons) or None, of what was prepared."""
        return self._ask(("run",), limit_s)

    def _ask(self, request: tuple[Any, ...], limit_s: float) -> Any:
        if self._process is None:
            self._start()
        try:
            self._connection.send(request)
            if not self._connection.poll(limit_s):
                self.stop()
                raise TooSlowError
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            self.stop()
            raise PeerFailedError("its process died") from error
        if isinstance(answer, str):
            raise PeerFailedError(answer)
        return answer

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        self._process = processes.start(
            [sys.executable, "-m", __spec__.name, self.peer.module, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=os.environ | _ONE_THREAD,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            processes.end(self._process)
            self._connection.close()
            self._process = None


def serve(module: str, connection: Connection) -> None:
    """Answer until nobody asks any more."""
    run: Any = None
    while True:
        try:
            command, *arguments = connection.recv()
        except EOFError:
            return
        try:
            if command == "prepare":
                run = import_module(f"experiments.benchmarks.peers.programs.{module}").prepare(
                    make_work(*arguments)
                )
                connection.send(None)
            else:
                start = time.perf_counter()
                counts = run()
                connection.send((time.perf_counter() - start, counts))
        except Exception as error:
            connection.send(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    processes.end_with_input()
    serve(sys.argv[1], Connection(int(sys.argv[2])))
