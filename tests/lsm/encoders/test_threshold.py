"""Step-forward and level-crossing, against their definitions step by step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm.encoders import LevelCrossing, StepForward


def walk(n_steps=300, seed=0, n_channels=2):
    return np.random.default_rng(seed).normal(size=(1, n_channels, n_steps)).cumsum(axis=2)


def step_forward(x, threshold):
    """Steps of the spikes up and down, as Petro et al. 2020, algorithm 2, have them."""
    base, up, down = 0.0, [], []
    for k, value in enumerate(x):
        if value > base + threshold:
            up.append(k)
            base += threshold
        elif value < base - threshold:
            down.append(k)
            base -= threshold
    return up, down


def level_crossing(x, delta):
    """Times of the spikes up and down, on a dense grid of each straight line."""
    base, up, down = 0.0, [], []
    fine = np.arange(1, 1001) / 1000
    for k, (old, new) in enumerate(zip([0.0, *x[:-1]], x, strict=True)):
        for part in fine:
            value = old + part * (new - old)
            while value >= base + delta:
                base += delta
                up.append(k + part)
            while value <= base - delta:
                base -= delta
                down.append(k + part)
    return up, down


def standardised(X):
    return (X - X.mean(axis=(0, 2))[:, np.newaxis]) / X.std(axis=(0, 2))[:, np.newaxis]


def test_step_forward_fires_as_defined():
    X = walk()
    trains = StepForward(threshold=0.2, step_ms=3).fit_transform(X).to_lists()[0]
    for c, x in enumerate(standardised(X)[0]):
        up, down = step_forward(x, 0.2)
        assert min(len(up), len(down)) > 20
        np.testing.assert_allclose(trains[c], 3 * np.array(up))
        np.testing.assert_allclose(trains[2 + c], 3 * np.array(down))


def test_level_crossing_fires_as_defined():
    X = walk(100)
    trains = LevelCrossing(threshold=0.2, step_ms=3).fit_transform(X).to_lists()[0]
    for c, x in enumerate(standardised(X)[0]):
        up, down = level_crossing(x, 0.2)
        assert min(len(up), len(down)) > 10
        np.testing.assert_allclose(trains[c], 3 * np.array(up), atol=0.0031)
        np.testing.assert_allclose(trains[2 + c], 3 * np.array(down), atol=0.0031)


def test_levels_are_crossed_on_a_straight_line():
    """From 0 up to 4 in one step, from there down to -2, in units of the threshold."""
    encoder = LevelCrossing(threshold=2.0, step_ms=10).fit(np.array([[[-1.0, 1.0]]]))
    up, down = encoder.transform(np.array([[[8.0, -4.0, -3.9]]])).to_lists()[0]
    np.testing.assert_allclose(up, [2.5, 5, 7.5, 10], rtol=2e-5)
    # The level 4 was reached from below; the next one below it is 3.
    np.testing.assert_allclose(down, 10 + np.arange(1, 7) / 6 * 10, rtol=2e-5)


def test_noise_below_the_threshold_is_silent():
    X = np.random.default_rng(0).uniform(-0.49, 0.49, size=(1, 1, 1000))
    for encoder in (LevelCrossing, StepForward):
        assert encoder(threshold=1).fit([[-1.0, 1.0]]).transform(X).counts().sum() == 0


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.05, 0.3, 1]))
def test_reconstruction_by_levels_is_within_a_threshold(seed, threshold):
    X = walk(50, seed)
    encoder = LevelCrossing(threshold=threshold, step_ms=0.7)
    off = encoder.inverse_transform(encoder.fit_transform(X)) - X
    assert (np.abs(off) <= threshold * encoder.scale_[:, np.newaxis] * (1 + 1e-9)).all()


@pytest.mark.parametrize("threshold", [0.05, 0.2])
def test_reconstruction_by_steps_is_within_a_threshold_once_it_has_caught_up(threshold):
    """Of a signal slow enough for one spike a step."""
    k = np.arange(2000)
    X = 3 + np.sin(2 * np.pi * k / 500)[np.newaxis, np.newaxis]
    encoder = StepForward(threshold=threshold)
    off = encoder.inverse_transform(encoder.fit_transform(X)) - X
    assert np.abs(off).max() <= threshold * encoder.scale_ * (1 + 1e-9)
    # And not for a jump: it takes as many steps as there are thresholds in it.
    encoder.fit(np.array([[[-1.0, 1.0]]]))
    jump = encoder.inverse_transform(encoder.transform([np.ones(40)]))[0, 0]
    np.testing.assert_allclose(jump[:15], np.minimum(threshold * np.arange(1, 16), jump[-1]))
    assert 1 - threshold <= jump[-1] <= 1


def test_a_channel_that_hardly_varied_in_training_cannot_fill_the_memory():
    # It fired 1.8e9 times, which asked for 54 GiB and more. The first channel is as ever.
    rng = np.random.default_rng(0)
    X = np.stack([walk(n_channels=1)[0, 0], 1 + 1e-9 * rng.normal(size=300)])[np.newaxis]
    encoder = LevelCrossing().fit(X)
    encoder.transform(X)
    later = X.copy()
    later[0, 1, 200:] = 2
    message = (
        r"LevelCrossing: channel 1 would fire 1.96e\+09 times in step 200.*standard deviation was "
        r"1.*e-09.*a channel that hardly varies"
    )
    with pytest.raises(ValueError, match=message):
        encoder.transform(later)
    with pytest.raises(ValueError, match=message):
        encoder.stream().push(later[0])
    # At most one spike a step: here it is late instead.
    assert StepForward().fit(X).transform(later).counts()[0, 1] <= 300


def test_a_thousand_levels_in_a_step_are_crossed_and_no_more():
    encoder = LevelCrossing(threshold=1).fit(np.array([[[-1.0, 1.0]]]))
    assert encoder.transform([np.array([1000.5, 1000.5])]).counts().tolist() == [[1000, 0]]
    with pytest.raises(ValueError, match=r"channel 0 would fire 1e.03 times in step 1"):
        encoder.transform([np.array([0.0, -1001.5])])
    with pytest.raises(ValueError, match=r"would fire 1.7e.308 times"):
        encoder.transform([np.array([0.0, 1.7e308])])


def test_many_spikes_in_all_are_refused_though_few_a_step(monkeypatch):
    monkeypatch.setattr("lsm.encoders.bounds.MOST_TOGETHER", 1000)
    encoder = LevelCrossing(threshold=1).fit(np.array([[[-1.0, 1.0]]]))
    X = [100.5 * (-1.0) ** np.arange(5)]
    assert encoder.transform(X).counts().sum() == 900
    with pytest.raises(ValueError, match=r"LevelCrossing: .* all together 1.1e\+03 times"):
        encoder.transform([100.5 * (-1.0) ** np.arange(6)])
