"""Baselines on spike trains worked out by hand, and on a task that timing alone solves."""

import numpy as np
import pytest

from lsm.spikes import SpikeTrains
from tasks import Task
from tasks.baselines import (
    FEATURES,
    SIGNAL_FEATURES,
    band_powers,
    baselines,
    by_readout,
    first_spikes,
    mean_spikes,
    most_frequent,
    predict_without_liquid,
    random_projections,
    root_mean_absolute,
    signal_bins,
    signal_levels,
    time_bins,
    traces,
)

# Two samples of 10 and 20 ms on two channels; channel 1 is silent in the first.
SPIKES = SpikeTrains.from_lists([[[1.0, 6.0, 6.0], []], [[19.0], [0.0, 9.0]]], duration_ms=[10, 20])


def task(spikes, labels, *, ceiling=None):
    train, fitness, test = np.split(
        np.arange(len(labels)), [len(labels) // 2, len(labels) * 2 // 3]
    )
    return Task(
        name="toy",
        spikes=spikes,
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        groups=None,
        description="",
        source="",
        ceiling=ceiling,
    )


def timing_task(*, ceiling=None):
    """One spike a channel in every sample, early or late: counts know nothing, times everything."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 90)
    first = 5 + 40 * labels + rng.uniform(0, 5, 90)
    trains = [[[t], [50 - t]] for t in first]
    return task(SpikeTrains.from_lists(trains, duration_ms=60), labels, ceiling=ceiling)


def test_features_by_hand():
    np.testing.assert_array_equal(FEATURES["raw_counts"](SPIKES), [[3, 0], [1, 2]])
    np.testing.assert_array_equal(first_spikes(SPIKES), [[1, 10], [19, 0]])
    np.testing.assert_allclose(mean_spikes(SPIKES), [[13 / 3, 10], [19, 4.5]])
    # Bins are parts of each sample's own duration: halves of 10 and of 20 ms.
    np.testing.assert_array_equal(time_bins(SPIKES, 2), [[1, 2, 0, 0], [0, 1, 2, 0]])
    by_hand = np.array(
        [[np.exp(-0.9) + 2 * np.exp(-0.4), 0], [np.exp(-0.1), np.exp(-2) + np.exp(-1.1)]]
    )
    both = traces(SPIKES, (10.0, 5.0))
    np.testing.assert_allclose(both[:, :2], by_hand)
    assert both.shape == (2, 4)


@pytest.mark.parametrize("name", FEATURES)
def test_features_of_silence_are_finite(name):
    silent = SpikeTrains.from_lists([[[], []]] * 3, duration_ms=5)
    assert np.isfinite(FEATURES[name](silent)).all()


def test_features_of_signals_by_hand():
    signals = [np.array([[1.0, 3.0, -4.0, 8.0]]), np.array([[2, -4]])]
    np.testing.assert_allclose(signal_levels(signals), [[2, np.sqrt(18.5)], [-1, 3]])
    np.testing.assert_allclose(signal_bins(signals, 2), [[2, 2], [2, -4]])
    # More parts than steps: a value lasts for its step.
    np.testing.assert_allclose(signal_bins(signals[1:], 4), [[2, 2, -4, -4]])
    np.testing.assert_allclose(signal_bins(signals[1:], 3), [[2, -1, -4]])
    np.testing.assert_allclose(root_mean_absolute(signals), [[2], [np.sqrt(3)]])


def test_band_powers_by_hand():
    steps = np.arange(400)
    waves = np.stack([np.sin(2 * np.pi * f * steps) for f in (0.02, 0.2)])
    powers = band_powers([waves, 10 * waves + 7], 12).reshape(2, 2, 12)
    edges = np.geomspace(0.003, 0.5, 13)
    own = np.searchsorted(edges, [0.02, 0.2]) - 1
    np.testing.assert_array_equal(powers.argmax(axis=2), [own, own])
    np.testing.assert_allclose(powers[1, [0, 1], own] - powers[0, [0, 1], own], np.log(100))
    # Parseval: of white noise all bands have the power of a step, times that of the window.
    noise = np.random.default_rng(0).normal(scale=3, size=(1, 100_000))
    flat = np.exp(band_powers([noise], 12)) / np.sum(np.hanning(100_000) ** 2) / 100_000
    np.testing.assert_allclose(flat, 9, rtol=0.25)
    np.testing.assert_allclose(band_powers([np.ones((1, 5))], 3), np.log(1e-12))


def test_bins_of_signals_are_channel_by_channel():
    two = np.array([[[1.0, 3, 5, 7], [10, 30, 50, 70]]])
    np.testing.assert_allclose(signal_bins(two, 2), [[2, 6, 20, 60]])


def test_random_projections_are_linear_and_seeded():
    first = random_projections(SPIKES, 7, np.random.default_rng(3))
    np.testing.assert_array_equal(first, random_projections(SPIKES, 7, np.random.default_rng(3)))
    assert first.shape == (2, 7)


def test_timing_is_found_where_counts_know_nothing():
    result = baselines(timing_task(), n_features=20, random_state=0)
    assert set(result) == {"chance", *FEATURES, "random_projections", "best_without_liquid"}
    assert result["raw_counts"]["ridge"] == result["raw_counts"]["logistic"] == result["chance"]
    assert result["first_spikes"] == result["mean_spikes"] == {"ridge": 1.0, "logistic": 1.0}
    # Of equals the first is named.
    assert result["best_without_liquid"] == {
        "name": "first_spikes",
        "readout": "ridge",
        "accuracy": 1.0,
    }


def test_test_labels_are_only_scored_against():
    honest = timing_task()
    turned = honest.labels.copy()
    turned[honest.test] = 1 - turned[honest.test]
    names = ["first_spikes"]
    result = baselines(task(honest.spikes, turned), n_features=1, random_state=0, names=names)
    assert result["first_spikes"] == {"ridge": 0.0, "logistic": 0.0}
    assert result["best_without_liquid"]["name"] == "chance"


def test_ceiling_is_scored_on_the_test_samples():
    ceiling = timing_task().labels.copy()
    ceiling[:60] = -1
    ceiling[60] = -1
    result = baselines(timing_task(ceiling=ceiling), n_features=1, random_state=0, names=[])
    assert result["ceiling"] == pytest.approx(29 / 30)


def test_same_seed_same_result():
    names = ["random_projections"]
    results = [baselines(timing_task(), n_features=2, random_state=5, names=names) for _ in "ab"]
    assert results[0] == results[1]


def test_any_part_may_train_and_any_other_be_predicted():
    one = timing_task()
    signals = one.labels[:, np.newaxis, np.newaxis] * np.arange(5.0)
    heard = Task(**{**vars(one), "signals": signals})
    train, test = np.arange(40, 90), np.arange(5, 40)
    options = {"n_features": 3, "random_state": 0}
    names = ["first_spikes", *SIGNAL_FEATURES]
    predicted = predict_without_liquid(heard, train, test, names=names, **options)
    assert list(predicted) == names
    for of_features in predicted.values():
        assert list(of_features) == ["ridge", "logistic"]
        for labels in of_features.values():
            np.testing.assert_array_equal(labels, one.labels[test])
    with pytest.raises(ValueError, match="'signal_levels', did you mean"):
        predict_without_liquid(one, train, test, names=["signal_levels"], **options)


def test_the_most_frequent_label_of_equals_is_the_smallest():
    assert most_frequent(np.array([3, 1, 1, 3, 2])) == 1


def test_bad_input():
    with pytest.raises(ValueError, match="'raw_count', did you mean 'raw_counts'"):
        baselines(timing_task(), n_features=1, random_state=0, names=["raw_count"])
    with pytest.raises(ValueError, match="n_features must be at least 1, got 0"):
        baselines(timing_task(), n_features=0, random_state=0)


def test_labels_by_features_and_readout():
    nested = {"raw_counts": {"ridge": 1, "logistic": 2}, "first_spikes": {"ridge": 3}}
    flat = {"raw_counts, ridge": 1, "raw_counts, logistic": 2, "first_spikes, ridge": 3}
    assert by_readout(nested) == flat
