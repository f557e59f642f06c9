"""States: sums over the spikes of a sample, by their place in it."""

import numpy as np
import pytest

from lsm.simulation import record, simulate, trajectories
from lsm.states import (
    STATE_FORMS,
    FilteredTraces,
    MembranePotentials,
    SpikeCounts,
    TimeBins,
    features_per_neuron,
    make_state,
)
from tests.lsm.liquids import liquid, part, samples

DURATIONS = [30, 17, 1, 52, 30]
N = 20


@pytest.fixture(scope="module")
def reservoirs():
    return [liquid(seed, n=N) for seed in (0, 1)]


@pytest.fixture(scope="module")
def spikes():
    return samples(3, DURATIONS)


@pytest.fixture(scope="module", params=[1.0, 0.5], ids="dt={}".format)
def dt_ms(request):
    return request.param


@pytest.fixture(scope="module")
def recordings(reservoirs, spikes, dt_ms):
    """Spikes as (step, neuron), number of steps: by reservoir and sample."""
    rows = []
    for reservoir in reservoirs:
        recorded = [record(reservoir, sample, dt_ms=dt_ms) for sample in spikes]
        rows.append(
            [
                (
                    np.rint(r.spike_times_ms / dt_ms).astype(int).tolist(),
                    r.spike_neurons.tolist(),
                    len(r.t_ms),
                )
                for r in recorded
            ]
        )
    assert sum(len(steps) for row in rows for steps, _, _ in row) > 300
    return rows


def test_counts(reservoirs, spikes, dt_ms, recordings):
    states = simulate(reservoirs, spikes, state="counts", dt_ms=dt_ms)
    assert states.shape == (2, 5, N)
    for r, row in enumerate(recordings):
        for i, (_, neurons, _) in enumerate(row):
            np.testing.assert_array_equal(states[r, i], [neurons.count(j) for j in range(N)])


@pytest.mark.parametrize("bins", [1, 3, 7, 100])
def test_bins_are_equal_parts_of_the_samples_own_duration(
    bins, reservoirs, spikes, dt_ms, recordings
):
    states = simulate(reservoirs, spikes, state=TimeBins(bins), dt_ms=dt_ms)
    assert states.shape == (2, 5, bins * N)
    for r, row in enumerate(recordings):
        for i, (steps, neurons, n_steps) in enumerate(row):
            assert n_steps == DURATIONS[i] / dt_ms
            expected = np.zeros((bins, N))
            for step, neuron in zip(steps, neurons, strict=True):
                expected[int(step / n_steps * bins + 1e-9), neuron] += 1
            np.testing.assert_array_equal(states[r, i], expected.ravel())


def test_traces_are_what_is_left_of_each_spike_at_the_last_step(
    reservoirs, spikes, dt_ms, recordings
):
    tau_ms = (3.0, 30.0, 1e9)
    states = simulate(reservoirs, spikes, state=FilteredTraces(tau_ms), dt_ms=dt_ms)
    assert states.shape == (2, 5, 3 * N)
    for r, row in enumerate(recordings):
        for i, (steps, neurons, n_steps) in enumerate(row):
            expected = np.zeros((3, N))
            for step, neuron in zip(steps, neurons, strict=True):
                remaining = (n_steps - 1 - step) * dt_ms
                expected[:, neuron] += np.exp(-remaining / np.array(tau_ms))
            np.testing.assert_allclose(states[r, i], expected.ravel(), rtol=1e-6)


@pytest.mark.parametrize("target", ["cpp", "numpy"])
@pytest.mark.parametrize("form", ["counts", "traces:3,30", "potentials"])
def test_reading_at_several_times_gives_the_states_of_samples_cut_off_there(
    form, target, reservoirs
):
    spikes = samples(5, [40, 24])
    states = simulate(reservoirs, spikes, state=f"{form}@0.25,0.5,1", target=target)
    for i, duration in enumerate((40, 24)):
        for k, fraction in enumerate((0.25, 0.5, 1)):
            cut = part(spikes[i], 0, fraction * duration)
            alone = simulate(reservoirs, cut, state=form)[:, 0]
            width = alone.shape[1]
            np.testing.assert_array_equal(states[:, i, k * width : (k + 1) * width], alone)
    assert states.any()


def test_potentials_are_those_of_the_last_step(reservoirs, spikes, dt_ms):
    states = simulate(reservoirs, spikes, state=MembranePotentials(), dt_ms=dt_ms)
    for r, reservoir in enumerate(reservoirs):
        for i, sample in enumerate(spikes):
            u = record(reservoir, sample, dt_ms=dt_ms).variables["u"][:, -1]
            np.testing.assert_array_equal(states[r, i], u)


@pytest.mark.parametrize("state", ["traces:3,30", "potentials"])
def test_trajectories_are_the_states_of_samples_cut_off_at_each_reading(state, reservoirs):
    spikes = samples(6, [23, 60, 10])
    paths = trajectories(reservoirs, spikes, every_ms=10, state=state)
    rows = features_per_neuron(make_state(state))
    assert [path.shape for path in paths] == [(2, k, rows * N) for k in (2, 6, 1)]
    for path, sample, last in zip(paths, spikes, (20, 60, 10), strict=True):
        cut = part(sample, 0, last)
        np.testing.assert_array_equal(path[:, -1], simulate(reservoirs, cut, state=state)[:, 0])
    middle = trajectories(reservoirs, spikes[1], every_ms=30, state=state)[0]
    np.testing.assert_array_equal(middle, paths[1][:, [2, 5]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"every_ms": 0.3}, "every_ms must be a multiple of dt_ms = 1, got 0.3"),
        ({"every_ms": 60}, "spikes must last 60 ms at least, got 1 ms"),
        ({"every_ms": 1, "state": "bins"}, "read once at the end of a sample"),
    ],
)
def test_bad_trajectories_are_refused(arguments, message, reservoirs, spikes):
    with pytest.raises(ValueError, match=message):
        trajectories(reservoirs, spikes, **arguments)


@pytest.mark.parametrize("state", [SpikeCounts, TimeBins, FilteredTraces, MembranePotentials])
def test_excitatory_keeps_the_columns_of_excitatory_neurons(state, reservoirs, spikes):
    everyone = simulate(reservoirs, spikes, state=state())
    chosen = simulate(reservoirs, spikes, state=state(neurons="excitatory"))
    rows = features_per_neuron(state())
    sizes = [int(reservoir.excitatory.sum()) for reservoir in reservoirs]
    assert sizes[0] != sizes[1]
    assert chosen.shape == (2, 5, rows * max(sizes))
    for r, reservoir in enumerate(reservoirs):
        wanted = everyone[r].reshape(5, rows, N)[:, :, reservoir.excitatory].reshape(5, -1)
        np.testing.assert_array_equal(chosen[r, :, : rows * sizes[r]], wanted)
        # A reservoir with fewer of them has zeros at the end.
        assert np.all(chosen[r, :, rows * sizes[r] :] == 0)
        alone = simulate(reservoir, spikes, state=state(neurons="excitatory"))[0]
        np.testing.assert_array_equal(alone, wanted)


def test_states_are_known_by_name():
    assert make_state("counts") == SpikeCounts()
    assert make_state("bins") == TimeBins(3)
    assert make_state("traces") == FilteredTraces((10.0, 30.0, 100.0))
    assert make_state(TimeBins(4)) == TimeBins(4)
    assert FilteredTraces(30).tau_ms == (30.0,)


def test_names_of_states_may_carry_a_parameter():
    assert make_state("excitatory") == SpikeCounts("excitatory")
    assert make_state("bins:5") == TimeBins(5)
    assert make_state("traces:30") == FilteredTraces((30.0,))
    assert make_state("traces:10,2.5") == FilteredTraces((10.0, 2.5))
    assert make_state("counts@0.5,1") == SpikeCounts(at=(0.5, 1.0))
    assert make_state("potentials@0.5") == MembranePotentials(at=(0.5,))
    for form in STATE_FORMS:
        make_state(form)


@pytest.mark.parametrize(
    "name",
    [
        "Bins",
        "counts:2",
        "counts@",
        "counts@0",
        "counts@1,0.5",
        "counts@1.5",
        "bins:3@1",
        "potentials:1",
        "excitatory:",
        "bins:",
        "bins:0",
        "bins:2.5",
        "bins:x",
        "traces:",
        "traces:10,",
        "traces:0",
        "traces:nan",
        "traces:10;30",
    ],
)
def test_ill_formed_names_of_states_are_refused(name):
    known = "known are counts, excitatory, bins, bins:5, traces, traces:10,30, potentials, counts@"
    with pytest.raises(ValueError, match=f"unknown state '{name}'; {known}"):
        make_state(name)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: make_state("rates"), ValueError, "unknown state 'rates'; known are counts, exc"),
        (lambda: make_state(None), TypeError, "state must be a name or a liquid state"),
        (lambda: SpikeCounts("inhibitory"), ValueError, "neurons must be 'all' or 'excitatory'"),
        (lambda: SpikeCounts(at=(0.5, 0.5)), ValueError, "at must be ascending parts of the dur"),
        (lambda: MembranePotentials(at=()), ValueError, "at must be ascending parts of the dur"),
        (lambda: TimeBins(0), ValueError, "bins must be at least 1, got 0"),
        (lambda: TimeBins(2.5), TypeError, "bins must be an integer, got 2.5"),
        (lambda: FilteredTraces(()), ValueError, "tau_ms must be positive numbers"),
        (lambda: FilteredTraces((10, 0)), ValueError, "tau_ms must be positive numbers"),
        (lambda: FilteredTraces(np.nan), ValueError, "tau_ms must be positive numbers"),
    ],
)
def test_bad_states_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
