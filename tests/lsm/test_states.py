"""States: what is known of the spikes of a sample, by their place in it."""

import numpy as np
import pytest

from lsm.simulation import record, simulate, trajectories
from lsm.spikes import SpikeTrains
from lsm.states import (
    STATE_FORMS,
    CombinedState,
    FilteredTraces,
    MembranePotentials,
    ModelVariables,
    SpikeCounts,
    SpikeTiming,
    TimeBins,
    feature_names,
    features_per_neuron,
    make_state,
)
from tests.lsm.liquids import liquid, lone_neurons, one_sample, part, samples

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


#: A neuron that forgets at once: it fires in the step after an input spike, if it isn't refractory.
FORGETFUL = {"weight_pA": 1e6, "tau_m_ms": 1.0, "tau_syn_ms": 0.05}
MEASURES = ("proportion", "first", "last", "silence")


@pytest.mark.parametrize(
    ("inputs_ms", "refractory_ms", "expected"),
    [
        ((3, 4, 9), 0, (3 / 20, 4, 10, 9)),
        ((0, 18), 0, (2 / 20, 1, 19, 17)),
        ((16,), 0, (1 / 20, 17, 17, 17)),
        # Two spikes; in three steps after each the neuron isn't free to fire.
        ((3, 4, 9), 3, (2 / 14, 4, 10, 9)),
        # Only one such step is left after the second one.
        ((3, 17), 3, (2 / 16, 4, 18, 13)),
        # It fires whenever it is free.
        (tuple(range(20)), 2, (7 / 8, 1, 19, 2)),
        ((), 3, (0, 20, 0, 20)),
    ],
    ids=str,
)
def test_measures_of_hand_made_spikes(inputs_ms, refractory_ms, expected):
    neuron = lone_neurons(**FORGETFUL, t_ref_ms=refractory_ms)
    sample = one_sample(*inputs_ms, duration_ms=20.0)
    states = simulate(neuron, sample, state=SpikeTiming(MEASURES))
    np.testing.assert_array_equal(states[0, 0], np.float32(expected))


def test_the_proportion_is_that_of_values_above_a_threshold_as_rocket_pools():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(30, 40))
    spikes = [[np.flatnonzero(row > 0.3)] for row in values[:, :-1]]
    trains = SpikeTrains.from_lists(spikes, duration_ms=40.0)
    states = simulate(lone_neurons(**FORGETFUL, t_ref_ms=0.0), trains, state="proportion")
    np.testing.assert_allclose(states[0, :, 0], (values[:, :-1] > 0.3).sum(axis=1) / 40, rtol=1e-6)


def test_measures_are_those_of_the_recorded_spikes(reservoirs, spikes, dt_ms, recordings):
    states = simulate(reservoirs, spikes, state=SpikeTiming(MEASURES), dt_ms=dt_ms)
    assert states.shape == (2, 5, 4 * N)
    for r, row in enumerate(recordings):
        dead = np.rint(reservoirs[r].parameters["t_ref_ms"] / dt_ms).astype(int)
        for i, (steps, neurons, n_steps) in enumerate(row):
            for j in range(N):
                fired = np.isin(np.arange(n_steps), np.array(steps)[np.array(neurons) == j])
                at = np.flatnonzero(fired)
                free = np.ones(n_steps, dtype=bool)
                for step in at:
                    free[step + 1 : step + 1 + dead[j]] = False
                gaps = np.diff([-1, *at, n_steps]) - 1
                times = [at[0], at[-1]] if len(at) else [n_steps, 0]
                expected = [fired.sum() / free.sum(), *(dt_ms * np.array([*times, gaps.max()]))]
                np.testing.assert_array_equal(states[r, i, j::N], np.float32(expected))


def test_a_proportion_is_none_above_one_where_a_reset_leaves_the_neuron_above_its_threshold():
    neuron = lone_neurons(
        **FORGETFUL, t_ref_ms=3.0, v_rest_mV=-61.0, v_reset_mV=-60.0, i_background_pA=1e6
    )
    states = simulate(neuron, one_sample(duration_ms=20.0), state="counts+proportion")
    assert 0 < states[0, 0, 1] <= 1


@pytest.mark.parametrize(
    "form",
    [
        "counts+first",
        "first+last+silence+proportion",
        "potentials+traces:3,30+variables:I+counts",
        "bins:4+silence@0.3,0.5,1+traces:10",
    ],
)
def test_combined_states_have_the_features_of_each(form, reservoirs):
    spikes = samples(8, [40, 24, 1] * 10)
    parts = form.split("+")
    each = [simulate(reservoirs, spikes, state=name) for name in parts]
    together = simulate(reservoirs, spikes, state=form)
    np.testing.assert_array_equal(together, np.concatenate(each, axis=2))
    assert together.any()


def test_names_of_combined_features():
    names = feature_names(make_state("bins:2+first@0.25,1"), np.array([7]))
    assert names == ["count_7_at0.5", "count_7_at1", "first_7_at0.25", "first_7_at1"]
    names = feature_names(make_state("variables:I+potentials+last"), np.array([0, 4]))
    assert names == [f"{row}_{k}" for row in ("I", "potential", "last") for k in (0, 4)]


def test_variables_are_those_of_the_last_step(reservoirs, spikes, dt_ms):
    states = simulate(reservoirs, spikes, state=ModelVariables(("I", "u")), dt_ms=dt_ms)
    for r, reservoir in enumerate(reservoirs):
        for i, sample in enumerate(spikes):
            variables = record(reservoir, sample, dt_ms=dt_ms).variables
            last = np.concatenate([variables[name][:, -1] for name in ("I", "u")])
            np.testing.assert_array_equal(states[r, i], last)
    assert states.all(axis=(0, 1)).any()


def test_variables_that_a_model_lacks_are_refused_before_anything_runs(reservoirs, spikes):
    message = "state: neurons of the model 'lif' have no variable 'w_adapt'; they have u, I"
    with pytest.raises(ValueError, match=message):
        simulate(reservoirs, spikes, state="counts+variables:w_adapt")
    with pytest.raises(ValueError, match=message):
        trajectories(reservoirs, spikes, every_ms=1, state="variables:w_adapt")


@pytest.mark.parametrize(
    ("form", "target"),
    [
        *((form, "cpp") for form in ("counts", "traces:3,30", "potentials", "variables:I")),
        *((measure, "cpp") for measure in MEASURES),
        *((form, "numpy") for form in ("traces:3,30", "potentials", "proportion")),
    ],
)
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


@pytest.mark.parametrize("state", ["traces:3,30", "potentials", "variables:I+traces:9+silence"])
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


@pytest.mark.parametrize(
    "state",
    [
        *(SpikeCounts, TimeBins, FilteredTraces, MembranePotentials, SpikeTiming),
        lambda **neurons: CombinedState((TimeBins(2, **neurons), SpikeTiming("first", **neurons))),
    ],
)
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
    assert make_state("variables:I,w_adapt") == ModelVariables(("I", "w_adapt"))
    assert make_state("first@0.5") == SpikeTiming(("first",), at=(0.5,))
    assert make_state("traces:1e+3") == FilteredTraces((1000.0,))
    both = CombinedState((SpikeCounts(at=(0.5, 1.0)), SpikeTiming(("last",))))
    assert make_state("counts@0.5,1+last") == both
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
        "variables",
        "variables:",
        "variables:I,I",
        "first:3",
        "silence@0",
    ],
)
def test_ill_formed_names_of_states_are_refused(name):
    known = "known are counts, excitatory, bins, bins:5, traces, traces:10,30, potentials, var"
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
        (
            lambda: SpikeTiming(("first", "mean")),
            ValueError,
            "measures must be among propo.*'mean'",
        ),
        (lambda: SpikeTiming(()), ValueError, "measures must be names, each once, got ()"),
        (lambda: SpikeTiming((1,)), ValueError, "measures must be names, each once"),
        (lambda: ModelVariables(("I", "I")), ValueError, "variables must be names, each once"),
        (
            lambda: CombinedState(("counts",) * 2),
            TypeError,
            "parts must be liquid states, none comb",
        ),
        (
            lambda: CombinedState((SpikeCounts(),)),
            ValueError,
            "parts must be 2 to 20 states, got 1",
        ),
        (lambda: make_state("counts+excitatory"), ValueError, "parts must be of the same neurons"),
        (lambda: make_state("bins:5+counts"), ValueError, "'count' at 1 of the duration 2 times"),
        (lambda: make_state("counts+rates"), ValueError, "unknown state 'rates'"),
        (lambda: make_state("counts+"), ValueError, "unknown state 'counts.+'"),
    ],
)
def test_bad_states_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
