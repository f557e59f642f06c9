"""What a user adds from outside: no file of the packages knows of anything here."""

import re
import runpy
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from evolution import RECIPES, GenomeSpace, Recipe
from lsm import FilteredTraces, LoadError, Reservoir, SpikeTrains, load, save, simulate
from lsm.force import Probes, RateNetwork, force_reservoir, train_force
from lsm.neurons import LIF, MODELS, NeuronModel
from lsm.saving import register
from lsm.saving.schema import CLASSES
from lsm.simulation import SimulationError
from readouts import READOUTS, REGRESSION_READOUTS, ThreeFactorReadout, fit_each, make_readout
from readouts.online import OnlineReadout
from readouts.registry import READOUTS as THE_SAME

#: Files of a readout that learns in the closed loop, as the documentation shows them.
LOOP_FILES = dict(
    re.findall(
        r"^```\{code-block\} \w+\n:caption: `(\S+)`\n(.*?)^```$",
        (Path(__file__).parents[1] / "docs" / "extend" / "learning_rule.md").read_text(),
        re.M | re.S,
    )
)


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
    genome = space.random(np.random.default_rng(0))
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


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder on the path, with the documentation's files of a readout and its rule."""
    for name, text in LOOP_FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    CLASSES.pop("ScaledMeanSquares", None)
    for name in ("scaled", "scaled_rule"):
        sys.modules.pop(name, None)


def test_a_readout_that_learns_in_the_closed_loop(folder):
    assert set(LOOP_FILES) == {"scaled.py", "scaled_rule.py", "scaled_rule.h", "train.py"}
    trained, target, again, alone = (
        runpy.run_path("train.py")[name] for name in ("trained", "target", "again", "alone")
    )
    errors = np.abs(trained.outputs[:, 0] - target)
    assert errors[2500:].mean() < 0.15 * np.abs(target).mean()
    # As `partial_fit` learns from the same rows.
    rows = trained.filtered[40:]
    expected = type(again)().fit(rows, target[200::5, np.newaxis])
    np.testing.assert_allclose(trained.decoder, expected.weights_, rtol=0, atol=1e-9)
    np.testing.assert_allclose(trained.readout.power_, expected.power_)
    np.testing.assert_array_equal(again.power_, trained.readout.power_)
    np.testing.assert_array_equal(alone.decoder, trained.decoder)


SHORT_TARGET = np.stack([np.sin(np.arange(300) / 50), np.cos(np.arange(300) / 70)], axis=1)


@pytest.fixture
def train(folder):
    """Train a new readout of the folder, for a short time."""

    def train(network=lambda reservoir: reservoir, **options):
        return train_force(
            network(force_reservoir("lif", 70, gain=0.1, random_state=0)),
            SHORT_TARGET,
            readout=import_module("scaled").ScaledMeanSquares(),
            learn=(5, 30),
            feedback=30.0,
            dt_ms=0.1,
            every=5,
            probes=Probes(every=5, filtered=None),
            random_state=0,
            progress=False,
            **options,
        )

    return train


def change_file(path, before, after):
    """Replace the only place where a text stands in a file."""
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


def test_its_rule_gives_the_same_bits_on_both_targets(train):
    compiled, numpy = (train(execution=execution) for execution in ("cpp", "numpy"))
    for name in ("outputs", "decoder", "spike_times_ms"):
        np.testing.assert_array_equal(getattr(compiled, name), getattr(numpy, name))
    np.testing.assert_array_equal(compiled.readout.power_, numpy.readout.power_)
    assert len(np.unique(compiled.decoder)) > 70


def test_it_learns_in_a_rate_network(train):
    trained = train(network=RateNetwork)
    expected = type(trained.readout)().fit(trained.filtered[10:], SHORT_TARGET[50::5])
    np.testing.assert_allclose(trained.decoder, expected.weights_, rtol=1e-9)
    assert np.any(trained.decoder)


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        (
            "scaled.py",
            'RULE = "scaled_rule:ScaledRule"',
            "",
            r"ScaledMeanSquares\.RULE must be 'package\.module:Class', got None",
        ),
        ("scaled.py", ":ScaledRule", "", r"RULE must be 'package.module:Class', got 'scaled_rule'"),
        (
            "scaled.py",
            "scaled_rule:",
            "elsewhere:",
            "must name a class that can be imported, got 'elsewhere:ScaledRule': No module named",
        ),
        (
            "scaled.py",
            ":ScaledRule",
            ":Other",
            "can be imported, got 'scaled_rule:Other': .* has no attribute 'Other'",
        ),
        (
            "scaled.py",
            ":ScaledRule",
            ":Path",
            r"must name a subclass of .*\.Rule, got 'scaled_rule:Path', which is <class",
        ),
        (
            "scaled_rule.py",
            "def learn(",
            "def learns(",
            "its rule 'scaled_rule:ScaledRule' must have all .*, got one without learn$",
        ),
        ("scaled_rule.py", "STATE = ", "NAMES = ", "must have all .*, got one without STATE$"),
        (
            "scaled_rule.h",
            "LSM_RULE(ScaledRule)",
            "",
            r"C\+\+ text ScaledRule\.SOURCE must have LSM_RULE\(ScaledRule\) .* got none",
        ),
        (
            "scaled_rule.py",
            "[readout.rate, readout.memory]",
            "readout.rate",
            r"ScaledRule\.constants must return a list of numbers, got 1\.0",
        ),
        (
            "scaled_rule.py",
            '{"power": pad(readout.power_, len(readout.power_))}',
            "{}",
            r"ScaledRule\.arrays must return what its STATE names, power; got nothing",
        ),
        (
            "scaled_rule.py",
            "[:n].copy()",
            ".copy()",
            r"attributes must return what ScaledMeanSquares\.LEARNED names; .* expected "
            r"{'power_': \(3,\)}, got {'power_': \(16,\)}",
        ),
    ],
)
def test_a_rule_that_is_missing_or_incomplete_is_refused(
    folder, train, monkeypatch, file, before, after, message
):
    monkeypatch.setattr("lsm.simulation.loop.run", lambda *_, **__: pytest.fail("it was started"))
    change_file(folder / file, before, after)
    with pytest.raises((TypeError, ValueError), match=f"readout.*{message}"):
        train()


def test_a_rule_that_loses_its_state_is_named(folder, train):
    change_file(folder / "scaled_rule.py", '{"power": self.power}', "{}")
    message = "the learning rule ScaledRule must leave the arrays .* got no power"
    with pytest.raises(SimulationError, match=message):
        train(execution="numpy")


def test_a_rule_names_what_has_diverged(folder, train):
    change_file(folder / "scaled_rule.py", 'return ""', 'return "power"')
    with pytest.warns(RuntimeWarning, match="power has diverged at .* learned until then is kept"):
        trained = train(execution="numpy")
    assert trained.time_ms == pytest.approx(5.1)


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
