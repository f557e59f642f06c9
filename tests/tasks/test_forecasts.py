"""Problems for forecasters: linear models against known figures, liquids, and the measures."""

import numpy as np
import pytest

from tasks import make_series
from tasks.forecasters import Forecaster, Lags
from tasks.forecasts import (
    DELAYS,
    HORIZON,
    LIQUIDS,
    PAST_STEPS,
    PROBLEMS,
    delayed,
    forecasters,
    liquid,
    nrmse,
    squared_correlations,
)


def measured(problem, make, *, steps, seed=0):
    result = PROBLEMS[problem].run(make, *steps, np.random.SeedSequence(seed))
    return result["measures"]


# Linear models: known figures


@pytest.mark.parametrize(
    ("lags", "products", "published"), [(10, 0, 0.60), (20, 0, 0.39), (50, 0, 0.37), (20, 10, 0.28)]
)
def test_linear_models_of_narma10_have_the_known_errors(lags, products, published):
    errors = [
        measured("narma10", lambda: Lags(lags, n_products=products), steps=(4000, 3000), seed=seed)[
            "nrmse"
        ]
        for seed in range(2)
    ]
    assert np.mean(errors) == pytest.approx(published, abs=0.03)


def test_a_linear_model_remembers_its_lags_and_nothing_else():
    capacity = measured("memory", lambda: Lags(21), steps=(1500, 1500))
    # Delays 1 to 20, beside the present; what is left of the other 80 is chance, as in the floor.
    assert capacity["floor"] == pytest.approx(DELAYS / 1500, rel=0.5)
    assert capacity["capacity"] == pytest.approx(20, abs=2 * capacity["floor"])


# Liquids


@pytest.mark.parametrize("task", LIQUIDS)
def test_a_liquid_fires_and_remembers_by_its_delays(task):
    whole, cut = (
        measured("memory", lambda changes=changes: liquid(task, 60, 0, **changes), steps=(600, 300))
        for changes in ({}, {"in_degree": 0, "input_delay_steps": 0})
    )
    assert whole["capacity"] > 2 + cut["capacity"] > 2


def test_controls_are_those_that_change_something():
    assert "liquid without input delays" in forecasters("mackey-glass", 60)
    assert "liquid without input delays" not in forecasters("narma10", 60)


def test_a_liquid_goes_on_from_what_it_hears():
    x = np.sin(0.3 * np.arange(1100))
    model = liquid("mackey-glass", 60, 0)
    model.fit(x[:1000], x[1:1001, np.newaxis])
    heard = np.stack([x[900:1000], x[930:1030]])
    forecast = model.go_on(heard, 20)
    assert nrmse(np.stack([x[1000:1020], x[1030:1050]]), forecast) < 0.3
    first = [model.predict(past)[-1, 0] for past in heard]
    np.testing.assert_allclose(forecast[:, 0], first, rtol=1e-6)


# Measures


class Persistence(Forecaster):
    """Keeps what it learns from; says that what comes is what is."""

    n_features = 1

    def __init__(self):
        self.learned = []

    def fit(self, u, y):
        self.learned.append((u, y))
        return self

    def predict(self, u):
        return np.repeat(u[:, np.newaxis], self.learned[-1][1].shape[1], axis=1)

    def go_on(self, past, n_steps):
        assert past.shape[1] == PAST_STEPS
        return np.repeat(past[:, -1:], n_steps, axis=1)


@pytest.mark.parametrize("task", PROBLEMS)
def test_nothing_of_the_test_part_is_learned(task):
    learned = []
    for n_test in (400, 500):
        model = Persistence()
        measured(task, lambda model=model: model, steps=(600, n_test))
        learned.append(model.learned)
    for (u, y), (same_u, same_y) in zip(*learned, strict=True):
        assert len(u) == len(y) <= 600
        np.testing.assert_array_equal(u, same_u)
        np.testing.assert_array_equal(y[:, :DELAYS], same_y[:, :DELAYS])
    if task == "mackey-glass":
        direct, free = learned[0]
        np.testing.assert_array_equal(direct[1][:-HORIZON, 0], direct[0][HORIZON:])
        np.testing.assert_array_equal(free[1][:-1, 0], free[0][1:])
        assert direct[1][-1] == free[1][-1]  # the last step of the training part


def test_errors_of_persistence_are_those_of_the_series():
    result = PROBLEMS["mackey-glass"].run(Persistence, 600, 2000, np.random.SeedSequence(0))
    seed = np.random.SeedSequence(0)
    x = make_series("MackeyGlass", n_steps=2600 + HORIZON, random_state=seed).inputs[0]
    changes = x[600 + HORIZON : 2600 + HORIZON] - x[600:2600]
    expected = np.sqrt(np.mean(changes**2)) / x[600:2600].std()
    assert result["measures"]["nrmse84_direct"] == pytest.approx(expected)
    # From 50 points instead of 2000, and so only about the same.
    assert result["measures"]["nrmse84_free"] == pytest.approx(expected, rel=0.2)
    assert result["errors"][-1] == result["measures"]["nrmse84_free"]
    assert result["true"][0] == x[600 + PAST_STEPS]


def test_the_error_of_the_mean_is_one():
    y = np.random.default_rng(0).normal(size=50)
    assert nrmse(y, np.full(50, y.mean())) == pytest.approx(1)
    assert nrmse(y, y) == 0


def test_delays_and_squared_correlations_by_numpy():
    u = np.arange(1.0, 300)
    for delay in (1, 2, DELAYS):
        np.testing.assert_array_equal(delayed(u)[:, delay - 1], [*[0] * delay, *u[:-delay]])
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 40, 3))
    other[:, 0] += one[:, 0]
    other[:, 2] = 5
    expected = [np.corrcoef(one[:, k], other[:, k])[0, 1] ** 2 for k in range(2)]
    np.testing.assert_allclose(squared_correlations(one, other), [*expected, 0])
