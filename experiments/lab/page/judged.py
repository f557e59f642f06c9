"""Claims that were judged, on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from experiments.lab.page.contents import Part, Value
from experiments.lab.page.figures import heading, note, verdicts
from experiments.lab.statistics import in_brackets

Claim = Mapping[str, Any]


def sentence(claim: Claim) -> str:
    """A claim and its number."""
    number = "no number" if claim["mean"] is None else f"{claim['mean']:.3g}"
    return f"{claim['claim']}: {number}{in_brackets(claim['interval'])} {claim['unit']}".rstrip()


def claims_in_groups(
    claims: Sequence[Claim],
    *,
    group: Callable[[Claim], str] = lambda claim: claim["group"],
    text: Callable[[Claim], str] = sentence,
) -> list[Part]:
    """Verdicts under the question that they belong to."""
    parts = [note("Means and 95 % intervals over seeds.")]
    for name in dict.fromkeys(map(group, claims)):
        parts.append(heading(f"{name}?"))
        some = [claim for claim in claims if group(claim) == name]
        parts.append(verdicts([{"verdict": c["verdict"], "said": text(c)} for c in some]))
    return parts


def measures_of(
    claims: Sequence[Claim], name: Callable[[Claim], str] = lambda c: f"{c['group']}: {c['claim']}"
) -> dict[str, Value]:
    """Numbers of claims that have one, by which runs are compared."""
    return {
        name(claim): Value(claim["mean"], claim["interval"], note=claim["verdict"])
        for claim in claims
        if claim["mean"] is not None
    }
