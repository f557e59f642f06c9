"""Presets against plain Brian2 programs of the same networks, which share no code with them.

The plain programs run in processes of their own: Brian2's seed and target are global.
"""

from functools import partial

import numpy as np
import pytest

from experiments.benchmarks.apart import apart
from experiments.benchmarks.networks import first_difference, rate_and_cv, spikes_of, stimulus
from lsm import SpikeTrains, make_reservoir
from lsm.presets.plain_brian2 import plain_spikes

SIZES = {"cuba": 400, "coba": 400, "maass2002": 135}


@pytest.mark.parametrize("name", SIZES)
def test_rates_and_irregularity_lie_within_the_spread_over_seeds(name):
    n, duration_ms, start_ms = SIZES[name], 700.0, 100.0

    heard = stimulus(name, duration_ms, 0)

    def of(seed):
        reservoir = make_reservoir(name, n=n, random_state=seed)
        spikes = spikes_of(reservoir, heard)
        return rate_and_cv(spikes, start_ms=start_ms)

    ours = np.array([of(seed) for seed in range(20)])
    theirs = apart(partial(plain_spikes, name, heard, n=n, seed=0))
    mean, sd = ours.mean(axis=0), ours.std(axis=0, ddof=1)
    # A spread narrow enough to tell something.
    assert np.all(sd < 0.35 * mean)
    assert mean[0] > 1
    assert np.all(np.abs(rate_and_cv(theirs, start_ms=start_ms) - mean) < 2.5 * sd)


def shared(name, heard):
    n = SIZES[name]
    reservoir = make_reservoir(name, n=n, random_state=0)
    theirs = apart(partial(plain_spikes, name, heard, n=n, seed=0, like=reservoir))
    return first_difference(spikes_of(reservoir, heard), theirs)


def test_the_liquid_fires_identically_where_the_wiring_is_shared():
    heard = stimulus("maass2002", 500.0, 0)
    one = heard.channels == 0  # a single train, as in the paper
    heard = SpikeTrains(
        heard.times_ms[one], heard.channels[one], [0, one.sum()], heard.durations_ms, 1
    )
    found = shared("maass2002", heard)
    assert found["identical"]
    assert found["spikes"] > 100


@pytest.mark.parametrize(("name", "at_least_ms"), [("cuba", 100.0), ("coba", 8.0)])
def test_balanced_networks_do_until_rounding_shifts_a_spike(name, at_least_ms):
    """Single precision moves about one spike of some hundreds across the threshold by a step (of
    the conductances the integration does it, trapezoidal here); chaos does the rest."""
    found = shared(name, stimulus(name, 200.0, 0))
    assert found["identical_ms"] > at_least_ms
    assert found["identical_spikes"] > 100
    assert found["spikes"] > 200


def test_other_presets_have_no_plain_program():
    with pytest.raises(ValueError, match="cuba, coba, maass2002, got 'izhikevich2003'"):
        plain_spikes("izhikevich2003", stimulus("cuba", 10.0, 0), n=10, seed=0)


def test_where_runs_part_is_found():
    def trains(*pairs):
        step, neuron = np.array(sorted(pairs)).T
        return SpikeTrains(step * 0.1, neuron, [0, len(step)], [2.0], 5)

    one = trains((3, 1), (7, 4), (9, 0))
    assert first_difference(one, one) == {
        "identical": True,
        "identical_ms": 2.0,
        "identical_spikes": 3,
        "spikes": 3,
    }
    later = first_difference(one, trains((3, 1), (8, 4), (9, 0)))
    assert later == {
        "identical": False,
        "identical_ms": pytest.approx(0.7),
        "identical_spikes": 1,
        "spikes": 3,
    }
