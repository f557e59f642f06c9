"""Accuracies, their spread and their differences, by hand."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import confusion_matrix

from experiments.studies.classify.comparing import Outcome, confusion, summarise
from tests.experiments.classify_runs import settings_of


def toy(*, seed=0, name="0", shared=(), **labels):
    """An outcome of six samples of three groups; each way's labels as a text of digits."""
    predicted = {
        way: np.array([[int(c) for c in row] for row in text.split()])
        for way, text in labels.items()
    }
    columns = {"group": np.array([*"aabbcc"])}
    return Outcome(seed, name, np.array([0, 1, 0, 1, 0, 1]), columns, predicted, set(shared))


def test_figures_by_hand():
    outcomes = [
        toy(liquid="010101 000101", svm="010100"),
        toy(liquid="010100 010101", svm="110100", name="1"),
        toy(liquid="110101 010111", svm="010100", seed=1, shared=["svm"]),
        toy(liquid="010001 011101", svm="110100", seed=1, name="1", shared=["svm"]),
    ]
    summary = summarise(settings_of(official=True, folds=None), outcomes)
    liquid, svm = np.array([11, 11, 10, 10]) / 12, np.array([5, 4, 5, 4]) / 6
    found = summary["liquid"]["liquid"]
    assert found["mean"] == pytest.approx(liquid.mean())
    assert found["sd"] == pytest.approx(liquid.std(ddof=1))
    assert found["by_seed"] == pytest.approx([11 / 12, 10 / 12])
    assert found["sd_over_seeds"] == pytest.approx(np.std([11 / 12, 10 / 12], ddof=1))
    assert found["by_fold"] == pytest.approx({"0": 10.5 / 12, "1": 10.5 / 12})
    # Of 16 labels to each group.
    assert found["by_group"] == pytest.approx({"a": 14 / 16, "b": 14 / 16, "c": 14 / 16})
    low, high = stats.ttest_1samp(liquid, 0).confidence_interval(0.95)
    assert found["interval"] == pytest.approx([low, min(high, 1)])
    difference = summary["differences"]["svm"]
    assert difference["n"] == 4
    assert difference["mean"] == pytest.approx((liquid - svm).mean())
    assert difference["sd"] == pytest.approx((liquid - svm).std(ddof=1))
    assert difference["interval"] == pytest.approx(
        [*stats.ttest_rel(liquid, svm).confidence_interval(0.95)]
    )
    # Done once, for the first seed.
    baseline = summary["baselines"]["svm"]
    assert (baseline["runs"], baseline["interval"]) == (2, None)
    assert baseline["sd_over_seeds"] is None
    given = np.concatenate([outcome.predicted["liquid"].ravel() for outcome in outcomes])
    expected = confusion_matrix(np.tile([0, 1], len(given) // 2), given)
    np.testing.assert_array_equal(confusion(outcomes, "liquid"), expected)


def test_two_pairs_have_no_interval():
    outcomes = [toy(liquid="010101", svm="000000"), toy(liquid="010100", svm="010101", seed=1)]
    summary = summarise(settings_of(official=True, folds=None), outcomes)
    assert summary["differences"]["svm"] == {
        "n": 2,
        "mean": pytest.approx(1 / 6),
        "sd": pytest.approx(np.std([1 / 2, -1 / 6], ddof=1)),
        "interval": None,
    }
