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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    bound : float
    above : bool
        Whether it is claimed to be above the bound, or below.
    log : bool
        Whether the number is averaged as a logarithm.
    place : str
        Where the answer is taken from.
    question : str
        What it answers; of none, if it only says more of another.
    """

    title: str
    bound: float
    above: bool
    log: bool
    place: str
    question: str = ""


def _exchange(title: str, question: str = "") -> Claim:
    """That an error with exchanged slow decoders is one of what has learned."""
    return Claim(title, LEARNED, False, True, MOST_CORRELATED, question)


#: Bounds are our own.
CLAIMS = {
    "correlated": Claim(
        "correlation of slow decoders", 0.5, True, False, MOST_CORRELATED,
        "does slow learning give correlated decoders?",
    ),
    "exchangeable": _exchange(
        "worse error with exchanged slow decoders",
        "are slowly learned decoders exchangeable, both ways?",
    ),
    "exchangeable, lif": _exchange("error of the LIF network with the rate network's slow decoder"),
    "exchangeable, rate": _exchange(
        "error of the rate network with the LIF network's slow decoder"
    ),
    "exchangeable, any tempo": _exchange(
        "worse error with exchanged slow decoders where another tempo is forgiven",
        "are they where another tempo is forgiven?",
    ),
    "decodable": _exchange(
        "worse error with exchanged slow decoders while the target is fed back",
        "do they decode the other network while the target is fed back?",
    ),
    "helps rate": Claim(
        "rate network's error, slow / fast", 1.0, True, True, GIVEN,
        "does fast learning lower the rate network's error?",
    ),
    "helps rate fivefold": Claim(
        "rate network's error, slow / fast", 5.0, True, True, GIVEN, "at least 5 times?"
    ),
    "not lif": Claim(
        "LIF network's error, slow / fast", 1.5, False, True, GIVEN,
        "does it lower the LIF network's error less than 1.5 times?",
    ),
    "decorrelates": Claim(
        "correlation of slow less that of fast decoders", 0.0, True, False, MOST_CORRELATED,
        "does fast learning decorrelate the decoders?",
    ),
}  # fmt: skip
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
    numbers = _numbers(slow, fast)
    places: dict[str, tuple[NDArray[np.int_], int | None]] = {}
    if given in points:
        column = points.index(given)
        places[GIVEN] = (np.full(len(slow["correlation"]), column), column)
    if given not in points or len(points) > 1:
        places[MOST_CORRELATED] = _most_correlated(slow)

    claims = []
    for name, claim in CLAIMS.items():
        for place, (columns, where) in places.items():
            values = _taken(numbers[name], columns)
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


def _numbers(slow: Grid, fast: Grid) -> dict[str, Floats]:
    """The number of each claim, (seeds, points), as it is averaged."""
    helped = {kind: np.log(slow[f"{kind}_own"] / fast[f"{kind}_own"]) for kind in KINDS}
    numbers = {
        "correlated": slow["correlation"],
        "exchangeable": np.log(worse(slow, "exchanged")),
        "exchangeable, lif": np.log(slow["lif_exchanged"]),
        "exchangeable, rate": np.log(slow["rate_exchanged"]),
        "exchangeable, any tempo": np.log(worse(slow, ANY_TEMPO)),
        "decodable": np.log(worse(slow, "exchanged_taught")),
        "helps rate": helped["rate"],
        "helps rate fivefold": helped["rate"],
        "not lif": helped["lif"],
        "decorrelates": slow["correlation"] - fast["correlation"],
    }
    return {name: np.where(both_learned(slow), values, np.nan) for name, values in numbers.items()}


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
