"""TXOR: the label, its segments, and who can solve it."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.svm import SVC

from tasks import make_task


def bins(spikes, dt_ms=10.0):
    return spikes.to_dense(dt_ms).reshape(len(spikes), -1)


def test_label_is_the_exclusive_or_of_the_cells():
    task = make_task("TXOR", random_state=0, samples_per_class=50)
    dense = task.spikes.to_dense(1.0)
    segments = np.stack([dense[:, :, :50], dense[:, :, 80:130]]).reshape(400, 8, 10, 5).sum(axis=3)
    # The main difference among segments is that between the two templates, A and B.
    centred = segments.reshape(400, -1) - segments.reshape(400, -1).mean(axis=0)
    template = (centred @ np.linalg.svd(centred, full_matrices=False)[2][0] > 0).reshape(2, 200)
    np.testing.assert_array_equal(template[0] ^ template[1], task.labels)
    np.testing.assert_array_equal(np.unique(template.T, axis=0, return_counts=True)[1], 50)


@pytest.mark.parametrize("gap_ms", [0, 30, 62.5])
def test_segments_gap_and_silence(gap_ms):
    task = make_task("TXOR", random_state=0, samples_per_class=100, gap_ms=gap_ms)
    times = task.spikes.times_ms
    np.testing.assert_array_equal(task.spikes.durations_ms, 120 + gap_ms)
    assert (task.spikes.counts() == 8).all()
    first = times < 50
    assert first.sum() * 2 == len(times)
    assert set(times[first]) <= set(range(1, 50))
    assert set(times[~first] - 50 - gap_ms) <= set(range(1, 50))
    assert task.spikes.to_dense(0.5).max() == 1


def test_gap_is_30_ms_by_default():
    np.testing.assert_array_equal(make_task("TXOR", samples_per_class=2).spikes.durations_ms, 150)


def test_linear_readouts_stay_at_chance_and_a_non_linear_one_does_not():
    linear, kernel = [], []
    for seed in range(3):
        task = make_task("TXOR", random_state=seed, samples_per_class=150)
        features, used = bins(task.spikes), np.concatenate([task.train, task.fitness])
        for model, scores in ((RidgeClassifier(), linear), (SVC(), kernel)):
            model.fit(features[used], task.labels[used])
            scores.append(model.score(features[task.test], task.labels[task.test]))
    assert np.mean(linear) < 0.58
    assert np.mean(kernel) > 0.95


@pytest.mark.parametrize("gap_ms", [-1, np.nan, np.inf])
def test_impossible_gaps(gap_ms):
    with pytest.raises(ValueError, match="gap_ms must be finite and not below 0"):
        make_task("TXOR", gap_ms=gap_ms)


def test_gap_of_another_type():
    with pytest.raises(TypeError, match="gap_ms must be a number, got '30'"):
        make_task("TXOR", gap_ms="30")
