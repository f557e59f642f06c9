"""All that one seed gives: a reservoir, its states, and what each rule makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from experiments.studies.what_when import measures
from experiments.studies.what_when.rules import Learned, Stream, learn
from experiments.studies.what_when.settings import (
    CONTROLS,
    CUED,
    LATENCIES_MS,
    LEARNING,
    PROBABILITIES,
    PROBABILITIES_OF_LATENCY,
    RATES,
    UNLABELLED,
    WhatWhenSettings,
)
from experiments.studies.what_when.states import (
    cue_traces,
    cued,
    reservoir_states,
    sample_reservoir,
)
from tasks.what_when import Schedule

Floats = NDArray[np.float64]

#: What is switched, in the order of the streams.
SWITCHED = ("probability", "latency")
#: Steps of :func:`measure`, for a bar.
STEPS = 3 + len(LEARNING) + 2 * len(CONTROLS) + len(RATES) + len(LEARNING)


def schedules(trials: int) -> dict[str, list[Schedule]]:
    """There and back again, by what is switched."""
    return {
        "probability": [
            Schedule((p, 1 - p, p), (latency,) * 3, trials)
            for latency in LATENCIES_MS
            for p in PROBABILITIES
        ],
        "latency": [
            Schedule((p,) * 3, (first, other, first), trials)
            for first, other in (LATENCIES_MS, LATENCIES_MS[::-1])
            for p in PROBABILITIES_OF_LATENCY
        ],
    }


def measure(settings: WhatWhenSettings, seed: int, tick: Callable[[str], object]) -> dict[str, Any]:
    """The record of a seed, ready for JSON; `tick` is called as work goes on, with what is next."""
    drawn, templates, heard, outcomes, cues, heard_too, labels, planes = SeedSequence(seed).spawn(8)
    kinds = schedules(settings.trials)
    plans = [schedule for kind in SWITCHED for schedule in kinds[kind]]
    rng = np.random.default_rng(outcomes)
    streams = [Stream.of(plan, rng) for plan in plans]

    tick("reservoir")
    reservoir = sample_reservoir(settings.neurons, drawn)
    spikes = cued([0] * (UNLABELLED + len(plans[0])), templates, heard)
    states = reservoir_states(reservoir, spikes)[UNLABELLED:]
    tick("controls")
    without = {
        "no_recurrence": reservoir_states(
            sample_reservoir(settings.neurons, drawn, recurrent=False), spikes
        ),
        "traces": cue_traces(spikes),
    }
    found: dict[str, Any] = {"rules": {}, "rates": {}, "angles": {}, "shuffled": {}}
    for rule, options in LEARNING.items():
        tick(rule)
        found["rules"][rule] = _said(learn(rule, states, streams, options), plans, kinds)
    for place, seen in without.items():
        for rule, options in CONTROLS.items():
            tick(f"{rule}, {place}")
            learned = learn(rule, seen[UNLABELLED:], streams, options)
            found["rules"][f"{rule}_{place}"] = _said(learned, plans, kinds)
    for rate in RATES:
        tick(f"lms at {rate:g}")
        learned = learn("lms", states, streams, {"learning_rate": rate})
        found["rates"][f"{rate:g}"] = _adapts(learned, plans, kinds)

    tick("two cues")
    number = 2 * settings.trials
    which = np.random.default_rng(cues).permutation(np.arange(number) % 2)
    spikes = cued([0] * UNLABELLED + which.tolist(), templates, heard_too)
    states = reservoir_states(reservoir, spikes)[UNLABELLED:]
    streams = announced(which, np.random.default_rng(labels))
    for rule, options in LEARNING.items():
        tick(f"{rule}, two cues")
        learned = learn(rule, states, streams, options)
        found["angles"][rule] = measures.angles(learned, slice(0, 2))
        found["shuffled"][rule] = measures.angles(learned, slice(2, 4))
    found["random_angles"] = measures.random_angles(settings.neurons, np.random.default_rng(planes))
    return found


def announced(which: NDArray[np.int64], rng: np.random.Generator) -> list[Stream]:
    """One cue announces A, the other B, at each latency; then the same labels in random order.

    The order is one of outcomes and latencies of both, so that a cue says nothing of either.
    """
    a = np.where(which == 0, CUED, 1 - CUED)
    streams = []
    for latency in LATENCIES_MS:
        came = rng.random(len(which)) < a
        outcomes = np.stack([came, ~came], axis=1).astype(np.float64)
        streams.append(Stream(outcomes, np.full(len(which), latency)))
    outcomes = np.concatenate([stream.outcomes for stream in streams])
    latencies = np.concatenate([stream.latency_ms for stream in streams])
    order = rng.permutation(len(outcomes)).reshape(2, -1)
    return [*streams, *(Stream(outcomes[some], latencies[some]) for some in order)]


def _said(
    learned: Learned, plans: Sequence[Schedule], kinds: Mapping[str, Sequence[Schedule]]
) -> dict[str, Any]:
    """Measures of a rule, and what pictures show."""
    blocks = [
        measures.steady(said, plan) for said, plan in zip(learned.outputs, plans, strict=True)
    ]
    n = len(kinds["probability"])
    steady = [block for stream in blocks[:n] for block in stream]
    every = [block for stream in blocks for block in stream]
    late = max(abs(block["peak_ms"] - block["latency_ms"]) for block in every)
    return _adapts(learned, plans, kinds) | {
        "slope": measures.slope(steady),
        "peak_off_ms": late,
        "diverged": learned.diverged,
        "blocks": [{k: v for k, v in block.items() if k != "mean"} for block in every],
        "means": [np.round(stream[0]["mean"], 4).tolist() for stream in blocks[:n]],
        "trials": np.round(learned.outputs[:n, plans[0].trials - 1], 4).tolist(),
    }


def _adapts(
    learned: Learned, plans: Sequence[Schedule], kinds: Mapping[str, Sequence[Schedule]]
) -> dict[str, Any]:
    """Errors over trials, steady ones and recovery, by what is switched; and the way moved.

    A probability of a half has no switch, and no part in this.
    """
    found: dict[str, Any] = {}
    start = 0
    for kind, some in kinds.items():
        pairs = [
            (said, plan)
            for said, plan in zip(learned.outputs[start : start + len(some)], some, strict=True)
            if len({*zip(plan.probabilities, plan.latencies_ms, strict=True)}) > 1
        ]
        start += len(some)
        curve = np.mean([measures.errors(*pair) for pair in pairs], axis=0)
        level, trials = measures.recovery(curve, plans[0].trials)
        found[kind] = {
            "errors": np.round(curve, 5).tolist(),
            "steady": level,
            "recovery": trials,
            "moved": np.round(
                np.mean([measures.moved(*pair) for pair in pairs], axis=0), 4
            ).tolist(),
        }
    return found
