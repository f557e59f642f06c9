"""How a population fires: the numbers are those of the metrics, and known for what is planted."""

import numpy as np
import pytest

from lsm import SpikeTrains
from lsm.metrics import (
    between,
    binned_counts,
    branching_factor,
    fano_factor,
    interval_cv,
    poisson_spikes,
    population_rate,
    spiking_regime,
    synchrony,
)
from lsm.metrics.regime import finite_median

POISSON = poisson_spikes(1, 40, rate_Hz=20, duration_ms=20_000, random_state=0)


def test_a_poisson_process_is_irregular_and_without_memory():
    regime = spiking_regime(POISSON)
    assert regime.cv == pytest.approx(1, abs=0.1)
    assert regime.fano == pytest.approx(1, abs=0.2)
    assert regime.synchrony == pytest.approx(1 / np.sqrt(40), abs=0.05)


def test_it_is_what_the_metrics_say_without_the_start():
    settled = between(POISSON, 300, 20_000)
    assert spiking_regime(
        POISSON, start_ms=300, window_ms=400, bin_ms=4, follow_ms=3, max_lag=10
    ) == (
        np.median(interval_cv(settled)),
        np.median(fano_factor(settled, window_ms=400)),
        synchrony(binned_counts(settled, bin_ms=4)[0]),
        branching_factor(population_rate(settled, bin_ms=3), max_lag=10).factor,
    )


def test_a_clock_is_regular():
    times = np.arange(5.0, 10_000, 100)
    clocks = SpikeTrains.from_lists([[times + 3 * k for k in range(4)]], duration_ms=10_000)
    assert spiking_regime(clocks).cv == pytest.approx(0, abs=1e-9)


def test_the_median_is_of_what_is_finite():
    assert finite_median([np.nan, 1.0, 2.0, 6.0, np.inf]) == 2.0
    assert np.isnan(finite_median([np.nan]))


def test_several_samples_and_bad_times_are_refused():
    two = poisson_spikes(2, 3, rate_Hz=20, duration_ms=2000, random_state=0)
    with pytest.raises(ValueError, match=r"spikes must hold one sample, as spikes\[k\] .* got 2"):
        spiking_regime(two)
    with pytest.raises(ValueError, match="start_ms and stop_ms must be in order"):
        spiking_regime(two[0], start_ms=3000)
    for name in ("bin_ms", "follow_ms", "window_ms"):
        with pytest.raises(ValueError, match=f"{name} must be"):
            spiking_regime(POISSON, **{name: 0})
