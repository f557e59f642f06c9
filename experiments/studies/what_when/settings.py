"""Options of ``what_when.py``, and the numbers that were chosen on other seeds than its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.lab.options import Settings, option

#: Probabilities of outcome A; a switch turns p into 1 - p.
PROBABILITIES = (0.1, 0.3, 0.5, 0.7, 0.9)
#: From the cue's end.
LATENCIES_MS = (300.0, 600.0)
#: Probabilities with which the latency is switched.
PROBABILITIES_OF_LATENCY = (0.5, 0.9)
#: Of the cue in which the subspaces are compared: one cue announces A so often, the other B.
CUED = 0.9
#: Standard deviation of the bump that a readout should say.
WIDTH_MS = 40.0
#: Readings of the state, from one to the next; the last is this long after the cue.
EVERY_MS = 10.0
END_MS = 740.0
#: Trials before any outcome, from which each neuron's mean and the states' scale are taken.
UNLABELLED = 20
#: What a rule must come back to, relative to its steady error, and in how many trials.
NEAR, SOON = 1.1, 20
#: Trials over which the errors of single trials are averaged.
SMOOTHED = 5

#: Rates and strengths, chosen on seeds 100 to 102: of those that came back from switches in some 20
#: trials the one with the least steady error. Without a reset no strength did; 1 errs least.
LEARNING: dict[str, dict[str, float]] = {
    "three_factor": {"learning_rate": 0.25, "floor": 0.1},
    "lms": {"learning_rate": 0.1},
    "force": {"alpha": 1.0},
    "force_reset": {"alpha": 1.0},
    "force_forgetting": {"alpha": 1.0, "forgetting": 0.997},
    "factored": {"learning_rate": 0.3, "floor": 0.1, "what_rate": 0.05, "consolidation": 0.2},
}
#: Rules that learn without recurrent synapses, and from traces of the cue alone.
CONTROLS: dict[str, dict[str, float]] = {
    "lms": {"learning_rate": 0.003},
    "force_reset": {"alpha": 1.0},
}
#: Learning rates of plain LMS that show what fast adaptation costs.
RATES = (0.02, 0.04, 0.1, 0.2, 0.4)


@dataclass(frozen=True, kw_only=True)
class WhatWhenSettings(Settings):
    """Options of ``what_when.py``."""

    seed: int = option(0, "the first seed ({default})", least=0)
    seeds: int = option(
        10, "repetitions with other reservoirs, cues and outcomes ({default})", least=1, quick=1
    )
    neurons: int = option(500, "of a reservoir ({default})", least=20, quick=60)
    # In a block of fewer trials, what never comes back would count as back soon.
    trials: int = option(
        100,
        "of a block; there are three, with a switch between ({default})",
        least=SOON + 1,
        quick=SOON + 1,
    )
    out: Path = option(Path("results/what_when"), "folder of the results ({default})")

    @property
    def all_seeds(self) -> range:
        """Seeds of the reservoirs."""
        return range(self.seed, self.seed + self.seeds)

    def identity(self) -> dict[str, Any]:
        """What a record depends on beside its key, ready for JSON."""
        return {
            "neurons": self.neurons,
            "trials": self.trials,
            "probabilities": list(PROBABILITIES),
            "probabilities_of_latency": list(PROBABILITIES_OF_LATENCY),
            "latencies_ms": list(LATENCIES_MS),
            "cued": CUED,
            "width_ms": WIDTH_MS,
            "every_ms": EVERY_MS,
            "end_ms": END_MS,
            "unlabelled": UNLABELLED,
            "near": NEAR,
            "smoothed": SMOOTHED,
            "learning": LEARNING,
            "controls": CONTROLS,
            "rates": list(RATES),
        }
