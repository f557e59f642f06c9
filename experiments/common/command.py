"""What the command lines share: warnings as notes, errors as a line, and Ctrl-C."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

from evolution import CheckpointError
from experiments.common.progress import interruptible, note
from experiments.common.settings import InputError
from lsm import SimulationError


def run(program: str, work: Callable[[], object], *, resumes: str) -> int:
    """Do the work of a program and return its exit status.

    Parameters
    ----------
    program : str
        Its name, which errors begin with.
    work : callable
    resumes : str
        What ``--resume`` does, for whoever has interrupted it.
    """
    with warnings.catch_warnings(), interruptible():
        warnings.showwarning = lambda message, *_, **__: note(f"warning: {message}")
        try:
            work()
        except (InputError, CheckpointError, OSError, SimulationError) as error:
            print(f"{program}: error: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print(f"interrupted; --resume {resumes}", file=sys.stderr)
            return 130
    return 0
