"""Calls with units of tasks and evolution."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.io import wavfile

import tasks
from evolution import GenomeSpace, Judge, LiquidEvolution, Recipe
from lsm import metrics
from tasks import what_when
from tasks.aeon_sets import aeon_set
from tasks.bits import delayed_match, parity
from tasks.cognitive import make_trials
from tasks.copying import copying
from tasks.events import pooled_spikes
from tasks.evidence import evidence
from tasks.in_a_row import sample_gaps
from tasks.txor import temporal_xor
from tasks.what_when import Schedule, Stream, bumps, cue_spikes, cue_traces
from tests.units.given import DT, EVENTS, RANGES, SINE, SPIKES, Case, reservoir


def read_a_second(**given):
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.wav")
        wavfile.write(path, 16000, np.ones(16000, np.float32))
        return tasks.read_wav(path, resample=True, **given)


def _judged(**given):
    halves = np.array([0, 2]), np.array([1, 3])
    judge = Judge(
        SPIKES, np.array([0, 0, 1, 1]), train_samples=halves[0], fitness_samples=halves[1], **given
    )
    return judge.dt_ms, judge.fitness([reservoir()])


def _evolved(**given):
    model = LiquidEvolution(neurons=8, population=3, generations=0, random_state=0, **given)
    spikes = metrics.poisson_spikes(12, 3, rate_Hz=100.0, duration_ms=40.0, random_state=0)
    return model.fit(spikes, np.arange(12) % 2).logbook_


READINGS = {"t_ms": np.arange(1.0, 5.0), "width_ms": 2.0}
PLAN = Schedule((0.9, 0.1), (2.0, 2.0), 2)
CUED = cue_spikes([0] * 3, after_ms=20, templates=0, random_state=0)
OUTPUTS = np.random.default_rng(0).random((4, 4, 2))


CASES: dict[str, Case] = {
    "tasks.ForceSettings": Case(
        lambda **given: tasks.ForceSettings(G=1.0, Q=1.0, p0=1.0, time_unit="s", every=2, **given),
        {
            "dt_ms": 0.5,
            "learn_ms": (5.0, 10.0),
            "duration_ms": 20.0,
            "neuron": {"b_nS": 2.0, "a_per_ms": 0.5},
        },
    ),
    "tasks.Target": Case(
        lambda **given: tasks.Target("sine", SINE, task=tasks.TARGETS["sine"], **given), DT
    ),
    "tasks.TargetTask": Case(
        lambda **given: tasks.TargetTask(len, "sine", "here", **given), {"period_ms": 200.0}
    ),
    "tasks.TaskKind": Case(
        lambda **given: tasks.TaskKind(make=dict, **given).rate_Hz, {"rate_Hz": 80.0}
    ),
    "tasks.Task": Case(
        lambda **given: (
            tasks.Task(
                "four", SPIKES, np.arange(4), *map(np.array, ([0, 1], [2], [3])), **given
            ).step_ms
        ),
        {"step_ms": 2.0},
    ),
    "tasks.bits.parity": Case(
        lambda **given: parity(0, n_bits=2, samples_per_class=4, **given).spikes, {"gap_ms": 20.0}
    ),
    "tasks.bits.delayed_match": Case(
        lambda **given: delayed_match(0, n_bits=1, samples_per_class=4, **given).spikes,
        {"delay_ms": 20.0},
    ),
    "tasks.copying.copying": Case(
        lambda **given: copying(0, n_symbols=2, samples_per_class=4, **given).spikes,
        {"delay_ms": 20.0},
    ),
    "tasks.evidence.evidence": Case(
        lambda **given: evidence(0, samples_per_class=4, **given).spikes, {"delay_ms": 20.0}
    ),
    "tasks.make_target": Case(
        lambda **given: tasks.make_target("sine", **given), DT | {"duration_ms": 40.0}
    ),
    "tasks.timing_inputs": Case(
        lambda **given: tasks.timing_inputs(n_channels=3, **given).toarray(),
        {"times_ms": np.arange(5.0), "period_ms": 12.0},
    ),
    "tasks.txor.temporal_xor": Case(
        lambda **given: temporal_xor(0, samples_per_class=4, **given).spikes, {"gap_ms": 20.0}
    ),
    "tasks.aeon_sets.aeon_set": Case(
        lambda **given: aeon_set("UnitTest", 0, samples_per_class=4, **given).spikes,
        {"step_ms": 20.0},
    ),
    "tasks.in_a_row.sample_gaps": Case(
        lambda **given: sample_gaps(n=3, rng=np.random.default_rng(0), **given),
        {"gap_ms": (20.0, 40.0)},
    ),
    "tasks.events.pooled_spikes": Case(
        lambda **given: pooled_spikes([("one", EVENTS[0])], sensor_size=(2, 1, 1), pool=1, **given),
        {"bin_ms": 2.0, "duration_ms": 5.0},
    ),
    "tasks.what_when.Schedule": Case(
        lambda **given: Schedule(probabilities=(0.5, 0.6), trials=3, **given),
        {"latencies_ms": (300.0, 600.0)},
    ),
    "tasks.what_when.bumps": Case(
        lambda **given: bumps(np.ones((2, 1)), **given),
        {"latency_ms": np.array([3.0, 4.0]), "t_ms": np.arange(5.0), "width_ms": 2.0},
    ),
    "tasks.what_when.cue_spikes": Case(
        lambda **given: cue_spikes([0, 1], templates=0, random_state=0, **given),
        {"after_ms": 50.0},
    ),
    "tasks.what_when.cue_traces": Case(
        lambda **given: cue_traces(SPIKES, **given),
        {"taus_ms": (20.0, 60.0), "t_ms": np.arange(5.0)},
    ),
    "tasks.what_when.Schedule.expectation": Case(PLAN.expectation, READINGS),
    "tasks.what_when.Stream": Case(
        lambda **given: Stream(np.ones((2, 2)), **given), {"latency_ms": np.array([3.0, 4.0])}
    ),
    "tasks.what_when.Stream.targets": Case(PLAN.stream(0).targets, READINGS),
    "tasks.what_when.announced": Case(
        lambda **given: what_when.announced([0, 1], p=0.9, random_state=0, **given),
        {"latencies_ms": (3.0, 4.0)},
    ),
    "tasks.what_when.errors": Case(partial(what_when.errors, OUTPUTS, PLAN), READINGS),
    "tasks.what_when.learn": Case(
        lambda **given: (
            what_when.learn("lms", OUTPUTS, [PLAN.stream(0)], learning_rate=0.1, **given).outputs
        ),
        READINGS,
    ),
    "tasks.what_when.reservoir_states": Case(
        lambda **given: what_when.reservoir_states(
            reservoir(),
            cue_spikes([0] * 3, after_ms=20, templates=0, random_state=0),
            unlabelled=2,
            **given,
        ),
        {"t_ms": (10.0, 20.0)},
    ),
    "tasks.what_when.moved": Case(partial(what_when.moved, OUTPUTS, PLAN), READINGS),
    "tasks.what_when.steady": Case(
        partial(what_when.steady, OUTPUTS, PLAN), {"t_ms": READINGS["t_ms"]}
    ),
    "tasks.cognitive.Trials.correct": Case(
        lambda **given: make_trials("xor", 3, random_state=0).correct(np.ones((3, 1600)), **given),
        {"step_ms": 1.0},
    ),
    "tasks.read_wav": Case(read_a_second, {"rate_Hz": 8000.0}),
    "evolution.Judge": Case(_judged, DT),
    "evolution.LiquidEvolution": Case(_evolved, DT),
    "evolution.GenomeSpace": Case(
        lambda **given: GenomeSpace(4, box=(3.0, 3.0), **given), {"ranges": RANGES}
    ),
    "evolution.Recipe": Case(
        lambda **given: Recipe(**given).reservoir(
            Recipe(RANGES).space(6).random(np.random.default_rng(0))
        ),
        {"ranges": RANGES, "parameters": {"c_m_pF": 300.0}, "rate_Hz": 40.0},
    ),
    "evolution.Recipe.calibrated": Case(
        lambda **given: Recipe(RANGES, rate_Hz=40.0).calibrated(
            SPIKES, genome=Recipe(RANGES).space(12).random(np.random.default_rng(0)), **given
        ),
        DT,
    ),
}
