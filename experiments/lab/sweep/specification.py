"""What a sweep's file asks for: read, checked as a whole, and cut into trials.

::

    experiment: evolve_lsm
    fixed:
      task: PR12
    grid:
      recipe: [driven, varied]
      seed: [0, 1, 2]
    sample:
      method: sobol
      number: 64
      seed: 0
      parameters:
        neurons: {from: 10, to: 100, log: true}
        encode: [both, configurations]

Names are those of the study's options. Every sampled setting is done with every point of the grid;
several grids may stand in a list. No file names code to run: a study from outside is named on the
command line, ``--study package.module:NAME``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from numpy.random import RandomState

from experiments.lab.configuration import line_of, options_of_file
from experiments.lab.errors import InputError
from experiments.lab.options import UNSET, Option, option, options_of
from experiments.lab.study import load_study
from experiments.lab.sweep.run import OURS, Run
from experiments.lab.sweep.sampling import METHODS, Range, sample_points
from experiments.lab.yaml_files import FileError, Value, read_yaml
from lsm.base.checks import nearest

Options = dict[str, Value]

_KEYS = ("experiment", "fixed", "grid", "sample")
_SAMPLE = ("method", "number", "seed", "parameters")
_RANGE = ("from", "to", "log")
#: Of one file: each is checked before the first is run, and leaves a record.
_MOST_RUNS = 20_000


def read_runs(path: Path, find: Callable[[str], str], *, study: str | None = None) -> list[Run]:
    """All runs that a file asks for, each of which its study would do.

    Parameters
    ----------
    path : path
    find : callable
        Where a study is, ``package.module:NAME``, by its name; InputError for one that isn't there.
    study : str, optional
        Where a study from outside is, of which the file has to be.

    Raises
    ------
    InputError
        With the line of the file: unknown names, values that a study refuses, an empty grid or
        range, a run that is there twice, more runs than a sweep has.
    """
    top = _mapping(path, read_yaml(path), "a sweep", _KEYS)
    if "experiment" not in top:
        raise FileError(path, 1, "experiment is missing: the name of a study")
    reference = _reference(path, top["experiment"], find, study)
    if "grid" not in top and "sample" not in top:
        raise FileError(path, top["experiment"].line, "a sweep needs a grid or a sample")
    reader = _Reader(path, reference)
    fixed = _mapping(path, top["fixed"], "fixed") if "fixed" in top else {}
    grids = _grids(path, top["grid"]) if "grid" in top else [{}]
    sample = _sample(path, top["sample"]) if "sample" in top else _Sample(number=1)
    points = sum(math.prod(len(axis.content) for axis in axes.values()) for axes in grids)
    if points * sample.number > _MOST_RUNS:
        line = (top["grid"] if "grid" in top else top["sample"]).line
        raise FileError(
            path,
            line,
            f"a sweep must have at most {_MOST_RUNS} runs, got {points * sample.number}: "
            f"{points} of the grid for each of {sample.number} of the sample",
        )
    grid = [point for axes in grids for point in _points(axes)]
    sampled = _sampled_points(path, top["sample"], sample) if "sample" in top else [{}]
    return [reader.run(fixed=fixed, sample=some, grid=point) for some in sampled for point in grid]


def _reference(path: Path, name: Value, find: Callable[[str], str], study: str | None) -> str:
    """Where the study is whose name a file has."""
    if study is None:
        try:
            return find(name.text)
        except InputError as error:
            raise FileError(
                path, name.line, f"{error} A study from outside is named by --study."
            ) from error
    expected = load_study(study).name
    if name.content != expected:
        raise FileError(
            path,
            name.line,
            f"experiment must be {expected}, as --study {study} is called; got {name.text!r}",
        )
    return study


@dataclass(frozen=True)
class _Sample:
    """What stands in ``sample`` beside the parameters."""

    number: int = option(UNSET, "of points", least=1)
    method: str = option("random", "how they are sampled", choices=METHODS)
    seed: int = option(0, "of the points", valid=RandomState)


class _Reader:
    """Makes runs of options, and refuses those that the study refuses."""

    def __init__(self, path: Path, reference: str) -> None:
        self._path, self._reference = path, reference
        self._study = load_study(reference)
        self._known = options_of(self._study.settings)
        self._seen: set[str] = set()

    def run(self, **parts: Options) -> Run:
        """A run of the options of these parts of the file."""
        options = self._together(parts)
        given = options_of_file(self._path, self._study.settings, options)
        try:
            self._study.settings.from_options(**given)
        except InputError as error:
            raise FileError(self._path, line_of(error, options), error) from error
        there = {name: value for name, value in options.items() if value.content is not None}
        run = Run(
            self._reference,
            self._study.name,
            self._study.command,
            tuple(word for name in there for word in _words(self._known[name], there[name])),
            {name: _parameter(self._known[name], given[name]) for name in sorted(there)},
        )
        if run.digest in self._seen:
            line = max(value.line for value in options.values())
            values = ", ".join(f"{name}: {value}" for name, value in run.parameters.items())
            raise FileError(self._path, line, f"a run is there twice: {values}")
        self._seen.add(run.digest)
        return run

    def _together(self, parts: Mapping[str, Options]) -> Options:
        """One set of options, by the names that the study's settings have."""
        together: dict[str, Value] = {}
        where: dict[str, str] = {}
        for part, options in parts.items():
            for given, value in options.items():
                name = given.replace("-", "_")
                if name not in self._known:
                    name = given
                if name in OURS:
                    raise FileError(
                        self._path, value.line, f"{given} is for sweep.py itself, not for a run"
                    )
                if name in where:
                    raise FileError(
                        self._path, value.line, f"{given} is in {where[name]} and in {part}"
                    )
                together[name], where[name] = value, part
        return together


def _parameter(option: Option, value: Any) -> Any:
    """An option's value as JSON has it; a flag that isn't there is false."""
    return False if value is None else option.plain(value)


def _words(option: Option, value: Value) -> list[str]:
    """What says on a command line what a value of a file says."""
    if option.kind is bool:
        return [option.flag] if value.content else []
    if not option.several:
        return [f"{option.flag}={value.text}"]
    items = value.content if isinstance(value.content, list) else [value]
    return [option.flag, *(item.text for item in items)]


def _grids(path: Path, grid: Value) -> list[Options]:
    """The axes of one grid or of several."""
    several = grid.content if isinstance(grid.content, list) else [grid]
    if not several:
        raise FileError(path, grid.line, "grid is empty")
    grids = [_mapping(path, each, "grid") for each in several]
    for each, axes in zip(several, grids, strict=True):
        if not axes:
            raise FileError(path, each.line, "grid is empty")
        for name, axis in axes.items():
            if not isinstance(axis.content, list):
                raise FileError(path, axis.line, f"{name} must be a list of values in a grid")
            if not axis.content:
                raise FileError(path, axis.line, f"{name} must have a value at least, got none")
    return grids


def _points(axes: Options) -> Iterator[Options]:
    """The points of a grid; the last name varies fastest, as in nested loops."""
    for values in product(*(axis.content for axis in axes.values())):
        yield dict(zip(axes, values, strict=True))


def _sample(path: Path, sample: Value) -> _Sample:
    """What a file says of its sample, without the parameters."""
    keys = _mapping(path, sample, "sample", _SAMPLE)
    for name in ("number", "parameters"):
        if name not in keys:
            raise FileError(path, sample.line, f"sample needs {name}")
    own = {name: value for name, value in keys.items() if name != "parameters"}
    return _Sample(**options_of_file(path, _Sample, own))


def _sampled_points(path: Path, content: Value, sample: _Sample) -> list[Options]:
    """The points of a sample."""
    parameters = content.content["parameters"]
    axes = _mapping(path, parameters, "parameters")
    if not axes:
        raise FileError(path, parameters.line, "parameters are empty")
    ranges = {name: _range(path, name, axis) for name, axis in axes.items()}
    differ = math.prod(each.size for each in ranges.values())
    if sample.number <= differ:
        points = sample_points(ranges, sample.number, method=sample.method, seed=sample.seed)
        differ = len(points)
    if differ < sample.number:
        raise FileError(
            path,
            content.content["number"].line,
            f"number must be at most {differ}, so many settings differ; got {sample.number}",
        )
    return [{name: _sampled(axes[name], point[name]) for name in axes} for point in points]


def _range(path: Path, name: str, axis: Value) -> Range:
    """What a parameter is sampled from; of a list, places in it."""
    if isinstance(axis.content, list):
        if not axis.content:
            raise FileError(path, axis.line, f"{name} must have a value at least, got none")
        return Range(0, len(axis.content) - 1)
    if not isinstance(axis.content, dict):
        raise FileError(path, axis.line, f"{name} must be a list, or a range {{from: 1, to: 2}}")
    keys = _mapping(path, axis, name, _RANGE)
    ends = []
    for end in ("from", "to"):
        if end not in keys:
            raise FileError(path, axis.line, f"{name} needs {end}")
        ends.append(_number(path, keys[end], f"{name}: {end}"))
    log = keys["log"].content if "log" in keys else False
    if not isinstance(log, bool):
        raise FileError(path, keys["log"].line, f"{name}: log must be true or false, got {log!r}")
    low, high = ends
    if not low < high:
        raise FileError(path, axis.line, f"{name} must go up, got from {low} to {high}")
    if log and low <= 0:
        raise FileError(path, axis.line, f"{name}: log needs numbers above 0, got from {low}")
    return Range(low, high, log)


def _sampled(axis: Value, number: float) -> Value:
    """The value that a number stands for, with the line of its parameter."""
    if isinstance(axis.content, list):
        value: Value = axis.content[int(number)]
        return value
    return replace(axis, content=number, text=repr(number))


def _mapping(path: Path, value: Value, what: str, known: tuple[str, ...] = ()) -> Options:
    """The entries of a mapping, whose keys are all known."""
    if not isinstance(value.content, dict):
        raise FileError(path, value.line, f"{what} must be 'name: value', one a line")
    for name, each in value.content.items():
        if known and name not in known:
            raise FileError(
                path,
                each.line,
                f"{what} has no {name!r}, did you mean {nearest(name, known)!r}?",
            )
    return value.content


def _number(path: Path, value: Value, name: str) -> float:
    """A number as it is written: YAML takes 1e-3 for text."""
    for kind in (int, float):
        try:
            number = kind(value.text)
        except ValueError:
            continue
        if abs(number) <= sys.float_info.max:
            return number
    raise FileError(path, value.line, f"{name} must be a finite number, got {value.text!r}")
