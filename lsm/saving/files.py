"""Files of models: see :mod:`lsm.saving`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsm.base.archives import read_archive, refusing, write_archive
from lsm.reservoir import Reservoir
from lsm.reservoir import files as reservoir_files
from lsm.saving.tree import Reader, Writer, is_model

#: Of the header of a model; a reservoir's has :data:`lsm.reservoir.FORMAT`.
FORMAT = 1

_WHAT = "a saved reservoir or model"


def save(model: Any, path: str | Path) -> None:
    """Write a reservoir, an estimator, an encoder or a readout to a file, all or nothing.

    Parameters
    ----------
    model : Reservoir or estimator
        Fitted or not; see :mod:`lsm.saving` for what there is.
    path : str or Path

    Raises
    ------
    TypeError
        Something that no file holds: which, and what to do.
    ImportError
        A readout of scikit-learn's own, and skops isn't installed.
    """
    if isinstance(model, Reservoir):
        model.save(path)
        return
    if not is_model(model):
        raise TypeError(f"model must be a reservoir or an estimator, got {model!r}")
    writer = Writer()
    content = writer.node(model, type(model).__name__)
    write_archive(path, {"format": FORMAT, "content": content}, writer.arrays)


def load(path: str | Path) -> Any:
    """Read what :func:`save`, or :meth:`lsm.Reservoir.save`, wrote.

    Nothing in the file is run, whoever made it.

    Raises
    ------
    LoadError
        Not such a file, damaged, or written by a newer version: a ValueError that names the file
        and what is wrong.
    ImportError
        It holds a readout of scikit-learn's own, and skops isn't installed.
    """
    newest = max(FORMAT, reservoir_files.FORMAT)
    header, arrays = read_archive(path, _WHAT, newest=newest)
    if "model" in header:
        return Reservoir.load(path)
    with refusing(path, _WHAT):
        if header["format"] > FORMAT:
            raise ValueError(f"it has format {header['format']}; this version reads up to {FORMAT}")
        model = Reader(arrays).value(header["content"])
        if not is_model(model):
            raise ValueError(f"it holds {type(model).__name__}, which is no model")
        return model
