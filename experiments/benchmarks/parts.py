"""What a part of the benchmark is, and which of them a run or a summary has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.benchmarks.settings import AGAINST, PARTS, BenchmarkSettings
from experiments.lab.page import Part
from experiments.lab.references import load_reference
from experiments.lab.results import Results


def _nothing(summary: Mapping[str, Any]) -> list[str]:
    return []


@dataclass(frozen=True)
class BenchmarkPart:
    """A part of the benchmark.

    Parameters
    ----------
    title : str
    key : str
        Of a summary; where it is, the part was measured.
    measure : callable
        What the part adds to the summary, of the options and the folder for its pictures.
    report : callable
        What is said of it, as parts of a page, of a summary.
    wrong : callable
        What isn't as it should be, of a summary.
    pictures : str
        Which pictures are its own, as a pattern of file names.
    """

    title: str
    key: str
    measure: Callable[[BenchmarkSettings, Results], dict[str, Any]]
    report: Callable[[Mapping[str, Any]], Sequence[Part]]
    wrong: Callable[[Mapping[str, Any]], list[str]] = _nothing
    pictures: str = ""


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
