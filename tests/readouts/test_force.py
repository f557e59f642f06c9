"""Recursive least squares against ridge solved at once, and the recursion written out."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks

from readouts import DivergenceError, ForceReadout, force, recursive_least_squares

SETTINGS = [
    {"gain": gain, "forgetting": forgetting}
    for gain in ("textbook", "nicola-clopath")
    for forgetting in (1.0, 0.95)
]


def data(n_rows=150, n_features=8, n_outputs=2, *, seed=0, scale=0.3):
    rng = np.random.default_rng(seed)
    X = scale * rng.normal(size=(n_rows, n_features)) + 0.1
    return X, X @ rng.normal(size=(n_features, n_outputs)) + rng.normal(size=(n_rows, n_outputs))


def by_the_book(X, Y, alpha, gain, forgetting):
    """The recursion as it stands in the papers: weights, P, and errors before each row."""
    P, w, errors = np.eye(X.shape[1]) / alpha, np.zeros((X.shape[1], Y.shape[1])), []
    for r, d in zip(X, Y, strict=True):
        c = P @ r
        e = w.T @ r - d
        w = w - np.outer(c, e) / (forgetting + r @ c if gain == "textbook" else 1)
        P = (P - np.outer(c, c) / (forgetting + r @ c)) / forgetting
        errors.append(e)
    return w, P, np.array(errors)


@parametrize_with_checks([ForceReadout(), ForceReadout(forgetting=0.99)])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("alpha", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("shape", [(300, 12), (20, 50)], ids=["tall", "wide"])
def test_without_forgetting_it_is_ridge_on_the_same_rows(shape, alpha):
    X, Y = data(*shape)
    ridge = Ridge(alpha=alpha, fit_intercept=False).fit(X, Y)
    np.testing.assert_allclose(ForceReadout(alpha).fit(X, Y).coef_, ridge.coef_, atol=1e-8)


@given(
    forgetting=st.floats(0.8, 1.0),
    log_alpha=st.floats(-3, 3),
    n_rows=st.integers(1, 120),
    seed=st.integers(0, 2**32 - 1),
)
def test_with_forgetting_rows_and_prior_fade_alike(forgetting, log_alpha, n_rows, seed):
    X, Y = data(n_rows, 6, seed=seed)
    alpha = 10**log_alpha
    age = forgetting ** np.arange(n_rows - 1, -1, -1)
    precision = (X.T * age) @ X + forgetting**n_rows * alpha * np.eye(6)
    readout = ForceReadout(alpha, forgetting=forgetting).fit(X, Y)
    expected = np.linalg.solve(precision, (X.T * age) @ Y)
    np.testing.assert_allclose(readout.weights_, expected, atol=1e-8 * max(1, abs(expected).max()))
    np.testing.assert_allclose(readout.P_ @ precision, np.eye(6), atol=1e-7)


@pytest.mark.parametrize("settings", SETTINGS)
def test_rows_learned_together_are_as_rows_learned_one_after_another(settings):
    X, Y = data()
    w, P, errors = by_the_book(X, Y, 2.0, **settings)
    whole = ForceReadout(2.0, **settings).fit(X, Y)
    singly = ForceReadout(2.0, **settings)
    for k in range(len(X)):
        singly.partial_fit(X[k : k + 1], Y[k : k + 1])
    for readout in (whole, singly):
        np.testing.assert_allclose(readout.weights_, w, atol=1e-8)
        np.testing.assert_allclose(readout.P_, P, atol=1e-8)
    P_here, w_here = np.eye(8) / 2, np.zeros((8, 2))
    found = recursive_least_squares(P_here, w_here, X, Y, **settings)
    np.testing.assert_allclose(found, errors, atol=1e-8)


def test_gain_without_the_division_oversteps_a_large_row():
    # One row of r'Pr = 9: the textbook leaves a tenth of its error, the other gain -8 times it.
    X, y = np.array([[3.0]]), np.array([1.0])
    assert 1 - ForceReadout().fit(X, y).predict(X)[0] == pytest.approx(0.1)
    overstepped = ForceReadout(gain="nicola-clopath").fit(X, y)
    assert 1 - overstepped.predict(X)[0] == pytest.approx(-8)
    assert overstepped.P_[0, 0] == pytest.approx(0.1)


@pytest.mark.parametrize("settings", SETTINGS)
def test_p_stays_symmetric_to_the_last_bit(settings):
    X, Y = data(500, 40)
    P = ForceReadout(1e-4, **settings).fit(X, Y).P_
    np.testing.assert_array_equal(P, P.T)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n_rows", [1, 5])
def test_p_of_any_layout_is_changed_in_place(order, n_rows):
    X, Y = data(n_rows)
    expected = by_the_book(X, Y, 1.0, "textbook", 1.0)[1]
    whole = np.zeros((10, 10), order=order)
    for P in (np.array(np.eye(8), order=order), whole[1:9, 1:9]):
        P[...] = np.eye(8)
        recursive_least_squares(P, np.zeros((8, 2)), X, Y)
        np.testing.assert_allclose(P, expected, atol=1e-12)
        np.testing.assert_array_equal(P, P.T)


def test_rows_of_one_call_cost_a_pass_over_p_for_many(monkeypatch):
    learned = []
    learn = force._learn
    monkeypatch.setattr(force, "_learn", lambda *a: learned.append(1) or learn(*a))
    ForceReadout().fit(*data(320))
    assert len(learned) <= 10


def test_forgetting_follows_what_changes():
    X, y = data(2000, 5, 1)
    before, after = np.arange(5.0), -np.arange(5.0)
    y = np.where(np.arange(2000) < 1000, X @ before, X @ after)
    kept, forgot = ForceReadout().fit(X, y), ForceReadout(forgetting=0.98).fit(X, y)
    np.testing.assert_allclose(forgot.coef_, after, atol=1e-6)
    assert np.abs(kept.coef_ - after).max() > 1


def test_reset_of_p_alone_learns_anew_from_where_it_was():
    X, y = data(1000, 5, 1)
    readout = ForceReadout(0.1).fit(X, y)
    weights = readout.weights_.copy()
    readout.reset(keep_weights=True)
    np.testing.assert_array_equal(readout.P_, np.eye(5) / 0.1)
    np.testing.assert_array_equal(readout.weights_, weights)
    # Ridge towards the weights there were, not towards 0.
    more, target = data(30, 5, 1, seed=1)
    expected = weights + Ridge(0.1, fit_intercept=False).fit(
        more, target - more @ weights
    ).coef_.reshape(-1, 1)
    np.testing.assert_allclose(readout.partial_fit(more, target).weights_, expected, atol=1e-8)


def test_reset_forgets_everything_and_fit_begins_with_it():
    X, Y = data()
    readout = ForceReadout().fit(X, Y)
    expected = readout.coef_.copy()
    np.testing.assert_array_equal(readout.fit(X, Y).coef_, expected)
    with pytest.raises(NotFittedError):
        readout.reset().predict(X)
    assert readout.reset(keep_weights=True).fit(X[:, :3], Y[:, 0]).coef_.shape == (3,)


@pytest.mark.parametrize("made", [copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])
def test_a_copy_goes_on_by_itself(made):
    X, Y = data()
    half = ForceReadout().fit(X[:70], Y[:70])
    before = half.predict(X)
    np.testing.assert_allclose(
        made(half).partial_fit(X[70:], Y[70:]).coef_, ForceReadout().fit(X, Y).coef_, atol=1e-10
    )
    np.testing.assert_array_equal(half.predict(X), before)
    assert not hasattr(clone(half), "weights_")


def test_started_it_is_as_before_its_first_row():
    X, Y = data()
    started = ForceReadout(0.1).fit(X[:, :3], Y).start(8, 2)
    np.testing.assert_array_equal(started.predict(X), np.zeros((150, 2)))
    np.testing.assert_array_equal(
        started.partial_fit(X, Y).weights_, ForceReadout(0.1).fit(X, Y).weights_
    )
    with pytest.raises(ValueError, match="'alpha' parameter of ForceReadout must be"):
        ForceReadout(-1).start(3, 1)


# Divergence


def kept_after(readout, X, Y, row):
    """Whether the readout is as the rows before one have left it."""
    expected = clone(readout).fit(X[:row], Y[:row])
    np.testing.assert_allclose(readout.weights_, expected.weights_, rtol=1e-6)
    np.testing.assert_allclose(readout.P_, expected.P_, rtol=1e-6)


def test_p_that_grows_without_bound_is_named_and_what_was_learned_is_kept():
    # The second feature falls silent: P grows like 0.5^-n there, beyond what a float can hold.
    X, y = np.ones((1200, 2)), np.ones(1200)
    X[3:, 1] = 0
    readout = ForceReadout(forgetting=0.5)
    with pytest.raises(
        DivergenceError, match=r"P diverged: its diagonal .* in row 10\d\d"
    ) as found:
        readout.partial_fit(X, y)
    assert 1000 < found.value.row < 1100
    assert np.isfinite(readout.P_).all()
    kept_after(readout, X, y, found.value.row)
    np.testing.assert_allclose(readout.predict(X), 1, atol=1e-6)


def test_p_that_is_not_positive_is_named_and_nothing_changes():
    X, Y = data(40)
    readout = ForceReadout().fit(X, Y)
    for spoilt in (np.diag([-0.5, *np.ones(7)]), np.full((8, 8), np.nan)):
        readout.P_[...] = spoilt
        weights = readout.weights_.copy()
        with pytest.raises(DivergenceError, match=r"P diverged: r'Pr is not .* in row 0; what was"):
            readout.partial_fit(np.eye(8)[:3], Y[:3])
        np.testing.assert_array_equal(readout.P_, spoilt)
        np.testing.assert_array_equal(readout.weights_, weights)


def test_only_the_rows_before_the_bad_one_are_learned():
    X, Y = data(40)
    X[:10, :2], X[10:, :2] = 0, [1, -1]
    readout = ForceReadout().fit(X[:1], Y[:1])
    readout.P_[:2, :2] = [
        [1, 5],
        [5, 1],
    ]  # Negative along (1, -1), where no row is until the tenth.
    expected = copy.deepcopy(readout).partial_fit(X[1:10], Y[1:10])
    with pytest.raises(DivergenceError) as found:
        readout.partial_fit(X[1:], Y[1:])
    assert found.value.row == 9
    np.testing.assert_allclose(readout.weights_, expected.weights_, atol=1e-12)
    np.testing.assert_allclose(readout.P_, expected.P_, atol=1e-12)


def test_weights_that_are_not_finite_are_named():
    readout = ForceReadout(gain="nicola-clopath").fit([[1.0]], [1.0])
    before = readout.weights_.copy()
    with pytest.raises(
        DivergenceError, match="weights diverged: they are not finite in row 1"
    ) as found:
        readout.partial_fit([[0.0], [30.0]], [0.0, 1e308])
    assert (found.value.what, found.value.row) == ("weights", 1)
    np.testing.assert_array_equal(readout.weights_, before)


# Bad input


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"alpha": 0}, "'alpha' parameter of ForceReadout must be"),
        ({"alpha": np.inf}, "'alpha' parameter"),
        ({"alpha": "1"}, "'alpha' parameter"),
        ({"forgetting": 0.0}, "'forgetting' parameter"),
        ({"forgetting": 1.01}, "'forgetting' parameter"),
        ({"forgetting": np.nan}, "'forgetting' parameter"),
        ({"gain": "sussillo"}, r"'gain' parameter of ForceReadout must be a str among"),
    ],
)
def test_parameters_without_a_possible_value_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        ForceReadout(**parameters).fit(*data(5))


def test_rows_that_do_not_fit_are_refused_and_change_nothing():
    X, Y = data()
    readout = ForceReadout().fit(X, Y)
    before = readout.predict(X)
    with pytest.raises(ValueError, match="X has 7 features, but ForceReadout is expecting 8"):
        readout.partial_fit(X[:, 1:], Y)
    with pytest.raises(ValueError, match=r"y has shape \(150,\), but ForceReadout is expecting"):
        readout.partial_fit(X, Y[:, 0])
    with pytest.raises(ValueError, match="NaN"):
        readout.partial_fit(X, np.full_like(Y, np.nan))
    np.testing.assert_array_equal(readout.predict(X), before)


@pytest.mark.parametrize("n", [63, 100, 130])
def test_p_stays_symmetric_to_the_bit(n):
    # OpenBLAS 0.3.30's kernels for Haswell round the last elements of a column otherwise.
    rows = np.random.default_rng(0).normal(size=(30, n))
    readout = ForceReadout(10.0)
    for row in rows:
        readout.partial_fit(row[None], [row.sum()])
    np.testing.assert_array_equal(readout.P_, readout.P_.T)
