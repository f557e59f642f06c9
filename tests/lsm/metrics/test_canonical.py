"""Canonical correlations, against scikit-learn's and by design."""

import numpy as np
import pytest
from sklearn.cross_decomposition import CCA

from lsm.metrics import canonical_correlations


@pytest.fixture
def sets():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(400, 2))
    return [shared @ rng.normal(size=(2, n)) + rng.normal(size=(400, n)) + 5.0 for n in (6, 4)]


def test_without_much_of_a_ridge_they_are_those_of_scikit_learn(sets):
    correlations, *maps = canonical_correlations(*sets, ridge=1e-9)
    assert correlations.shape == (4,)
    assert [m.shape for m in maps] == [(6, 4), (4, 4)]
    both = CCA(2, max_iter=5000, tol=1e-12).fit(*sets).transform(*sets)
    expected = [np.corrcoef(both[0][:, k], both[1][:, k])[0, 1] for k in (0, 1)]
    np.testing.assert_allclose(correlations[:2], expected, rtol=1e-5)


def test_maps_give_what_is_correlated(sets):
    correlations, *maps = canonical_correlations(*sets, ridge=1e-9)
    x, y = ((states - states.mean(axis=0)) @ m for states, m in zip(sets, maps, strict=True))
    np.testing.assert_allclose(x.T @ x / len(x), np.eye(4), atol=1e-6)
    np.testing.assert_allclose(x.T @ y / len(x), np.diag(correlations), atol=1e-6)


def test_a_ridge_makes_them_smaller_and_more_features_than_samples_do_no_harm(sets):
    weak, strong = (canonical_correlations(*sets, ridge=r).correlations for r in (0.01, 1.0))
    assert (strong < weak).all()
    rng = np.random.default_rng(0)
    wide = canonical_correlations(rng.normal(size=(10, 30)), rng.normal(size=(10, 20)))
    assert (wide.correlations < 1).all()
    constant = canonical_correlations(sets[0], np.ones((400, 3)))
    np.testing.assert_allclose(constant.correlations, 0, atol=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "ridge", "message"),
    [
        (np.ones(3), np.ones((3, 1)), 0.1, r"first must be finite, .* got the shape \(3,\)"),
        (np.ones((3, 1)), np.full((3, 1), np.nan), 0.1, "second must be finite"),
        (np.ones((3, 1)), np.ones((4, 1)), 0.1, "as many samples, got 3 and 4"),
        (np.ones((3, 1)), np.ones((3, 1)), 0.0, "ridge must be"),
    ],
)
def test_other_input_is_refused(first, second, ridge, message):
    with pytest.raises(ValueError, match=message):
        canonical_correlations(first, second, ridge=ridge)
