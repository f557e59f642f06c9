"""How far a training has come, and a file of it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lsm.base.archives import read_archive, write_archive
from lsm.base.files import LoadError
from lsm.base.reprs import short_repr
from lsm.learning.optimizers import Arrays

FORMAT = 1
_GROUPS = ("exact", "held", "earlier", "best", "kept", "devices")
_SERIES = (
    *("losses", "errors", "rates_Hz"),
    *("validated", "validation_losses", "validation_errors"),
)


@short_repr
@dataclass
class Progress:
    """How far a training has come.

    Attributes
    ----------
    exact, held : dict of str to array
        Weights as the optimizer has them, and as the network has them.
    kept, devices : dict of str to array
        What optimizer and devices keep from step to step.
    earlier : dict of str to array
        The weights held before, of which the loss is known.
    best : dict of str to array
        The weights held that were best on the part held out; empty before there are any.
    """

    exact: Arrays
    held: Arrays
    kept: Arrays
    devices: Arrays = field(default_factory=dict)
    earlier: Arrays = field(default_factory=dict)
    best: Arrays = field(default_factory=dict)
    losses: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    rates_Hz: list[float] = field(default_factory=list)
    validated: list[int] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    validation_errors: list[float] = field(default_factory=list)
    stopped: str = ""

    @property
    def weights(self) -> Arrays:
        """The best weights held, or the last ones without a part held out."""
        return self.best or self.held

    def reopened(self) -> Progress:
        """A copy that goes on, from the best weights or the last whose loss was a number."""
        copy = deepcopy(self)
        if self.best or self.stopped == "diverged":
            copy.exact, copy.held = deepcopy(self.weights), deepcopy(self.weights)
        copy.best, copy.stopped = {}, ""
        return copy


def write_progress(path: Path, key: str, progress: Progress) -> None:
    """Write a checkpoint, whole or not at all; `key` is a hash of its training."""
    arrays = {
        f"{group}/{name}": values
        for group in _GROUPS
        for name, values in getattr(progress, group).items()
    }
    arrays |= {name: np.array(getattr(progress, name)) for name in _SERIES}
    header = {"format": FORMAT, "key": key, "stopped": progress.stopped}
    write_archive(path, header, arrays)


def read_progress(path: Path, key: str) -> Progress:
    """Read what :func:`write_progress` wrote.

    Raises
    ------
    LoadError
        Not such a file, or that of another training.
    """
    header, arrays = read_archive(path, "a checkpoint of a training", newest=FORMAT)
    if header.get("key") != key:
        raise LoadError(f"{path} is the checkpoint of another training: take another file")
    groups: dict[str, Arrays] = {group: {} for group in _GROUPS}
    for name, values in arrays.items():
        group, _, inner = name.partition("/")
        if inner:
            groups[group][inner] = values.copy()
    progress = Progress(**groups, stopped=str(header["stopped"]))  # type: ignore[arg-type]
    for name in _SERIES:
        setattr(progress, name, arrays[name].tolist())
    return progress
