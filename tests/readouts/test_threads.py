"""Small matrices have one thread of BLAS, and leave the process as it was."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from readouts import RidgeReadout, RidgeRegressionReadout
from readouts.threads import LARGEST_ALONE, blas_threads_for


def threads():
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.mark.parametrize(("side", "expected"), [(LARGEST_ALONE, {1}), (LARGEST_ALONE + 1, {2})])
def test_matrices_up_to_a_size_have_one_thread(side, expected):
    with threadpool_limits(2):
        with blas_threads_for(side):
            assert threads() == expected
        assert threads() == {2}


def test_an_error_leaves_the_threads_as_they_were():
    with threadpool_limits(2):
        with pytest.raises(ValueError, match="within"), blas_threads_for(1), blas_threads_for(1):
            raise ValueError("within")
        assert threads() == {2}


@pytest.mark.parametrize("readout", [RidgeReadout(), RidgeRegressionReadout()])
def test_the_last_bits_do_not_depend_on_the_number_of_threads(readout):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, 300))
    y = (X[:, 0] + rng.standard_normal(400) > 0).astype(int)
    outputs = []
    for number in (1, 2):
        with threadpool_limits(number):
            fitted = readout.fit(X, y)
            score = getattr(fitted, "decision_function", fitted.predict)
            outputs.append((fitted.coef_.tobytes(), score(X).tobytes()))
    assert outputs[0] == outputs[1]
