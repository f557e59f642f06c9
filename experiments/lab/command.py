"""What the command lines share: warnings as notes, errors as a line, Ctrl-C and SIGTERM."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import lsm
from experiments.lab.errors import InputError
from experiments.lab.interrupts import interruptible, leave
from lsm.base.files import LoadError
from lsm.base.temporary import remove_left


def run_command(program: str, work: Callable[[], int | None], *, again: str) -> int:
    """Do the work of a program and return its exit status, that of the work where it has one.

    Parameters
    ----------
    program : str
        Its name, which errors begin with.
    work : callable
    again : str
        How to go on, for whoever has interrupted it.
    """
    with warnings.catch_warnings(), interruptible():
        warnings.showwarning = _note_warning
        try:
            remove_left()
            return work() or 0
        except SystemExit:  # of --help, which need not load what the others are
            raise
        except (InputError, LoadError, OSError, lsm.SimulationError) as error:
            print(f"{program}: error: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print(f"interrupted; {again}", file=sys.stderr)
            return leave()


def _note_warning(message: Warning | str, *_: object, **__: object) -> None:
    from experiments.lab.progress import note

    note(f"warning: {message}")
