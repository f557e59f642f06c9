"""The drift-tolerant error of outputs whose drift is known, and against a search of all drifts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm.metrics import best_drift, drift_tolerant_nrmse, nrmse

DT, PERIOD = 0.5, 200.0
TIMES = DT * np.arange(4000)


def wave(t):
    """Two outputs, of which no part of the period is like another."""
    phase = 2 * np.pi * t / PERIOD
    return np.column_stack([np.sin(phase), np.cos(phase) + 0.5 * np.sin(3 * phase)])


TARGET = wave(TIMES)


@settings(max_examples=15, deadline=None)
@given(shift=st.floats(0, PERIOD), rate=st.floats(-0.05, 0.05))
def test_a_drift_is_found_and_forgiven(shift, rate):
    found = best_drift(wave((1 + rate) * TIMES + shift), TARGET, dt_ms=DT, period_ms=PERIOD)
    # Between its steps the target is linear, which is 1e-4 wrong here.
    assert found.nrmse < 5e-4
    assert found.rate == pytest.approx(rate, abs=1e-5)
    assert abs((found.shift_ms - shift + PERIOD / 2) % PERIOD - PERIOD / 2) < 0.02


def test_a_shifted_and_faster_sine_has_a_large_plain_error_and_none_that_is_tolerant():
    t = 0.05 * np.arange(40_000)
    target, said = (np.sin(2 * np.pi * 5 * r * t / 1000 + p) for r, p in ((1, 0), (1.03, 1)))
    assert nrmse(said, target) > 1
    assert drift_tolerant_nrmse(said, target, dt_ms=0.05, period_ms=200) < 1e-5


def test_what_is_not_a_drift_is_left():
    noise = 0.2 * np.random.default_rng(0).normal(size=TARGET.shape)
    said = wave(1.02 * TIMES + 70) + noise
    expected = np.sqrt((noise**2).sum(axis=1).mean() / TARGET.var(axis=0).sum())
    found = drift_tolerant_nrmse(said, TARGET, dt_ms=DT, period_ms=PERIOD)
    assert found == pytest.approx(expected, rel=2e-3)
    assert found <= expected
    half = drift_tolerant_nrmse(0.5 * TARGET, TARGET, dt_ms=DT, period_ms=PERIOD)
    assert half == pytest.approx(0.5, abs=1e-3)


def test_silence_has_an_error_of_1():
    # But for the part of a period that a rate leaves over, of which the smallest is chosen.
    found = drift_tolerant_nrmse(0 * TARGET, TARGET, dt_ms=DT, period_ms=PERIOD)
    assert found == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_no_drift_of_a_fine_grid_is_better(seed):
    """Outputs that are no drift of the target at all, so that many drifts are nearly as good."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.normal(size=(1200, 2)), axis=0)
    spectrum[30:] = 0
    said = np.fft.irfft(spectrum, axis=0)
    said /= said.std(axis=0)
    times = DT * np.arange(1200)
    searched = min(
        nrmse_against(said, wave((1 + rate) * times + shift))
        for rate in np.linspace(-0.05, 0.05, 41)
        for shift in np.arange(0, PERIOD, 2.0)
    )
    found = drift_tolerant_nrmse(said, TARGET, dt_ms=DT, period_ms=PERIOD)
    assert found <= searched + 1e-6


def nrmse_against(said, drifted):
    return np.sqrt(((said - drifted) ** 2).sum(axis=1).mean() / TARGET.var(axis=0).sum())


def test_it_is_never_above_the_plain_error():
    rng = np.random.default_rng(0)
    for scale in (0.1, 1.0, 10.0):
        said = TARGET + scale * rng.normal(size=TARGET.shape)
        found = drift_tolerant_nrmse(said, TARGET, dt_ms=DT, period_ms=PERIOD)
        assert found <= nrmse(said, TARGET) + 1e-9


def test_a_drift_beyond_the_largest_is_not_forgiven():
    said = wave(1.08 * TIMES)
    found = best_drift(said, TARGET, dt_ms=DT, period_ms=PERIOD)
    assert abs(found.rate) <= 0.05
    assert found.nrmse > 0.5
    wider = drift_tolerant_nrmse(said, TARGET, dt_ms=DT, period_ms=PERIOD, max_rate=0.1)
    assert wider < 1e-3
    only_shifted = best_drift(wave(TIMES + 33), TARGET, dt_ms=DT, period_ms=PERIOD, max_rate=0)
    assert only_shifted.rate == 0
    assert only_shifted.shift_ms == pytest.approx(33, abs=0.01)


def test_a_period_need_not_be_whole_steps_and_the_output_may_be_shorter():
    period = 63.21
    target = np.sin(2 * np.pi * TIMES / period)
    said = np.sin(2 * np.pi * (0.97 * TIMES[:80] + 11) / period)
    found = best_drift(said, target, dt_ms=DT, period_ms=period)
    assert found.nrmse < 1e-3
    assert found.shift_ms == pytest.approx(11, abs=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": TARGET[:399]}, "target must last a period, 200 ms or 400 steps; got 399 steps"),
        ({"target": TARGET[:, 0]}, "y must have as many outputs as target, 1; got 2"),
        ({"target": np.ones((500, 2))}, "target must not be constant"),
        ({"y": TARGET + np.inf}, "y must be finite"),
        ({"dt_ms": 0}, "dt_ms must be finite and above 0"),
        ({"period_ms": -1}, "period_ms must be finite and above 0"),
        ({"max_rate": 1}, r"max_rate must lie in \[0, 1\), got 1"),
    ],
)
def test_bad_input(change, message):
    given_ = {"y": TARGET, "target": TARGET, "dt_ms": DT, "period_ms": PERIOD} | change
    with pytest.raises(ValueError, match=message):
        drift_tolerant_nrmse(given_.pop("y"), given_.pop("target"), **given_)
