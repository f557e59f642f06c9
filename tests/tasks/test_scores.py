"""Accuracies of several methods on several tasks against SciPy, and estimators on tasks."""

import sys

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

import tasks
from lsm.spikes import SpikeTrains
from tasks import Scores, Task, compare_estimators
from tasks.scores import seeded


def drawn(n_tasks=6, methods=("a", "b", "c"), n_pairs=4):
    """Accuracies of which the first method's are the highest on the whole."""
    rng = np.random.default_rng(0)
    return {
        f"task {t}": {
            name: rng.uniform(0.5, 0.9, n_pairs) + 0.1 * (not m) for m, name in enumerate(methods)
        }
        for t in range(n_tasks)
    }


SCORES = Scores(drawn())


def test_differences_on_a_task_are_paired_over_seeds_and_folds():
    found = SCORES.difference("c", "task 2")
    a, c = (SCORES.accuracies["task 2"][name] for name in "ac")
    test = stats.ttest_rel(a, c)
    assert found["n"] == 4
    assert found["mean"] == pytest.approx((a - c).mean())
    assert found["interval"] == pytest.approx([*test.confidence_interval(0.95)])


def test_differences_over_tasks_are_of_means():
    found = SCORES.difference("b")
    a, b = SCORES.means[:, 0], SCORES.means[:, 1]
    assert found["n"] == 6
    assert found["interval"] == pytest.approx([*stats.ttest_rel(a, b).confidence_interval(0.95)])


def test_ties_share_their_ranks():
    scores = Scores({"x": {"a": [0.5], "b": [0.9], "c": [0.5]}})
    np.testing.assert_array_equal(scores.ranks, [[2.5, 1, 2.5]])


def test_tests_over_tasks_are_scipys():
    ranks = SCORES.ranks
    assert SCORES.friedman() == pytest.approx(stats.friedmanchisquare(*ranks.T).pvalue)
    a, b, c = SCORES.means.T
    p = {"b": stats.wilcoxon(a, b).pvalue, "c": stats.wilcoxon(a, c).pvalue}
    first, last = sorted(p, key=p.get)  # Holm: twice the least, the other as it is if that is more
    expected = {first: min(1, 2 * p[first])}
    expected[last] = max(expected[first], p[last])
    assert SCORES.wilcoxon() == pytest.approx(expected)


def test_equal_methods_do_not_differ():
    same = {name: [0.5, 0.7, 0.6] for name in "abc"}
    scores = Scores({"x": same, "y": same})
    assert scores.wilcoxon() == {"b": 1, "c": 1}
    assert scores.friedman() == 1
    assert scores.difference("b", "x")["interval"] == [0, 0]


def test_a_table_is_printed():
    heading, *lines = str(Scores(drawn(), "b")).splitlines()
    assert heading.split() == ["6", "tasks", "accuracy", "rank", "b", "less", "it"]
    assert [line.split()[0] for line in lines] == ["a", "b", "c"]
    assert " to " in lines[0]
    assert len(lines[1].split()) == 3
    assert "\n" not in repr(SCORES)


@pytest.mark.parametrize(
    ("accuracies", "reference", "message"),
    [
        ({}, "", "accuracies must be of at least one task"),
        ({"x": {"a": [1]}}, "", "methods must be at least two, got a"),
        ({"x": {"a": [1], "b": [1]}, "y": {"a": [1]}}, "", "same on all tasks, a, b; on y .* a$"),
        ({"x": {"a": [1], "b": [1, 2]}}, "", "accuracies on x must be one for each seed and fold"),
        ({"x": {"a": [], "b": []}}, "", "accuracies on x must be one for each"),
        ({"x": {"liquid": [1], "b": [1]}}, "liqid", "got 'liqid', did you mean 'liquid'"),
    ],
)
def test_what_cannot_be_compared_is_named(accuracies, reference, message):
    with pytest.raises(ValueError, match=message):
        Scores(accuracies, reference)


def test_a_critical_difference_is_drawn_by_aeon():
    pytest.importorskip("aeon", reason="the picture is aeon's")
    assert SCORES.no_critical_difference == ""
    texts = [text.get_text() for text in SCORES.plot_critical_difference().axes[0].texts]
    assert {"a", "b", "c"} <= set(texts)


@pytest.mark.parametrize("few", [{"n_tasks": 4}, {"methods": ("a", "b")}])
def test_too_few_methods_or_tasks_have_no_critical_difference(few):
    pytest.importorskip("aeon", reason="the picture is aeon's")
    scores = Scores(drawn(**few))
    assert "at least 3 methods and 5 tasks" in scores.no_critical_difference
    with pytest.raises(ValueError, match=r"got . and"):
        scores.plot_critical_difference()


def test_without_aeon_the_picture_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "aeon.visualisation", None)
    assert "aeon: pip install" in SCORES.no_critical_difference
    with pytest.raises(ImportError, match="aeon"):
        SCORES.plot_critical_difference()


@pytest.fixture
def task():
    """Noisy levels of two classes in five groups, as signals and spikes."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    signals = rng.normal(size=(60, 2, 3)) + labels[:, np.newaxis, np.newaxis]
    return Task(
        name="levels",
        spikes=SpikeTrains.from_lists([[[1.0]]] * 60, duration_ms=10),
        labels=labels,
        train=np.arange(30),
        fitness=np.arange(30, 40),
        test=np.arange(40, 60),
        groups=np.repeat(np.arange(5), 12),
        signals=signals,
    )


def flat(X):
    return X.reshape(len(X), -1)


LINEAR = make_pipeline(FunctionTransformer(flat), LogisticRegression())
TREE = make_pipeline(FunctionTransformer(flat), DecisionTreeClassifier())


def test_estimators_have_scikit_learns_scores(task):
    scores = compare_estimators([task], {"linear": LINEAR, "tree": TREE}, n_splits=3, seeds=2)
    assert (scores.tasks, scores.methods) == (["levels"], ["linear", "tree"])
    expected = [
        score
        for seed in range(2)
        for score in cross_val_score(
            LINEAR,
            task.signals,
            task.labels,
            cv=StratifiedKFold(3, shuffle=True, random_state=seed),
        )
    ]
    np.testing.assert_array_equal(scores.accuracies["levels"]["linear"], expected)
    again = compare_estimators([task], {"linear": LINEAR, "tree": TREE}, n_splits=3, seeds=2)
    np.testing.assert_array_equal(again.means, scores.means)  # the tree is drawn with a seed


def test_official_splits_groups_and_other_inputs(task):
    both = {"linear": LINEAR, "tree": TREE}
    given = compare_estimators([task], both, official=True)
    train, test = task.training, task.test
    linear = LINEAR.fit(task.signals[train], task.labels[train])
    assert given.means[0, 0] == linear.score(task.signals[test], task.labels[test])
    assert compare_estimators([task], both, by="group").accuracies["levels"]["tree"].shape == (5,)
    first = compare_estimators([task], both, official=True, inputs=lambda task: task.signals[:, :1])
    assert (first.means != given.means).any()


def test_whatever_is_random_is_seeded():
    whole = make_pipeline(DecisionTreeClassifier())
    assert seeded(whole, 3).get_params()["decisiontreeclassifier__random_state"] == 3
    assert seeded(DecisionTreeClassifier(), 4).random_state == 4
    assert whole[0].random_state is None


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (["TPR5"], {}, "got 'TPR5'"),
        ([], {}, "tasks must be at least one, got none"),
        (["Pattern"], {}, "Pattern has one class"),
        (["TPR4", "TPR4"], {}, "tasks must have names of their own, got TPR4, TPR4"),
        (["TPR4"], {"estimators": {"tree": TREE}}, "methods must be at least two, got tree"),
        (["TPR4"], {"seeds": 0}, "seeds must be at least 1, got 0"),
        (["TPR4"], {"by": "group"}, "by can't stand beside official, got 'group'"),
        (["TPR4"], {"by": "x", "official": False}, "by must be one of what task TPR4 has"),
        (["TPR4"], {"reference": "bush"}, "reference must be one of linear, tree; got 'bush'"),
    ],
)
def test_what_does_not_fit_is_named(given, options, message):
    both = {"linear": LINEAR, "tree": TREE}
    with pytest.raises(ValueError, match=message):
        compare_estimators(given, **{"estimators": both, "official": True, **options})


@pytest.mark.parametrize("wrong", [TREE.__class__, None, FunctionTransformer()])
def test_what_is_no_estimator_is_refused(wrong):
    with pytest.raises(TypeError, match="estimators: wrong must be an estimator with fit, predict"):
        compare_estimators(["TPR4"], {"tree": TREE, "wrong": wrong})


@pytest.mark.parametrize(
    ("tasks", "estimators", "message"),
    [
        ("TPR4", {"linear": LINEAR, "tree": TREE}, "tasks must be a list, got str"),
        (["TPR4"], [LINEAR, TREE], "estimators must be a dictionary by name, got list"),
    ],
)
def test_tasks_are_a_list_and_estimators_a_dictionary(tasks, estimators, message):
    with pytest.raises(TypeError, match=message):
        compare_estimators(tasks, estimators)


def test_all_tasks_are_there_before_any_is_fitted(task):
    class Never(DecisionTreeClassifier):
        def fit(self, X, y):
            raise AssertionError

    with pytest.raises(ValueError, match="by must be one of what task TPR4 has"):
        compare_estimators([task, "TPR4"], {"tree": TREE, "never": Never()}, by="group")


@pytest.mark.parametrize(
    ("accuracies", "message"),
    [
        ([90.0, 85.0], r"accuracies must lie in \[0, 1\], got 90 of a on t"),
        ([np.nan, 0.5], "got nan of a on t"),
        ([[0.5], [0.5]], "one for each seed and fold"),
    ],
)
def test_accuracies_that_are_none(accuracies, message):
    with pytest.raises(ValueError, match=message):
        Scores({"t": {"a": accuracies, "b": accuracies}})


def test_a_difference_names_what_it_does_not_know():
    scores = Scores({"t": {"a": [0.5], "b": [0.6]}})
    with pytest.raises(ValueError, match="method must be one of a, b; got 'c'"):
        scores.difference("c")
    with pytest.raises(ValueError, match="task must be one of t; got 'u'"):
        scores.difference("b", "u")


def test_they_come_when_they_are_asked_for():
    assert tasks.Scores is Scores
    assert tasks.compare_estimators is compare_estimators
