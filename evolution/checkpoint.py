"""Checkpoints that survive a kill at any moment and refuse to continue another run."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lsm.base.archives import open_npz
from lsm.base.files import LoadError, expanded

_CONFIGURATION = "configuration"


class CheckpointError(LoadError):
    """A checkpoint can't be gone on from: it is another run's, or damaged."""


class Checkpoint:
    """A file of named arrays and the configuration of the run they belong to.

    `save` writes to a temporary name, forces it to disk and renames, and keeps the file before it
    as ``<name>.previous``: at every moment at least one complete checkpoint is there.

    Parameters
    ----------
    path : str or Path
        An NPZ file (no pickle); its folder is made if missing.
    configuration : mapping
        What the run is, ready for JSON; entries may be nested mappings.

    Raises
    ------
    OSError
        If the folder can't be written.
    TypeError
        If `configuration` can't be written as JSON.
    """

    def __init__(self, path: str | Path, configuration: Mapping[str, Any]) -> None:
        self.path = expanded(path)
        self._previous = self._beside("previous")
        self._temporary = self._beside("tmp")
        try:
            self._configuration = json.dumps(configuration)
        except TypeError as error:
            raise TypeError(f"configuration must be ready for JSON: {error}") from error
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._temporary.touch()
            self._temporary.unlink()
        except OSError as error:
            raise OSError(f"checkpoint {self.path} can't be written: {error}") from error

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{suffix}")

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Write the arrays in place of the last checkpoint, and keep that one as the previous."""
        members: dict[str, Any] = {**arrays, _CONFIGURATION: np.array(self._configuration)}
        try:
            with open(self._temporary, "wb") as file:
                np.savez(file, **members)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self._temporary.unlink(missing_ok=True)  # a full disk needs the room
            raise OSError(f"checkpoint {self.path} can't be written: {error}") from error
        if self.path.exists():
            os.replace(self.path, self._previous)
        os.replace(self._temporary, self.path)

    def load(self) -> dict[str, np.ndarray] | None:
        """Return the arrays of the last complete checkpoint, None if there has never been one.

        A damaged file is set aside as ``<name>.damaged``, with a warning, for the one before.

        Raises
        ------
        CheckpointError
            If the checkpoint is of another configuration (the message names the entries that
            differ), or if no file is readable.
        """
        damaged = ""
        for path in (self.path, self._previous):
            try:
                with open_npz(path, "a checkpoint") as archive:
                    arrays = dict(archive)  # checks each CRC
                    stored = json.loads(str(arrays.pop(_CONFIGURATION)))
            except FileNotFoundError:
                continue
            except LoadError as error:
                damaged += f"checkpoint {path} is damaged ({error.__cause__ or error}); "
                continue
            if changes := _differences(stored, json.loads(self._configuration)):
                raise CheckpointError(
                    f"checkpoint {path} is of another configuration: {'; '.join(changes)}"
                )
            if damaged:
                # Or the next save would put it in the place of the good one.
                os.replace(self.path, self._beside("damaged"))
                warnings.warn(f"{damaged}going on from the one before, {path}", stacklevel=2)
            return arrays
        if damaged:
            raise CheckpointError(f"{damaged}no complete checkpoint to go on from")
        return None

    def set_aside(self) -> None:
        """Move an earlier run's checkpoint to ``<name>.old``, out of a new run's way."""
        for path in (self._previous, self.path):
            if path.exists():
                os.replace(path, self._beside("old"))


def _differences(stored: Any, current: Any, name: str = "") -> list[str]:
    """Say which entries of two nested configurations differ, by dotted names."""
    if isinstance(stored, dict) and isinstance(current, dict):
        return [
            change
            for key in sorted(stored.keys() | current.keys())
            for change in _differences(
                stored.get(key), current.get(key), f"{name}.{key}" if name else key
            )
        ]
    before, now = json.dumps(stored), json.dumps(current)
    return [] if before == now else [f"{name} was {before}, now {now}"]
