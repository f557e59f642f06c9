"""Forecasters against their equations: linear models, their readout, an echo state network."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from tasks.forecasters import STRENGTHS, EchoStateNetwork, HeldOutRidge, Lags, RandomUnits


def test_a_linear_model_goes_on_with_a_sine():
    x = 3 + np.sin(0.3 * np.arange(1200))
    model = Lags(2).fit(x[:800], x[1:801, np.newaxis])
    heard = np.stack([x[900:910], x[950:960]])
    future = np.stack([x[910:960], x[960:1010]])
    np.testing.assert_allclose(model.go_on(heard, 50), future, atol=1e-3)


def test_a_forecast_that_runs_away_is_held():
    x = 1.03 ** np.arange(400)
    model = Lags(2).fit(x[:399], x[1:, np.newaxis])
    forecast = model.go_on(x[np.newaxis, -10:], 60)[0]
    assert forecast[0] == pytest.approx(x[-1] * 1.03, rel=1e-3)
    highest = 2 * x[398] - x[0]
    np.testing.assert_allclose(forecast[-10:], highest, rtol=1e-9)


def test_lags_and_products_by_hand():
    states = Lags(3, n_products=2)._states(np.array([2.0, 3.0, 5.0]))
    np.testing.assert_array_equal(
        states, [[2, 0, 0, 4, 0, 0], [3, 2, 0, 9, 6, 4], [5, 3, 2, 25, 15, 9]]
    )


def test_random_units_know_what_products_need_and_nothing_beyond_their_lags():
    u = np.random.default_rng(0).uniform(-1, 1, size=1500)
    for back, high, low in ((2, 0.01, 0.0), (5, 2.0, 0.8)):
        y = (u * np.roll(u, back))[:, np.newaxis]
        model = RandomUnits(150, 4, random_state=0).fit(u[:1000], y[:1000])
        error = np.mean((model.predict(u)[1000:] - y[1000:]) ** 2) / y.var()
        assert low < error < high
    again = RandomUnits(150, 4, random_state=0).fit(u[:1000], y[:1000])
    np.testing.assert_array_equal(again.predict(u), model.predict(u))


def test_the_strength_is_that_with_the_least_error_at_the_end():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 60)) * np.linspace(0.5, 2, 60)
    y = X[:, :2] + rng.normal(size=(200, 2)) * [0.5, 5.0]
    readout = HeldOutRidge().fit(X, y)

    def ridge(rows, strength):
        variance = X[rows].var(axis=0)
        Z = (X - X[rows].mean(axis=0)) / np.sqrt(variance + 0.01 * variance.mean())
        model = Ridge(alpha=len(rows) * strength).fit(Z[rows], y[rows])
        return model.predict(Z)

    errors = [
        np.sum((ridge(np.arange(150), strength)[150:] - y[150:]) ** 2, axis=0)
        for strength in STRENGTHS
    ]
    np.testing.assert_array_equal(readout.strength_, STRENGTHS[np.argmin(errors, axis=0)])
    assert STRENGTHS[0] < readout.strength_[0] < readout.strength_[1]
    for output, strength in enumerate(readout.strength_):
        whole = ridge(np.arange(200), strength)[:, output]
        np.testing.assert_allclose(readout.predict(X)[:, output], whole)


def test_an_echo_state_network_hears_itself_as_its_equation_says():
    pytest.importorskip("reservoirpy", reason="the echo state network needs reservoirpy")
    rng = np.random.default_rng(0)
    x = np.sin(0.2 * np.arange(700)) + 0.1 * rng.normal(size=700)
    model = EchoStateNetwork(15, random_state=0, lr=0.5, sr=0.8)
    model.fit(x[:600], x[1:601, np.newaxis])
    network, mean, sd = model._network, x[:600].mean(), x[:600].std()
    state, forecast = np.zeros(15), []

    def hear(state, value):
        drive = network.W @ state + network.Win @ np.array([(value - mean) / sd])
        return 0.5 * state + 0.5 * np.tanh(drive)

    for value in x[600:650]:
        state = hear(state, value)
    for _ in range(10):
        forecast.append(model._readout.predict(state[np.newaxis])[0, 0])
        state = hear(state, forecast[-1])
    # Twice: what was heard before is forgotten.
    for said in model.go_on(np.stack([x[600:650]] * 2), 10):
        np.testing.assert_allclose(said, forecast, atol=1e-10)
