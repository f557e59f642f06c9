"""What is claimed of balance (Li et al. 2026, IJNS, doi 10.1142/s0129065726500176), and verdicts.

The reservoir of that paper is best, in accuracy, robustness, memory and coding capacity, where
excitation and inhibition are in tight balance, and loses accuracy faster where excitation
dominates. Here the claims are asked of liquids of our own at equal rates. A claim is a number of
each seed, judged by its sign (:mod:`lsm.metrics.statistics`); ratios are in octaves, 0 in
balance and below 0 where excitation dominates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.studies.balance.table import Table
from lsm.metrics import advantage_at_zero, hinge_slopes, peak_place, rank_correlations
from lsm.metrics.statistics import Effect, effect, in_brackets

_OF_A_TASK = {
    "accuracy": "accuracy",
    "spoilt_accuracy": "accuracy when spoilt",
    "retained": "part of the accuracy retained when spoilt",
    "tight": "tight correlation",
}
#: Kind of input -> what is said to be largest in balance: titles by measure.
BEST = {
    "FSDD": _OF_A_TASK,
    "TXOR": _OF_A_TASK,
    "signal": {
        "memory_capacity": "memory capacity",
        "processing_capacity": "information processing capacity",
        "kernel_quality": "kernel less generalisation rank",
        "tight": "tight correlation",
    },
}
#: Kinds of input with accuracies, whose fall is judged.
TASKS = ("FSDD", "TXOR")
#: Off balance is what is further from it than this, in octaves: inhibition a quarter too much.
OFF = 0.35

#: What dominates below 0 octaves and above.
SIDES = {"excitatory": "excitation", "inhibitory": "inhibition"}

#: What a kind of claim asks, without the question mark.
QUESTIONS = {
    "best": "Is a liquid best where mean currents cancel (loose balance)",
    "tight": "Is it better where balance is tighter, over the ratios",
    "falls": "Does accuracy fall faster when excitation dominates",
}


def judge(tables: Mapping[str, Table]) -> dict[str, Any]:
    """Verdicts on all claims, ready for JSON.

    Returns
    -------
    dict
        ``claims``: of each its kind (``best``, ``tight``, ``falls``), input, measure, effect,
        interval, effect size and verdict; ``answers``: verdicts on accuracy by question and input.
    """
    claims = []

    def add(claim: str, kind: str, title: str, measured: Effect, **more: Any) -> None:
        of = {"claim": claim, "input": kind, "measure": title}
        claims.append({**of, **measured.plain(), **more})

    for kind, table in tables.items():
        x = table.compared("log2_ratio")
        for measure, title in BEST[kind].items():
            y = table.compared(measure)
            octaves, interval = peak_place(x, y)
            better = effect(advantage_at_zero(x, y, off=OFF))
            add("best", kind, title, better, peak={"octaves": octaves, "interval": interval})
        # The first measure is said to be larger where balance is tighter.
        measure, title = next(iter(BEST[kind].items()))
        y = table.compared(measure)
        add("tight", kind, title, effect(rank_correlations(table.compared("tight"), y)))
        if kind in TASKS:
            losses = hinge_slopes(x, y)
            sides = dict(zip(SIDES, (effect(loss).plain() for loss in losses.T), strict=True))
            add("falls", kind, title, effect(losses[:, 0] - losses[:, 1]), **sides)
    answers = {
        question: {
            claim["input"]: claim["verdict"]
            for claim in claims
            if claim["claim"] == question and claim["measure"] == "accuracy"
        }
        for question in QUESTIONS
    }
    return {"claims": claims, "answers": answers}


def sentence(claim: Mapping[str, Any]) -> str:
    """A claim and its numbers in words."""
    title, number = f"{claim['input']}: {claim['measure']}", _number(claim)
    if claim["claim"] == "tight":
        return f"{title} goes with the tight correlation: Spearman's {number}"
    if claim["claim"] == "best":
        text = f"{title}: in balance less the best off balance {number}"
        place = claim["peak"]
        if place["octaves"] is None:
            return text
        interval = in_brackets(place["interval"], "+.2f")
        return f"{text}; largest at {place['octaves']:+.2f} octaves{interval}"
    sides = [
        f"towards {name} {claim[side]['mean']:+.3g}{in_brackets(claim[side]['interval'], '+.3g')}"
        for side, name in SIDES.items()
        if claim[side]["mean"] is not None
    ]
    return f"{title} lost an octave: {', '.join(sides)}; difference {number}"


def _number(claim: Mapping[str, Any]) -> str:
    if claim["mean"] is None:
        return "unknown, as no seed has it"
    size = "" if claim["d"] is None else f", d = {claim['d']:.2f}"
    return f"{claim['mean']:+.3g}{in_brackets(claim['interval'], '+.3g')}{size}, n = {claim['n']}"
