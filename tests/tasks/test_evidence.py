"""Evidence accumulation: cues as published, and the side that had more."""

import numpy as np
import pytest

from tasks import make_task
from tasks.cues import NOISE, PROBABILITY
from tests.tasks.test_cues import rates, shown


@pytest.fixture(scope="module")
def task():
    return make_task("Evidence", random_state=0, samples_per_class=60)


def test_the_label_is_the_side_that_had_more_cues(task):
    cues = shown(task.spikes, 50 + 150 * np.arange(7), 100)
    np.testing.assert_array_equal(task.metadata["right"], cues.sum(axis=1))
    np.testing.assert_array_equal(task.labels, cues.sum(axis=1) > 3)


def test_pauses_delay_and_recall_are_as_published(task):
    for first, last in ((0, 50), (150, 200), (1050, 2100)):
        np.testing.assert_allclose(rates(task.spikes, first, last), [0, 0, 0, NOISE], atol=0.002)
    left, right, recall, noise = rates(task.spikes, 50, 150)
    assert left + right == pytest.approx(PROBABILITY, abs=0.002)
    assert recall == 0
    assert noise == pytest.approx(NOISE, abs=0.002)
    recalled = rates(task.spikes, 2100, 2250)
    np.testing.assert_allclose(recalled, [0, 0, PROBABILITY, NOISE], atol=0.002)
    assert task.targets.window_ms == 2250 - 2100
    np.testing.assert_array_equal(task.targets.values, task.labels)


def test_cues_are_those_of_two_kinds_of_samples():
    task = make_task("Evidence", random_state=0, samples_per_class=2000, n_cues=3, delay_ms=1)
    frequency = np.bincount(task.metadata["right"], minlength=4) / 4000
    mixture = [(0.3**k * 0.7 ** (3 - k) + 0.7**k * 0.3 ** (3 - k)) / 2 for k in range(4)]
    np.testing.assert_allclose(frequency, mixture * np.array([1, 3, 3, 1]), atol=0.03)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_cues": 6}, "n_cues must be odd, .* got 6"),
        ({"n_cues": 0}, "n_cues must be at least 1"),
        ({"delay_ms": 0.5}, "delay_ms must be a multiple of"),
        ({"delay_ms": -1}, "delay_ms must be finite and above 0"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(ValueError, match=message):
        make_task("Evidence", **options)
