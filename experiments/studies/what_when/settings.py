"""Options of ``what_when.py``, and the numbers that were chosen on other seeds than its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from experiments.lab.options import MOST_COUPLED, Settings, option

#: What is switched.
SWITCHED = ("probability", "latency")
#: Time constants of the control's traces of the cue, for each of its channels.
TRACES_MS = (20.0, 60.0, 200.0, 600.0)
#: In how many trials a rule must come back to its steady error.
SOON = 20


class Protocol(NamedTuple):
    """Numbers that all seeds share, and that a result depends on.

    Rates and strengths were chosen on seeds 100 to 102: of those that came back from switches in
    some 20 trials the one with the least steady error. Without a reset no strength did; 1 errs
    least.

    Attributes
    ----------
    probabilities : tuple of float
        Of outcome A; a switch turns p into 1 - p.
    latencies_ms : tuple of float
        From the cue's end.
    probabilities_of_latency : tuple of float
        With which the latency is switched.
    cued : float
        Of the cue in which the subspaces are compared: one cue announces A so often, the other B.
    unlabelled : int
        Trials before any outcome, from which each neuron's mean and the states' scale are taken.
    near : float
        What a rule must come back to, relative to its steady error.
    smoothed : int
        Trials over which the errors of single trials are averaged.
    learning : mapping
        Options of the rules.
    controls : mapping
        Those of rules that learn without recurrent synapses, and from traces of the cue alone.
    rates : tuple of float
        Learning rates of plain LMS that show what fast adaptation costs.
    """

    probabilities: tuple[float, ...] = (0.1, 0.3, 0.5, 0.7, 0.9)
    latencies_ms: tuple[float, float] = (300.0, 600.0)
    probabilities_of_latency: tuple[float, ...] = (0.5, 0.9)
    cued: float = 0.9
    unlabelled: int = 20
    near: float = 1.1
    smoothed: int = 5
    learning: Mapping[str, Mapping[str, float]] = {
        "three_factor": {"learning_rate": 0.25, "floor": 0.1},
        "lms": {"learning_rate": 0.1},
        "force": {"alpha": 1.0},
        "force_reset": {"alpha": 1.0},
        "force_forgetting": {"alpha": 1.0, "forgetting": 0.997},
        "factored": {
            "learning_rate": 0.3,
            "floor": 0.1,
            "what_rate": 0.05,
            "consolidation": 0.2,
        },
    }
    controls: Mapping[str, Mapping[str, float]] = {
        "lms": {"learning_rate": 0.003},
        "force_reset": {"alpha": 1.0},
    }
    rates: tuple[float, ...] = (0.02, 0.04, 0.1, 0.2, 0.4)


PROTOCOL = Protocol()
#: Options by rule.
LEARNING = PROTOCOL.learning


@dataclass(frozen=True, kw_only=True)
class WhatWhenSettings(Settings):
    """Options of ``what_when.py``."""

    seed: int = option(0, "the first seed ({default})", least=0)
    seeds: int = option(
        10, "repetitions with other reservoirs, cues and outcomes ({default})", least=1, quick=1
    )
    neurons: int = option(500, "of a reservoir ({default})", least=20, most=MOST_COUPLED, quick=60)
    # In a block of fewer trials, what never comes back would count as back soon.
    trials: int = option(
        100,
        "of a block; there are three, with a switch between ({default})",
        least=SOON + 1,
        quick=SOON + 1,
    )
    out: Path = option(Path("results/what_when"), "folder of the results ({default})")
