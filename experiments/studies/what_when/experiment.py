"""A trial is a seed; all seeds are judged together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial
from experiments.lab.options import plain
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.what_when import figures
from experiments.studies.what_when.claims import TITLES, errors, judge
from experiments.studies.what_when.seed import STEPS, measure
from experiments.studies.what_when.settings import PROTOCOL, SOON, SWITCHED, WhatWhenSettings
from tasks.what_when import T_MS, WIDTH_MS

_SHOWN = ("three_factor", "factored")


class WhatWhen(Experiment[WhatWhenSettings]):
    """All rules, on the states of one reservoir a seed."""

    def identity(self) -> dict[str, Any]:
        """Sizes, and the numbers that all seeds share."""
        return {
            "neurons": self.settings.neurons,
            "trials": self.settings.trials,
            "width_ms": WIDTH_MS,
            "every_ms": float(T_MS[0]),
            "end_ms": float(T_MS[-1]),
            **{name: plain(value) for name, value in PROTOCOL._asdict().items()},
        }

    def trials(self) -> list[Trial]:
        """A trial for each seed."""
        return [Trial(seed, steps=STEPS) for seed in self.settings.all_seeds]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train all rules on the states of the seed's reservoir."""
        return measure(self.settings, trial.seed, tick)

    def summarise(self, records: Done) -> Summary:
        """Means of each rule over seeds, the verdicts, and angles of what and when."""
        seeds = list(records.values())
        return {
            "seeds": list(self.settings.all_seeds),
            "rules": {rule: _means(seeds, rule) for rule in TITLES},
            "claims": judge(seeds),
            "angles": {
                name: {rule: _mean([each[name][rule] for each in seeds]) for rule in seeds[0][name]}
                for name in ("angles", "shuffled")
            },
            "random_angles": _mean([each["random_angles"] for each in seeds]),
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Outputs, amplitudes, switches, what speed costs, and angles."""
        seeds, trials = list(records.values()), self.settings.trials
        return {
            **{f"outputs_{rule}": partial(figures.outputs, seeds[0], rule) for rule in _SHOWN},
            "amplitudes": partial(figures.amplitudes, seeds),
            "switches": partial(figures.switches, seeds, trials),
            "tension": partial(figures.tension, seeds, trials),
            "angles": partial(figures.angles, seeds),
        }


def _means(records: Sequence[Record], rule: str) -> dict[str, Any]:
    """Means over seeds of a rule; how many ran away."""
    measured = [record["rules"][rule] for record in records]
    return {
        "slope": _mean([each["slope"] for each in measured]),
        "peak_off_ms": _mean([each["peak_off_ms"] for each in measured]),
        "steady": float(errors(records, rule).mean()),
        "recovery": {
            kind: _mean([each[kind]["recovery"] for each in measured]) for kind in SWITCHED
        },
        "moved": _mean([_soon_moved(each[kind]) for each in measured for kind in SWITCHED]),
        "diverged": sum(each["diverged"] is not None for each in measured),
    }


def _soon_moved(measured: Record) -> float:
    """How far outputs have come at the end of the trials that are asked for."""
    return float(np.array(measured["moved"])[:, SOON - PROTOCOL.smoothed : SOON].mean())


def _mean(values: Sequence[Any]) -> Any:
    return np.mean(values, axis=0).tolist()
