"""The command line of a study as a script: ``python experiments/<name>.py``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from experiments.lab.interrupts import end_quietly

Main = Callable[[Sequence[str] | None], int]


def main_of(module: str, study: str) -> Main:
    """The main function of a study; if its module is the script, do what its command line says.

    A Ctrl-C ends it in a line from here on, while the study is still loaded, too.

    Parameters
    ----------
    module : str
        The ``__name__`` of the module.
    study : str
        Where the study is, ``package.module:NAME``.
    """
    script = module == "__main__"
    if script:
        end_quietly()
    from experiments.lab.study import load_study

    main = load_study(study).main
    if script:
        sys.exit(main())
    return main
