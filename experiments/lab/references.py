"""Objects by ``module:name``, which is how code from outside is named on a command line."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from experiments.lab.errors import InputError


def load_reference(reference: str, option: str) -> Any:
    """The object that ``package.module:name`` stands for.

    A module that isn't installed is looked for in the working folder, behind all that is.

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
    module, _, name = reference.partition(":")
    if not (module and name):
        raise InputError(f"{option} must be package.module:name, got {reference!r}")
    if find_spec(module.partition(".")[0]) is None:
        sys.path.append(os.getcwd())
    try:
        loaded = import_module(module)
    except ImportError as error:
        raise InputError(f"{option} {reference}: {module} can't be imported: {error}") from error
    if not hasattr(loaded, name):
        raise InputError(f"{option} {reference}: {module} has no {name}")
    return getattr(loaded, name)
