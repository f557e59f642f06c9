"""Online rivals: their features by hand, what they keep, and that they know nothing of the past."""

import numpy as np
import pytest
from sklearn.base import clone

from lsm import LIF, DistanceWiring, InputWiring, NoWiring, Reservoir, SpikeTrains, TimeBins
from lsm.topology import MatrixInputs, MatrixWiring
from tasks.online import ONLINE, DelayLine, LeakyCounts, OnlineEchoState, liquid_bits


@pytest.fixture
def trains():
    """Samples of 30 to 60 ms on two channels."""
    rng = np.random.default_rng(0)
    durations = rng.integers(30, 61, 40).astype(float)
    lists = [[np.sort(rng.uniform(0, d, 8)) for _ in range(2)] for d in durations]
    return SpikeTrains.from_lists(lists, duration_ms=durations)


def labels(trains):
    return np.arange(len(trains)) % 2


def test_leaky_counts_are_updated_step_by_step(trains):
    features = LeakyCounts((5.0, 20.0)).fit_transform(trains)
    counts, now = np.zeros((2, 2)), 0.0
    sample = trains[3]
    for time, channel in zip(sample.times_ms, sample.channels, strict=True):
        counts *= np.exp(-(time - now) / np.array([[5.0], [20.0]]))
        counts[:, channel] += 1
        now = time
    counts *= np.exp(-(sample.durations_ms[0] - now) / np.array([[5.0], [20.0]]))
    np.testing.assert_allclose(features[3], counts.ravel())


def test_a_delay_line_counts_back_from_the_end():
    trains = SpikeTrains.from_lists([[[1.0, 12.0, 29.5], [0.0]], [[4.0], []]], duration_ms=[30, 5])
    line = DelayLine(10.0).fit(trains)
    by_hand = [[[1, 0], [1, 0], [1, 1]], [[1, 0], [0, 0], [0, 0]]]
    np.testing.assert_array_equal(line.transform(trains), np.reshape(by_hand, (2, 6)))
    assert line.memory_bits(trains) == 3 * 2 * 1  # no step has more than one spike


def test_what_came_before_the_reach_of_a_delay_line_is_forgotten(trains):
    line = DelayLine(10.0).fit(SpikeTrains.from_lists([[[1.0], []]], duration_ms=[20]))
    later = trains.times_ms >= trains.durations_ms[trains.sample_indices()] - 20
    expected = np.bincount(trains.sample_indices()[later], minlength=40)
    np.testing.assert_array_equal(line.transform(trains).sum(axis=1), expected)


def test_units_of_a_delay_line_follow_the_equation(trains):
    lags = DelayLine(10.0).fit_transform(trains)
    model = DelayLine(10.0, units=300, random_state=0).fit(trains)
    features = model.transform(trains)
    assert features.shape == (40, 300)
    # Of weights w and counts x the deviation of w.x is 1, of the biases too.
    drive = np.arctanh(np.clip(features, -1 + 1e-12, 1 - 1e-12))
    assert drive.std() == pytest.approx(2**0.5, rel=0.1)
    ratio = np.linalg.lstsq(np.c_[lags, np.ones(40)], drive, rcond=None)[1]
    assert ratio.size == 0 or ratio.max() < 1e-9  # a line of the counts, before the tanh
    assert model.memory_bits(trains) == DelayLine(10.0).memory_bits(trains)


def test_the_echo_state_network_follows_the_equation(trains):
    model = OnlineEchoState(
        12, leaks=[0.2], radii=[0.8], step_ms=5.0, mean_ms=300.0, at=[0.5, 1.0], random_state=0
    )
    model.fit(trains, labels(trains))
    states = model.transform(trains)
    radius = np.abs(np.linalg.eigvals(0.8 * model._weights.astype(float))).max()
    assert radius == pytest.approx(0.8, rel=1e-5)
    for i in (0, 7):
        x, mean, path = np.zeros(12), np.zeros(12), []
        for count in trains[i].to_dense(5.0)[0].T / model.scale_:  # up to its own end
            drive = count @ model._inputs + 0.8 * x @ model._weights + model._biases
            x += 0.2 * (np.tanh(drive) - x)
            mean = mean + (1 - np.exp(-5 / 300)) * (x - mean)
            path.append(mean)
        middle = path[int(np.ceil(trains.n_steps(5.0)[i] / 2)) - 1]
        np.testing.assert_allclose(states[i], np.concatenate([middle, mean]), atol=1e-5)
    assert model.memory_bits(trains) == 12 * 3 * 32


def test_the_echo_state_network_takes_the_leak_that_remembers_what_is_asked():
    """The answer is a spike at the start: a leak of 1 has forgotten it."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=120)
    lists = [[[0.5] if label else [], np.sort(rng.uniform(2, 60, 5))] for label in y]
    model = OnlineEchoState(
        30, leaks=[1.0, 0.05], radii=[0.1], step_ms=1.0, mean_ms=1.0, at=[1.0], random_state=0
    )
    model.fit(SpikeTrains.from_lists(lists, duration_ms=60), y)
    assert model.leak_ == 0.05


@pytest.mark.parametrize("name", ONLINE)
def test_a_sample_stands_alone_whatever_is_beside_it(name, trains):
    make, drawn = ONLINE[name]
    model = make(10, 0).fit(trains, labels(trains))
    features = model.transform(trains)
    np.testing.assert_allclose(model.transform(trains[5:7]), features[5:7], rtol=1e-5, atol=1e-6)
    again = clone(model).fit(trains, labels(trains)).transform(trains)
    np.testing.assert_array_equal(again, features)
    other = make(10, 1).fit(trains, labels(trains)).transform(trains)
    assert np.array_equal(other, features) != drawn


def test_bits_of_a_liquid_by_hand():
    n = 4
    weights = np.zeros((n, n))
    weights[0, 1], weights[0, 2], weights[3, 1] = 10, 10, 10
    delays = np.where(weights != 0, [[0, 50, 200, 0]] * n, 0.0)
    inputs = MatrixInputs(np.ones((2, n)), np.array([[0.0, 0, 30, 0], [0, 0, 0, 0]]))
    reservoir = Reservoir.random(
        n,
        random_state=0,
        model=LIF,
        excitatory=np.ones(n, bool),
        wiring=MatrixWiring(weights, delays),
        inputs=inputs,
    )
    bits = liquid_bits(reservoir, TimeBins(3), n_channels=2)
    assert bits == {
        "neurons": 32 * 3 * n,  # potential, current, refractory steps
        "spikes in flight": 200 + 50,
        "delayed inputs": 30,
        "readout": 32 * 3 * n,
    }


def test_without_recurrence_no_spike_is_in_flight():
    reservoir = Reservoir.random(
        20, random_state=0, wiring=DistanceWiring(delay_ms=100.0), inputs=InputWiring()
    )
    cut = reservoir.replace(wiring=NoWiring())
    bits, without = (liquid_bits(r, TimeBins(1), n_channels=3) for r in (reservoir, cut))
    assert bits["spikes in flight"] == 100 * len(np.unique(reservoir.synapses.source))
    assert without["spikes in flight"] == 0
    assert bits["neurons"] == without["neurons"]
