"""A function's result from a process of its own, which ends with this one.

Started as ``python -m experiments.benchmarks.apart``; hears a function of a module and its
arguments on standard input, and answers on standard output. What is printed goes to standard error.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from lsm.base import processes

Result = TypeVar("Result")


def apart(work: Callable[..., Result], *arguments: Any) -> Result:
    """What a function of a module returns, or raises, in a fresh process."""
    command = [sys.executable, "-m", __spec__.name]
    with processes.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(pickle.dumps((work, arguments)))
            process.stdin.flush()  # it stays open: the process would end
            answer = process.stdout.read()
        finally:
            processes.end(process)
    if not answer:
        raise RuntimeError(f"the process of {work.__name__} ended with {process.returncode}")
    result, error = pickle.loads(answer)
    if error is not None:
        raise error
    return result


def _main() -> None:
    processes.end_with_input()
    work, arguments = pickle.load(sys.stdin.buffer)
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        said: tuple[Any, Exception | None] = (work(*arguments), None)
    except Exception as error:
        said = (None, error)
    with open(answer, "wb") as file:
        pickle.dump(said, file)


if __name__ == "__main__":
    _main()
