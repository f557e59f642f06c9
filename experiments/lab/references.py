"""Objects by ``module:name``, which is how code from outside is named on a command line."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError

_REFERENCE = re.compile(r"(?!aeon:)[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def is_reference(text: str) -> bool:
    """Whether a text names code as ``package.module:name``."""
    return bool(_REFERENCE.fullmatch(text))


def load_reference(reference: str, option: str) -> Any:
    """The object that ``package.module:name`` stands for.

    The working folder is looked into behind all installed packages.

    Parameters
    ----------
    reference : str
    option : str
        Named by errors.

    Raises
    ------
    InputError
        There is no such module, or it has no such name.
    """
    if not is_reference(reference):
        raise InputError(f"{option} must be package.module:name, got {reference!r}")
    module, _, name = reference.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    try:
        loaded = import_module(module)
    except (ImportError, SyntaxError) as error:
        raise InputError(f"{option} {reference}: {module} can't be imported: {error}") from error
    if not hasattr(loaded, name):
        raise InputError(f"{option} {reference}: {module} has no {name}")
    return getattr(loaded, name)
