"""Small valid files of models, reservoirs, graphs and networks, and how they are read."""

from __future__ import annotations

import json
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from lsm import LSMClassifier, Reservoir, load, save
from lsm.conversion import SigmoidNetwork
from lsm.neurons import NeuronModel
from lsm.nir import from_nir, to_nir
from lsm.saving import LoadError
from lsm.topology import MatrixWiring
from readouts import ForceReadout, RidgeReadout, RidgeRegressionReadout
from tests.fuzz.written import written


def _ramps() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.arange(8) % 2
    ramp = np.linspace(-3, 3, 20) * (2 * y[:, np.newaxis, np.newaxis] - 1)
    return ramp + rng.normal(size=(8, 2, 20)), y


def models(folder: Path) -> list[bytes]:
    states = np.random.default_rng(0).normal(size=(20, 5))
    fitted: list[Any] = [
        RidgeReadout().fit(states, np.arange(20) % 3),
        RidgeRegressionReadout().fit(states, states[:, 0]),
        ForceReadout().fit(states, states[:, :2]),
        LSMClassifier(20, random_state=0).fit(*_ramps()),
        _with_matrix(),
    ]
    return written(folder, *(lambda path, model=model: save(model, path) for model in fitted))


def sklearn_models(folder: Path) -> list[bytes]:
    states = np.random.default_rng(0).normal(size=(20, 5))
    network = MLPClassifier(2, tol=1.0, n_iter_no_change=1)  # which has learned enough at once
    unfitted = (
        *(LogisticRegression(), make_pipeline(StandardScaler(), SVC())),
        VotingClassifier([("a", network), ("b", RidgeReadout())], voting="soft"),
        CalibratedClassifierCV(GaussianProcessClassifier(), cv=2, method="isotonic"),
    )
    fitted = [model.fit(states, np.arange(20) % 2) for model in unfitted]
    return written(folder, *(lambda path, model=model: save(model, path) for model in fitted))


def load_sklearn_model(path: Path) -> None:
    """Loading is the project's; what scikit-learn then makes of arrays that don't fit raises."""
    model = load(path)
    with suppress(AttributeError, TypeError, ValueError), np.errstate(all="ignore"):
        model.predict(np.ones((3, 5)))


def load_model(path: Path) -> None:
    model = load(path)
    readout = getattr(model, "readout_", model)
    if hasattr(readout, "predict"):
        with suppress(NotFittedError), np.errstate(all="ignore"):
            readout.predict(np.ones((3, getattr(readout, "n_features_in_", 1))))


def _with_matrix() -> Reservoir:
    weights = np.random.default_rng(0).random((6, 6)) * 100
    return Reservoir.random(6, random_state=0, wiring=MatrixWiring(weights, delay_ms=1.0))


def _with_equations() -> Reservoir:
    model = NeuronModel.from_equations(
        "own",
        "dv/dt = (I*R - v)/tau : volt\ndI/dt = -I/tau : amp",
        parameters={"tau": (10, "ms"), "R": (40, "Mohm")},
        threshold="v > 10*mV",
        reset="v = 0*mV",
    )
    return Reservoir.random(5, random_state=0, model=model, ranges={})


def reservoirs(folder: Path) -> list[bytes]:
    several = (Reservoir.random(6, random_state=0), _with_matrix(), _with_equations())
    return written(folder, *(reservoir.save for reservoir in several))


def load_reservoir(path: Path) -> None:
    assert Reservoir.load(path).n_neurons >= 1


# Graphs: their content as JSON, since the file itself is read by nir and HDF5, which are others'


def graphs(folder: Path) -> list[bytes]:
    weights = np.random.default_rng(0).random((4, 4)) * [[100], [100], [100], [-100]]
    wiring = MatrixWiring(weights, delay_ms=1.0)
    reservoir = Reservoir.random(4, random_state=0, parameters={"t_ref_ms": 0.0}, wiring=wiring)
    graph = to_nir(reservoir, n_channels=2).to_dict()
    return [json.dumps(graph, default=lambda array: array.tolist()).encode()]


def read_graph(path: Path) -> None:
    nir = import_module("nir")
    try:
        graph = nir.dict2NIRNode(_with_arrays(json.loads(path.read_bytes())))
    except Exception as error:  # nir refuses it
        raise LoadError(f"{path} is no graph: {error}") from error
    try:
        from_nir(graph)
    except (TypeError, ValueError) as error:  # which have no file to name
        raise LoadError(f"{path}: {error}") from error


def _with_arrays(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: [tuple(edge) for edge in value]
            if key == "edges"
            else np.array(value)
            if isinstance(value, list)
            else _with_arrays(value)
            for key, value in node.items()
        }
    return node


def networks(folder: Path) -> list[bytes]:
    rng = np.random.default_rng(0)
    network = SigmoidNetwork(rng.normal(size=(4, 4)), rng.normal(size=(4, 2)), np.ones(4), 20.0)
    parts = {name: getattr(network, name) for name in ("recurrent", "input", "output", "tau_ms")}
    return written(folder, network.save, lambda path: np.savez(path, **parts))
