"""What is asked of the rules, judged over seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.what_when.settings import LEARNING, PROTOCOL, SOON, SWITCHED
from lsm.metrics.statistics import Effect, effect, within

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


def judge(records: Sequence[Record]) -> list[dict[str, Any]]:
    """All claims with their verdicts, ready for JSON."""
    claims = []

    def add(group: str, claim: str, measured: Effect, unit: str = "") -> None:
        claims.append({"group": group, "claim": claim, "unit": unit, **measured.plain()})

    for rule in LEARNING:
        title = TITLES[rule]
        slopes = of_seeds(records, rule, lambda measured: measured["slope"])
        add("slope of amplitude on probability from .9 to 1.1", title, within(slopes, *SLOPE))
        late = of_seeds(records, rule, lambda measured: measured["peak_off_ms"])
        group = f"every peak at most {PEAK_MS:g} ms from the latency (the worst of a seed)"
        add(group, title, within(late, -np.inf, PEAK_MS), "ms")
        group = f"within 10 % of the steady error in at most {SOON} trials"
        for kind in SWITCHED:
            for switch, name in enumerate(("first switch", "switch back")):
                back = [record["rules"][rule][kind]["recovery"][switch] for record in records]
                add(group, f"{title}: {kind}, {name}", within(back, -np.inf, SOON), "trials")
    trials = effect(recoveries(records, "force") - SOON)
    add("FORCE without a reset fails to adapt", f"trials it needs, less {SOON}", trials, "trials")
    for better, other in _BETTER:
        group = f"{TITLES[better]} is better than {TITLES[other]}"
        for claim, measure, unit in (
            ("steady error, less", errors, ""),
            ("trials after a switch, fewer", recoveries, "trials"),
            ("slope, nearer to 1", _from_1, ""),
        ):
            add(group, claim, effect(measure(records, other) - measure(records, better)), unit)
    for rule in PROTOCOL.controls:
        for place in ("no_recurrence", "traces"):
            other = f"{rule}_{place}"
            claim = f"steady error of {TITLES[other]}, less {TITLES[rule]}"
            more = effect(errors(records, other) - errors(records, rule))
            add("the recurrent reservoir matters", claim, more)
    group = "what and when are nearer to orthogonal than with shuffled labels"
    for rule in LEARNING:
        true, shuffled = (
            np.array([record[name][rule] for record in records]) for name in ("angles", "shuffled")
        )
        for k, name in enumerate(("larger", "smaller")):
            more = effect(true[:, k] - shuffled[:, k])
            add(group, f"{TITLES[rule]}, {name} angle", more, "degrees")
    return claims


#: Which rule is said to be better than which.
_BETTER = (
    ("three_factor", "lms"),
    ("three_factor", "force_forgetting"),
    ("three_factor", "force_reset"),
    ("factored", "three_factor"),
)


def of_seeds(
    records: Sequence[Record], rule: str, measure: Callable[[Record], float], of: str = "rules"
) -> Floats:
    """A measure of what each seed has of a rule, (seeds,)."""
    return np.array([measure(record[of][rule]) for record in records])


def errors(records: Sequence[Record], rule: str, of: str = "rules") -> Floats:
    """Steady error of each seed before any switch."""
    return of_seeds(records, rule, lambda m: _mean(m, "steady"), of)


def recoveries(records: Sequence[Record], rule: str, of: str = "rules") -> Floats:
    """Trials after a switch, of each seed the mean of all kinds."""
    return of_seeds(records, rule, lambda m: _mean(m, "recovery"), of)


def _mean(measured: Record, name: str) -> float:
    return float(np.mean([measured[kind][name] for kind in SWITCHED]))


def _from_1(records: Sequence[Record], rule: str) -> Floats:
    return of_seeds(records, rule, lambda measured: abs(measured["slope"] - 1))
