"""What the command lines share: warnings as notes, errors as a line, Ctrl-C and SIGTERM."""

from __future__ import annotations

import sys
import warnings
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.common.configuration import configuration, kept, read_options
from experiments.common.errors import InputError
from experiments.common.interrupts import interruptible, leave
from experiments.common.progress import note
from experiments.common.results import output_folder
from lsm import SimulationError
from lsm.base.files import LoadError
from lsm.base.temporary import remove_left


@dataclass(frozen=True)
class Experiment:
    """An experiment as its command line and `experiments.sweep` know it.

    Parameters
    ----------
    parser : callable
        Makes the parser of its options; the program's name is the parser's.
    settings : callable
        Makes settings, with a folder `out`, from options by name; InputError for what can't be
        done.
    work : callable
        Does what settings ask for, leaves its results in their folder, and returns the summary.
    resumes : str
        What ``--resume`` does, for whoever has interrupted it.
    brings : mapping
        Options that another one settles, and can't be given beside it, by name.
    """

    parser: Callable[[], ArgumentParser]
    settings: Callable[..., Any]
    work: Callable[[Any], dict[str, Any]]
    resumes: str
    brings: Mapping[str, str] = field(default_factory=dict)

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Do what a command line asks for, and return the exit status."""

        def work() -> None:
            options = read_options(self.parser, sys.argv[1:] if arguments is None else arguments)
            self.run(options)

        return run(self.parser().prog, work, again=f"--resume {self.resumes}")

    def run(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Do what options ask for, leave ``config.yaml`` beside the results; the summary."""
        settings = self.settings(**options)
        whole = configuration(self.parser(), options, settings, self.brings)
        with kept(output_folder(settings.out) / "config.yaml", whole):
            return self.work(settings)


def run(program: str, work: Callable[[], object], *, again: str) -> int:
    """Do the work of a program and return its exit status.

    Parameters
    ----------
    program : str
        Its name, which errors begin with.
    work : callable
    again : str
        How to go on, for whoever has interrupted it.
    """
    with warnings.catch_warnings(), interruptible():
        warnings.showwarning = lambda message, *_, **__: note(f"warning: {message}")
        try:
            remove_left()
            work()
        except (InputError, LoadError, OSError, SimulationError) as error:
            print(f"{program}: error: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print(f"interrupted; {again}", file=sys.stderr)
            return leave()
    return 0
