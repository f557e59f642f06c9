"""Series to forecast, beside their equations, other generators and linear models."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from sklearn.linear_model import LinearRegression

from tasks import SERIES, Series, make_series
from tasks.chaos import lorenz_states, mackey_glass_states, mackey_glass_substeps
from tasks.series import NARMA, narma_outputs


@pytest.mark.parametrize("name", SERIES)
def test_series_is_as_it_says(name):
    if name == "SantaFe":
        pytest.importorskip("reservoirpy")
    series = make_series(name, n_steps=300, random_state=0)
    assert isinstance(series, Series)
    assert series.name == name
    assert series.inputs.shape[1] == series.targets.shape[1] == 300
    assert np.isfinite(series.inputs).all()
    assert np.isfinite(series.targets).all()
    assert all((series.step, series.description, series.source))
    assert str(series).startswith(f"{name}: ")
    same = make_series(name, n_steps=300, random_state=0)
    np.testing.assert_array_equal(series.targets, same.targets)
    other = make_series(name, n_steps=300, random_state=1)
    assert np.array_equal(series.inputs, other.inputs) == (name == "SantaFe")


@pytest.mark.parametrize("name", ["MackeyGlass", "Lorenz", "SantaFe"])
def test_targets_are_what_comes_horizon_steps_later(name):
    if name == "SantaFe":
        pytest.importorskip("reservoirpy")
    for horizon in (1, 84):
        series = make_series(name, n_steps=200, random_state=0, horizon=horizon)
        np.testing.assert_array_equal(series.inputs[:, horizon:], series.targets[:, :-horizon])


# NARMA


def narma_by_the_book(u, order, a, b, c, d):
    """Atiya & Parlos 2000, written out."""
    y = {t: 0.0 for t in range(-order, 1)}
    for t in range(len(u)):
        past = sum(y[t - i] for i in range(order))
        before = u[t - order + 1] if t - order + 1 >= 0 else 0.0
        y[t + 1] = a * y[t] + b * y[t] * past + c * before * u[t] + d
    return np.array([y[t + 1] for t in range(len(u))])


@pytest.mark.parametrize(
    ("order", "coefficients"), [(10, (0.3, 0.05, 1.5, 0.1)), (30, (0.2, 0.04, 1.5, 0.001))]
)
def test_narma_follows_its_equation(order, coefficients):
    u = np.random.default_rng(3).uniform(0, 0.5, 400)
    np.testing.assert_allclose(
        narma_outputs(u, order), narma_by_the_book(u, order, *coefficients), rtol=1e-12
    )


def test_narma_is_as_reservoirpy_has_it_but_for_the_sum(monkeypatch):
    """reservoirpy's order 9 has the input's product of order 10, and sums y(t-9) to y(t-1)."""
    datasets = pytest.importorskip("reservoirpy.datasets")
    u = np.random.default_rng(0).uniform(0, 0.5, 2000)

    def both(b):
        monkeypatch.setitem(NARMA, 10, (0.3, b, 1.5, 0.1))
        options = {"order": 9, "a1": 0.3, "a2": b, "b": 1.5, "c": 0.1, "u": u[:, np.newaxis]}
        theirs = datasets.narma(2000 - 9, **options)[1][100:, 0]
        return narma_outputs(u, 10)[108:-1], theirs

    np.testing.assert_allclose(*both(0.0), rtol=1e-9)
    ours, theirs = both(0.05)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    assert 0 < np.mean(ours - theirs) < 0.05  # the term that theirs has not: 0.05 y^2


def nrmse_of_lags(series, n_lags):
    u, y = series.inputs[0], series.targets[0]
    lags = np.lib.stride_tricks.sliding_window_view(u, n_lags)
    y = y[n_lags - 1 :]
    half = len(y) * 2 // 3
    error = LinearRegression().fit(lags[:half], y[:half]).predict(lags[half:]) - y[half:]
    return np.sqrt(np.mean(error**2)) / y[half:].std()


@pytest.mark.parametrize(("n_lags", "nrmse"), [(10, 0.60), (20, 0.39), (50, 0.37)])
def test_linear_models_of_narma10_err_as_they_are_known_to(n_lags, nrmse):
    series = make_series("NARMA10", n_steps=6000, random_state=1)
    assert nrmse_of_lags(series, n_lags) == pytest.approx(nrmse, abs=0.02)


def test_an_input_that_makes_narma_diverge_is_drawn_anew(monkeypatch):
    assert not np.isfinite(narma_outputs(np.full(500, 0.5), 10)).all()
    draws = iter([np.full(700, 0.5), np.full(700, 0.2)])

    class Drawer:
        def uniform(self, *_):
            return next(draws)

    monkeypatch.setattr("tasks.series.streams", lambda _: (Drawer(),))
    series = make_series("NARMA10", n_steps=500)
    assert set(series.inputs[0]) == {0.2}
    # A constant input ends in the smaller root of y = 0.3 y + 0.5 y^2 + 1.5 u^2 + 0.1.
    root = (0.7 - np.sqrt(0.7**2 - 4 * 0.5 * (1.5 * 0.2**2 + 0.1))) / (2 * 0.5)
    assert series.targets[0, -1] == pytest.approx(root, rel=1e-6)


# Mackey-Glass


@pytest.fixture(scope="module")
def reference():
    """The equation with tau 17 from 1.2, solved delay by delay to 13 digits: a function of time."""
    tau, pieces = 17.0, []

    def slope(t, x):
        past = pieces[-1](t - tau)[0] if pieces else 1.2
        return 0.2 * past / (1 + past**10) - 0.1 * x

    state = 1.2
    for k in range(15):
        solution = solve_ivp(
            slope,
            (k * tau, (k + 1) * tau),
            [state],
            method="DOP853",
            rtol=1e-13,
            atol=1e-14,
            max_step=0.25,
            dense_output=True,
        )
        pieces.append(solution.sol)
        state = solution.y[0, -1]
    return lambda t: np.array([pieces[min(int(at // tau), 14)](at)[0] for at in t])


def test_mackey_glass_is_as_a_high_precision_solution(reference):
    # From a history without the kink of a constant one, where the order of the method shows.
    history = reference(100 + 0.1 * np.arange(-171, 1))
    states = mackey_glass_substeps(history, 1500)
    expected = reference(100 + 0.1 * np.arange(1, 1501))
    np.testing.assert_allclose(states, expected, atol=5e-8)


def test_mackey_glass_begins_after_its_transient():
    states = mackey_glass_states(5, tau=17, history=1.2)
    all_of_them = mackey_glass_substeps(np.full(172, 1.2), 10_050)
    np.testing.assert_array_equal(states, all_of_them[10_009::10])  # t = 1001, 1002, ...


def test_mackey_glass_keeps_its_fixed_point():
    # 0.2 x / (1 + x^10) = 0.1 x at x = 1.
    np.testing.assert_allclose(mackey_glass_states(20, tau=2.0, history=1.0), 1.0, rtol=1e-12)


def test_mackey_glass_keeps_to_its_attractor():
    x = make_series("MackeyGlass", n_steps=5000, random_state=0).inputs[0]
    assert 0.35 < x.min() < 0.45
    assert 1.25 < x.max() < 1.4
    assert x.mean() == pytest.approx(0.93, abs=0.01)


# Lorenz


def test_lorenz_states_follow_the_equations():
    states = lorenz_states(2000, start=np.array([1.0, 2.0, 20.0]))
    dt = 0.02
    # The slope by central differences of fourth order.
    slope = (states[:, :-4] - 8 * states[:, 1:-3] + 8 * states[:, 3:-1] - states[:, 4:]) / (12 * dt)
    x, y, z = states[:, 2:-2]
    expected = np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])
    assert np.abs(slope - expected).mean() < 0.01 * np.abs(expected).mean()
    assert z.mean() == pytest.approx(23.5, abs=1.0)  # 23.55 over a long time


def test_lorenz_states_begin_after_their_transient():
    def slope(_, s):
        return [10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]]

    # Twenty units of chaos carry an error of 1e-9 to 0.1 or so: compare from a fixed point.
    root = np.sqrt(8 / 3 * 27)
    states = lorenz_states(3, start=np.array([root, root, 27.0]))
    np.testing.assert_allclose(states, np.tile([[root], [root], [27.0]], 3), rtol=1e-6)
    two = lorenz_states(2, start=np.array([3.0, -2.0, 20.0]))
    solution = solve_ivp(slope, (0, 0.02), two[:, 0], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(solution.y[:, -1], two[:, 1], rtol=1e-6)


# Santa Fe


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # it leaves its file open
def test_santa_fe_is_reservoirpys_recording():
    laser = pytest.importorskip("reservoirpy.datasets").santafe_laser()[:, 0]
    series = make_series("SantaFe")
    np.testing.assert_array_equal(series.inputs[0], laser[:-1])
    assert make_series("SantaFe", n_steps=100).inputs.shape == (1, 100)
    with pytest.raises(ValueError, match="n_steps must be at most 10092"):
        make_series("SantaFe", n_steps=10093)


def test_without_reservoirpy_the_extra_is_named(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("tasks.data.import_module", missing)
    with pytest.raises(ImportError, match=r'reservoirpy: pip install "liquidstate\[series\]"'):
        make_series("SantaFe")


# Bad input


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("narma10", {}, ValueError, "one of NARMA10, .* did you mean 'NARMA10'"),
        ("Roessler", {}, ValueError, "got 'Roessler'$"),
        ("Lorenz", {"tau": 3}, TypeError, "options of series Lorenz are horizon; got tau"),
        ("NARMA10", {"order": 3}, TypeError, "options of series NARMA10 are none; got order"),
        ("NARMA10", {"n_steps": 0}, ValueError, "n_steps must be at least 1"),
        ("Lorenz", {"horizon": 0}, ValueError, "horizon must be at least 1"),
        ("MackeyGlass", {"tau": 0.25}, ValueError, "tau must be a multiple of 0.1 from 0.3 on"),
        ("MackeyGlass", {"tau": -1}, ValueError, "tau must be finite and above 0"),
        ("MackeyGlass", {"random_state": "1"}, TypeError, "random_state must be"),
    ],
)
def test_bad_input(name, options, error, message):
    with pytest.raises(error, match=message):
        make_series(name, **options)


def test_series_refuses_what_does_not_fit():
    for inputs, targets in ((np.zeros(5), np.zeros((1, 5))), (np.zeros((1, 5)), np.zeros((1, 4)))):
        with pytest.raises(ValueError, match="inputs and targets must have shapes"):
            Series("mine", inputs, targets, "ms")
