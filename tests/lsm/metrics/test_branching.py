"""Multistep regression on branching processes whose factor is known."""

import numpy as np
import pytest

from lsm.metrics import branching_factor
from lsm.simulation import record
from lsm.spikes import SpikeTrains
from tests.lsm.liquids import lone_neurons


def branching_process(m, n_steps, *, drive, seed):
    """Activity in which each unit is followed by m on average, and ``drive`` come by themselves."""
    rng = np.random.default_rng(seed)
    activity = np.empty(n_steps, dtype=int)
    now = round(drive / (1 - m))
    for k in range(n_steps):
        now = rng.poisson(m * now + drive)
        activity[k] = now
    return activity


@pytest.fixture(scope="module", params=[0.5, 0.9, 0.98])
def process(request):
    return request.param, branching_process(request.param, 60_000, drive=4, seed=1)


def test_factor_of_a_process_that_is_seen_in_full(process):
    m, activity = process
    found = branching_factor(activity, max_lag=40)
    assert found.factor == pytest.approx(m, abs=0.015)
    assert found.amplitude == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("part", [0.3, 0.05])
def test_factor_is_found_in_a_part_of_the_neurons(process, part):
    # The variance of activity is mean / (1 - m^2); binomial counts of it add part (1 - part) mean.
    m, activity = process
    seen = np.random.default_rng(2).binomial(activity, part)
    found = branching_factor(seen, max_lag=40)
    amplitude = part / (part + (1 - part) * (1 - m**2))
    if m > 0.5:  # of a quick process a small part tells too little
        assert found.factor == pytest.approx(m, abs=0.02)
        assert found.amplitude == pytest.approx(amplitude, abs=0.03)
    # The plain regression over one step is off by the amplitude.
    assert found.slopes[0] == pytest.approx(amplitude * m, abs=0.02)


def test_trials_are_taken_together():
    trials = [branching_process(0.9, 4000, drive=4, seed=seed) for seed in range(15)]
    assert branching_factor(trials, max_lag=30).factor == pytest.approx(0.9, abs=0.02)
    alone = [branching_factor(trial, max_lag=30).factor for trial in trials]
    assert np.std(alone) > 0.005
    one = branching_factor(trials[:1], max_lag=30)
    assert one.factor == alone[0] == branching_factor(trials[0].tolist(), max_lag=30).factor


def test_independent_counts_have_slopes_of_zero():
    counts = np.random.default_rng(3).poisson(5, 50_000)
    assert np.abs(branching_factor(counts, max_lag=10).slopes).max() < 0.02


def test_slopes_below_zero_show_no_branching():
    one_spike = np.zeros(100)
    one_spike[5] = 1
    found = branching_factor(one_spike, max_lag=3)
    assert found.slopes.max() < 0
    assert found.factor == found.amplitude == 0


@pytest.mark.parametrize(
    ("activity", "max_lag", "message"),
    [
        (np.arange(5), 4, r"of 6 bins at least for max_lag 4; got shape \(5,\) in trial 0"),
        ([np.arange(9), np.arange(5)], 4, r"got shape \(5,\) in trial 1"),
        (np.ones((2, 3, 9)), 4, r"one dimension, of 6 bins .* got shape \(2, 3, 9\)"),
        ([1, 2, np.nan, 3, 4, 5], 2, "activity must be finite"),
        (np.ones(50), 4, "activity must change in time, got a constant"),
        (np.arange(9), 0, "max_lag must be at least 1"),
        (np.arange(9), 1, "max_lag must be at least 2, got 1"),
    ],
)
def test_bad_input_is_refused(activity, max_lag, message):
    with pytest.raises(ValueError, match=message):
        branching_factor(activity, max_lag=max_lag)


def test_spikes_are_refused_with_what_to_pass_instead():
    spikes = SpikeTrains.from_lists([[[1, 5]]], duration_ms=10)
    recording = record(lone_neurons(), spikes, target="numpy")
    for given in (spikes, recording):
        message = rf"lsm.metrics.population_rate\(spikes, .* got {type(given).__name__}"
        with pytest.raises(TypeError, match=message):
            branching_factor(given, max_lag=4)
