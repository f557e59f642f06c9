"""Numbers whose squares are none: refused where a readout would change in silence."""

import numpy as np
import pytest
from sklearn.base import clone

from readouts import ForceReadout, RidgeReadout, RidgeRegressionReadout, ThreeFactorReadout

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 5))
Y = X @ RNG.normal(size=5) + 0.1 * RNG.normal(size=60)
LABELS = (Y > 0).astype(int)
# What they gave at 1e-200, 1e160 and 1e200: R2 of 0 or -.09, an accuracy of .6, LinAlgError.
FAR = (1e-320, 1e-200, 1e160, 1e200, 1e307)
FITS = {
    "ridge classifier": lambda X, y: RidgeReadout().fit(X, y > 0),
    "by batches": lambda X, y: RidgeReadout().partial_fit(X, y > 0, classes=[False, True]),
    "ridge": lambda X, y: RidgeRegressionReadout().fit(X, y),
    "ridge by blocks": lambda X, y: RidgeRegressionReadout(n_blocks=5).fit(X, y),
    "ridge by batches": lambda X, y: RidgeRegressionReadout().partial_fit(X, y),
}


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_features_of_no_possible_scale_are_refused(fit):
    for factor in FAR:
        with pytest.raises(ValueError, match=r"X must be of a scale from 1e-100 to 1e\+100"):
            fit(X * factor, Y)


@pytest.mark.parametrize("name", list(FITS)[2:])
def test_so_are_targets_even_one_of_several(name):
    both = np.column_stack([Y, Y])
    for factor in FAR:
        with pytest.raises(ValueError, match=r"y must be of a scale .* in output 1"):
            FITS[name](X, both * (1, factor))


@pytest.mark.parametrize("readout", [ForceReadout(), ThreeFactorReadout()])
def test_so_are_rows_that_online_learning_cannot_square(readout):
    # It learned nothing of them, and said so in one case only. Small ones are silence.
    for factor in (1e160, 1e200):
        with pytest.raises(ValueError, match=r"X must be of a scale from 1e-100 to 1e\+100"):
            clone(readout).partial_fit(X * factor, Y)
    np.testing.assert_allclose(clone(readout).fit(X * 1e-200, Y).predict(X), 0, atol=1e-100)


@pytest.mark.parametrize("factor", [1e-90, 1e90])
def test_a_ridge_readout_takes_any_other_scale(factor):
    one, other = RidgeReadout().fit(X, LABELS), RidgeReadout().fit(X * factor, LABELS)
    np.testing.assert_allclose(
        other.decision_function(X * factor), one.decision_function(X), rtol=1e-9
    )
    one, other = (RidgeRegressionReadout().fit(X * f, Y * f) for f in (1, factor))
    np.testing.assert_allclose(other.predict(X * factor), one.predict(X) * factor, rtol=1e-9)
    np.testing.assert_array_equal(RidgeReadout().fit(X * 0, LABELS).coef_, 0)  # 0 is no scale
