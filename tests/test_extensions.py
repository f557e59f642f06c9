"""What a user adds from outside: no file of the packages knows of anything here."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from evolution import RECIPES, GenomeSpace, Recipe
from lsm import FilteredTraces, LoadError, Reservoir, SpikeTrains, load, save, simulate
from lsm.neurons import LIF, MODELS, NeuronModel
from lsm.saving import register
from lsm.saving.schema import CLASSES
from readouts import READOUTS, REGRESSION_READOUTS, ThreeFactorReadout, fit_each, make_readout
from readouts.online import OnlineReadout
from readouts.registry import READOUTS as THE_SAME


class MeanReadout(OnlineReadout):
    """Least mean squares, whose step shrinks with the rows that it has seen."""

    LEARNED = {"seen_": ("outputs",)}  # noqa: RUF012
    _parameter_constraints = {"rate": [float]}  # noqa: RUF012

    def __init__(self, rate=0.5):
        self.rate = rate

    def _start(self, n_features):
        self.seen_ = np.zeros(self.weights_.shape[1])

    def partial_fit(self, X, y):
        states, targets = self._rows(X, y)
        for row, target in zip(states, targets, strict=True):
            self.seen_ += 1
            error = row @ self.weights_ - target
            self.weights_ -= np.outer(row, self.rate * error / self.seen_)
        return self

    def fit(self, X, y):
        return self.reset().partial_fit(X, y)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 3)), rng.normal(size=60)


def test_a_neuron_model(monkeypatch, tmp_path):
    model = NeuronModel.from_equations(
        "relaxing",
        "dv/dt = (I*R - v)/tau : volt\ndI/dt = -I/tau_s : amp",
        parameters={"tau": (20, "ms"), "tau_s": (5, "ms"), "R": (1, "Gohm")},
        threshold="v > 10*mV",
        reset="v = 0*mV",
    )
    monkeypatch.setitem(MODELS, model.name, model)
    reservoir = Reservoir.random(
        6, random_state=0, model=model, ranges={"tau_ms": (10.0, 30.0)}, excitatory_fraction=1.0
    )
    reservoir.save(tmp_path / "liquid.npz")
    again = Reservoir.load(tmp_path / "liquid.npz")
    assert again == reservoir
    assert again.model is model or again.model == model
    spikes = SpikeTrains.from_lists([[[1.0, 2.0, 3.0]]], duration_ms=20)
    states = simulate(again, spikes, target="numpy")
    assert states.shape[:2] == (1, 1)


def test_a_neuron_model_that_evolves(monkeypatch):
    """A model, and a recipe of its ranges."""
    model = replace(LIF, name="mine")
    monkeypatch.setitem(MODELS, "mine", model)
    monkeypatch.setitem(RECIPES, "mine", Recipe(model=model))
    space = RECIPES["mine"].space(20)
    assert isinstance(space, GenomeSpace)
    genome = space.draw(np.random.default_rng(0))
    assert RECIPES["mine"].reservoir(genome).model is model


def test_a_batch_readout(monkeypatch, rows):
    X, y = rows
    assert READOUTS is THE_SAME
    monkeypatch.setitem(READOUTS, "centroids", NearestCentroid)
    assert isinstance(make_readout("centroids"), NearestCentroid)
    (fitted,) = fit_each("centroids", [X], y > 0)
    assert fitted.predict(X).shape == y.shape


def test_an_online_readout(monkeypatch, tmp_path, rows):
    X, y = rows
    monkeypatch.setitem(REGRESSION_READOUTS, "mean", MeanReadout)
    readout = make_readout("mean", kind="regressor").fit(X[:40], y[:40])
    with pytest.raises(TypeError, match="MeanReadout"):
        save(readout, tmp_path / "readout.npz")  # closed until it is opened
    monkeypatch.setitem(CLASSES, "MeanReadout", MeanReadout)  # so that it is closed again
    assert register(MeanReadout) is MeanReadout
    save(readout, tmp_path / "readout.npz")
    again = load(tmp_path / "readout.npz")
    np.testing.assert_array_equal(again.seen_, readout.seen_)
    expected = readout.partial_fit(X[40:], y[40:]).predict(X)
    np.testing.assert_array_equal(again.partial_fit(X[40:], y[40:]).predict(X), expected)
    monkeypatch.delitem(CLASSES, "MeanReadout")
    with pytest.raises(LoadError, match="MeanReadout"):
        load(tmp_path / "readout.npz")


def test_what_cannot_be_registered():
    with pytest.raises(TypeError, match=r"subclass of readouts\.online\.OnlineReadout, got 'Mine'"):
        register("Mine")
    with pytest.raises(TypeError, match="NearestCentroid"):
        register(NearestCentroid)
    other = type("ThreeFactorReadout", (ThreeFactorReadout,), {})
    with pytest.raises(ValueError, match="a name of its own, got another ThreeFactorReadout"):
        register(other)
    with pytest.raises(ValueError, match="must count features and outputs"):
        register(type("Wrong", (MeanReadout,), {"LEARNED": {"seen_": ("rows",)}}))
    assert "Wrong" not in CLASSES


def test_a_state_metric():
    """A metric is a function of what `simulate` gives: there is no list to put it into."""

    def spread(states):
        return float(np.ptp(states, axis=1).mean())

    spikes = SpikeTrains.from_lists([[[1.0, 2.0]], [[]]], duration_ms=20)
    reservoir = Reservoir.random(6, random_state=0)
    states = simulate([reservoir], spikes, state=FilteredTraces(), target="numpy")
    assert spread(states) >= 0
