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

from evolution.sampling import METHODS, Range, sample_points
from experiments.lab.configuration import at_its_line, options_of_file
from experiments.lab.errors import InputError
from experiments.lab.options import UNSET, Option, option, options_of
from experiments.lab.study import load_study
from experiments.lab.sweep.run import OURS, Run
from experiments.lab.yaml_files import Value, read_yaml

Options = Mapping[str, Value]

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
    keys = ("experiment", "fixed", "grid", "sample")
    top = read_yaml(path).mapping("a sweep", keys, needed=keys[:1])
    runs = _Runs(_reference(top["experiment"], find, study))
    several = [top[name] for name in ("grid", "sample") if name in top]
    if not several:
        raise top["experiment"].refused("a sweep needs a grid or a sample")
    fixed = top["fixed"].mapping("fixed") if "fixed" in top else {}
    grids = _grids(top["grid"]) if "grid" in top else [{}]
    sample = _Sample.read(top["sample"]) if "sample" in top else _Sample(number=1)
    points = sum(math.prod(len(axis.content) for axis in axes.values()) for axes in grids)
    if points * sample.number > _MOST_RUNS:
        raise several[0].refused(
            f"a sweep must have at most {_MOST_RUNS} runs, got {points * sample.number}: "
            f"{points} of the grid for each of {sample.number} of the sample"
        )
    grid = [point for axes in grids for point in _points(axes)]
    sampled = _sampled_points(top["sample"], sample) if "sample" in top else [{}]
    return [runs.add(fixed=fixed, sample=some, grid=point) for some in sampled for point in grid]


def _reference(name: Value, find: Callable[[str], str], study: str | None) -> str:
    """Where the study is whose name a file has."""
    if study is None:
        try:
            return find(name.text)
        except InputError as error:
            message = f"{error} A study from outside is named by --study."
            raise name.refused(message) from error
    expected = load_study(study).name
    if name.content != expected:
        raise name.refused(
            f"experiment must be {expected}, as --study {study} is called; got {name.text!r}"
        )
    return study


@dataclass(frozen=True)
class _Sample:
    """What stands in ``sample`` beside the parameters."""

    number: int = option(UNSET, "of points", least=1)
    method: str = option("random", "how they are sampled", choices=METHODS)
    seed: int = option(0, "of the points", valid=RandomState)

    @classmethod
    def read(cls, sample: Value) -> _Sample:
        names = ("number", "method", "seed", "parameters")
        keys = sample.mapping("sample", names, needed=("number", "parameters"))
        own = {name: value for name, value in keys.items() if name != "parameters"}
        return cls(**options_of_file(cls, own))


class _Runs:
    """Makes runs of options, and refuses those that the study refuses, or that are there twice."""

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._study = load_study(reference)
        self._known = options_of(self._study.settings)
        self._digests: set[str] = set()

    def add(self, **parts: Options) -> Run:
        """A run of the options of these parts of the file."""
        options = self._together(parts)
        given = options_of_file(self._study.settings, options)
        try:
            self._study.settings.from_options(**given)
        except InputError as error:
            raise at_its_line(error, options) from error
        there = {name: value for name, value in options.items() if value.content is not None}
        run = Run(
            self._reference,
            self._study.name,
            self._study.command,
            tuple(word for name in there for word in _words(self._known[name], there[name])),
            # A flag that isn't there is false.
            {name: self._known[name].plain(given.get(name, False)) for name in sorted(there)},
        )
        if run.digest in self._digests:
            last = max(options.values(), key=lambda value: value.line)
            values = ", ".join(f"{name}: {value}" for name, value in run.parameters.items())
            raise last.refused(f"a run is there twice: {values}")
        self._digests.add(run.digest)
        return run

    def _together(self, parts: Mapping[str, Options]) -> dict[str, Value]:
        """One set of options, by the names that the study's settings have."""
        together: dict[str, Value] = {}
        where: dict[str, str] = {}
        for part, options in parts.items():
            for given, value in options.items():
                name = given.replace("-", "_")
                if name in OURS:
                    raise value.refused(f"{given} is for sweep.py itself, not for a run")
                if name in where:
                    raise value.refused(f"{given} is in {where[name]} and in {part}")
                together[name], where[name] = value, part
        return together


def _words(option: Option, value: Value) -> list[str]:
    """What says on a command line what a value of a file says."""
    if option.kind is bool:
        return [option.flag] if value.content else []
    if not option.several:
        return [f"{option.flag}={value.text}"]
    return [option.flag, *(item.text for item in value.items)]


def _grids(grid: Value) -> list[Options]:
    """The axes of one grid or of several."""
    grids = [each.mapping("grid") for each in grid.items]
    if not grids or not all(grids):
        raise grid.refused("grid is empty")
    for axes in grids:
        for name, axis in axes.items():
            if not isinstance(axis.content, list) or not axis.content:
                raise axis.refused(f"{name} must be a list of a value at least")
    return grids


def _points(axes: Options) -> Iterator[Options]:
    """The points of a grid; the last name varies fastest, as in nested loops."""
    for values in product(*(axis.content for axis in axes.values())):
        yield dict(zip(axes, values, strict=True))


def _sampled_points(content: Value, sample: _Sample) -> list[Options]:
    """The points of a sample."""
    parameters = content.content["parameters"]
    axes = parameters.mapping("parameters")
    if not axes:
        raise parameters.refused("parameters are empty")
    ranges = {name: _range(name, axis) for name, axis in axes.items()}
    points = sample_points(ranges, sample.number, method=sample.method, seed=sample.seed)
    if (differ := len(points)) < sample.number:
        raise content.content["number"].refused(
            f"number must be at most {differ}, so many settings differ; got {sample.number}"
        )
    return [{name: _sampled(axes[name], point[name]) for name in axes} for point in points]


def _range(name: str, axis: Value) -> Range:
    """What a parameter is sampled from; of a list, places in it."""
    if isinstance(axis.content, list) and axis.content:
        return Range(0, len(axis.content) - 1)
    what = f"{name}, unless it is a list of values,"
    ends = axis.mapping(what, ("from", "to", "log"), needed=("from", "to"))
    low, high = (_number(ends[end], f"{name}: {end}") for end in ("from", "to"))
    log = "log" in ends and ends["log"].content
    if not isinstance(log, bool):
        raise ends["log"].refused(f"{name}: log must be true or false, got {log!r}")
    try:
        return Range(low, high, log)
    except ValueError as error:
        raise axis.refused(f"{name}: {error}") from error


def _sampled(axis: Value, number: float) -> Value:
    """The value that a number stands for, with the line of its parameter."""
    if isinstance(axis.content, list):
        value: Value = axis.content[int(number)]
        return value
    return replace(axis, content=number, text=repr(number))


def _number(value: Value, name: str) -> Any:
    """A number as it is written: YAML takes 1e-3 for text."""
    for kind in (int, float):
        try:
            number = kind(value.text)
        except ValueError:
            continue
        if abs(number) <= sys.float_info.max:
            return number
    raise value.refused(f"{name} must be a finite number, got {value.text!r}")
