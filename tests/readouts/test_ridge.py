"""The ridge readouts against scikit-learn's ridge and discriminant, and GCV from the hat matrix."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from readouts import RidgeReadout, RidgeRegressionReadout, gcv
from readouts.gcv import RELATIVE_ALPHAS, CentredTargets, normal_equations, solve


def states(n_samples=80, n_features=6, n_classes=3, *, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    centres = rng.normal(size=(n_classes, n_features))
    X = 10 + rng.uniform(0.1, 20, n_features) * (
        rng.normal(size=(n_samples, n_features)) + centres[y]
    )
    return X, y


def one_hot(y):
    return np.where(y[:, np.newaxis] == np.unique(y), 1.0, -1.0)


def softly_scaled(X):
    """Over the root of the variance and a hundredth of all features' mean variance."""
    variance = X.var(axis=0)
    return (X - X.mean(axis=0)) / np.sqrt(variance + variance.mean() / 100)


def standardised(X):
    return StandardScaler().fit_transform(X)


def brute_force_gcv(X, targets, alpha, scaled=standardised):
    """GCV from the trace of the hat matrix of [1, Z], the intercept not penalised."""
    n = len(X)
    design = np.column_stack([np.ones(n), scaled(X)])
    penalty = alpha * np.eye(design.shape[1])
    penalty[0, 0] = 0
    hat = design @ np.linalg.solve(design.T @ design + penalty, design.T)
    residual = targets - hat @ targets
    return (residual**2).sum() / n / (1 - np.trace(hat) / n) ** 2


def signals(n_samples=80, n_features=6, *, seed=0):
    """Features and three targets of different scale and noise."""
    rng = np.random.default_rng(seed)
    X = 10 + rng.uniform(0.1, 20, n_features) * rng.normal(size=(n_samples, n_features))
    Y = X @ rng.normal(size=(n_features, 3)) + rng.normal(size=(n_samples, 3)) * [1e-3, 10, 1000]
    return X, Y * [1, 1e-3, 1e4] + [0, 5, 1e6]


@parametrize_with_checks([RidgeReadout(), RidgeRegressionReadout()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("shape", [(80, 6), (30, 50)], ids=["tall", "wide"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_strength_has_the_least_gcv_and_regression_is_ridge(shape, n_classes):
    X, y = states(*shape, n_classes)
    regression = solve(normal_equations(X, CentredTargets.of(one_hot(y), None)), one_strength=True)
    candidates = len(X) * RELATIVE_ALPHAS
    scores = [brute_force_gcv(X, one_hot(y), candidate) for candidate in candidates]
    assert regression.alpha == candidates[np.argmin(scores)]
    if len(X) > X.shape[1]:  # of fewer samples see test_left_out
        assert RidgeReadout().fit(X, y).alpha_ == regression.alpha

    scaler = StandardScaler().fit(X)
    ridge = Ridge(alpha=regression.alpha).fit(scaler.transform(X), one_hot(y))
    expected = ridge.predict(scaler.transform(X))
    np.testing.assert_allclose(regression(X), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shape", [(80, 6), (30, 50)], ids=["tall", "wide"])
def test_each_target_has_the_strength_with_its_least_gcv(shape):
    X, Y = signals(*shape)
    readout = RidgeRegressionReadout().fit(X, Y)
    candidates = len(X) * RELATIVE_ALPHAS
    scores = [[brute_force_gcv(X, y, alpha, softly_scaled) for alpha in candidates] for y in Y.T]
    np.testing.assert_array_equal(readout.alpha_, candidates[np.argmin(scores, axis=1)])
    assert len(set(readout.alpha_)) > 1

    Z = softly_scaled(X)
    expected = Ridge(alpha=readout.alpha_).fit(Z, Y).predict(Z)
    np.testing.assert_allclose(readout.predict(X), expected, rtol=1e-8)


@pytest.mark.parametrize("partial", [False, True])
def test_a_feature_that_was_silent_in_training_does_not_count_a_thousandfold(partial):
    rng = np.random.default_rng(0)
    X = rng.random((200, 4))
    X[:, 3] *= 1e-14  # what is left of a trace long after a spike
    y = X[:, 0] - X[:, 1]
    readout = RidgeRegressionReadout()
    (readout.partial_fit if partial else readout.fit)(X, y)
    later = np.array([[0.5, 0.2, 0.9, 1.0]])
    assert readout.predict(later)[0] == pytest.approx(0.3, abs=0.01)


def test_targets_do_not_meddle_with_each_other():
    X, Y = signals()
    together = RidgeRegressionReadout().fit(X, Y)
    assert together.coef_.shape == (3, 6)
    assert together.predict(X).shape == Y.shape
    for k, y in enumerate(Y.T):
        alone = RidgeRegressionReadout().fit(X, y)
        assert alone.coef_.shape == (6,)
        assert alone.predict(X).shape == y.shape
        assert alone.alpha_ == together.alpha_[k]
        np.testing.assert_allclose(alone.predict(X), together.predict(X)[:, k], rtol=1e-12)


def test_a_target_that_is_linear_in_the_states_is_found():
    X, _ = signals()
    y = X @ np.arange(6) - 3
    assert RidgeRegressionReadout().fit(X, y).score(X, y) > 1 - 1e-9


def test_a_target_of_noise_alone_gets_the_strongest_penalty_and_a_constant_one_its_value():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 40))
    noise = RidgeRegressionReadout().fit(X, rng.normal(size=500))
    assert noise.alpha_ > 500
    np.testing.assert_array_equal(RidgeRegressionReadout().fit(X, np.full(500, 3.0)).predict(X), 3)


def test_strength_is_not_left_to_rounding_where_all_samples_can_be_fitted():
    rng = np.random.default_rng(0)
    y = np.arange(20) % 2
    X = rng.normal(size=(20, 60)) + 10 * rng.normal(size=(2, 60))[y]
    alphas = [RidgeReadout().fit(X[:, rng.permutation(60)], y).alpha_ for _ in range(20)]
    np.testing.assert_allclose(alphas, alphas[0])


@pytest.mark.parametrize("n_classes", [2, 4])
def test_weak_penalty_gives_the_linear_discriminant(n_classes, monkeypatch):
    X, y = states(600, 5, n_classes)
    y = np.where(np.arange(600) < 150, 0, y)  # unequal priors
    monkeypatch.setattr(gcv, "RELATIVE_ALPHAS", np.array([1e-12]))
    ours = RidgeReadout().fit(X, y)
    theirs = LinearDiscriminantAnalysis().fit(X, y)
    # Theirs has the covariance of the samples, ours that of new ones: the priors weigh less.
    assert np.mean(ours.predict(X) == theirs.predict(X)) > 0.995
    scores, expected = ours.decision_function(X), theirs.decision_function(X)
    if n_classes > 2:
        scores, expected = (s - s[:, :1] for s in (scores, expected))
    # Their pooled covariance divides by n - classes, ours by n.
    correlation = np.corrcoef(scores.ravel(), expected.ravel())[0, 1]
    assert correlation > 0.99999


def test_class_between_two_others_is_not_masked():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 200)
    X = y[:, np.newaxis] + rng.normal(scale=0.15, size=(600, 1))
    assert RidgeReadout().fit(X, y).score(X, y) > 0.98


def test_classes_that_are_entirely_separate_are_told_apart():
    y = np.arange(60) % 3
    assert RidgeReadout().fit(np.eye(3)[y], y).score(np.eye(3)[y], y) == 1


def test_strength_follows_the_noise():
    X, y = states(seed=1)
    rng = np.random.default_rng(1)
    noise = np.column_stack([X, rng.normal(size=(len(X), 60))])
    assert RidgeReadout().fit(noise, y).alpha_ > RidgeReadout().fit(X, y).alpha_


def test_scale_and_offset_of_a_feature_change_nothing():
    X, y = states()
    moved = X * np.logspace(-4, 4, X.shape[1]) + 1000
    np.testing.assert_allclose(
        RidgeReadout().fit(moved, y).decision_function(moved),
        RidgeReadout().fit(X, y).decision_function(X),
        atol=1e-6,
    )


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9])
def test_constant_features_have_no_part(constant):
    X, y = states()
    silent = np.insert(X, [0, 3], constant, axis=1)
    readout, reference = RidgeReadout().fit(silent, y), RidgeReadout().fit(X, y)
    assert not readout.coef_[:, [0, 4]].any()
    np.testing.assert_allclose(readout.coef_[:, [1, 2, 3, 5, 6, 7]], reference.coef_)
    assert readout.alpha_ == reference.alpha_


def test_silent_liquid_predicts_the_most_frequent_class():
    y = np.array(["rare", "often", "often"])
    assert set(RidgeReadout().fit(np.zeros((3, 4)), y).predict(np.ones((2, 4)))) == {"often"}


def test_weights_count_samples():
    X, y = states()
    weight = np.random.default_rng(2).integers(0, 4, len(y))
    weighted = RidgeReadout().fit(X, y, sample_weight=weight)
    repeated = RidgeReadout().fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    assert weighted.alpha_ == pytest.approx(repeated.alpha_)
    np.testing.assert_allclose(weighted.coef_, repeated.coef_)


def test_relative_weights_are_scaled():
    X, y = states()
    relative = RidgeReadout().fit(X, y, sample_weight=np.full(len(y), 1 / len(y)))
    np.testing.assert_allclose(relative.coef_, RidgeReadout().fit(X, y).coef_)


def test_one_sample_with_weight_is_what_is_predicted():
    X, y = states()
    readout = RidgeReadout().fit(X, y, sample_weight=np.eye(len(y))[1])
    assert set(readout.predict(X)) == {y[1]}


def test_weights_count_samples_of_a_regression():
    X, Y = signals()
    weight = np.random.default_rng(2).integers(0, 4, len(Y))
    weighted = RidgeRegressionReadout().fit(X, Y, sample_weight=weight)
    repeated = RidgeRegressionReadout().fit(np.repeat(X, weight, axis=0), Y.repeat(weight, axis=0))
    np.testing.assert_allclose(weighted.alpha_, repeated.alpha_)
    np.testing.assert_allclose(weighted.coef_, repeated.coef_)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_probabilities_are_the_posterior_of_gaussian_classes(n_classes):
    rng = np.random.default_rng(3)
    mixing = rng.normal(size=(4, 4))
    covariance = mixing @ mixing.T
    centres = rng.normal(size=(n_classes, 4)) @ mixing.T
    prior = np.arange(1, n_classes + 1) / np.arange(1, n_classes + 1).sum()
    y = rng.choice(n_classes, 40_000, p=prior)
    X = centres[y] + rng.multivariate_normal(np.zeros(4), covariance, len(y))
    train, test = np.arange(20_000), np.arange(20_000, 40_000)

    found = RidgeReadout().fit(X[train], y[train]).predict_proba(X[test])
    densities = [multivariate_normal(centre, covariance).pdf(X[test]) for centre in centres]
    joint = prior * np.transpose(densities)
    expected = joint / joint.sum(axis=1, keepdims=True)
    # The means are known to 0.01 deviations and the frequencies to 0.003.
    assert abs(found - expected).mean() < 0.006
    assert abs(found - expected).max() < 0.04
    # Of the samples that a class is given some probability, as many are of this class.
    for k in range(n_classes):
        bins = np.digitize(found[:, k], [0.2, 0.4, 0.6, 0.8])
        for b in range(5):
            hits = (y[test] == k)[bins == b]
            assert hits.mean() == pytest.approx(found[bins == b, k].mean(), abs=0.045)


def test_probabilities_can_be_calibrated():
    X, y = states(300)
    calibrated = CalibratedClassifierCV(RidgeReadout(), ensemble=False).fit(X, y)
    assert calibrated.score(X, y) == pytest.approx(RidgeReadout().fit(X, y).score(X, y), abs=0.05)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_probability_of_a_class_without_weight_is_zero(n_classes):
    X, y = states(n_classes=n_classes)
    probabilities = RidgeReadout().fit(X, y, sample_weight=(y > 0) + 0.0).predict_proba(X)
    np.testing.assert_array_equal(probabilities[:, 0], 0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("names", [np.arange(3), np.array(["a", "b", "c"]), np.array([1.0, 2, 5])])
def test_the_score_is_the_share_of_labels_that_are_right(names):
    X, codes = states()
    y = names[codes]
    readout = RidgeReadout().fit(X[:60], y[:60])
    wrong = np.where(np.arange(80) % 5 == 0, np.roll(y, 1), y)
    for labels in (wrong, wrong.tolist()):
        assert readout.score(X, labels) == accuracy_score(wrong, readout.predict(X))
    weight = np.arange(80.0)
    expected = accuracy_score(wrong, readout.predict(X), sample_weight=weight)
    assert readout.score(X, wrong, weight) == expected
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        readout.score(X, wrong[:-1])


def test_single_precision_is_taken_as_double():
    X, y = states()
    single = X.astype(np.float32)
    readout, expected = RidgeReadout().fit(single, y), RidgeReadout().fit(single.astype(float), y)
    np.testing.assert_array_equal(readout.coef_, expected.coef_)
    scores = expected.decision_function(single.astype(float))
    np.testing.assert_array_equal(readout.decision_function(single), scores)
    with pytest.raises(ValueError, match="infinity"):
        readout.predict(np.full((2, 6), np.inf, dtype=np.float32))


def test_single_class_and_zero_weights_are_refused():
    X, y = states()
    with pytest.raises(ValueError, match="at least two classes, got one class"):
        RidgeReadout().fit(X, np.zeros(len(X), int))
    with pytest.raises(ValueError, match="at least one non-zero"):
        RidgeReadout().fit(X, y, sample_weight=np.zeros(len(X)))


@pytest.mark.parametrize("readout", [RidgeReadout(), RidgeRegressionReadout()])
def test_bad_input_is_refused_as_scikit_learn_words_it(readout):
    X, y = states()
    with pytest.raises(ValueError, match="inhomogeneous"):
        readout.fit([[1.0, 2.0], [3.0]], [0, 1])
    with pytest.raises(ValueError, match="Input X contains NaN"):
        readout.fit(np.where(X > 10, np.nan, X), y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples: \\[80, 79\\]"):
        readout.fit(X, y[1:])
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        readout.fit(X, y, sample_weight=-np.ones(80))
    with pytest.raises(ValueError, match="at least one non-zero"):
        readout.fit(X, y, sample_weight=np.zeros(80))
    with pytest.raises(ValueError, match=f"X has 5 features, but {type(readout).__name__} is exp"):
        readout.fit(X, y).predict(X[:, 1:])


def test_targets_that_are_no_numbers_are_refused():
    X, Y = signals()
    with pytest.raises(ValueError, match="could not convert string to float"):
        RidgeRegressionReadout().fit(X, np.full(80, "high"))
    with pytest.raises(ValueError, match="Input y contains infinity"):
        RidgeRegressionReadout().fit(X, np.where(Y > 5, np.inf, Y))


@pytest.mark.parametrize("n_features", [8, 90])
def test_blocks_choose_the_strength_with_the_least_error_on_what_is_left_out(
    n_features, monkeypatch
):
    monkeypatch.setattr("readouts.few_rows.BLOCK", 60 * 13)  # numbers: 13 features at a time
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, n_features)) + 3
    X[:, -1] = 2  # constant
    y = X @ rng.normal(size=(n_features, 2)) + rng.normal(size=(60, 2)) * [1, 5]
    model = RidgeRegressionReadout(n_blocks=3).fit(X, y)
    errors = np.zeros((len(RELATIVE_ALPHAS), 2))
    for block in np.split(np.arange(60), 3):
        rest = np.delete(np.arange(60), block)
        mean, variance = X[rest].mean(axis=0), X[rest].var(axis=0)
        scale = np.sqrt(variance + 0.01 * variance.mean())
        for row, alpha in zip(errors, RELATIVE_ALPHAS, strict=True):
            slow = Ridge(alpha=40 * alpha).fit((X[rest] - mean) / scale, y[rest])
            row += ((y[block] - slow.predict((X[block] - mean) / scale)) ** 2).sum(axis=0)
    np.testing.assert_allclose(model.alpha_, 60 * RELATIVE_ALPHAS[errors.argmin(axis=0)])
    scale = np.sqrt(X.var(axis=0) + 0.01 * X.var(axis=0).mean())
    for k, alpha in enumerate(model.alpha_):
        slow = Ridge(alpha=alpha).fit((X - X.mean(axis=0)) / scale, y[:, k])
        np.testing.assert_allclose(model.coef_[k], slow.coef_ / scale, rtol=1e-7)


@pytest.mark.parametrize("n_blocks", [1, 6, 2.5, "5"])
def test_blocks_of_no_use_are_refused(n_blocks):
    X, y = np.random.default_rng(2).normal(size=(10, 3)), np.arange(10.0)
    with pytest.raises(ValueError, match="n_blocks must be an integer from 2 to 5"):
        RidgeRegressionReadout(n_blocks=n_blocks).fit(X, y)


def test_blocks_go_with_neither_weights_nor_batches():
    X, y = np.random.default_rng(2).normal(size=(10, 3)), np.arange(10.0)
    with pytest.raises(ValueError, match="sample_weight can't be given with n_blocks"):
        RidgeRegressionReadout(n_blocks=2).fit(X, y, sample_weight=np.ones(10))
    with pytest.raises(ValueError, match="partial_fit keeps sums over samples"):
        RidgeRegressionReadout(n_blocks=2).partial_fit(X, y)


@pytest.mark.parametrize("n_features", [6, 100])
@pytest.mark.parametrize("by_batches", [False, True])
def test_a_readout_that_forgets_predicts_as_before(n_features, by_batches):
    X, y = states(n_features=n_features)
    readout = RidgeReadout()
    readout = readout.partial_fit(X, y, classes=[0, 1, 2]) if by_batches else readout.fit(X, y)
    scores = readout.decision_function(X)
    assert readout.forget() is readout
    np.testing.assert_array_equal(readout.decision_function(X), scores)
    assert readout._rows is readout._equations is readout._moments is None
    other_X, other_y = states(seed=1)
    readout.partial_fit(other_X, other_y, classes=[0, 1, 2])
    fresh = RidgeReadout().partial_fit(other_X, other_y, classes=[0, 1, 2])
    np.testing.assert_array_equal(readout.predict(other_X), fresh.predict(other_X))
