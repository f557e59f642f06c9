"""SeriesLiquid: delays in steps of the series, its place in LSMSeriesRegressor, runaways."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

from lsm import LSMSeriesRegressor, RandomLiquid, SeriesLiquid, load, save
from lsm.encoders import GaussianPopulation, IntegrateAndFire
from lsm.estimators.targets import warn_of_runaways

ENCODER = GaussianPopulation(n_fields=6, step_ms=50.0)
X = np.random.default_rng(0).uniform(size=(1, 400))


def test_delays_are_whole_steps_and_all_of_them_occur():
    reservoir = SeriesLiquid(60, input_delay_steps=5).draw(8, step_ms=20.0, random_state=0)
    inputs = reservoir.inputs.connect(reservoir, 8)
    assert sorted(set(inputs.delay_ms)) == [0, 20, 40, 60, 80, 100]
    assert len(inputs.delay_ms) == 8 * 60
    delays = SeriesLiquid(60, delay_steps=(1, 2, 3, 4)).draw(8, step_ms=20.0, random_state=0)
    assert set(delays.synapses.delay_ms) == {20, 40, 60, 80}


def test_the_weights_of_a_neuron_sum_to_the_same_deviation_for_any_channels():
    for n_channels in (4, 100):
        drawn = SeriesLiquid(3000, input_sd_pA=350.0).draw(n_channels, step_ms=1.0, random_state=0)
        assert drawn.inputs.weight_pA.sum(axis=0).std() == pytest.approx(350, rel=0.05)


def test_without_recurrence_or_input_delays_all_else_is_the_same():
    whole, cut, present = (
        SeriesLiquid(40, **changes).draw(6, step_ms=10.0, random_state=0)
        for changes in ({}, {"in_degree": 0}, {"input_delay_steps": 0})
    )
    assert len(whole.synapses.source) > 40
    assert not len(cut.synapses.source)
    assert not present.inputs.connect(present, 6).delay_ms.any()
    for other in (cut, present):
        np.testing.assert_array_equal(
            other.inputs.weight_pA.toarray(), whole.inputs.weight_pA.toarray()
        )
        for name, values in whole.parameters.items():
            np.testing.assert_array_equal(other.parameters[name], values)


def test_input_delays_remember_without_recurrence():
    """The value of three steps ago, which nothing else in the liquid holds."""
    target = np.roll(X, 3, axis=1)
    scores = {
        longest: LSMSeriesRegressor(
            SeriesLiquid(60, in_degree=0, input_delay_steps=longest, trace_steps=(0.3,)),
            encoder=ENCODER,
            state="traces:15",
            washout=20,
            random_state=0,
        )
        .fit(X, target)
        .score(X, target)
        for longest in (0, 4)
    }
    assert scores[4] > 0.8 > 0.5 > scores[0]


def test_a_number_of_neurons_is_this_liquid_unless_an_encoder_is_given():
    series = X[:, :60]
    by_number = LSMSeriesRegressor(20, random_state=0).fit(series)
    by_name = LSMSeriesRegressor(SeriesLiquid(20), random_state=0).fit(series)
    np.testing.assert_array_equal(by_number.predict(series), by_name.predict(series))
    assert by_number.encoder_.step_ms == 400
    assert by_number.state_.tau_ms == (120, 400, 4000)
    other = LSMSeriesRegressor(20, encoder=IntegrateAndFire(step_ms=5.0), random_state=0)
    given = clone(other).set_params(reservoir=RandomLiquid(20), state="traces:5,10,20,40,80")
    np.testing.assert_array_equal(
        other.fit(series).predict(series), given.fit(series).predict(series)
    )


def test_parameters_are_searched_by_name_and_saved(tmp_path):
    model = LSMSeriesRegressor(SeriesLiquid(20), encoder=ENCODER, random_state=0)
    model.set_params(reservoir__input_delay_steps=3, encoder__step_ms=20.0).fit(X)
    assert model.reservoir_.inputs.delay_ms.max() == 60
    save(model, tmp_path / "model.lsm")
    back = load(tmp_path / "model.lsm")
    assert back.get_params()["reservoir__input_delay_steps"] == 3
    np.testing.assert_array_equal(back.predict(X), model.predict(X))
    np.testing.assert_array_equal(back.forecast(X, 3), model.forecast(X, 3))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_neurons": 0}, ValueError, "n_neurons must be at least 1, got 0"),
        ({"input_delay_steps": -1}, ValueError, "input_delay_steps must not be below 0"),
        ({"input_delay_steps": 2.5}, TypeError, "input_delay_steps must be an integer, got 2.5"),
        ({"in_degree": -1}, ValueError, "in_degree must be finite and not below 0, got -1"),
        ({"tau_m_ms": 0}, ValueError, "tau_m_ms must be"),
        ({"delay_steps": (-1, 1, 1, 1)}, ValueError, "delay_ms must not be negative"),
        ({"excitatory_fraction": 2}, ValueError, r"excitatory_fraction must lie in \[0, 1\]"),
    ],
)
@pytest.mark.usefixtures("no_simulation")
def test_wrong_parameters_are_named(changes, error, message):
    with pytest.raises(error, match=message):
        LSMSeriesRegressor(SeriesLiquid(20).set_params(**changes), random_state=0).fit(X)


def test_a_forecast_that_runs_away_says_so():
    forecasts = [np.array([[0.0, 1.9]]), np.array([[1.0, 2.5, 9.0]])]
    with pytest.warns(UserWarning, match="1 of 2 samples run away: from its step 1 on.* sample 1"):
        warn_of_runaways(forecasts, np.array([[0.0], [1.0]]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_runaways(forecasts, np.array([[0.0], [8.0]]))


class _Far(LinearRegression):
    """Predicts ten times what it has learned."""

    def predict(self, X):
        return 10 * super().predict(X)


def test_a_model_warns_of_its_own_forecast():
    model = LSMSeriesRegressor(20, encoder=ENCODER, readout=_Far(), random_state=0).fit(X + 1)
    with pytest.warns(UserWarning, match="forecasts of 1 of 1 samples run away"):
        model.forecast(X + 1, 3)


def test_longer_steps_tell_more_of_each_value():
    series = np.sin(np.arange(500) / 5)[np.newaxis] + np.sin(np.arange(500) / 3)
    errors = []
    for step_ms in (20.0, 200.0):
        encoder = GaussianPopulation(n_fields=6, step_ms=step_ms)
        model = LSMSeriesRegressor(SeriesLiquid(30), encoder=encoder, washout=50, random_state=0)
        model.fit(series[:, :400])
        errors.append(1 - model.score(series))
    assert errors[1] < errors[0] / 2
