"""Moments against sums in extended precision, and partial_fit against fit on all samples."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from readouts import RidgeReadout, RidgeRegressionReadout, gcv, ridge, ridge_regression
from readouts.gcv import CentredTargets, normal_equations
from readouts.moments import Moments

READOUTS = [RidgeReadout(), RidgeRegressionReadout()]


def samples(rng, n_samples=80, n_features=4, n_classes=3, *, log_mean=1):
    """Features of different scale, the last nearly the first, with means far off; y in classes."""
    y = np.arange(n_samples) % n_classes
    X = rng.normal(size=(n_classes, n_features))[y] + rng.normal(size=(n_samples, n_features))
    X[:, -1] = X[:, 0] + 1e-6 * X[:, -1]
    scale = 10 ** rng.uniform(-3, 3, n_features)
    return scale * (X + 10**log_mean * rng.choice([-1, 1], n_features)), y


def in_batches(readout, X, y, batches, weight=None, *, fit_first=False):
    for number, batch in enumerate(batches):
        w = None if weight is None else weight[batch]
        if number == 0 and fit_first:
            readout.fit(X[batch], y[batch], sample_weight=w)
        elif isinstance(readout, RidgeReadout):
            readout.partial_fit(X[batch], y[batch], np.unique(y), sample_weight=w)
        else:
            readout.partial_fit(X[batch], y[batch], sample_weight=w)
    return readout


def outputs(readout, X):
    """Outputs, without what is lost where large means cancel in ``X @ coef + intercept``."""
    centre = X.mean(axis=0)
    offset = readout.intercept_ + readout.coef_ @ centre
    return (X - centre) @ readout.coef_.T + offset


def assert_same_but_for_rounding(found, expected, X):
    np.testing.assert_allclose(found.alpha_, expected.alpha_, rtol=1e-12)
    expected = outputs(expected, X)
    spread = np.ptp(expected, axis=0).max()
    np.testing.assert_allclose(outputs(found, X), expected, rtol=1e-8, atol=1e-8 * spread)


cuts = st.lists(st.integers(1, 79), max_size=8, unique=True).map(sorted)
settings = {
    "seed": st.integers(0, 2**32 - 1),
    "cut": cuts,
    "log_mean": st.floats(0, 6),
    "weighted": st.sampled_from([None, 1.0, 0.01]),
    "fit_first": st.booleans(),
}


def drawn(seed, cut, log_mean, weighted):
    rng = np.random.default_rng(seed)
    X, y = samples(rng, log_mean=log_mean)
    # Sums below the number of samples, whose weights are thereby relative, and above it.
    weight = None if weighted is None else weighted * rng.integers(0, 5, len(y))
    return rng, X, y, np.split(np.arange(len(y)), cut), weight


@given(**settings)
def test_classifier_fitted_in_any_batches_is_the_one_fitted_at_once(
    seed, cut, log_mean, weighted, fit_first
):
    _, X, y, batches, weight = drawn(seed, cut, log_mean, weighted)
    fit_first = fit_first and set(y[batches[0]]) == set(y)
    fit_first = fit_first and (weight is None or weight[batches[0]].any())
    whole = RidgeReadout().fit(X, y, sample_weight=weight)
    parts = in_batches(RidgeReadout(), X, y, batches, weight, fit_first=fit_first)
    assert_same_but_for_rounding(parts, whole, X)


@given(**settings)
def test_regressor_fitted_in_any_batches_is_the_one_fitted_at_once(
    seed, cut, log_mean, weighted, fit_first
):
    rng, X, _, batches, weight = drawn(seed, cut, log_mean, weighted)
    signal = (X / X.std(axis=0)) @ rng.normal(size=(X.shape[1], 2))
    Y = 10**log_mean + signal + rng.normal(size=signal.shape) * [0.01, 3]
    fit_first = fit_first and (weight is None or weight[batches[0]].any())
    whole = RidgeRegressionReadout().fit(X, Y, sample_weight=weight)
    parts = in_batches(RidgeRegressionReadout(), X, Y, batches, weight, fit_first=fit_first)
    assert_same_but_for_rounding(parts, whole, X)


@pytest.mark.parametrize("fit_first", [False, True])
def test_fewer_samples_than_features(fit_first):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 60)), np.arange(30) % 3
    batches = np.split(np.arange(30), [9, 10, 25])
    for readout in READOUTS:
        parts = in_batches(clone(readout), X, y, batches, fit_first=fit_first)
        expected = outputs(clone(readout).fit(X, y), X)
        # All samples are fitted: what tells the scores apart is the small rest of a penalty.
        np.testing.assert_allclose(outputs(parts, X), expected, atol=1e-6 * np.ptp(expected))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("batch", [1, 7, 200])
def test_moments_far_from_zero_and_after_an_outlier_have_all_digits(weighted, batch):
    rng = np.random.default_rng(0)
    X, Y = 1e8 + rng.normal(size=(200, 3)), 1e5 + rng.normal(size=(200, 2))
    X[0] = 0
    w = rng.uniform(0.1, 3, 200) if weighted else np.ones(200)
    moments = Moments.none(X[:batch].mean(axis=0), Y[:batch].mean(axis=0))
    for rows in np.split(np.arange(200), np.arange(batch, 200, batch)):
        moments = moments.extended(X[rows], Y[rows], w[rows] if weighted else None)

    W, D, E = (a.astype(np.longdouble) for a in (w[:, np.newaxis], X, Y))
    D, E = D - (W * D).sum(axis=0) / W.sum(), E - (W * E).sum(axis=0) / W.sum()
    assert moments.n == pytest.approx(w.sum(), rel=1e-13)
    np.testing.assert_allclose(moments.x_origin + moments.x_mean, np.average(X, 0, w), rtol=1e-15)
    np.testing.assert_allclose(moments.xx, np.float64((W * D).T @ D), rtol=1e-12)
    scale = np.sqrt(np.outer((W * D**2).sum(0), (W * E**2).sum(0))).astype(float)
    np.testing.assert_allclose(moments.xy / scale, np.float64((W * D).T @ E) / scale, atol=1e-12)
    np.testing.assert_allclose(moments.yy, np.float64((W * E**2).sum(axis=0)), rtol=1e-12)


@pytest.mark.parametrize("shape", [(80, 6), (30, 50)], ids=["tall", "wide"])
def test_moments_are_restored_from_normal_equations(shape):
    rng = np.random.default_rng(1)
    X, Y = 5 + rng.normal(size=shape), rng.normal(size=(shape[0], 2))
    X[:, 2] = 7
    w = rng.uniform(0, 0.1, shape[0])
    expected = Moments.none(X.mean(axis=0), Y.mean(axis=0)).extended(X, Y, w)
    found = Moments.of_equations(normal_equations(X, CentredTargets.of(Y, w)))
    for name in ("n", "n_rows", "xx", "xy", "yy"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), atol=1e-13)
    for name in ("x", "y"):
        of_found, of_expected = (
            getattr(m, f"{name}_origin") + getattr(m, f"{name}_mean") for m in (found, expected)
        )
        np.testing.assert_allclose(of_found, of_expected, rtol=1e-14)


@pytest.mark.parametrize("readout", READOUTS)
def test_equations_are_solved_once_for_many_batches(readout, monkeypatch):
    solved = []
    for module in (ridge, ridge_regression):
        monkeypatch.setattr(module, "solve", lambda *a, **k: solved.append(1) or gcv.solve(*a, **k))
    X, y = samples(np.random.default_rng(0))
    readout = in_batches(clone(readout), X, y, np.split(np.arange(80), 8))
    assert not solved
    first = readout.predict(X)
    assert readout.coef_ is readout.coef_
    np.testing.assert_array_equal(readout.predict(X), first)
    assert len(solved) == 1
    readout.partial_fit(X[:10], y[:10]).predict(X)
    assert len(solved) == 2


@pytest.mark.parametrize("solved", [False, True])
@pytest.mark.parametrize("readout", READOUTS)
def test_a_copy_goes_on_by_itself_and_a_clone_is_new(readout, solved):
    X, y = samples(np.random.default_rng(0))
    whole = in_batches(clone(readout), X, y, [slice(None)])
    half = in_batches(clone(readout), X, y, [slice(0, 40)])
    before = in_batches(clone(readout), X, y, [slice(0, 40)]).predict(X)
    if solved:
        half.predict(X)
    for made in (pickle.loads(pickle.dumps(half)), copy.deepcopy(half), copy.copy(half)):
        np.testing.assert_array_equal(made.predict(X), before)
        made.partial_fit(X[40:], y[40:])
        assert_same_but_for_rounding(made, whole, X)
    np.testing.assert_array_equal(half.predict(X), before)
    with pytest.raises(NotFittedError):
        clone(half).predict(X)


@pytest.mark.parametrize("readout", READOUTS)
def test_fit_forgets(readout):
    X, y = samples(np.random.default_rng(0))
    used = in_batches(clone(readout), X + 5, y, [slice(None)])
    used.predict(X)
    np.testing.assert_array_equal(used.fit(X, y).coef_, clone(readout).fit(X, y).coef_)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_class_that_has_not_come_yet_has_no_probability(n_classes):
    X, y = samples(np.random.default_rng(0), n_classes=n_classes)
    classes = np.array(["a", "b", "c"])[:n_classes]
    y = classes[y]
    readout = RidgeReadout().partial_fit(X[y != "b"], y[y != "b"], classes)
    np.testing.assert_array_equal(readout.predict_proba(X)[:, 1], 0)
    assert "b" not in readout.predict(X)
    readout.partial_fit(X[y == "b"], y[y == "b"])
    assert_same_but_for_rounding(readout, RidgeReadout().fit(X, y), X)


@pytest.mark.parametrize("readout", READOUTS)
def test_samples_without_weight_change_nothing(readout):
    X, y = samples(np.random.default_rng(0))
    zeros = np.zeros(len(y))
    started = in_batches(clone(readout), X + 1, y, [slice(None)], zeros)
    with pytest.raises(NotFittedError):
        started.predict(X)
    assert not hasattr(started, "coef_")
    expected = outputs(clone(readout).fit(X, y), X)
    started = in_batches(started, X, y, [slice(None)])
    np.testing.assert_allclose(outputs(started, X), expected, atol=1e-7)
    before = started.coef_
    started.partial_fit(X + 1, y, sample_weight=zeros)
    np.testing.assert_array_equal(started.coef_, before)


def test_bad_batches_are_refused_and_leave_the_readout_as_it_was():
    X, y = samples(np.random.default_rng(0))
    readout = RidgeReadout()
    with pytest.raises(ValueError, match="classes must be passed on the first call to partial_fit"):
        readout.partial_fit(X, y)
    with pytest.raises(ValueError, match=r"classes must hold at least two classes, got one.*1"):
        readout.partial_fit(X, y, [1])
    with pytest.raises(ValueError, match=r"label\(s\) \[2\] in y do not exist .* classes \[0 1\]"):
        readout.partial_fit(X, y, [0, 1])
    readout.partial_fit(X, y, [2, 1, 0])
    before = readout.decision_function(X)
    with pytest.raises(ValueError, match="not the same as on last call to partial_fit, was"):
        readout.partial_fit(X, y, [0, 1, 2, 3])
    with pytest.raises(ValueError, match=r"label\(s\) \[3\] in y"):
        readout.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match="X has 3 features, but RidgeReadout is expecting 4"):
        readout.partial_fit(X[:, 1:], y)
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        readout.partial_fit(X, y, sample_weight=-np.ones(80))
    np.testing.assert_array_equal(readout.decision_function(X), before)


def test_targets_of_another_shape_are_refused():
    X, y = samples(np.random.default_rng(0))
    readout = RidgeRegressionReadout().partial_fit(X, y)
    before = readout.predict(X)
    for other in (np.column_stack([y, y]), y[:, np.newaxis]):
        with pytest.raises(ValueError, match=r"but RidgeRegression.* is expecting \(80,\), as b"):
            readout.partial_fit(X, other)
    np.testing.assert_array_equal(readout.predict(X), before)
