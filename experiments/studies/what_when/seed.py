"""All that one seed gives: a reservoir, its states, and what each rule makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from scipy.linalg import subspace_angles

from experiments.studies.what_when import settings as numbers
from experiments.studies.what_when.settings import LEARNING, PROTOCOL, WhatWhenSettings
from lsm import SpikeTrains
from tasks import what_when
from tasks.what_when import Learned, Schedule, learn, reservoir_states, sample_reservoir

#: What is switched and when, in the order of the streams.
Plans = Sequence[tuple[str, Schedule]]

#: Steps of :func:`measure`, for a bar.
STEPS = 3 + 2 * len(LEARNING) + 2 * len(PROTOCOL.controls) + len(PROTOCOL.rates)


def schedules(trials: int) -> Plans:
    """There and back again."""
    return [
        *(
            ("probability", Schedule((p, 1 - p, p), (latency,) * 3, trials))
            for latency in PROTOCOL.latencies_ms
            for p in PROTOCOL.probabilities
        ),
        *(
            ("latency", Schedule((p,) * 3, (first, other, first), trials))
            for first, other in (PROTOCOL.latencies_ms, PROTOCOL.latencies_ms[::-1])
            for p in PROTOCOL.probabilities_of_latency
        ),
    ]


def measure(settings: WhatWhenSettings, seed: int, tick: Callable[[str], object]) -> dict[str, Any]:
    """The record of a seed, ready for JSON; `tick` is called as work goes on, with what is next."""
    drawn, templates, jitter, outcomes, *of_two_cues, planes = SeedSequence(seed).spawn(8)
    plans, rng = schedules(settings.trials), np.random.default_rng(outcomes)
    streams = [plan.stream(rng) for _, plan in plans]
    n = PROTOCOL.unlabelled

    def cued(cues: list[int], jitter: SeedSequence) -> SpikeTrains:
        return what_when.cue_spikes([0] * n + cues, templates=templates, random_state=jitter)

    tick("reservoir")
    reservoir = sample_reservoir(settings.neurons, random_state=drawn)
    spikes = cued([0] * len(plans[0][1]), jitter)
    states = reservoir_states(reservoir, spikes, unlabelled=n)
    tick("controls")
    alone = sample_reservoir(settings.neurons, recurrent=False, random_state=drawn)
    without = {
        "no_recurrence": reservoir_states(alone, spikes, unlabelled=n),
        "traces": what_when.scaled(what_when.cue_traces(spikes, numbers.TRACES_MS), unlabelled=n),
    }
    runs = {rule: (rule, states, options) for rule, options in LEARNING.items()}
    for place, features in without.items():
        for rule, options in PROTOCOL.controls.items():
            runs[f"{rule}_{place}"] = rule, features, options
    record: dict[str, Any] = {"rules": {}, "rates": {}, "angles": {}, "shuffled": {}}
    for name, (rule, features, options) in runs.items():
        tick(name)
        learned = learn(rule, features[n:], streams, **options)
        record["rules"][name] = _measured(learned, plans)
    for rate in PROTOCOL.rates:
        tick(f"lms at {rate:g}")
        learned = learn("lms", states[n:], streams, learning_rate=rate)
        record["rates"][f"{rate:g}"] = _adapts(learned, plans)

    tick("two cues")
    cues, jitter, labels = of_two_cues
    which = np.random.default_rng(cues).permutation(np.arange(2 * settings.trials) % 2)
    states = reservoir_states(reservoir, cued(which.tolist(), jitter), unlabelled=n)[n:]
    streams = what_when.announced(
        which, latencies_ms=PROTOCOL.latencies_ms, p=PROTOCOL.cued, random_state=labels
    )
    for rule, options in LEARNING.items():
        tick(f"{rule}, two cues")
        learned = learn(rule, states, streams, **options)
        record["angles"][rule] = what_when.angles(learned, slice(0, 2))
        record["shuffled"][rule] = what_when.angles(learned, slice(2, 4))
    random = np.random.default_rng(planes).standard_normal((2, settings.neurons, 2))
    record["random_angles"] = np.degrees(subspace_angles(*random)).tolist()
    return record


def _measured(learned: Learned, plans: Plans) -> dict[str, Any]:
    """Measures of a rule, and what pictures show."""
    runs = zip(learned.outputs, plans, strict=True)
    blocks = [(kind, what_when.steady(outputs, plan)) for outputs, (kind, plan) in runs]
    every = [block for _, stream in blocks for block in stream]
    shown = [stream for kind, stream in blocks if kind == "probability"]
    return _adapts(learned, plans) | {
        "slope": what_when.slope([block for stream in shown for block in stream]),
        "peak_off_ms": max(abs(block["peak_ms"] - block["latency_ms"]) for block in every),
        "diverged": learned.diverged,
        "blocks": [{k: v for k, v in block.items() if k != "mean"} for block in every],
        "means": [np.round(stream[0]["mean"], 4).tolist() for stream in shown],
        "trials": np.round(learned.outputs[: len(shown), plans[0][1].trials - 1], 4).tolist(),
    }


def _adapts(learned: Learned, plans: Plans) -> dict[str, Any]:
    """Errors over trials, steady ones and recovery, by what is switched; and the way moved.

    A probability of a half has no switch, and no part in this.
    """
    adapted = {}
    for switched in numbers.SWITCHED:
        pairs = [
            (outputs, plan)
            for outputs, (kind, plan) in zip(learned.outputs, plans, strict=True)
            if kind == switched and plan.varies
        ]
        curve = np.mean([what_when.errors(*pair) for pair in pairs], axis=0)
        way = np.mean([what_when.moved(*pair) for pair in pairs], axis=0)
        level, back = what_when.recovery(
            curve, pairs[0][1].trials, factor=PROTOCOL.near, smoothed=PROTOCOL.smoothed
        )
        adapted[switched] = {
            "errors": np.round(curve, 5).tolist(),
            "steady": level,
            "recovery": back,
            "moved": np.round(way, 4).tolist(),
        }
    return adapted
