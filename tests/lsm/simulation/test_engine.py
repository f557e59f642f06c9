"""simulate and record: a sample stands alone, whatever runs beside it."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm.neurons import LIF_ALPHA
from lsm.simulation import chunks, record, simulate
from lsm.spikes import SpikeTrains
from lsm.states import FilteredTraces, SpikeCounts, TimeBins
from lsm.topology import DistanceWiring, InputWiring, NoWiring
from tests.lsm.liquids import liquid, one_sample, samples

DURATIONS = [30, 9, 40, 1, 22, 17, 33, 5, 28, 40, 13, 36]
#: Every spike by its own step: no sample has more steps than bins.
RASTER = TimeBins(bins=40)
# 150 neurons: six blocks, so that a lane plays several samples even for a single reservoir.
# One of the noisy ones has no noise: alone it runs in another program than beside the others.
KINDS = {
    "lif": [liquid(seed, n=150) for seed in range(3)],
    "lif_alpha, noise": [
        liquid(seed, n=150, model=LIF_ALPHA, noise_pA=noise)
        for seed, noise in enumerate([100.0, 0.0, 200.0])
    ],
}


@pytest.fixture(scope="module")
def spikes():
    """Samples of unequal length; one is empty, and the first two have the same start."""
    spikes = samples(11, DURATIONS)
    lists = spikes.to_lists()
    lists[4] = [[] for _ in lists[4]]
    lists[1] = [train[train < DURATIONS[1]] for train in lists[0]]
    return SpikeTrains.from_lists(lists, duration_ms=DURATIONS)


@pytest.fixture(scope="module")
def alone(spikes):
    """States of each sample alone in each reservoir alone, by kind of liquid."""
    return {
        kind: np.stack(
            [
                np.concatenate(
                    [simulate(r, spikes[i], state=RASTER)[0] for i in range(len(spikes))]
                )
                for r in reservoirs
            ]
        )
        for kind, reservoirs in KINDS.items()
    }


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(
    chosen=st.lists(st.integers(0, len(DURATIONS) - 1), min_size=1, max_size=30),
    neighbours=st.lists(st.integers(0, 2), min_size=1, max_size=8),
    chunk_steps=st.sampled_from([1, 40, 100, 100_000]),
    n_jobs=st.sampled_from([None, 2]),
)
def test_a_sample_stands_alone(kind, spikes, alone, chosen, neighbours, chunk_steps, n_jobs):
    reservoirs = [KINDS[kind][k] for k in neighbours]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_STEPS", chunk_steps)
        states = simulate(reservoirs, spikes[chosen], state=RASTER, n_jobs=n_jobs)
    np.testing.assert_array_equal(states, alone[kind][np.ix_(neighbours, chosen)])


@pytest.mark.parametrize(
    "state",
    ["counts", TimeBins(3), FilteredTraces((4.0, 60.0)), SpikeCounts(neurons="excitatory")],
    ids=repr,
)
def test_every_state_is_the_same_alone_and_among_others(state, spikes):
    reservoir = KINDS["lif"][0]
    together = simulate(reservoir, spikes, state=state)
    assert together.dtype == np.float32
    for i in range(len(spikes)):
        np.testing.assert_array_equal(
            simulate(reservoir, spikes[i], state=state)[0, 0], together[0, i]
        )


def test_shape_is_reservoirs_samples_features(spikes):
    assert simulate(KINDS["lif"][0], spikes).shape == (1, 12, 150)
    assert simulate(KINDS["lif"], spikes, state=TimeBins(4)).shape == (3, 12, 600)


def test_nothing_leaks_into_the_next_sample():
    # Every neuron fires at every step and sends its spikes 5 ms on, far over the threshold.
    busy = liquid(0, n=400, wiring=DistanceWiring(weight_pA=(1e5, 1e5, 0, 0), delay_ms=(5.0,) * 4))
    busy = busy.replace(parameters={"t_ref_ms": 0.0}, inputs=InputWiring(weight_pA=1e5))
    loud, empty = samples(1, [20], rate_per_ms=1), samples(1, [20], rate_per_ms=0)
    assert simulate(busy, loud).sum() > 4000
    order = [loud, empty] * 4
    spikes = SpikeTrains.from_lists([s.to_lists()[0] for s in order], duration_ms=20)
    states = simulate(busy, spikes)[0]
    assert np.all(states[1::2] == 0)
    assert np.all(states[::2] == states[0])


def test_neurons_that_fire_at_rest_stay_silent_when_their_lane_has_ended():
    # Threshold below rest: zero, the potential at a sample's start, is already above it.
    pacemakers = liquid(2, n=150, parameters={"v_threshold_mV": -72.0, "v_reset_mV": -80.0})
    spikes = samples(3, [200, 5, 6, 7, 8, 9])
    states = simulate(pacemakers, spikes, state="bins")
    for i in range(len(spikes)):
        np.testing.assert_array_equal(
            simulate(pacemakers, spikes[i], state="bins")[0, 0], states[0, i]
        )


def test_noise_depends_on_seed_and_content_of_the_sample():
    noisy = KINDS["lif_alpha, noise"][2]
    spikes = samples(5, [25, 25, 40])
    raster = simulate(noisy, spikes, state=RASTER)
    np.testing.assert_array_equal(simulate(noisy, spikes[:], state=RASTER), raster)
    other_seed = noisy.replace(seed=noisy.seed + 1)
    assert np.any(simulate(other_seed, spikes, state=RASTER) != raster)
    # Without input what is left is the noise; it differs between neurons and between lengths.
    quiet = noisy.replace(
        inputs=InputWiring(fraction=0.0), wiring=NoWiring(), parameters={"noise_pA": 2000.0}
    )
    recordings = [record(quiet, sample).variables["u"] for sample in spikes]
    assert np.all(np.std(recordings[0], axis=0) > 0)
    assert np.any(recordings[0] != recordings[1])
    assert np.any(recordings[0] != recordings[2][:, :25])


@pytest.mark.parametrize("dt_ms", [0.5, 1.0])
def test_counts_are_those_of_the_recorded_spikes(dt_ms):
    reservoir = liquid(4)
    spikes = samples(6, [25, 40])
    counts = simulate(reservoir, spikes, dt_ms=dt_ms)[0]
    for sample, expected in zip(spikes, counts, strict=True):
        recording = record(reservoir, sample, dt_ms=dt_ms)
        np.testing.assert_array_equal(np.bincount(recording.spike_neurons, minlength=20), expected)
        assert np.all(np.diff(recording.spike_times_ms) >= 0)
        assert recording.v_mV.shape == (20, len(recording.t_ms))
        assert recording.t_ms[-1] == sample.durations_ms[0]


def test_global_random_state_is_left_alone():
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    reservoir = liquid(7, n=30)
    spikes = samples(8, [20, 20])
    first = simulate(reservoir, spikes)
    record(reservoir, spikes[0])
    after = random.getstate(), np.random.get_state()  # noqa: NPY002
    assert before[0] == after[0]
    np.testing.assert_array_equal(before[1][1], after[1][1])
    assert before[1][2:] == after[1][2:]
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    np.testing.assert_array_equal(simulate(liquid(7, n=30), spikes), first)
    random.setstate(before[0])
    np.random.set_state(before[1])  # noqa: NPY002


def test_progress_is_shown_if_asked_for(capsys):
    simulate(liquid(0), one_sample(1.0))
    assert capsys.readouterr().err == ""
    simulate(liquid(0), one_sample(1.0), progress=True)
    assert "simulate: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reservoirs", "spikes", "options", "error", "message"),
    [
        ([], one_sample(), {}, ValueError, "reservoirs must hold at least one"),
        (["liquid"], one_sample(), {}, TypeError, "must be Reservoir objects, got str"),
        ([liquid(0), liquid(0, n=21)], one_sample(), {}, ValueError, r"got \[20, 21\]"),
        (
            [liquid(0), liquid(0, model=LIF_ALPHA)],
            one_sample(),
            {},
            ValueError,
            r"one neuron model, got \['lif', 'lif_alpha'\]",
        ),
        (liquid(0), [[1.0]], {}, TypeError, "spikes must be SpikeTrains, got list"),
        (liquid(0), one_sample()[:0], {}, ValueError, "at least one sample, got none"),
        (liquid(0), one_sample(), {"dt_ms": 0}, ValueError, "dt_ms must be .* above 0, got 0"),
        (liquid(0), one_sample(), {"dt_ms": np.nan}, ValueError, "dt_ms must be .* got nan"),
        (liquid(0), one_sample(), {"dt_ms": "1 ms"}, TypeError, "dt_ms must be a number"),
        (
            liquid(0),
            one_sample(),
            {"state": "rates"},
            ValueError,
            "known are counts, excitatory, bins",
        ),
        (liquid(0), one_sample(), {"state": 3}, TypeError, "state must be a name"),
        (liquid(0), one_sample(), {"target": "gpu"}, ValueError, "'numpy', got 'gpu'"),
    ],
)
def test_bad_input_is_refused(reservoirs, spikes, options, error, message):
    with pytest.raises(error, match=message):
        simulate(reservoirs, spikes, **options)


@pytest.mark.parametrize(
    ("reservoir", "sample", "options", "error", "message"),
    [
        (liquid(0), samples(0, [5, 5]), {}, ValueError, "exactly one sample, got 2"),
        (liquid(0), [[1.0]], {}, TypeError, "sample must be SpikeTrains, got list"),
        ([liquid(0)], one_sample(), {}, TypeError, "must be Reservoir objects, got list"),
        (liquid(0), one_sample(), {"dt_ms": -1.0}, ValueError, "dt_ms must be .* above 0"),
    ],
)
def test_bad_input_of_record_is_refused(reservoir, sample, options, error, message):
    with pytest.raises(error, match=message):
        record(reservoir, sample, **options)
