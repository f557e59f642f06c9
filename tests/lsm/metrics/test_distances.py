"""Separation and fading memory of liquids whose states can be worked out."""

import numpy as np
import pytest

from lsm.metrics import FadingMemory, at_distance, fading_memory, poisson_spikes, separation
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring, InputWiring
from tests.lsm.liquids import liquid, lone_neurons

#: Neurons that answer each input spike by one of their own, a step later.
RELAY = {"tau_syn_ms": 0.01, "t_ref_ms": 0.0, "v_threshold_mV": -69.0}


def traces(spikes, read_ms):
    """Answers of a relay, filtered by 30 ms, in each sample when it is read."""
    values = []
    for sample in spikes:
        answers = np.unique(np.floor(sample.times_ms)) + 2  # the end of the step of the answer
        answers = answers[answers <= read_ms]
        values.append(np.exp(-(read_ms - answers) / 30).sum())
    return np.array(values)


def test_separation_is_the_mean_distance_of_states():
    relay = lone_neurons(n=4, weight_pA=1e6, **RELAY)
    spikes = poisson_spikes(30, 1, rate_Hz=60, duration_ms=400, random_state=0)
    rng = np.random.default_rng(5)
    twins = [at_distance(spikes, d, random_state=rng) for d in (0.1, 0.3)]
    found = separation(relay, spikes, distances=(0.1, 0.3), random_state=5)
    expected = [2 * np.abs(traces(twin, 400) - traces(spikes, 400)).mean() for twin in twins]
    np.testing.assert_allclose(found, [expected], rtol=1e-5)
    # Two readings: their mean.
    found = separation(relay, spikes, distances=[0.1], state="traces:30@0.5,1", random_state=5)
    twin = at_distance(spikes, 0.1, random_state=5)
    halves = [np.abs(traces(twin, t) - traces(spikes, t)).mean() for t in (200, 400)]
    np.testing.assert_allclose(found, [[2 * np.mean(halves)]], rtol=1e-5)


def test_state_distance_grows_with_the_distance_of_inputs():
    reservoirs = [liquid(seed) for seed in range(3)]
    spikes = poisson_spikes(60, 4, rate_Hz=40, duration_ms=200, random_state=1)
    found = separation(reservoirs, spikes, distances=(0.05, 0.2, 0.8), random_state=0)
    assert found.shape == (3, 3)
    assert np.all(np.diff(found, axis=1) > 0)
    alone = separation(reservoirs[1], spikes, distances=(0.05, 0.2, 0.8), random_state=0)
    np.testing.assert_array_equal(alone[0], found[1])


def two_pasts():
    """A spike at 5 or at 12 ms, and the same spikes from 60 ms on."""
    return SpikeTrains.from_lists([[[5.0, 60.0, 63.0]], [[12.0, 81.0]]], duration_ms=150)


def test_membranes_forget_with_their_time_constant():
    neurons = lone_neurons(n=3, tau_m_ms=18.0, tau_syn_ms=1.0, v_threshold_mV=1000.0)
    found = fading_memory(neurons, two_pasts(), switch_ms=50, every_ms=5, state="potentials")
    np.testing.assert_array_equal(found.times_ms, np.arange(0, 101, 5))
    expected = found.distances[0, 0] * np.exp(-found.times_ms / 18)
    np.testing.assert_allclose(found.distances[0, :12], expected[:12], rtol=1e-3)
    # At 50 ms, 38 and 45 ms after the spikes: the difference of what is left of both.
    difference = np.exp(-37 / 18) - np.exp(-44 / 18)
    peak = 100 / 250 / (1 - 1 / 18)  # of w tau_m tau_s / C (tau_m - tau_s), with w 100 pA
    assert found.distances[0, 0] == pytest.approx(np.sqrt(3) * peak * difference, rel=1e-3)
    assert found.decay_ms.tolist() == [20.0]


def test_a_liquid_that_hears_nothing_has_nothing_to_forget():
    deaf = lone_neurons(n=3).replace(inputs=InputWiring(fraction=0.0))
    found = fading_memory(deaf, two_pasts(), switch_ms=50)
    np.testing.assert_array_equal(found.distances, 0)
    assert np.isnan(found.decay_ms).all()


def test_strong_recurrence_doesnt_forget():
    spikes = poisson_spikes(6, 4, rate_Hz=40, duration_ms=400, random_state=0)
    wiring = {"probability": (0.3,) * 4, "length": 1e3, "weight_falls": False}
    calm, wild = (
        liquid(3, n=60, wiring=DistanceWiring(weight_pA=(w, w, -2 * w, -2 * w), **wiring))
        for w in (2.0, 400.0)
    )
    # A neuron that fires by a constant current keeps its phase.
    calm = calm.replace(parameters={**calm.parameters, "i_background_pA": 0.0})
    found = fading_memory([calm, wild], spikes, switch_ms=200, state="potentials")
    assert found.distances[0, -1] < 0.05 * found.distances[0, 0]
    assert found.distances[1, -1] > 0.5 * found.distances[1, 0]


def test_decay_is_the_time_from_which_the_distance_stays_below():
    distances = np.array([[4, 1, 1, 1], [4, 1, 2, 1], [4, 3, 2, 2], [0, 0, 0, 0.0]])
    decay = FadingMemory(np.array([0.0, 5, 10, 15]), distances).decay_ms
    np.testing.assert_array_equal(decay, [5, 15, np.inf, np.nan])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: separation(None, s, distances=[]), "distances must hold at least one distance"),
        (lambda s: separation(None, s, distances=[9]), "distance 9 is more than sample 0 can be"),
        (lambda s: separation(lone_neurons(), s[:0]), "spikes must hold at least one sample"),
        (
            lambda s: fading_memory(None, s[:1], switch_ms=50),
            "spikes must hold two samples or more",
        ),
        (lambda s: fading_memory(None, s, switch_ms=150), "switch_ms must be below the duration"),
        (
            lambda s: fading_memory(None, s, switch_ms=7),
            "switch_ms must be a multiple of every_ms = 5, got 7",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(two_pasts())
