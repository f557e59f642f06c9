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
from lsm.states import FilteredTraces, MembranePotentials, SpikeCounts, TimeBins
from lsm.topology import InputWiring, MatrixInputs, ShortTermPlasticity
from tests.lsm.liquids import WIRING, liquid, samples

STATES = [SpikeCounts(), TimeBins(4), FilteredTraces((3.0, 40.0)), MembranePotentials()]
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
    wide, numpy = (simulate(reservoir, spikes, target=target) for target in ("cpp", "numpy"))
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
