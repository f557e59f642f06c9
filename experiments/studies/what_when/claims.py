"""What is asked of the rules, judged over seeds as the balance experiment judges its claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.statistics import Effect, effect, within
from experiments.studies.what_when.seed import SWITCHED
from experiments.studies.what_when.settings import LEARNING, SOON

Record = Mapping[str, Any]
Floats = NDArray[np.float64]

TITLES = {
    "three_factor": "three-factor",
    "lms": "plain LMS",
    "force": "FORCE, no reset",
    "force_reset": "FORCE, P reset at switches",
    "force_forgetting": "FORCE with forgetting",
    "factored": "when online x what consolidated",
    "lms_no_recurrence": "plain LMS, no recurrence",
    "force_reset_no_recurrence": "FORCE, reset, no recurrence",
    "lms_traces": "plain LMS, traces of the cue alone",
    "force_reset_traces": "FORCE, reset, traces of the cue alone",
}
#: Slopes of amplitude on probability, and distances of a peak, that are asked for.
SLOPE, PEAK_MS = (0.9, 1.1), 30.0
_OWN = "three_factor"


def judge(records: Sequence[Record]) -> list[dict[str, Any]]:
    """All claims with their verdicts, ready for JSON."""
    claims = []

    def add(group: str, claim: str, found: Effect, unit: str = "") -> None:
        claims.append({"group": group, "claim": claim, "unit": unit, **found.plain()})

    for rule in LEARNING:
        title = TITLES[rule]
        add(
            "slope of amplitude on probability from .9 to 1.1",
            title,
            within([record["rules"][rule]["slope"] for record in records], *SLOPE),
        )
        add(
            f"every peak at most {PEAK_MS:g} ms from the latency (the worst of a seed)",
            title,
            within([record["rules"][rule]["peak_off_ms"] for record in records], -np.inf, PEAK_MS),
            "ms",
        )
        for kind in SWITCHED:
            for switch, name in enumerate(("first switch", "switch back")):
                found = [record["rules"][rule][kind]["recovery"][switch] for record in records]
                add(
                    f"within 10 % of the steady error in at most {SOON} trials",
                    f"{title}: {kind}, {name}",
                    within(found, -np.inf, SOON),
                    "trials",
                )
    add(
        "FORCE without a reset fails to adapt",
        f"trials it needs, less {SOON}",
        effect(recoveries(records, "force") - SOON),
        "trials",
    )
    for rule in ("lms", "force_forgetting", "force_reset", "factored"):
        group = f"{TITLES[_OWN]} is better than {TITLES[rule]}"
        if rule == "factored":
            group = f"{TITLES[rule]} is better than {TITLES[_OWN]}"
        sign = -1 if rule == "factored" else 1
        more = errors(records, rule) - errors(records, _OWN)
        later = recoveries(records, rule) - recoveries(records, _OWN)
        further = _from_1(records, rule) - _from_1(records, _OWN)
        add(group, "steady error, less", effect(sign * more))
        add(group, "trials after a switch, fewer", effect(sign * later), "trials")
        add(group, "slope, nearer to 1", effect(sign * further))
    for rule in ("lms", "force_reset"):
        for place in ("no_recurrence", "traces"):
            other = f"{rule}_{place}"
            add(
                "the recurrent reservoir matters",
                f"steady error of {TITLES[other]}, less {TITLES[rule]}",
                effect(errors(records, other) - errors(records, rule)),
            )
    for rule in LEARNING:
        true, shuffled = (
            np.array([record[name][rule] for record in records]) for name in ("angles", "shuffled")
        )
        for k, name in enumerate(("larger", "smaller")):
            add(
                "what and when are nearer to orthogonal than with shuffled labels",
                f"{TITLES[rule]}, {name} angle",
                effect(true[:, k] - shuffled[:, k]),
                "degrees",
            )
    return claims


def errors(records: Sequence[Record], rule: str) -> Floats:
    """Steady error of each seed before any switch."""
    return np.array(
        [
            np.mean([record["rules"][rule][kind]["steady"] for kind in SWITCHED])
            for record in records
        ]
    )


def recoveries(records: Sequence[Record], rule: str) -> Floats:
    """Trials after a switch, of each seed the mean of all kinds."""
    return np.array(
        [
            np.mean([record["rules"][rule][kind]["recovery"] for kind in SWITCHED])
            for record in records
        ]
    )


def _from_1(records: Sequence[Record], rule: str) -> Floats:
    return np.array([abs(record["rules"][rule]["slope"] - 1) for record in records])
