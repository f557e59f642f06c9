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

from experiments.studies.force.comparison import grids as pair_grids
from experiments.studies.force.comparison.grids import Floats, Grid, Pair, both_learned
from experiments.studies.force.comparison.settings import KINDS, SPEEDS
from experiments.studies.force.measures import LEARNED
from lsm.metrics.statistics import column_means, effect, in_brackets

#: Where claims are judged.
GIVEN, MOST_CORRELATED = "given point", "most correlated"
_CORRELATION = "correlation"
#: Numbers that slow learning gave; that of slow over that of fast learning; their difference.
_SLOW, _RATIO, _DIFFERENCE = "slow", "slow / fast", "slow - fast"


@dataclass(frozen=True)
class Claim:
    """What is claimed; by default, that an error with exchanged decoders is one of what learned.

    Parameters
    ----------
    title : str
        The number.
    numbers : tuple of str
        Of the grid; the largest of them counts.
    question : str
        What it answers; of none, if it only says more of another.
    of : str
        What of slow and fast learning is taken.
    bound : float
    above : bool
        Whether it is claimed to be above the bound, or below.
    place : str
        Where the answer is taken from.
    """

    title: str
    numbers: tuple[str, ...]
    question: str = ""
    of: str = _SLOW
    bound: float = LEARNED
    above: bool = False
    place: str = MOST_CORRELATED

    @property
    def log(self) -> bool:
        """Whether the number is averaged as a logarithm."""
        return self.numbers != (_CORRELATION,)

    def values(self, slow: Grid, fast: Grid) -> Floats:
        """The number as it is averaged; NaN where not both networks have learned slowly."""
        a, b = (np.max([grid[name] for name in self.numbers], axis=0) for grid in (slow, fast))
        values = {_SLOW: a, _RATIO: a / b, _DIFFERENCE: a - b}[self.of]
        return np.where(both_learned(slow), np.log(values) if self.log else values, np.nan)


def _both(test: str) -> tuple[str, ...]:
    """Errors of both networks in a test."""
    return tuple(f"{kind}_{test}" for kind in KINDS)


def _helped(name: str, question: str, bound: float, *, above: bool = True) -> Claim:
    """How many times the slow error of a kind of network is the fast one."""
    title, numbers = f"{name} network's error, slow / fast", (f"{name.lower()}_own",)
    return Claim(title, numbers, question, _RATIO, bound, above, GIVEN)


#: Bounds are our own.
CLAIMS = {
    "correlated": Claim(
        "correlation of slow decoders",
        (_CORRELATION,),
        "does slow learning give correlated decoders?",
        bound=0.5,
        above=True,
    ),
    "exchangeable": Claim(
        "worse error with exchanged slow decoders",
        _both("exchanged"),
        "are slowly learned decoders exchangeable, both ways?",
    ),
    "exchangeable, lif": Claim(
        "error of the LIF network with the rate network's slow decoder", ("lif_exchanged",)
    ),
    "exchangeable, rate": Claim(
        "error of the rate network with the LIF network's slow decoder", ("rate_exchanged",)
    ),
    "exchangeable, any tempo": Claim(
        "worse error with exchanged slow decoders where another tempo is forgiven",
        _both(pair_grids.ANY_TEMPO),
        "are they where another tempo is forgiven?",
    ),
    "decodable": Claim(
        "worse error with exchanged slow decoders while the target is fed back",
        _both("exchanged_taught"),
        "do they decode the other network while the target is fed back?",
    ),
    "helps rate": _helped("rate", "does fast learning lower the rate network's error?", 1.0),
    "helps rate fivefold": _helped("rate", "at least 5 times?", 5.0),
    "not lif": _helped(
        "LIF", "does it lower the LIF network's error less than 1.5 times?", 1.5, above=False
    ),
    "decorrelates": Claim(
        "correlation of slow less that of fast decoders",
        (_CORRELATION,),
        "does fast learning decorrelate the decoders?",
        of=_DIFFERENCE,
        bound=0.0,
        above=True,
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
    points = pair_grids.points_of(pairs)
    grids = {speed: pair_grids.grid_of(pairs, speed) for speed in SPEEDS}
    slow, fast = grids.values()
    places: dict[str, tuple[NDArray[np.int_], int | None]] = {}
    if given in points:
        column = points.index(given)
        places[GIVEN] = (np.full(len(slow[_CORRELATION]), column), column)
    if given not in points or len(points) > 1:
        places[MOST_CORRELATED] = _most_correlated(slow)

    claims, answers = [], {}
    for name, claim in CLAIMS.items():
        verdicts = {}
        for place, (columns, where) in places.items():
            values = claim.values(slow, fast)[np.arange(len(columns)), columns]
            judged = _judged(claim, np.where(columns < 0, np.nan, values))
            at = {} if where is None else dict(zip("GQ", points[where], strict=True))
            claims.append({"claim": name, "place": place} | at | judged)
            verdicts[place] = judged["verdict"]
        if claim.question:
            answers[name] = verdicts.get(claim.place, next(iter(verdicts.values())))
    return {
        "claims": claims,
        "answers": answers,
        "points": [
            {"G": gain, "Q": feedback}
            | {speed: pair_grids.means(grid, column) for speed, grid in grids.items()}
            for column, (gain, feedback) in enumerate(points)
        ],
        "learned": {
            speed: {kind: pair_grids.share(grid[f"{kind}_own"]) for kind in KINDS}
            for speed, grid in grids.items()
        },
    }


def _most_correlated(slow: Grid) -> tuple[NDArray[np.int_], int | None]:
    """The point for each seed, by the other half of the seeds (-1: none), and that by all."""
    known = np.where(both_learned(slow), slow[_CORRELATION], np.nan)

    def best(some: NDArray[np.bool_]) -> int:
        mean = column_means(known[some])
        return int(np.nanargmax(mean)) if np.isfinite(mean).any() else -1

    half = np.arange(len(known)) % 2 == 0
    of_all = best(np.ones_like(half))
    return np.where(half, best(~half), best(half)), None if of_all < 0 else of_all


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
    text = f"{claim['title']}, {claim['place']} ({at})"
    if claim["value"] is None:
        return f"{text}: unknown, as no seed has learned there or has it"
    text += f": {claim['value']:.3g}{in_brackets(claim['interval'])}"
    return f"{text}, claimed {claim['claimed']} {claim['bound']:g}, n = {claim['n']}"
