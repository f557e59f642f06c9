"""The three-factor rule against its equation written out, LMS, and what consolidation averages."""

import copy

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import SGDRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from readouts import DivergenceError, ThreeFactorReadout, three_factor


def data(n_rows=200, n_features=6, n_outputs=2, *, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_features))
    return X, X @ rng.normal(size=(n_features, n_outputs))


@parametrize_with_checks([ThreeFactorReadout(), ThreeFactorReadout(trace_decay=0.3)])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("trace_decay", [0.0, 0.7])
def test_weights_follow_the_equation(trace_decay, normalize):
    X, Y = data(40)
    gate = np.random.default_rng(1).choice([0.0, 0.5, 2.0], 40)
    e, w, errors = np.zeros(6), np.zeros((6, 2)), []
    for r, y, g in zip(X, Y, gate, strict=True):
        e = trace_decay * e + r
        errors.append(y - w.T @ r)
        for k in range(2):
            w[:, k] += 0.02 * g * errors[-1][k] * e / (e @ e if normalize else 1)

    parameters = {"learning_rate": 0.02, "trace_decay": trace_decay, "normalize": normalize}
    readout = ThreeFactorReadout(**parameters)
    readout.partial_fit(X[:15], Y[:15], gate[:15]).partial_fit(X[15:], Y[15:], gate[15:])
    np.testing.assert_allclose(readout.weights_, w, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(readout.trace_, e, rtol=1e-12)
    weights, trace = np.zeros((6, 2)), np.zeros(6)
    found = three_factor(weights, trace, X, Y, gate, **parameters)
    np.testing.assert_allclose(found, errors, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(weights, readout.weights_)


def test_without_memory_and_gate_it_is_lms():
    X, Y = data()
    lms = SGDRegressor(
        learning_rate="constant", eta0=0.01, alpha=0, fit_intercept=False, max_iter=1, shuffle=False
    ).partial_fit(X, Y[:, 0])
    readout = ThreeFactorReadout(0.01, normalize=False).fit(X, Y[:, 0])
    np.testing.assert_allclose(readout.coef_, lms.coef_, rtol=1e-10)


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_normalized_a_row_takes_away_its_share_of_the_error_at_any_scale(scale):
    X, Y = data(1)
    readout = ThreeFactorReadout(0.25).fit(scale * X, Y)
    np.testing.assert_allclose(readout.predict(scale * X), 0.25 * Y)


def test_normalized_it_finds_what_can_be_found():
    X, Y = data(3000)
    true = np.linalg.lstsq(X, Y, rcond=None)[0]
    np.testing.assert_allclose(ThreeFactorReadout(0.5).fit(X, Y).weights_, true, atol=1e-6)


def test_a_trace_credits_what_was_active_before_the_error_came():
    # Neuron 0 fires, and the outcome comes three rows later, when neuron 1 does.
    X = np.array([[1.0, 0], [0, 0], [0, 0], [0, 1]])
    y, gate = np.array([0, 0, 0, 1.0]), np.array([0, 0, 0, 1.0])
    remembered = ThreeFactorReadout(0.1, normalize=False, trace_decay=0.5).fit(X, y, gate)
    np.testing.assert_allclose(remembered.coef_, [0.1 * 0.5**3, 0.1])
    np.testing.assert_allclose(
        ThreeFactorReadout(0.1, normalize=False).fit(X, y, gate).coef_, [0, 0.1]
    )


def test_a_closed_gate_learns_nothing():
    X, Y = data()
    readout = ThreeFactorReadout().fit(X[:50], Y[:50])
    before = readout.weights_.copy()
    readout.partial_fit(X, Y, np.zeros(len(X)))
    np.testing.assert_array_equal(readout.weights_, before)


@pytest.mark.parametrize("height", [0.0, 1e-160])
def test_rows_of_zeros_change_nothing_however_large_the_error(height):
    readout = ThreeFactorReadout().fit(np.full((3, 2), height), np.full(3, 1e6))
    np.testing.assert_array_equal(readout.weights_, 0)


# Consolidation


def test_consolidation_keeps_a_share_of_what_a_trial_changed():
    X, Y = data(20)
    readout = ThreeFactorReadout(consolidation=0.2, trace_decay=0.5).fit(X, Y)
    changed = readout.weights_.copy()
    np.testing.assert_array_equal(readout.slow_weights_, 0)
    readout.consolidate()
    np.testing.assert_allclose(readout.weights_, 0.2 * changed, rtol=1e-12)
    np.testing.assert_array_equal(readout.slow_weights_, readout.weights_)
    np.testing.assert_array_equal(readout.trace_, 0)
    before = readout.weights_.copy()
    np.testing.assert_array_equal(readout.consolidate().weights_, before)


def test_consolidated_whole_a_trial_is_as_learned_online():
    X, Y = data()
    online, ending = ThreeFactorReadout().fit(X, Y), ThreeFactorReadout()
    for trial in np.split(np.arange(200), 10):
        ending.partial_fit(X[trial], Y[trial]).consolidate()
    np.testing.assert_allclose(ending.weights_, online.weights_, rtol=1e-12)


def test_consolidation_averages_outcomes_that_a_trial_alone_follows():
    # One outcome a trial, 1 with probability 0.3: online alone, the output is the last outcome.
    outcomes = (np.random.default_rng(0).random(3000) < 0.3).astype(float)
    readout, said = ThreeFactorReadout(1.0, consolidation=0.02), []
    for outcome in outcomes:
        readout.partial_fit([[2.0]], [outcome])
        assert readout.predict([[2.0]])[0] == pytest.approx(outcome)
        said.append(readout.consolidate().predict([[2.0]])[0])
    assert np.mean(said[500:]) == pytest.approx(0.3, abs=0.02)
    # The variance of an exponential average: p (1 - p) rho / (2 - rho).
    assert np.std(said[500:]) == pytest.approx(np.sqrt(0.21 * 0.02 / 1.98), rel=0.2)


# Bad input


def test_weights_that_run_away_are_named_and_what_was_learned_is_kept():
    X, Y = data(4000)
    readout = ThreeFactorReadout(10.0, normalize=False)
    with pytest.raises(DivergenceError, match="learning_rate is too large in row") as found:
        readout.partial_fit(X, Y)
    assert np.isfinite(readout.weights_).all()
    row = found.value.row
    np.testing.assert_array_equal(
        readout.weights_, ThreeFactorReadout(10.0, normalize=False).fit(X[:row], Y[:row]).weights_
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"learning_rate": 0}, "'learning_rate' parameter of ThreeFactorReadout must be"),
        ({"trace_decay": 1.0}, "'trace_decay' parameter"),
        ({"trace_decay": -0.1}, "'trace_decay' parameter"),
        ({"consolidation": 0}, "'consolidation' parameter"),
        ({"normalize": "yes"}, "'normalize' parameter"),
    ],
)
def test_parameters_without_a_possible_value_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        ThreeFactorReadout(**parameters).fit(*data(5))


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        (-np.ones(20), "gate must not be below 0, got -1"),
        (np.ones((20, 2)), r"gate must have one dimension, \(n_samples,\); got shape \(20, 2\)"),
        (np.ones(19), "inconsistent numbers of samples"),
        (np.full(20, np.nan), "Input gate contains NaN"),
    ],
)
def test_bad_gates_are_refused_and_change_nothing(gate, message):
    X, Y = data(20)
    readout = ThreeFactorReadout().fit(X, Y)
    before = copy.deepcopy(vars(readout))
    with pytest.raises(ValueError, match=message):
        readout.partial_fit(X, Y, gate)
    np.testing.assert_array_equal(readout.weights_, before["weights_"])
    np.testing.assert_array_equal(readout.trace_, before["trace_"])


def test_reset_forgets_everything():
    X, Y = data()
    readout = ThreeFactorReadout(consolidation=0.5).fit(X, Y).consolidate()
    with pytest.raises(NotFittedError):
        readout.reset().predict(X)
    assert readout.consolidate().fit(X[:, :2], Y[:, 0]).coef_.shape == (2,)
