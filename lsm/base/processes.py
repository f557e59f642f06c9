"""Processes that don't outlive the one that started them, however that ends.

The standard input of a child is a pipe whose other end its parent alone holds. When the parent has
gone, even by ``kill -9``, the kernel hangs that pipe up, and the child ends: :func:`end_with_input`
in Python, ``end_with_input`` of ``job.h`` in C++. A child hears neither Ctrl-C nor SIGTERM, which
are for its parent to answer. Workers of joblib and multiprocessing are others' children;
:func:`end_with_parent` ties them likewise.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

#: What a person or a system ends a run with.
ENDING = (signal.SIGINT, signal.SIGTERM)

_running: set[subprocess.Popen[Any]] = set()
#: Ends of the pipe that all children hear, once there is one.
_pipe: list[int] = []


def start(command: list[str], **options: Any) -> subprocess.Popen[Any]:
    """Start a process, in a group of its own; :func:`end` is to follow.

    Parameters
    ----------
    command : list of str
    options
        As `subprocess.Popen` has them. Standard input is none, or ``subprocess.PIPE``.

    Raises
    ------
    OSError
        It can't be started, or this process is ending.
    """
    with undisturbed():
        if not _pipe:
            _pipe[:] = os.pipe()
            atexit.register(_end_all)
            end_with_parent()
        process = subprocess.Popen(command, process_group=0, **({"stdin": _pipe[0]} | options))
        _running.add(process)
    return process


def end(process: subprocess.Popen[Any]) -> None:
    """Kill a process and its group, unless it has ended by itself, and wait for it."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    _running.discard(process)


def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Start a process, wait until it has ended, and return what it printed, as text."""
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with start(command, **output, **options) as process:
        try:
            out, err = process.communicate()
        finally:
            end(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let this thread hear what ends a run after the block, and what is started within never."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_input() -> None:
    """End this process and its group when its standard input hangs up."""

    def wait() -> bool:
        poll = select.poll()
        poll.register(0, 0)  # nothing but the hang-up, whatever there is to read
        return any(event & select.POLLHUP for _, event in poll.poll())

    _end_after(wait)


@cache
def end_with_parent() -> None:
    """End this process soon after its parent, if it is a worker of joblib or multiprocessing.

    Nobody would hear what it does; joblib's workers wait for minutes.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> bool:
        if parent.sentinel is not None:
            parent.join()
        while os.getppid() == parent.pid:  # joblib's have no sentinel
            time.sleep(0.2)
        return True

    _end_after(wait)


def _end_after(wait: Callable[[], bool]) -> None:
    def watch() -> None:
        if not wait():
            return
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _end_all() -> None:
    for process in tuple(_running):
        end(process)


def _forget() -> None:
    """In a fork: the children are its parent's."""
    for end_of_pipe in _pipe:
        os.close(end_of_pipe)
    _pipe.clear()
    _running.clear()
    end_with_parent.cache_clear()


os.register_at_fork(after_in_child=_forget)
