"""What a part of the benchmark is, and which of them a run or a summary has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.benchmarks.settings import AGAINST, EVERY, BenchmarkSettings
from experiments.lab.page import Part
from experiments.lab.references import load_reference
from experiments.lab.results import Results


@dataclass(frozen=True)
class BenchmarkPart:
    """A part of the benchmark.

    Parameters
    ----------
    title : str
    measure : callable
        What the summary has of it, of the options and the folder for its pictures.
    report : callable
        What is said of that, as parts of a page.
    wrong : callable
        What of that isn't as it should be.
    """

    title: str
    measure: Callable[[BenchmarkSettings, Results], Any]
    report: Callable[[Any], Sequence[Part]]
    wrong: Callable[[Any], list[str]] = lambda _: []


def load_part(reference: str) -> BenchmarkPart:
    """The part that ``module:name`` stands for."""
    part: BenchmarkPart = load_reference(reference, "--parts")
    return part


def chosen_parts(settings: BenchmarkSettings) -> dict[str, BenchmarkPart]:
    """The parts that options ask for by their names, in the order of the table."""
    names = settings.parts if settings.against is None else (AGAINST,)
    return {name: load_part(where) for name, where in EVERY.items() if name in names}


def parts_of(summary: Mapping[str, Any]) -> dict[str, BenchmarkPart]:
    """The parts that a summary has something of, by their names there; so are pictures named."""
    return {name: load_part(EVERY[name]) for name in EVERY if summary.get(name) is not None}
