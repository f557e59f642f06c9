"""A file of the working folder that hides one of the packages, told by its name."""

from __future__ import annotations

from importlib.util import find_spec
from os.path import realpath
from pathlib import Path


def check_sibling(name: str) -> None:
    """Raise ImportError where another package of that name is found before ours.

    Parameters
    ----------
    name : str
        Of a package that stands beside `lsm`.
    """
    spec = find_spec(name)
    ours = Path(realpath(__file__)).parents[2]
    if spec is None or spec.origin is None or Path(realpath(spec.origin)).is_relative_to(ours):
        return
    raise ImportError(
        f"{spec.origin} hides the package {name} of liquidstate, which is in {ours / name}: give "
        "it another name, or start Python elsewhere"
    )
