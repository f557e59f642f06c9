"""FR5: rates, times and the ceiling."""

from itertools import product
from math import exp, factorial

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tasks import make_task
from tasks.frequency import CLASSES, bayes_labels


@pytest.fixture(scope="module")
def task():
    return make_task("FR5", random_state=0)


def test_high_channels_fire_at_100_hz_and_low_ones_at_10(task):
    assert len(task.labels) == 5000
    for label, pattern in enumerate(CLASSES):
        mean = task.spikes.counts()[task.labels == label].mean(axis=0)
        # Half-open: the mean of the integers in [r - 5, r + 5) is r - 0.5.
        expected = np.where(np.array(list(pattern)) == "H", 9.95, 0.95)
        np.testing.assert_allclose(mean, expected, atol=0.45)


def test_spikes_are_a_poisson_process_followed_by_silence(task):
    np.testing.assert_array_equal(task.spikes.durations_ms, 110)
    assert task.spikes.times_ms.max() < 100
    assert task.spikes.times_ms.mean() == pytest.approx(50, abs=0.5)
    assert len(np.unique(task.spikes.times_ms)) == len(task.spikes.times_ms)
    first = task.spikes.counts()[task.labels == 0, 0]
    assert first.var() == pytest.approx(first.mean(), rel=0.15)


def test_ceiling_is_bayes_rule(task):
    assert np.mean(task.ceiling == task.labels) == pytest.approx(0.973, abs=0.008)


def test_ceiling_by_hand():
    def likelihood(count, level):
        rates = range(95, 105) if level == "H" else range(5, 15)
        return sum(exp(-r / 10) * (r / 10) ** count / factorial(count) for r in rates)

    counts = np.array(list(product([0, 2, 4, 5, 9], repeat=4)))
    of_class = np.array(
        [
            [
                np.prod([likelihood(c, level) for c, level in zip(sample, pattern, strict=True)])
                for pattern in CLASSES
            ]
            for sample in counts.tolist()
        ]
    )
    chosen = bayes_labels(counts)
    # Two classes may be equally likely, but none more than the one chosen.
    np.testing.assert_allclose(of_class[np.arange(len(counts)), chosen], of_class.max(axis=1))


def test_no_readout_of_counts_beats_the_ceiling(task):
    counts, used = task.spikes.counts(), np.concatenate([task.train, task.fitness])
    readout = LogisticRegression(max_iter=500).fit(counts[used], task.labels[used])
    accuracy = readout.score(counts[task.test], task.labels[task.test])
    ceiling = np.mean(task.ceiling[task.test] == task.labels[task.test])
    assert ceiling - 0.02 < accuracy < ceiling + 0.005
