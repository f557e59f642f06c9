"""What Newton & Nicola 2025 claim of slow and fast learning, and verdicts.

A claim is a number of each seed, compared with a bound: it is supported where the 95 % interval of
the mean over seeds (Student's t) lies on the claimed side, contradicted where it lies on the other,
and else undecided. Errors and their ratios are averaged as logarithms. A seed counts at a point
where both its networks have learned slowly, with an error below :data:`LEARNED`: decoders of what
hasn't learned are nobody's claim.

Claims are judged at one point of the grid, given beforehand, and, as the paper does it, where slow
decoders are most correlated. That one is chosen on the other half of the seeds, even ones or odd
ones, or its correlation would be favoured by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.statistics import column_means, effect, in_brackets
from experiments.studies.force.comparison.grids import (
    ANY_TEMPO,
    Floats,
    Grid,
    Pair,
    both_learned,
    grid_of,
    means,
    points_of,
    share,
    worse,
)
from experiments.studies.force.comparison.settings import KINDS
from experiments.studies.force.measures import LEARNED

#: Where claims are judged.
GIVEN, MOST_CORRELATED = "given point", "most correlated"


@dataclass(frozen=True)
class Claim:
    """What is claimed.

    Parameters
    ----------
    title : str
        The number.
    number : callable
        It, (seeds, points), of what slow and what fast learning gave.
    bound : float
    place : str
        Where the answer is taken from.
    question : str
        What it answers; of none, if it only says more of another.
    above : bool
        Whether it is claimed to be above the bound, or below.
    log : bool
        Whether the number is averaged as a logarithm.
    """

    title: str
    number: Callable[[Grid, Grid], Floats]
    bound: float
    place: str
    question: str = ""
    above: bool = True
    log: bool = True

    def values(self, slow: Grid, fast: Grid) -> Floats:
        """The number as it is averaged; NaN where not both networks have learned slowly."""
        values = self.number(slow, fast)
        return np.where(both_learned(slow), np.log(values) if self.log else values, np.nan)


def _exchanged(title: str, errors: Callable[[Grid], Floats], question: str = "") -> Claim:
    """That an error with exchanged slow decoders is one of what has learned."""
    number = lambda slow, _: errors(slow)  # noqa: E731
    return Claim(title, number, LEARNED, MOST_CORRELATED, question, above=False)


def _helped(kind: str) -> Callable[[Grid, Grid], Floats]:
    """How many times the slow error of a kind of network is the fast one."""
    return lambda slow, fast: slow[f"{kind}_own"] / fast[f"{kind}_own"]


#: Bounds are our own.
CLAIMS = {
    "correlated": Claim(
        "correlation of slow decoders",
        lambda slow, _: slow["correlation"],
        0.5,
        MOST_CORRELATED,
        "does slow learning give correlated decoders?",
        log=False,
    ),
    "exchangeable": _exchanged(
        "worse error with exchanged slow decoders",
        lambda slow: worse(slow, "exchanged"),
        "are slowly learned decoders exchangeable, both ways?",
    ),
    "exchangeable, lif": _exchanged(
        "error of the LIF network with the rate network's slow decoder",
        itemgetter("lif_exchanged"),
    ),
    "exchangeable, rate": _exchanged(
        "error of the rate network with the LIF network's slow decoder",
        itemgetter("rate_exchanged"),
    ),
    "exchangeable, any tempo": _exchanged(
        "worse error with exchanged slow decoders where another tempo is forgiven",
        lambda slow: worse(slow, ANY_TEMPO),
        "are they where another tempo is forgiven?",
    ),
    "decodable": _exchanged(
        "worse error with exchanged slow decoders while the target is fed back",
        lambda slow: worse(slow, "exchanged_taught"),
        "do they decode the other network while the target is fed back?",
    ),
    "helps rate": Claim(
        "rate network's error, slow / fast",
        _helped("rate"),
        1.0,
        GIVEN,
        "does fast learning lower the rate network's error?",
    ),
    "helps rate fivefold": Claim(
        "rate network's error, slow / fast", _helped("rate"), 5.0, GIVEN, "at least 5 times?"
    ),
    "not lif": Claim(
        "LIF network's error, slow / fast",
        _helped("lif"),
        1.5,
        GIVEN,
        "does it lower the LIF network's error less than 1.5 times?",
        above=False,
    ),
    "decorrelates": Claim(
        "correlation of slow less that of fast decoders",
        lambda slow, fast: slow["correlation"] - fast["correlation"],
        0.0,
        MOST_CORRELATED,
        "does fast learning decorrelate the decoders?",
        log=False,
    ),
}
QUESTIONS = {name: claim.question for name, claim in CLAIMS.items() if claim.question}


def judge(pairs: Sequence[Pair], given: tuple[float, float]) -> dict[str, Any]:
    """Verdicts on all claims, ready for JSON.

    Parameters
    ----------
    pairs : sequence of Pair
    given : tuple of two float
        (G, Q) at which claims are judged, if the grid has it.

    Returns
    -------
    dict
        ``claims``: of each its place, value, interval, bound, effect size and verdict; ``answers``:
        verdicts by question; ``points``: means at each point of the grid; ``learned``: which part
        of the grid's networks learned.
    """
    points, slow, fast = points_of(pairs), grid_of(pairs, "slow"), grid_of(pairs, "fast")
    places: dict[str, tuple[NDArray[np.int_], int | None]] = {}
    if given in points:
        column = points.index(given)
        places[GIVEN] = (np.full(len(slow["correlation"]), column), column)
    if given not in points or len(points) > 1:
        places[MOST_CORRELATED] = _most_correlated(slow)

    claims = []
    for name, claim in CLAIMS.items():
        for place, (columns, where) in places.items():
            values = _taken(claim.values(slow, fast), columns)
            at = {} if where is None else {"G": points[where][0], "Q": points[where][1]}
            claims.append({"claim": name, "place": place} | at | _judged(claim, values))
    answers = {}
    for name in QUESTIONS:
        verdicts = {c["place"]: c["verdict"] for c in claims if c["claim"] == name}
        answers[name] = verdicts.get(CLAIMS[name].place, *[v for v in verdicts.values()][:1])
    by_speed = {"slow": slow, "fast": fast}
    return {
        "claims": claims,
        "answers": answers,
        "points": [
            {"G": gain, "Q": feedback}
            | {speed: means(grid, column) for speed, grid in by_speed.items()}
            for column, (gain, feedback) in enumerate(points)
        ],
        "learned": {
            speed: {kind: share(grid[f"{kind}_own"]) for kind in KINDS}
            for speed, grid in by_speed.items()
        },
    }


def _most_correlated(slow: Grid) -> tuple[NDArray[np.int_], int | None]:
    """The point for each seed, by the other half of the seeds (-1: none), and that by all."""
    known = np.where(both_learned(slow), slow["correlation"], np.nan)

    def best(some: NDArray[np.bool_]) -> int:
        mean = column_means(known[some])
        return int(np.nanargmax(mean)) if np.isfinite(mean).any() else -1

    columns = np.full(len(known), -1)
    half = np.arange(len(known)) % 2 == 0
    for judged in (half, ~half):
        columns[judged] = best(~judged)
    of_all = best(np.ones(len(known), dtype=bool))
    return columns, None if of_all < 0 else of_all


def _taken(values: Floats, columns: NDArray[np.int_]) -> Floats:
    """Each seed's value at its column, (seeds,); NaN for column -1."""
    return np.where(columns < 0, np.nan, values[np.arange(len(values)), columns])


def _judged(claim: Claim, values: Floats) -> dict[str, Any]:
    """Mean and interval of a claim's number, as one reads it, and the verdict."""
    bound = np.log(claim.bound) if claim.log else claim.bound
    sign = 1 if claim.above else -1
    measured = effect(sign * (values - bound))

    def read(distance: float) -> float:
        value = bound + sign * distance
        return float(np.exp(value) if claim.log else value)

    return {
        "title": claim.title,
        "value": None if measured.mean is None else read(measured.mean),
        "interval": None if measured.interval is None else sorted(map(read, measured.interval)),
        "claimed": "above" if claim.above else "below",
        "bound": claim.bound,
        "d": measured.d,
        "n": measured.n,
        "verdict": measured.verdict,
    }


def sentence(claim: Mapping[str, Any]) -> str:
    """A claim and its numbers in words."""
    at = f"G {claim['G']:g}, Q {claim['Q']:g}" if "G" in claim else "no point"
    text = f"{claim['title']} at the {claim['place']} ({at})"
    text = text.replace("the most correlated (", "the most correlated point (")
    if claim["value"] is None:
        return f"{text}: unknown, as no seed has learned there or has it"
    text += f": {claim['value']:.3g}{in_brackets(claim['interval'])}"
    return f"{text}, claimed {claim['claimed']} {claim['bound']:g}, n = {claim['n']}"
