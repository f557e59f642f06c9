"""What is inside a model by name: parameters of liquids to be drawn, encoders, states, readouts."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from lsm import (
    DistanceWiring,
    FilteredTraces,
    KernelLiquid,
    LiquidTransformer,
    LSMClassifier,
    LSMEnsemble,
    LSMRegressor,
    LSMSeriesRegressor,
    NoWiring,
    PartitionedInputs,
    RandomLiquid,
    ReceptiveFieldInputs,
    SeriesLiquid,
    TimeBins,
    compilations,
    load,
    save,
)
from lsm.encoders import IntegrateAndFire, LevelCrossing
from lsm.neurons import IZHIKEVICH, LIF_ALPHA
from lsm.plasticity.calibration import liquid_for
from lsm.reservoir import VARIED_RANGES
from tests.lsm.estimators.data import pitches, ramps
from tests.lsm.liquids import liquid

SPIKES, Y = pitches(24)
SIGNALS, Y_SIGNALS = ramps(24)

# Liquids to be drawn


def test_a_random_liquid_is_drawn_as_a_number_of_neurons_is():
    described = LSMClassifier(RandomLiquid(30), random_state=0).fit(SPIKES, Y)
    number = LSMClassifier(30, random_state=0).fit(SPIKES, Y)
    assert described.reservoir_ == number.reservoir_
    assert number.reservoir_ == liquid_for(SPIKES, n_neurons=30, rate_Hz=40, random_state=0)
    np.testing.assert_array_equal(described.predict_proba(SPIKES), number.predict_proba(SPIKES))


def test_receptive_fields_come_by_name_with_the_sensor_s_size(tmp_path):
    sensor = (SPIKES.n_channels // 2, 2, 1)
    named, described = (
        LSMClassifier(reservoir, sensor_size=sensor, random_state=0).fit(SPIKES, Y)
        for reservoir in ("fields:30", RandomLiquid(30, receptive_field="auto"))
    )
    assert named.reservoir_ == described.reservoir_
    inputs = named.reservoir_.inputs
    assert isinstance(inputs, ReceptiveFieldInputs)
    assert (inputs.sensor_size, inputs.size) == (sensor, None)
    save(described, tmp_path / "fields.npz")
    loaded = load(tmp_path / "fields.npz")
    np.testing.assert_array_equal(loaded.predict_proba(SPIKES), named.predict_proba(SPIKES))
    smaller = RandomLiquid(30, receptive_field=1).draw(
        SPIKES.n_channels, sensor_size=sensor, random_state=0
    )
    assert len(smaller.input_synapses(SPIKES.n_channels)) == 30
    # All else is that of a liquid without fields.
    plain = RandomLiquid(30).draw(SPIKES.n_channels, random_state=0)
    assert smaller == plain.replace(inputs=smaller.inputs)


def test_a_rule_of_inputs_is_drawn_with_the_liquid_and_can_be_searched():
    model = LSMClassifier(RandomLiquid(30, inputs=PartitionedInputs(2)), random_state=0)
    model.set_params(reservoir__inputs__groups=4).fit(SPIKES, Y)
    plain = RandomLiquid(30).draw(SPIKES.n_channels, random_state=np.random.default_rng(0))
    np.testing.assert_array_equal(model.reservoir_.keys, plain.keys)
    assert model.reservoir_.inputs.groups == 4
    with pytest.raises(ValueError, match="receptive_field must not be given beside inputs, got 3"):
        RandomLiquid(30, receptive_field=3, inputs=PartitionedInputs(2)).draw(4)


def test_receptive_fields_without_a_sensor_size_are_refused():
    for reservoir in ("fields:30", RandomLiquid(30, receptive_field=3)):
        with pytest.raises(ValueError, match="receptive fields need the estimator's sensor_size"):
            LSMClassifier(reservoir).fit(SPIKES, Y)
    with pytest.raises(ValueError, match=r"sensor_size = \(3, 3, 1\) has 9 places, got"):
        LSMClassifier("fields:30", sensor_size=(3, 3, 1)).fit(SPIKES, Y)
    with pytest.raises(ValueError, match="input_fraction must not be given beside"):
        RandomLiquid(30, receptive_field=3, input_fraction=0.3).draw(9, sensor_size=(3, 3, 1))


def test_what_is_given_of_its_neurons_is_what_they_have():
    usual = RandomLiquid(50).draw(4, random_state=0)
    given = RandomLiquid(50, tau_m_ms=33.0, v_threshold_mV=(-68, -67), c_m_pF=200).draw(
        4, random_state=0
    )
    for name, (low, high) in VARIED_RANGES.items():
        assert low <= usual.parameters[name].min() < usual.parameters[name].max() <= high
    assert set(given.parameters["tau_m_ms"]) == {33.0}
    assert set(given.parameters["c_m_pF"]) == {200.0}
    thresholds = given.parameters["v_threshold_mV"]
    assert -68 <= thresholds.min() < thresholds.max() <= -67
    # All else is drawn as before, so that a search compares liquids that differ in nothing else.
    for name in ("keys", "positions", "excitatory"):
        np.testing.assert_array_equal(getattr(given, name), getattr(usual, name))
    np.testing.assert_array_equal(given.parameters["t_ref_ms"], usual.parameters["t_ref_ms"])


def test_what_is_given_of_its_synapses_is_what_they_have():
    drawn = RandomLiquid(40, input_fraction=0.5, wiring=NoWiring(), excitatory_fraction=1.0).draw(
        4, random_state=0
    )
    assert drawn.inputs.fraction == 0.5
    assert drawn.wiring == NoWiring()
    assert drawn.excitatory.all()
    assert RandomLiquid(40).draw(4).wiring == DistanceWiring()
    assert RandomLiquid(40).draw(20).inputs.fraction == 0.3


@pytest.mark.parametrize("model", ["izhikevich", IZHIKEVICH])
def test_neurons_of_any_model(model):
    drawn = RandomLiquid(20, model=model, a_per_ms=(0.02, 0.1)).draw(4, random_state=0)
    assert drawn.model == IZHIKEVICH
    assert 0.02 <= drawn.parameters["a_per_ms"].min() < drawn.parameters["a_per_ms"].max() <= 0.1
    changed = RandomLiquid(20).set_params(model=model, a_per_ms=0.05)
    assert set(changed.draw(4).parameters["a_per_ms"]) == {0.05}


def test_a_random_liquid_is_known_by_what_was_given():
    given = RandomLiquid(20, tau_m_ms=(5.0, 9.0), wiring=NoWiring())
    assert repr(given) == "RandomLiquid(n_neurons=20, tau_m_ms=(5.0, 9.0), wiring=NoWiring())"
    assert "RandomLiquid" in given._repr_html_()
    params = given.get_params()
    assert params["tau_m_ms"] == (5.0, 9.0)
    assert params["c_m_pF"] is None
    for copy in (clone(given), pickle.loads(pickle.dumps(given))):
        assert copy.get_params() == params
        assert copy.draw(4, random_state=0) == given.draw(4, random_state=0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: RandomLiquid(tau_ms=3), TypeError, "no parameter 'tau_ms'.* mean 'tau_m_ms'"),
        (lambda: RandomLiquid(a_per_ms=1), TypeError, "no parameter 'a_per_ms'.* model 'lif'"),
        (
            lambda: RandomLiquid().set_params(taum=3),
            ValueError,
            "Invalid parameter 'taum' .* did you mean 'tau_m_ms'",
        ),
        (lambda: RandomLiquid(0).draw(4), ValueError, "n_neurons must be at least 1, got 0"),
        (
            lambda: RandomLiquid("many").draw(4),
            TypeError,
            "n_neurons must be an integer, got 'many'",
        ),
        (
            lambda: RandomLiquid(model="liff").draw(4),
            ValueError,
            "model must be one of 'if', 'lif'",
        ),
        (lambda: RandomLiquid(tau_m_ms=(9, 5)).draw(4), ValueError, r"must be \(low, high\), got"),
        (lambda: RandomLiquid(tau_m_ms=-1).draw(4), ValueError, "'tau_m_ms' must lie in"),
        (lambda: RandomLiquid(input_fraction=2).draw(4), ValueError, "fraction must lie in"),
        (lambda: RandomLiquid(wiring="none").draw(4), TypeError, "wiring must be of type Wiring"),
        (
            lambda: RandomLiquid(tau_m_ms=9).set_params(model="izhikevich").draw(4),
            ValueError,
            "'izhikevich' has no parameter 'tau_m_ms'",
        ),
    ],
)
def test_liquids_that_cannot_be_drawn_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


# Searches


def test_a_grid_over_all_parts_of_a_model():
    model = LSMClassifier(
        RandomLiquid(15, wiring=DistanceWiring()),
        encoder=LevelCrossing(),
        state=TimeBins(3),
        random_state=0,
    )
    model.fit(SIGNALS, Y_SIGNALS)
    built = compilations()
    grid = {
        "reservoir__n_neurons": [15],
        "reservoir__tau_m_ms": [10.0, (20.0, 60.0)],
        "reservoir__wiring__weight_cv": [0.5],
        "encoder__threshold": [0.5],
        "state__bins": [1, 2],
    }
    search = GridSearchCV(model, grid, cv=2).fit(SIGNALS, Y_SIGNALS)
    assert compilations() == built
    assert len(set(search.cv_results_["mean_test_score"])) > 1
    assert search.best_score_ > 0.8
    best = search.best_estimator_
    by_hand = LSMClassifier(
        RandomLiquid(
            15,
            tau_m_ms=search.best_params_["reservoir__tau_m_ms"],
            wiring=DistanceWiring(weight_cv=0.5),
        ),
        encoder=LevelCrossing(threshold=0.5),
        state=TimeBins(search.best_params_["state__bins"]),
        random_state=0,
    ).fit(SIGNALS, Y_SIGNALS)
    assert by_hand.reservoir_ == best.reservoir_
    np.testing.assert_array_equal(by_hand.predict_proba(SIGNALS), best.predict_proba(SIGNALS))
    # What was given stays as it was.
    assert (model.state, model.reservoir.wiring) == (TimeBins(3), DistanceWiring())
    assert model.encoder.threshold == LevelCrossing().threshold


def test_parts_are_reached_through_pipelines_and_ensembles():
    inner = LSMClassifier(RandomLiquid(10), state=FilteredTraces((5.0,)))
    name = "estimator__reservoir__tau_m_ms"
    ensemble = LSMEnsemble(inner, n_liquids=2, random_state=0).set_params(**{name: 12.0})
    assert ensemble.get_params()[name] == 12.0
    members = ensemble.fit(SPIKES, Y).estimators_
    assert all(set(one.reservoir_.parameters["tau_m_ms"]) == {12.0} for one in members)
    assert members[0].reservoir_ != members[1].reservoir_
    piped = make_pipeline(IntegrateAndFire(), inner)
    piped.set_params(lsmclassifier__state__tau_ms=(7.0, 8.0))
    assert piped[-1].state == FilteredTraces((7.0, 8.0))


def test_a_part_and_what_it_has_may_be_set_together():
    model = LSMClassifier(20, random_state=0)
    model.set_params(
        reservoir__tau_m_ms=9.0, reservoir=RandomLiquid(5), state__bins=2, state=TimeBins()
    )
    assert model.reservoir.get_params()["tau_m_ms"] == 9.0
    assert (model.reservoir.n_neurons, model.state) == (5, TimeBins(2))


@pytest.mark.parametrize("kind", [LiquidTransformer, LSMRegressor, LSMSeriesRegressor])
def test_every_estimator_takes_a_random_liquid(kind):
    given = RandomLiquid(12, tau_m_ms=25.0)
    y = SIGNALS if kind is LSMSeriesRegressor else np.arange(24.0)
    model = kind(given, random_state=0).fit(SIGNALS, y)
    assert set(model.reservoir_.parameters["tau_m_ms"]) == {25.0}
    assert model.reservoir is given


@pytest.mark.parametrize(
    ("model", "name", "instead"),
    [
        (LSMClassifier(300), "reservoir__tau_m_ms", r"reservoir=RandomLiquid\(n_neurons=300\)"),
        (LSMClassifier("maass2002"), "reservoir__tau_m_ms", r"reservoir=RandomLiquid\(\)"),
        (LSMClassifier(liquid(0)), "reservoir__n_neurons", r"reservoir=RandomLiquid\(\)"),
        (LSMClassifier(), "encoder__step_ms", r"encoder=IntegrateAndFire\(slopes=True\)"),
        (LSMClassifier(encoder="poisson"), "encoder__step_ms", r"encoder=PoissonRate\(\)"),
        (LSMSeriesRegressor(), "encoder__n_fields", r"encoder=GaussianPopulation\(beta=1.0, n_fi"),
        (LSMClassifier(), "state__bins", r"state=TimeBins\(bins=3, neurons='all'\)"),
        (
            LSMClassifier(state="traces:5"),
            "state__tau_ms",
            r"state=FilteredTraces\(tau_ms=\(5.0,\)",
        ),
        (LSMClassifier(), "readout__alpha", r"readout=RidgeReadout\(\)"),
        (LSMSeriesRegressor(), "readout__alpha", r"readout=RidgeRegressionReadout\(n_blocks=5\)"),
        (LSMEnsemble(), "estimator__reservoir", r"estimator=LSMClassifier\(\)"),
        (LSMClassifier(RandomLiquid()), "reservoir__wiring__weight_cv", "wiring=DistanceWiring"),
        (
            make_pipeline(LSMClassifier(7)),
            "lsmclassifier__reservoir__model",
            r"reservoir=RandomLiquid\(n_neurons=7\)",
        ),
    ],
)
def test_the_error_shows_the_object_that_has_the_parameter(model, name, instead):
    with pytest.raises(ValueError, match=f"has no parameter .* to be set: give {instead}"):
        clone(model).set_params(**{name: 3})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "state__tau_ms",
            r"state=TimeBins\(bins=2.* has no parameter 'tau_ms'.*; it has bins, neu",
        ),
        ("pretraining__rate", "pretraining=None has no parameter 'rate' to be set$"),
        ("liquid__size", "Invalid parameter 'liquid' for estimator LSMClassifier"),
        ("readout__gamma_", "Invalid parameter 'gamma_' for estimator SVC"),
    ],
)
def test_parameters_that_nothing_has_are_refused(name, message):
    model = LSMClassifier(state=TimeBins(2), readout=SVC())
    with pytest.raises(ValueError, match=message):
        model.set_params(**{name: 1})


# Files


def test_a_random_liquid_is_saved_with_its_model(tmp_path):
    given = RandomLiquid(12, tau_m_ms=(5.0, 30.0), wiring=DistanceWiring(weight_cv=0.4))
    model = LSMClassifier(given, random_state=0).fit(SPIKES, Y)
    save(model, tmp_path / "model.npz")
    back = load(tmp_path / "model.npz")
    assert repr(back.get_params()) == repr(model.get_params())
    np.testing.assert_array_equal(back.predict_proba(SPIKES), model.predict_proba(SPIKES))
    np.testing.assert_array_equal(
        clone(back).fit(SPIKES, Y).predict_proba(SPIKES), model.predict_proba(SPIKES)
    )
    with pytest.raises(TypeError, match=r"LSMClassifier\.reservoir\.model: .* can't be saved"):
        save(LSMClassifier(RandomLiquid(model=LIF_ALPHA)), tmp_path / "other.npz")


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("reservoir", "name"),
    [
        (10**11, "reservoir"),
        ("kernels:100001", "reservoir"),
        ("fields:100001", "reservoir"),
        ("delayed:100001", "n"),
        (RandomLiquid(10**11), "n_neurons"),
        (KernelLiquid(10**11), "n_neurons"),
        (SeriesLiquid(10**11), "n_neurons"),
    ],
)
def test_more_neurons_than_a_machine_has_memory_for_are_refused(reservoir, name):
    estimator = LSMSeriesRegressor if isinstance(reservoir, SeriesLiquid) else LiquidTransformer
    with pytest.raises(ValueError, match=f"^{name} must be at most 100000 neurons, got 1000"):
        estimator(reservoir).fit(np.zeros((3, 2, 40)))
