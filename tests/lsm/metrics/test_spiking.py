"""Statistics of spikes against processes whose statistics are known."""

import numpy as np
import pytest
from scipy.integrate import quad

from lsm.metrics import (
    as_spike_trains,
    between,
    binned_counts,
    cv2,
    fano_factor,
    firing_rates,
    interval_cv,
    local_variation,
    poisson_spikes,
    population_rate,
    synchrony,
)
from lsm.simulation import Recording
from lsm.spikes import SpikeTrains


def renewal(intervals_ms, duration_ms):
    """One channel that fires after these intervals."""
    times = np.cumsum(intervals_ms)
    return SpikeTrains.from_lists([[times[times < duration_ms]]], duration_ms=duration_ms)


def recording(times_ms, neurons, *, n_neurons, duration_ms):
    t_ms = np.arange(1.0, duration_ms + 1)
    return Recording(
        spike_times_ms=np.array(times_ms, dtype=float),
        spike_neurons=np.array(neurons, dtype=np.int32),
        t_ms=t_ms,
        v_mV=np.zeros((n_neurons, len(t_ms))),
        variables={},
    )


@pytest.fixture(scope="module")
def poisson():
    """Three channels of 20 Hz, 5 samples of 500 s: 50,000 spikes each."""
    return poisson_spikes(5, 3, rate_Hz=20, duration_ms=500_000, random_state=1)


def test_poisson_process_has_irregularity_one(poisson):
    np.testing.assert_allclose(firing_rates(poisson), 20, rtol=0.04)
    for measure in (interval_cv, cv2, local_variation):
        np.testing.assert_allclose(measure(poisson), 1, atol=0.02)


@pytest.mark.parametrize("window_ms", [5, 100, 2000])
def test_poisson_process_has_fano_factor_one_in_any_window(poisson, window_ms):
    np.testing.assert_allclose(fano_factor(poisson, window_ms=window_ms), 1, atol=0.1)


def test_fano_factor_of_few_windows_is_unbiased():
    # Channels are repetitions: four windows of two expected spikes.
    spikes = poisson_spikes(1, 20_000, rate_Hz=20, duration_ms=400, random_state=2)
    factors = fano_factor(spikes, window_ms=100)
    assert np.nanmean(factors) == pytest.approx(1, abs=0.03)


def test_clock_has_irregularity_zero():
    clock = renewal(np.full(100, 10.0), 500.0)
    for measure in (interval_cv, cv2, local_variation):
        np.testing.assert_allclose(measure(clock), 0, atol=1e-12)
    np.testing.assert_allclose(fano_factor(clock, window_ms=50), 0, atol=0.05)
    # In windows with one spike or none the most regular process looks like chance.
    assert fano_factor(clock, window_ms=0.5)[0] == pytest.approx(1, abs=0.06)


def test_gamma_process_has_the_known_statistics():
    # Of order k: CV 1 / sqrt(k), Lv 3 / (2 k + 1), and CV^2 as the Fano factor of long windows.
    k = 4
    intervals = np.random.default_rng(3).gamma(k, 50 / k, size=50_000)
    spikes = renewal(intervals, 2_000_000.0)
    assert interval_cv(spikes)[0] == pytest.approx(1 / np.sqrt(k), rel=0.02)
    assert local_variation(spikes)[0] == pytest.approx(3 / (2 * k + 1), rel=0.02)
    assert fano_factor(spikes, window_ms=2000)[0] == pytest.approx(1 / k, rel=0.15)


def test_a_slow_change_of_rate_raises_cv_alone():
    rng = np.random.default_rng(4)
    scale = np.where(np.arange(40_000) // 1000 % 2, 10, 100)
    spikes = renewal(rng.exponential(scale), 1e9)
    assert interval_cv(spikes)[0] > 1.3
    assert cv2(spikes)[0] == pytest.approx(1, abs=0.02)
    assert local_variation(spikes)[0] == pytest.approx(1, abs=0.02)


def test_short_samples_bias_the_cv_as_documented():
    # An interval of t fits into a sample of T in T - t places.
    rate, duration = 0.01, 300
    moments = [
        quad(lambda t, p=p: t**p * (duration - t) * np.exp(-rate * t), 0, duration)[0]
        for p in range(3)
    ]
    mean, square = moments[1] / moments[0], moments[2] / moments[0]
    expected = np.sqrt(square - mean**2) / mean
    spikes = poisson_spikes(20_000, 1, rate_Hz=10, duration_ms=duration, random_state=5)
    assert expected == pytest.approx(0.875, abs=0.001)
    assert interval_cv(spikes)[0] == pytest.approx(expected, abs=0.01)
    alone = [interval_cv(sample)[0] for sample in spikes[:3000]]
    assert np.nanmean(alone) == pytest.approx(0.63, abs=0.01)


def test_intervals_by_hand():
    # Intervals 1 and 3 of one sample, 2 and 2 of the other; none from sample to sample.
    spikes = SpikeTrains.from_lists(
        [[[0, 1, 4], [], [7, 7, 7]], [[2, 4, 6], [5], []]], duration_ms=10
    )
    intervals = np.array([1, 3, 2, 2])
    expected = intervals.std() / intervals.mean()
    np.testing.assert_allclose(interval_cv(spikes)[:2], [expected, np.nan])
    np.testing.assert_allclose(cv2(spikes), [(2 * 2 / 4 + 0) / 2, np.nan, np.nan])
    np.testing.assert_allclose(local_variation(spikes), [(3 / 4 + 0) / 2, np.nan, np.nan])
    np.testing.assert_allclose(firing_rates(spikes), [[300, 0, 300], [300, 100, 0]])


def test_bins_leave_out_the_rest_of_a_sample():
    spikes = SpikeTrains.from_lists([[[0, 2.9, 3, 9.5], [3.1]], [[5], []]], duration_ms=[10, 6])
    first, second = binned_counts(spikes, bin_ms=3)
    np.testing.assert_array_equal(first, [[2, 1, 0], [0, 1, 0]])
    np.testing.assert_array_equal(second, [[0, 1], [0, 0]])
    rates = population_rate(spikes, bin_ms=3)
    np.testing.assert_allclose(rates[0], np.array([1, 1, 0]) * 1000 / 3)
    np.testing.assert_allclose(rates[1], np.array([0, 0.5]) * 1000 / 3)
    # Both samples' windows: 2, 1, 0, 0, 1 and 0, 1, 0, 0, 0.
    np.testing.assert_allclose(fano_factor(spikes, window_ms=3), [0.7 / 0.8, 1])


def test_a_recording_is_one_sample_of_its_neurons():
    recorded = recording([0, 4, 4, 9], [2, 0, 2, 2], n_neurons=4, duration_ms=10)
    expected = SpikeTrains.from_lists([[[4], [], [0, 4, 9], []]], duration_ms=10)
    assert as_spike_trains(recorded) == expected
    np.testing.assert_array_equal(firing_rates(recorded), [[100, 0, 300, 0]])
    assert as_spike_trains(expected) is expected


def test_between_keeps_a_part_of_each_sample():
    spikes = SpikeTrains.from_lists([[[1, 5, 9]], [[]], [[4, 6, 6.5]]], duration_ms=10)
    expected = SpikeTrains.from_lists([[[1]], [[]], [[0, 2, 2.5]]], duration_ms=4)
    assert between(spikes, 4, 8) == expected
    assert between(spikes, 0, 10) == spikes


def test_synchrony_of_known_mixtures():
    rng = np.random.default_rng(6)
    n = 50
    common, own = rng.standard_normal(20_000), rng.standard_normal((n, 20_000))
    assert synchrony(np.tile(common, (n, 1))) == pytest.approx(1)
    assert synchrony(own) == pytest.approx(1 / np.sqrt(n), rel=0.05)
    # Of the variance 0.3^2 + 1 of each, the mean keeps 0.3^2 + 1 / n.
    expected = np.sqrt((0.09 + 1 / n) / 1.09)
    assert synchrony(0.3 * common + own) == pytest.approx(expected, rel=0.03)
    assert np.isnan(synchrony(np.ones((3, 5))))


def test_silence_and_no_samples_have_no_statistics():
    silent = SpikeTrains.from_lists([[[], []]], duration_ms=10)
    for spikes in (silent, silent[:0]):
        for statistic in (interval_cv, cv2, local_variation):
            np.testing.assert_array_equal(statistic(spikes), [np.nan, np.nan])
    np.testing.assert_array_equal(fano_factor(silent, window_ms=5), [np.nan, np.nan])
    with pytest.raises(ValueError, match="window_ms must fit twice at least"):
        fano_factor(silent[:0], window_ms=5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: firing_rates([[1.0]]), TypeError, "spikes must be SpikeTrains or a Recording"),
        (lambda s: fano_factor(s, window_ms=0), ValueError, "window_ms must be finite and above 0"),
        (
            lambda s: fano_factor(s, window_ms=11),
            ValueError,
            "must not be longer than a sample, 10",
        ),
        (lambda s: fano_factor(s, window_ms=6), ValueError, "window_ms must fit twice at least"),
        (lambda s: binned_counts(s, bin_ms=20), ValueError, "must not be longer than a sample, 10"),
        (lambda s: between(s, 4, 11), ValueError, "within every sample, up to 10 ms; got 4 and 11"),
        (lambda s: between(s, 4, 4), ValueError, "start_ms and stop_ms must be in order"),
        (lambda s: synchrony(s), TypeError, r"array .*binned_counts\(.* got SpikeTrains"),
        (
            lambda s: synchrony(recording([0], [0], n_neurons=1, duration_ms=10)),
            TypeError,
            "such as recording.v_mV .* got Recording",
        ),
        (lambda s: synchrony([1, 2]), ValueError, r"activity must have the shape \(neurons, steps"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(SpikeTrains.from_lists([[[1, 5]]], duration_ms=10))
