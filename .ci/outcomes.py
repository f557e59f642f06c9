"""What a folder of results holds, without what depends on when and where it was made."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import yaml

#: Parts of the names of values that are others in another run.
TIMES = ("second", "peak", "versions", "compilations", "traceback", "attempts")


def outcome(folder: Path) -> dict[str, object]:
    """The contents of all plain files in a folder, by their path in it."""
    contents: dict[str, object] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if ".old" in name:
            continue
        if path.suffix == ".json":
            contents[name] = timeless(json.loads(path.read_text()))
        elif path.suffix == ".jsonl":  # in whatever order
            lines = path.read_text().splitlines()
            contents[name] = sorted(json.dumps(timeless(json.loads(line))) for line in lines)
        elif path.suffix == ".yaml":
            contents[name] = yaml.safe_load(path.read_text())
        elif path.suffix == ".csv":
            with path.open(newline="") as file:
                contents[name] = [timeless(row) for row in csv.DictReader(file)]
        elif path.suffix == ".npz":
            with np.load(path) as arrays:
                contents[name] = {key: content(array) for key, array in arrays.items()}
    return contents


def content(array: np.ndarray) -> object:
    """The content of an array: a tree, where it is text in JSON."""
    if array.dtype.kind == "U" and array.ndim == 0 and str(array).startswith("{"):
        return timeless(json.loads(str(array)))
    return array.shape, array.tobytes()


def timeless(value: object) -> object:
    """A tree of JSON without the values that are others in another run."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if not any(t in k for t in TIMES)}
    return [timeless(item) for item in value] if isinstance(value, list) else value
