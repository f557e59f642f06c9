"""What a part of the benchmark is, and which of them a run or a summary has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.benchmarks.settings import AGAINST, PARTS, BenchmarkSettings
from experiments.lab.page import Part
from experiments.lab.references import load_reference
from experiments.lab.results import Results


@dataclass(frozen=True)
class BenchmarkPart:
    """A part of the benchmark.

    Parameters
    ----------
    title : str
    key : str
        Of a summary; where it is, the part was measured. Pictures are named after it.
    measure : callable
        What the summary has of it, of the options and the folder for its pictures.
    report : callable
        What is said of that, as parts of a page.
    wrong : callable
        What of that isn't as it should be.
    """

    title: str
    key: str
    measure: Callable[[BenchmarkSettings, Results], Any]
    report: Callable[[Any], Sequence[Part]]
    wrong: Callable[[Any], list[str]] = lambda _: []


def load_part(reference: str) -> BenchmarkPart:
    """The part that ``module:name`` stands for."""
    part: BenchmarkPart = load_reference(reference, "--parts")
    return part


def chosen_parts(settings: BenchmarkSettings) -> list[BenchmarkPart]:
    """The parts that options ask for, in the order of the table."""
    if settings.against is not None:
        return [load_part(AGAINST)]
    return [load_part(where) for name, where in PARTS.items() if name in settings.parts]


def parts_of(summary: Mapping[str, Any]) -> list[BenchmarkPart]:
    """The parts that a summary has something of."""
    parts = [load_part(where) for where in (AGAINST, *PARTS.values())]
    return [part for part in parts if summary.get(part.key) is not None]
