"""Parity and delayed match: labels by their definitions, and what linear readouts know of them."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier

from tasks import make_task
from tasks.baselines import counts, time_bins
from tests.tasks.test_cues import shown


@pytest.mark.parametrize("n_bits", [2, 3, 5])
def test_parity_is_that_of_the_bits(n_bits):
    task = make_task(f"Parity{n_bits}", random_state=0, samples_per_class=40)
    bits = shown(task.spikes, 100 * np.arange(n_bits), 50)
    np.testing.assert_array_equal(task.labels, bits.sum(axis=1) % 2)
    assert task.targets.window_ms == 50


@pytest.mark.parametrize("n_bits", [1, 3])
def test_words_match_where_all_bits_do(n_bits):
    task = make_task(f"DelayedMatch{n_bits}", random_state=0, samples_per_class=40, delay_ms=120)
    starts = np.array([[0], [100 * n_bits - 50 + 120]]) + 100 * np.arange(n_bits)
    bits = shown(task.spikes, starts.ravel(), 50).reshape(80, 2, n_bits)
    np.testing.assert_array_equal(task.labels, (bits[:, 0] != bits[:, 1]).any(axis=1))
    for name, word in zip(("first", "second"), bits.transpose(1, 0, 2), strict=True):
        np.testing.assert_array_equal(task.metadata[name], word @ 2 ** np.arange(n_bits))


def test_every_other_word_is_as_likely():
    task = make_task("DelayedMatch2", random_state=0, samples_per_class=600)
    differ = task.labels == 1
    step = (task.metadata["second"] - task.metadata["first"])[differ] % 4
    np.testing.assert_allclose(np.bincount(step, minlength=4) / 600, [0, *[1 / 3] * 3], atol=0.06)


@pytest.mark.parametrize("name", ["Parity2", "Parity3", "DelayedMatch1", "DelayedMatch3"])
def test_linear_readouts_stay_at_chance(name):
    task = make_task(name, random_state=0, samples_per_class=500)
    for features in (counts(task.spikes), time_bins(task.spikes, 5)):
        model = RidgeClassifier(10.0).fit(features[task.training], task.labels[task.training])
        # 300 samples: a deviation of 2.9 %.
        assert abs(model.score(features[task.test], task.labels[task.test]) - 0.5) < 0.1


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("Parity2", {"n_bits": 1}, "n_bits must be at least 2, .* got 1"),
        ("Parity2", {"gap_ms": 0}, "gap_ms must be finite and above 0"),
        ("DelayedMatch1", {"n_bits": 31}, "n_bits must be at most 30, got 31"),
        ("DelayedMatch1", {"delay_ms": 1.5}, "delay_ms must be a multiple of"),
    ],
)
def test_impossible_options(name, options, message):
    with pytest.raises(ValueError, match=message):
        make_task(name, **options)
