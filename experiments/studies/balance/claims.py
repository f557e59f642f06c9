"""What is claimed of balance (Li et al. 2026, IJNS, doi 10.1142/s0129065726500176), and verdicts.

The reservoir of that paper is best, in accuracy, robustness, memory and coding capacity, where
excitation and inhibition are in tight balance, and loses accuracy faster where excitation
dominates. Here the claims are asked of liquids of our own at equal rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.statistics import UNDECIDED, Effect, in_brackets
from experiments.studies.balance.table import Table
from experiments.studies.balance.verdicts import best_at_balance, peak, rank_correlation, slopes

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
#: What is said to be larger where balance is tighter.
ALONG = {"FSDD": "accuracy", "TXOR": "accuracy", "signal": "memory_capacity"}
#: Kinds of input with accuracies, whose fall is judged.
TASKS = ("FSDD", "TXOR")

QUESTIONS = {
    "best": "best where mean currents cancel (loose balance)?",
    "tight": "better where balance is tighter, over the ratios?",
    "falls": "does accuracy fall faster when excitation dominates?",
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
    for heard, one in tables.items():
        x = one.compared("log2_ratio")
        for measure, title in BEST[heard].items():
            y = one.compared(measure)
            more = {"peak": peak(x, y)}
            claims.append(_claim("best", heard, title, best_at_balance(x, y), more))
        along = ALONG[heard]
        tight = rank_correlation(one.compared("tight"), one.compared(along))
        claims.append(_claim("tight", heard, BEST[heard][along], tight, {}))
        if heard in TASKS:
            excitatory, inhibitory, faster = slopes(x, one.compared("accuracy"))
            more = {"excitatory": excitatory.plain(), "inhibitory": inhibitory.plain()}
            claims.append(_claim("falls", heard, "accuracy", faster, more))
    answers = {
        kind: {
            claim["input"]: claim["verdict"]
            for claim in claims
            if claim["claim"] == kind and claim["measure"] == "accuracy"
        }
        for kind in QUESTIONS
    }
    return {"claims": claims, "answers": answers}


def _claim(
    kind: str, heard: str, title: str, found: Effect, more: Mapping[str, Any]
) -> dict[str, Any]:
    return {"claim": kind, "input": heard, "measure": title, **found.plain(), **more}


def sentence(claim: Mapping[str, Any]) -> str:
    """A claim and its numbers in words."""
    title = claim["measure"]
    if claim["claim"] == "best":
        place = claim["peak"]
        said = f"{title}: in balance less the best off balance {_number(claim)}"
        if place["octaves"] is not None:
            said += f"; largest at {place['octaves']:+.2f} octaves{_interval(place, '+.2f')}"
    elif claim["claim"] == "tight":
        said = f"{title} goes with the tight correlation: Spearman's {_number(claim)}"
    else:
        sides = [
            f"towards {name} {claim[side]['mean']:+.3g}{_interval(claim[side], '+.3g')}"
            for side, name in (("excitatory", "excitation"), ("inhibitory", "inhibition"))
            if claim[side]["mean"] is not None
        ]
        said = f"{title} lost an octave: {', '.join(sides)}; difference {_number(claim)}"
    return said


def report(summary: Mapping[str, Any]) -> str:
    """All verdicts as lines for a person."""
    lines = [
        f"E/I ratios at {summary['rate_Hz']:g} Hz, {summary['seeds']} seeds; 95 % intervals over "
        "seeds, paired, each by itself; octaves: log2 of mean I_I / mean I_E, below 0 where "
        "excitation dominates"
    ]
    if summary["quick"]:
        lines.append("a quick run: small liquids and few seeds, whose verdicts say little")
    for heard in dict.fromkeys(claim["input"] for claim in summary["claims"]):
        lines += ["", heard]
        lines += [
            f"  {claim['verdict']:<13}{sentence(claim)}"
            for claim in summary["claims"]
            if claim["input"] == heard
        ]
    lines.append("")
    for kind, question in QUESTIONS.items():
        answers = summary["answers"][kind]
        said = ", ".join(f"{verdict} on {heard}" for heard, verdict in answers.items())
        lines.append(f"{question} {said or UNDECIDED + ': no task with accuracies'}")
    return "\n".join(lines)


def _number(claim: Mapping[str, Any]) -> str:
    if claim["mean"] is None:
        return "unknown, as no seed has it"
    size = "" if claim["d"] is None else f", d = {claim['d']:.2f}"
    return f"{claim['mean']:+.3g}{_interval(claim, '+.3g')}{size}, n = {claim['n']}"


def _interval(found: Mapping[str, Any], form: str) -> str:
    return in_brackets(found["interval"], form)
