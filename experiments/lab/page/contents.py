"""What a page has, whatever the experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

Interval = Sequence[float] | None

#: Unit of accuracies, which lie between 0 and 100.
PERCENT = "\N{NO-BREAK SPACE}%"
#: Unit of differences of accuracies, which have a sign.
POINTS = " points"
_FORMS = {PERCENT: ".2f", POINTS: "+.2f"}


@dataclass(frozen=True)
class Value:
    """A number to be compared, with its interval where there is one.

    `unit` is written behind both; `note` says more. Of an error less is better, so `minimise`.
    """

    mean: float
    interval: Interval = None
    unit: str = ""
    note: str = ""
    minimise: bool = False

    @property
    def text(self) -> str:
        """The number with its unit."""
        return f"{self._number(self.mean)}{self.unit}"

    @property
    def range(self) -> str:
        """The ends of its interval; empty where there is none."""
        if self.interval is None:
            return ""
        low, high = self.interval
        return f"{self._number(low)} to {self._number(high)}"

    def __str__(self) -> str:
        parts = (self.text, self.range and f"({self.range})", self.note)
        return " ".join(filter(None, parts))

    def _number(self, value: float) -> str:
        # Percentages stand under each other; other numbers may have any size.
        return f"{value:{_FORMS.get(self.unit, '.4g')}}"


@dataclass(frozen=True)
class Part:
    """A piece of a page: HTML, and text that says the same on a terminal, if any can."""

    html: Markup
    text: str = ""

    def __html__(self) -> Markup:
        """What templates ask for."""
        return self.html


def best_first(rows: Mapping[str, Value]) -> dict[str, Value]:
    """Values that all mean the same, sorted: errors from the least on, else from the largest."""
    order = {name: value.mean if value.minimise else -value.mean for name, value in rows.items()}
    return {name: rows[name] for name in sorted(rows, key=order.__getitem__)}


@dataclass(frozen=True)
class Section:
    """Parts of a page under a heading."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Page:
    """What is said of a run.

    Attributes
    ----------
    title : str
    asked : sequence of str
        What was asked, in paragraphs.
    facts : mapping of str to Value
        The few numbers that answer it; the first one stands for the run.
    sections : sequence of Section
    measures : mapping of str to Value
        All numbers that another run can be compared by.
    curves : mapping of str to list of float
        Best fitness of each generation, by run.
    settings : mapping
    """

    title: str
    asked: Sequence[str]
    facts: Mapping[str, Value]
    sections: Sequence[Section]
    measures: Mapping[str, Value] = field(default_factory=dict)
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The page on a terminal: its title, and what of it is text."""
        facts = [f"  {name}: {value}" for name, value in self.facts.items()]
        parts = ["\n".join([self.title, *facts])]
        for section in self.sections:
            if texts := [part.text for part in section.parts if part.text]:
                parts += [section.title, *texts]
        return "\n\n".join(filter(None, parts))


def percent(mean: float, interval: Interval = None, note: str = "") -> Value:
    """An accuracy between 0 and 1, in percent."""
    shown = None if interval is None else [100 * min(max(bound, 0.0), 1.0) for bound in interval]
    return Value(100 * mean, shown, PERCENT, note)


def percents(spreads: Mapping[str, Mapping[str, Any]]) -> dict[str, Value]:
    """Accuracies by name, in percent, of spreads that have ``mean`` and ``interval``."""
    return {name: percent(each["mean"], each["interval"]) for name, each in spreads.items()}


def points(difference: Mapping[str, Any]) -> Value:
    """A difference of accuracies, in percentage points."""
    bounds = difference["interval"] and [100 * bound for bound in difference["interval"]]
    return Value(100 * difference["mean"], bounds, POINTS)


def plain(name: str) -> str:
    """A name of a summary in words."""
    return name.replace("_", " ")


def in_words(value: Any) -> str:
    """A value of the settings in words."""
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_words(each)}" for name, each in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
