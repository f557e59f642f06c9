"""Many samples side by side: the same states as one after another, bit for bit."""

import platform
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm.neurons import LIF_ALPHA, LIF_EI, NeuronModel
from lsm.reservoir import Reservoir
from lsm.simulation import compilations, engine, programs, simulate
from lsm.simulation.job import Job
from lsm.spikes import SpikeTrains
from lsm.states import (
    FilteredTraces,
    MembranePotentials,
    SpikeCounts,
    SpikeTiming,
    TimeBins,
    make_state,
)
from lsm.topology import InputWiring, MatrixInputs, ShortTermPlasticity
from tests.lsm.liquids import WIRING, liquid, samples

STATES = [
    *(SpikeCounts(), TimeBins(4), FilteredTraces((3.0, 40.0)), MembranePotentials()),
    SpikeTiming(("proportion", "first", "last", "silence"), at=(0.3, 1.0)),
    make_state("first+traces:9+bins:3+potentials@0.5"),
]
#: A reset that has to wait until spikes have arrived: it takes away what they add.
EMPTIED = NeuronModel.from_equations(
    "emptied",
    "dv/dt = (I*R - v)/tau : volt\n dI/dt = -I/tau_s : amp",
    parameters={"tau": (10, "ms"), "tau_s": (5, "ms"), "R": (0.04, "Gohm")},
    threshold="v > 8*mV",
    reset="v = 0*mV\nI = 0.5*I",
    method="exact",
)


def one_after_another(monkeypatch):
    monkeypatch.setattr(engine, "WIDE_SAMPLES", 10**9)


def test_chunks_of_few_numbers_are_merged(monkeypatch):
    spikes = samples(0, [20] * 640)
    jobs = []

    def listen(job):
        jobs.append(len(job.spikes))
        return run(job)

    run = engine.Job.run
    monkeypatch.setattr(engine.Job, "run", listen)
    monkeypatch.setattr(engine, "CHUNK_STEPS", 20)
    lengths = {}
    for small in (engine.SMALL_CHUNK, 1):
        monkeypatch.setattr(engine, "SMALL_CHUNK", small)
        jobs.clear()
        lengths[small] = (simulate(liquid(0), spikes).tobytes(), len(jobs))
    (merged, few), (apart, many) = lengths.values()
    assert merged == apart
    assert 1 < few < many <= 10


def both_forms(reservoirs, spikes, **options):
    """States of samples side by side, and one after another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WIDE_SAMPLES", 1)
        side_by_side = simulate(reservoirs, spikes, **options)
        one_after_another(patch)
        return side_by_side, simulate(reservoirs, spikes, **options)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**20),
    n=st.sampled_from([1, 7, 40, 101]),
    liquids=st.integers(1, 9),
    durations=st.lists(st.integers(1, 60), min_size=1, max_size=140),
    delays=st.sampled_from(
        [
            {"delay_ms": 1.0},
            {"delay_ms": 0.0},
            {"delay_ms": (1.0, 2.0, 5.0, 9.0)},
            {"delay_ms": (1.0, 70.0, 3.0, 1.0)},
            {"delay_ms": (1.0, 2.0, 5.0, 9.0), "velocity": 0.2},
        ]
    ),
    state=st.sampled_from(STATES),
    dt_ms=st.sampled_from([1.0, 0.5]),
)
def test_both_forms_give_the_same_states(seed, n, liquids, durations, delays, state, dt_ms):
    wiring = replace(WIRING, **delays)
    reservoirs = [liquid(seed + k, n=n, wiring=wiring) for k in range(liquids)]
    spikes = samples(seed, durations)
    wide, narrow = both_forms(reservoirs, spikes, state=state, dt_ms=dt_ms)
    np.testing.assert_array_equal(wide, narrow)


def pulsing(model):
    """A liquid of a model of one's own, whose neurons don't differ."""
    return Reservoir.random(
        60, random_state=2, model=model, inputs=InputWiring(weight_pA=900.0, neurons="all")
    )


@pytest.mark.parametrize(
    "liquids",
    [
        [liquid(seed, n=60, model=LIF_ALPHA, noise_pA=150.0) for seed in range(3)],
        [liquid(seed, n=60, short_term=ShortTermPlasticity()) for seed in range(3)],
        [pulsing(LIF_EI)],
        [pulsing(EMPTIED)],
    ],
    ids=["noise", "short-term plasticity", "two targets", "a reset of currents"],
)
def test_models_of_each_kind_are_the_same_in_both_forms(liquids):
    spikes = samples(3, [40, 31, 12, 55] * 25)
    for state in STATES:
        wide, narrow = both_forms(liquids, spikes, state=state)
        assert np.ptp(wide) > 0
        np.testing.assert_array_equal(wide, narrow)


def test_delays_beyond_what_is_kept_to_be_pulled_are_the_same():
    wiring = replace(WIRING, delay_ms=(1.0, 1000.0, 20.0, 2000.0))
    reservoir = liquid(1, n=300, wiring=wiring)
    wide, narrow = both_forms(reservoir, samples(2, [60] * 70))
    assert wide.sum() > 10_000
    np.testing.assert_array_equal(wide, narrow)


def test_the_numpy_target_gives_the_same_as_samples_side_by_side():
    inputs = MatrixInputs(
        np.random.default_rng(0).normal(300, 200, (4, 30)), np.arange(120.0).reshape(4, 30) % 23
    )
    wiring = replace(WIRING, delay_ms=(1.0, 2.0, 5.0, 9.0))
    reservoir = liquid(4, n=30, wiring=wiring, inputs=inputs)
    spikes = samples(5, [20, 31, 7] * 9)
    assert len(spikes) >= engine.WIDE_SAMPLES
    for state in ("counts", "traces:9,1e9+bins:3+proportion+first+last+silence+variables:u,I"):
        wide, numpy = (
            simulate(reservoir, spikes, state=state, target=target) for target in ("cpp", "numpy")
        )
        assert wide.sum() > 100
        np.testing.assert_array_equal(wide, numpy)


def test_no_program_is_built_for_rates_samples_or_jobs():
    reservoir = liquid(1, n=40)
    simulate(reservoir, samples(1, [20]))
    before = compilations()
    for duration, number in ((20, 1), (20, 30), (3, 200), (90, 65)):
        simulate(reservoir, samples(2, [duration] * number), n_jobs=2)
    assert compilations() == before


@pytest.mark.skipif(platform.machine() != "x86_64", reason="instructions of other processors")
@pytest.mark.parametrize("less", ["-mno-avx512f", "-mno-avx"])
def test_programs_of_lesser_processors_give_the_same_states(less, monkeypatch):
    wiring = replace(WIRING, delay_ms=(1.0, 2.0, 5.0, 9.0))
    reservoirs = [liquid(seed, n=60, wiring=wiring) for seed in range(2)]
    spikes = samples(6, [40, 22] * 60)
    best = simulate(reservoirs, spikes)
    monkeypatch.setattr(programs, "FLAGS", [*programs.FLAGS, less])
    np.testing.assert_array_equal(simulate(reservoirs, spikes), best)


def dense_samples(seed, durations, n_channels, *, times=lambda step, channel: step):
    """Samples in whose every step half of the channels fire, at times that may depend on both."""
    rng = np.random.default_rng(seed)
    parts = []
    for duration in durations:
        step, channel = np.nonzero(rng.random((duration, n_channels)) < 0.5)
        parts.append((times(step, channel).astype(float), channel))
    trains, channels = (np.concatenate(values) for values in zip(*parts, strict=True))
    offsets = np.cumsum([0, *(len(channel) for _, channel in parts)])
    return SpikeTrains(trains, channels, offsets, np.array(durations, float), n_channels)


def is_dense(spikes):
    """Whether the wide form takes spikes for dense input."""
    steps = {"event_step": spikes.steps(1.0), "sample_steps": spikes.n_steps(1.0)}
    job = Job(*(None,) * 3, spikes, *(None,) * 3, 1.0, False)
    return job._is_dense(steps)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**20),
    n=st.sampled_from([1, 40, 101]),
    n_channels=st.integers(1, 9),
    durations=st.lists(st.integers(1, 60), min_size=1, max_size=140),
    longest_ms=st.sampled_from([0, 1, 7, 80]),
)
def test_dense_input_is_the_same_in_both_forms(seed, n, n_channels, durations, longest_ms):
    rng = np.random.default_rng(seed)
    weights = rng.normal(0, 400, (n_channels, n)) * (rng.random((n_channels, n)) < 0.6)
    delays = rng.integers(0, longest_ms + 1, weights.shape).astype(float)
    reservoir = liquid(seed, n=n, inputs=MatrixInputs(weights, delays))
    spikes = dense_samples(seed, durations, n_channels)
    for state in (SpikeCounts(), MembranePotentials()):
        np.testing.assert_array_equal(*both_forms(reservoir, spikes, state=state))


def test_input_is_dense_where_many_lanes_hear_each_channel_once_and_in_order():
    durations = [30] * 40
    assert is_dense(dense_samples(0, durations, 5))
    later_first = dense_samples(
        0, durations, 5, times=lambda step, channel: step + 0.9 - channel / 10
    )
    assert not is_dense(later_first)
    twice = dense_samples(0, durations, 5, times=lambda step, channel: step // 2)
    assert not is_dense(twice)
    assert not is_dense(samples(0, durations, n_channels=200))
