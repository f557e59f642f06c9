"""A liquid beside what does without one, on data of one's own."""

import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_score

import tasks
from lsm import LSMClassifier, LSMRegressor, NoWiring
from lsm.metrics.statistics import interval
from tasks import compare, comparison
from tasks.baselines import FEATURES, SIGNAL_FEATURES
from tests.lsm.estimators.data import gestures, pitches, ragged, ramps

pytestmark = pytest.mark.usefixtures("cache")

LIQUID = LSMClassifier(20, random_state=0)
X, Y = pitches(24)


@pytest.fixture(scope="module")
def result(cache):
    return compare(X, Y, liquid=LIQUID, n_splits=3)


def test_everything_stands_side_by_side(result):
    baselines = [f"{name}, {way}" for name in FEATURES for way in ("ridge", "logistic")]
    projections = [f"random_projections, {way}" for way in ("ridge", "logistic")]
    first = ["liquid", "liquid without recurrence", "chance"]
    assert list(result.accuracies) == [*first, *baselines, *projections, "svm"]
    assert result.folds == ("0", "1", "2")
    assert all(values.shape == (3,) for values in result.accuracies.values())
    assert result.accuracies["raw_counts, ridge"].mean() == 1
    assert result.accuracies["chance"].mean() == pytest.approx(0.5, abs=0.1)


def test_the_liquids_numbers_are_scikit_learns(result):
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    expected = cross_val_score(LIQUID, X, Y, cv=folds)
    np.testing.assert_array_equal(result.accuracies["liquid"], expected)
    train, test = next(folds.split(Y, Y))
    whole = clone(LIQUID).fit(X[train], Y[train])
    cut = LSMClassifier(whole.reservoir_.replace(wiring=NoWiring())).fit(X[train], Y[train])
    assert result.accuracies["liquid without recurrence"][0] == cut.score(X[test], Y[test])


def test_a_table_is_printed(result):
    heading, *lines = str(result).splitlines()
    assert heading.split() == ["3", "folds", "accuracy", "sd", "liquid", "less", "it"]
    assert len(lines) == len(result.accuracies)
    liquid = result.accuracies["liquid"].mean()
    assert lines[0].split() == [
        "liquid",
        f"{liquid:.1%}",
        f"{100 * result.accuracies['liquid'].std():.1f}",
    ]
    assert "chance" in lines[2]
    low, high = 100 * np.array(interval(result.accuracies["liquid"] - result.accuracies["chance"]))
    difference = f"{100 * (liquid - result.accuracies['chance'].mean()):+.2f}"
    assert lines[2].endswith(f" {difference} ({low:+.2f} to {high:+.2f})")
    (best,) = [line for line in lines if line.endswith("<- best without a liquid")]
    assert best.startswith(result.best_without_liquid)
    assert "\n" not in repr(result)


def test_groups_are_held_out_in_turn():
    groups = np.repeat(["ann", "bob", "eve"], 8)
    grouped = compare(X, Y, groups, liquid=LIQUID, baselines=["raw_counts"], rivals=[])
    assert grouped.folds == ("ann", "bob", "eve")
    expected = cross_val_score(LIQUID, X, Y, groups=groups, cv=LeaveOneGroupOut())
    np.testing.assert_array_equal(grouped.accuracies["liquid"], expected)
    assert [*grouped.accuracies][3:] == ["raw_counts, ridge", "raw_counts, logistic"]


@pytest.mark.parametrize("kind", [ramps, gestures])
def test_signals_and_events_too(kind):
    data, y = kind(24)
    given = compare(data, y, liquid=LIQUID, n_splits=2, rivals=[])
    assert given.accuracies["liquid"].mean() > 0.7
    for name in SIGNAL_FEATURES:
        assert (f"{name}, ridge" in given.accuracies) == (kind is ramps)


def test_rivals_of_signals():
    for module in ("aeon", "reservoirpy"):
        pytest.importorskip(module, reason="some rivals need it")
    signals, y = ramps(24)
    rivals = ["minirocket", "esn", "svm"]
    options = {"liquid": LIQUID, "n_splits": 2, "baselines": ["signal_bins_10"]}
    given = compare(ragged(signals, shortest=12), y, rivals=rivals, **options)
    assert [*given.accuracies][-3:] == rivals
    assert min(given.accuracies[name].mean() for name in rivals) > 0.8


def test_labels_of_test_samples_are_only_scored_against(monkeypatch):
    seen = []
    monkeypatch.setattr(
        comparison,
        "_folds",
        lambda labels, *_: ([(np.arange(16), np.arange(16, 24))], ("0",)),
    )
    turned = Y.copy()
    turned[16:] = np.where(Y[16:] == "left", "right", "left")
    for labels in (Y, turned):
        seen.append(compare(X, labels, liquid=LIQUID, baselines=["raw_counts"]).accuracies)
    for honest, other in zip(seen[0].values(), seen[1].values(), strict=True):
        np.testing.assert_allclose(honest + other, 1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"liquid": LSMRegressor()}, TypeError, "liquid must be an LSMClassifier, got LSMReg"),
        ({"baselines": ["raw_count"]}, ValueError, "baselines .* did you mean 'raw_counts'"),
        ({"baselines": ["signal_levels"]}, ValueError, "baselines must be of .* for such data"),
        (
            {"rivals": ["esn"]},
            ValueError,
            "rivals must be of svm, leaky.* got 'esn'",
        ),
        ({"n_splits": 1}, ValueError, "n_splits=1"),
        ({"groups": np.zeros(24)}, ValueError, "fewer than 2 unique groups"),
        ({"groups": [0, 1]}, ValueError, "inconsistent numbers of samples"),
    ],
)
def test_what_does_not_fit_is_named_before_anything_is_simulated(
    monkeypatch, options, error, message
):
    monkeypatch.setattr(comparison, "_predicted", lambda *_: pytest.fail("simulated"))
    with pytest.raises(error, match=message):
        compare(X, Y, **options)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "reservoirpy.nodes", None)
    signals, y = ramps(8)
    with pytest.raises(ImportError, match=r"reservoirpy: pip install"):
        compare(signals, y, rivals=["esn"])


def test_it_comes_when_it_is_asked_for():
    assert tasks.compare is comparison.compare
    assert tasks.Comparison is comparison.Comparison
    with pytest.raises(AttributeError, match="comparisons"):
        tasks.comparisons  # noqa: B018
