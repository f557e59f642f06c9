"""Times in steps: rounding as other simulators have it, what is said of it, and how far it goes."""

import warnings

import numpy as np
import pytest
from brian2 import ms

import lsm.base.steps
from evolution.recipe import DRIVEN
from lsm import LSMClassifier, Reservoir, metrics, plasticity
from lsm.base.steps import rounded
from lsm.reservoir.steps import longest_wait
from lsm.simulation import Stream, programs, record, simulate, trajectories
from lsm.simulation.engine import checked_steps
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring, MatrixWiring, NoWiring
from tests.lsm.force.loops import network, train
from tests.lsm.liquids import liquid, lone_neurons, one_sample, samples

#: ms -> steps of .1 ms: the delays of NEST 3.10.0, measured with parrot neurons; its refractory
#: times, of iaf_psc_delta, are the same for these. Before, .05, .25, .35 and .45 went down here.
NEST = {0.05: 1, 0.1: 1, 0.15: 2, 0.2: 2, 0.25: 3, 0.3: 3, 0.35: 4, 0.4: 4, 0.45: 5}
TIMES_MS = np.array(list(NEST))


def forget():
    """What was said once."""
    lsm.reservoir.steps._say.cache_clear()
    lsm.reservoir.steps._say_of_shared.cache_clear()


@pytest.fixture(autouse=True)
def nothing_was_said():
    forget()
    yield
    forget()


@pytest.fixture
def nothing_runs(monkeypatch):
    """A program that starts fails the test."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("something ran")

    for name in ("run", "start", "built"):
        monkeypatch.setattr(programs, name, refuse)


def said(times_ms):
    """The warning of the given values that move most."""
    return pytest.warns(UserWarning, match=rf"= {times_ms} becomes .* in steps of dt_ms")


def silent():
    return warnings.catch_warnings(action="error")


def test_half_steps_go_up_as_in_nest():
    assert rounded(TIMES_MS, 0.1).tolist() == list(NEST.values())
    # NEST's at steps of 1 and of .05 ms. .35/.1 is 3.4999999999999996, .15/.1 below 1.5 as well.
    assert rounded([0.5, 1.5, 2.5, 3.5, 4.5], 1.0).tolist() == [1, 2, 3, 4, 5]
    assert rounded([0.05, 0.15, 0.45, 1.15], 0.05).tolist() == [1, 3, 9, 23]
    halves = np.arange(100_000) + 0.5
    for dt_ms in (0.1, 0.05, 0.025, 0.3, 0.7):
        np.testing.assert_array_equal(rounded(halves * dt_ms, dt_ms), halves + 0.5)
    # Nothing but noise: these are NEST's too.
    assert rounded([0.3499, 0.349999, 0.2501], 0.1).tolist() == [3, 3, 3]


def test_a_delay_arrives_and_a_neuron_wakes_at_those_steps():
    n = len(TIMES_MS)
    # One neuron that fires at every step at which it may, for each refractory time.
    resting = lone_neurons(n=n, t_ref_ms=TIMES_MS, v_threshold_mV=-55.0, i_background_pA=1e6)
    recording = record(resting, one_sample(duration_ms=3.0), dt_ms=0.1)
    for i, steps in enumerate(NEST.values()):
        times = recording.spike_times_ms[recording.spike_neurons == i]
        np.testing.assert_allclose(np.diff(times) / 0.1, 1 + steps)
    # And one that reaches each other by a delay of its own.
    weights = np.zeros((n + 1, n + 1))
    weights[0, 1:] = 1e6
    delays = np.zeros_like(weights)
    delays[0, 1:] = TIMES_MS
    driven = lone_neurons(n=n + 1, weight_pA=0.0, t_ref_ms=50.0, i_background_pA=[1e6] + [0] * n)
    driven = driven.replace(wiring=MatrixWiring(weights, delay_ms=delays))
    recording = record(driven, one_sample(duration_ms=3.0), dt_ms=0.1)
    late = dict(zip(recording.spike_neurons.tolist(), recording.spike_times_ms, strict=True))
    arrived = [round((late[1 + i] - late[0]) / 0.1) for i in range(n)]
    assert arrived == [1 + steps for steps in NEST.values()]  # what arrives acts in the next step

    plain = driven.replace(parameters={**driven.parameters, "t_ref_ms": [0.0, *TIMES_MS]})
    plain = plain.to_brian2(one_sample(duration_ms=3.0), dt_ms=0.1)
    np.testing.assert_allclose(plain.recurrent.delay / (0.1 * ms), list(NEST.values()))
    np.testing.assert_allclose(
        plain.neurons.t_ref / (0.1 * ms), [1, *(1 + np.array([*NEST.values()]))]
    )


def test_so_do_they_in_a_closed_loop():
    target = np.sin(np.arange(600) / 20)
    for half, whole in (
        ({"t_ref_ms": 1.25}, {"t_ref_ms": 1.3}),
        ({"delay_ms": 1.05}, {"delay_ms": 1.1}),
    ):
        one, other = (
            train(network(n=60, **each), target, learn=(10, 50)) for each in (half, whole)
        )
        assert len(one.spike_neurons) > 60
        np.testing.assert_array_equal(one.spike_neurons, other.spike_neurons)
        np.testing.assert_array_equal(one.outputs, other.outputs)


def test_a_given_value_that_moves_by_more_than_a_tenth_is_said_once():
    delayed = DistanceWiring(delay_ms=(0.35, 0.8, 0.8, 0.8))
    resting = lone_neurons(n=3, t_ref_ms=0.25)
    sample = one_sample(duration_ms=1.0)
    for reservoir, time in (
        (resting, 0.25),  # to .3
        (
            Reservoir.random(20, random_state=0, parameters={"t_ref_ms": 0.05}, wiring=NoWiring()),
            0.05,
        ),
        (lone_neurons(n=4, t_ref_ms=[2, 0.25, 0.25, 0.35]), 0.25),
        (Reservoir.random(20, random_state=0, wiring=delayed), 0.35),
        (lone_neurons(n=2).replace(wiring=MatrixWiring([[0, 1.0], [1.0, 0]], delay_ms=0.15)), 0.15),
    ):
        forget()
        with said(time):
            assert longest_wait(reservoir, 0.1) >= 1
        with silent():
            longest_wait(reservoir, 0.1)
            longest_wait(reservoir, 0.05)
    forget()
    with said(0.25):
        record(resting, sample, dt_ms=0.1)
    forget()
    with warnings.catch_warnings(record=True) as heard:  # of Brian2's parser too
        warnings.simplefilter("always")
        resting.to_brian2(sample, dt_ms=0.1)
    assert any("t_ref_ms = 0.25 becomes 0.3 ms" in str(one.message) for one in heard)
    with silent():  # by a tenth, and not more: 5 to 4.5, 1 to .9
        longest_wait(lone_neurons(t_ref_ms=5.0), 4.5)
        longest_wait(lone_neurons(t_ref_ms=1.0), 0.9)


def test_nothing_is_said_of_what_was_drawn_evolved_or_loaded(tmp_path):
    rng = np.random.default_rng(0)
    drawn = Reservoir.random(50, random_state=0, ranges={"t_ref_ms": (0, 2)})
    by_distance = drawn.replace(wiring=DistanceWiring(velocity=3.0))
    by_hand = lone_neurons(n=50, t_ref_ms=rng.uniform(0, 2, 50))
    resting = lone_neurons(n=3, t_ref_ms=0.25)
    resting.save(tmp_path / "resting.npz")
    loaded = Reservoir.load(tmp_path / "resting.npz")
    assert loaded == resting
    genome = DRIVEN.space(20).random(rng)
    # Mutation leaves many a gene at the end of its range, here .5 ms: 1 step.
    at_the_end = genome.copy(parameters=np.full_like(genome.parameters, 0.5) * [1, 12, -120])
    evolved = DRIVEN.reservoir(at_the_end)
    assert evolved.parameters["t_ref_ms"].tolist() == [0.5] * 20
    with silent():
        for reservoir in (drawn, by_distance, by_hand, loaded, evolved):
            longest_wait(reservoir, 1.0)
    with said(0.25):
        longest_wait(loaded.replace(given={"t_ref_ms"}), 0.1)


# Long clocks

LONG = SpikeTrains.from_lists([[[1.0]], [[2.0]]], duration_ms=[50.0, 2.2e8])
WHAT = (
    r"sample 1 lasts 2.2e\+08 ms, which is 2.2e\+09 steps of dt_ms = 0.1, and 21474835\d\d can be"
)


@pytest.mark.parametrize("target", ["cpp", "numpy"])
@pytest.mark.parametrize(
    "path",
    [
        lambda r, target: simulate(r, LONG, dt_ms=0.1, target=target),
        lambda r, target: trajectories(r, LONG, every_ms=1.0, dt_ms=0.1, target=target),
        lambda r, target: metrics.hardware_cost(r, LONG, dt_ms=0.1, target=target),
        lambda r, target: LSMClassifier(r, dt_ms=0.1, target=target).fit(LONG, [0, 1]),
    ],
)
def test_more_steps_than_are_counted_are_refused_before_anything_runs(path, target, nothing_runs):
    # 61 h in steps of .1 ms. Above 2^31 steps states were zeros, or a program crashed.
    with pytest.raises(ValueError, match=WHAT):
        path(liquid(0), target)


def test_so_are_those_of_a_single_sample(nothing_runs):
    reservoir, long = liquid(0), LONG[1]
    for path in (
        lambda: record(reservoir, long, dt_ms=0.1),
        lambda: plasticity.spike_raster(reservoir, long, dt_ms=0.1),
        lambda: reservoir.to_brian2(long, dt_ms=0.1),
    ):
        with pytest.raises(ValueError, match=WHAT.replace("sample 1", "sample 0")):
            path()
    with pytest.raises(ValueError, match=r"duration_ms is 3e\+08 ms, which is 3e\+09 steps"):
        train(network(n=20), np.zeros(10), duration_ms=3e8)
    with pytest.raises(ValueError, match=r"is 1e\+11 steps of dt_ms = 1e-09"):
        LSMClassifier(20, dt_ms=1e-9).fit(samples(0, [100.0, 100.0]), [0, 1])
    with pytest.raises(ValueError, match="inf steps of dt_ms = 1e-310"):
        simulate(reservoir, samples(0, [100.0]), dt_ms=1e-310)


def test_the_last_step_that_is_counted_is_the_last_that_is_allowed():
    # Programs count in int32, open windows of 64 steps ahead, and add delays and refractory times.
    reservoir = lone_neurons(n=2, t_ref_ms=[7.0, 3.0])
    most = 2**31 - 1 - 64 - 7
    assert checked_steps([reservoir], one_sample(duration_ms=most), 1.0).tolist() == [most]
    with pytest.raises(ValueError, match=f"{most} can be counted"):
        checked_steps([reservoir], one_sample(duration_ms=most + 1), 1.0)
    with pytest.raises(
        ValueError, match=r"t_ref_ms of neuron 1 is 1e\+06 ms, which is 2e\+09 steps"
    ):
        longest_wait(lone_neurons(n=2, t_ref_ms=[1, 1e6]), 0.0005)
    far = MatrixWiring([[0, 1.0], [0, 0]], delay_ms=1e6)
    with pytest.raises(
        ValueError, match=r"from neuron 0 to neuron 1 has a delay of 1e\+06 ms, which"
    ):
        longest_wait(reservoir.replace(wiring=far), 0.1)
    # A delay reaches the program as a single number of seconds.
    steps = np.arange(lsm.base.steps.LONGEST_DELAY - 10_000, lsm.base.steps.LONGEST_DELAY + 1)
    np.testing.assert_array_equal(np.floor((steps * 1e-3).astype(np.float32) / 0.001 + 0.5), steps)


def test_samples_that_follow_each_other_are_counted_together(monkeypatch):
    spikes = samples(1, [31, 25, 40, 8, 17])
    expected = simulate(liquid(0), spikes)
    # Where their sum is too much for a lane, each has a job of its own.
    monkeypatch.setattr("lsm.simulation.engine.COUNTED", 60)
    np.testing.assert_array_equal(simulate(liquid(0), spikes), expected)
    monkeypatch.setattr("lsm.simulation.engine.COUNTED", 45)
    with pytest.raises(ValueError, match="sample 2 lasts 40 ms"):
        simulate(liquid(0), spikes)


def test_a_stream_counts_all_of_its_samples(monkeypatch):
    reservoir = liquid(0)
    wait = longest_wait(reservoir, 1.0)
    monkeypatch.setattr("lsm.simulation.stream.COUNTED", 40 + 2 * wait)
    chunk = samples(2, [15.0])
    with Stream(reservoir, n_channels=4) as stream:
        first = stream.push(chunk)
        stream.restart()
        np.testing.assert_array_equal(stream.push(chunk), first)
        with pytest.raises(ValueError, match=r"chunk would be the stream's step .* a new stream"):
            stream.push(chunk)


def test_a_closed_loop_counts_all_of_its_runs(monkeypatch):
    target = np.zeros(100)
    trained = train(network(n=20), target, learn=None)
    monkeypatch.setattr("lsm.force.trained.COUNTED", 150 + 20)  # 2 ms refractory
    with pytest.raises(
        ValueError, match=r"the run ends at 20 ms, which is 200 steps .* 150 can be"
    ):
        trained.run(10.0)
    assert trained.run(5.0).time_ms == 15.0


def test_a_late_first_spike_is_said_to_be_one():
    since_1970 = one_sample(1.6e12, duration_ms=1.6e12 + 100)
    with pytest.raises(ValueError, match=r"first spike comes at 1.6e\+12 ms.*1970.*origin='first'"):
        simulate(liquid(0, n=5).replace(wiring=NoWiring()), since_1970)
    with pytest.raises(ValueError, match=r"the steps longer$"):
        simulate(lone_neurons(), one_sample(1.0, duration_ms=3e9))


def test_delays_that_were_drawn_are_nobodys_values_once_they_are_in_a_matrix():
    """Of a symmetric distance two synapses have the same travel time, which nobody gave."""
    drawn = Reservoir.random(
        8, random_state=0, wiring=DistanceWiring(1.0, length=9.0, velocity=1.0, delay_ms=0.7)
    )
    with silent():
        longest_wait(drawn, 1.0)
        longest_wait(drawn.rewired(drawn.synapses), 1.0)
