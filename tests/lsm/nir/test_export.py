"""Liquids as NIR says them: read back and run, in continuous time, they fire as they do here."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer
from sklearn.svm import SVC, LinearSVC

from lsm import (
    LiquidTransformer,
    LSMClassifier,
    LSMRegressor,
    Reservoir,
    ShortTermPlasticity,
    simulate,
)
from lsm.neurons import MODELS
from lsm.nir import to_nir
from lsm.topology import DistanceWiring, InputWiring, UniformDelays
from tests.lsm.estimators.data import gestures, pitches, ramps
from tests.lsm.liquids import samples
from tests.lsm.nir import continuous_reference

nir = pytest.importorskip("nir", reason="nir isn't installed: pip install 'liquidstate[nir]'")

DURATIONS = [60, 45]
#: Traces are kept in single precision here.
PRECISION = {"rtol": 1e-6, "atol": 1e-6}
WIRING = DistanceWiring(weight_pA=(300.0, 400.0, -300.0, -90.0), delay_ms=(3.0, 1.0, 2.0, 0.0))
INPUTS = InputWiring(weight_pA=600.0, neurons="all")


def liquid(**changes):
    """Neurons that all differ, but have none of what NIR hasn't."""
    return Reservoir.random(
        30,
        random_state=1,
        ranges={
            "tau_m_ms": (6, 14),
            "tau_syn_ms": (1.5, 4),
            "v_threshold_mV": (-68, -60),
            "v_reset_mV": (-75, -70),
            "i_background_pA": (0, 100),
        },
        parameters={"t_ref_ms": 0.0},
        **{"wiring": WIRING, "inputs": INPUTS} | changes,
    )


def from_file(graph, tmp_path):
    """What another program reads of a graph."""
    nir.write(tmp_path / "liquid.nir", graph)
    read = nir.read(tmp_path / "liquid.nir")
    return read, read.nodes, [tuple(edge) for edge in read.edges]


def dense(spikes, sample, dt_ms=1.0):
    """Spikes (steps, channels) of a sample."""
    return np.asarray(
        spikes.to_dense(dt_ms)[sample].T[: round(spikes.durations_ms[sample] / dt_ms)]
    )


def spike_counts(reservoir, spikes, dt_ms=1.0):
    return simulate(reservoir, spikes, dt_ms=dt_ms, state="counts")[0]


@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
def test_a_graph_read_back_fires_as_the_reservoir_does(dt_ms, tmp_path):
    reservoir, spikes = liquid(), samples(0, DURATIONS)
    _, nodes, edges = from_file(to_nir(reservoir, n_channels=4, dt_ms=dt_ms), tmp_path)
    counts = spike_counts(reservoir, spikes, dt_ms)
    assert counts.sum() > 200
    assert (counts[:, ~reservoir.excitatory].sum(axis=1) > 10).all()
    for sample, expected in enumerate(counts):
        fired, _ = continuous_reference.run(nodes, edges, dense(spikes, sample, dt_ms), dt_ms)
        np.testing.assert_array_equal(fired.sum(axis=0), expected)


def test_delays_of_inputs_are_in_a_graph_and_not_in_one_for_a_reader(tmp_path):
    reservoir = liquid(inputs=replace(INPUTS, delay_ms=UniformDelays(1, 9)))
    spikes = samples(0, DURATIONS)
    _, nodes, edges = from_file(to_nir(reservoir, n_channels=4), tmp_path)
    for sample, expected in enumerate(spike_counts(reservoir, spikes)):
        fired, _ = continuous_reference.run(nodes, edges, dense(spikes, sample), 1.0)
        np.testing.assert_array_equal(fired.sum(axis=0), expected)
    with pytest.raises(ValueError, match="inputs: for a reader input has no delays"):
        to_nir(reservoir, n_channels=4, reader="norse")


@pytest.mark.parametrize("state", ["counts", "excitatory", "bins:1", "traces:5,20"])
@pytest.mark.parametrize("readout", ["ridge", "logistic"])
def test_a_graph_scores_as_the_classifier_does(state, readout, tmp_path):
    X, y = pitches(12)
    model = LSMClassifier(liquid(), state=state, readout=readout).fit(X, y)
    graph, nodes, edges = from_file(to_nir(model), tmp_path)
    assert json.loads(graph.metadata["classes"]) == ["left", "right"]
    said = [continuous_reference.run(nodes, edges, dense(X, k), 1.0)[1] for k in range(4)]
    np.testing.assert_allclose(np.ravel(said), model.decision_function(X[:4]), **PRECISION)


def test_a_graph_predicts_as_regressor_and_transformer_do(tmp_path):
    X, y = pitches(12)
    numbers = np.stack([y == "left", y == "right", np.arange(12) % 3], axis=1).astype(float)
    for readout in ("ridge", "force"):
        model = LSMRegressor(liquid(), state="traces:20", readout=readout).fit(X, numbers)
        _, nodes, edges = from_file(to_nir(model), tmp_path)
        _, said = continuous_reference.run(nodes, edges, dense(X, 0), 1.0)
        np.testing.assert_allclose(said, model.predict(X[:1])[0], **PRECISION)
    liquids = LiquidTransformer(liquid(), state="traces:5,20").fit(X)
    _, nodes, edges = from_file(to_nir(liquids), tmp_path)
    _, said = continuous_reference.run(nodes, edges, dense(X, 0), 1.0)
    np.testing.assert_allclose(said, liquids.transform(X[:1])[0], **PRECISION)


def test_events_are_channels(tmp_path):
    X, y = gestures(8)
    model = LSMClassifier(liquid(), state="counts").fit(X, y)
    assert to_nir(model).nodes["input_weights"].weight.shape == (30, 4 * 3 * 2)


def test_what_nir_has_not_is_refused_by_name():
    reservoir = liquid()
    refused = [
        *(
            (
                reservoir.replace(model=MODELS[name], parameters={}),
                f"'{name}' is no neuron of NIR's, as ",
            )
            for name in MODELS
            if name != "lif"
        ),
        (liquid().replace(parameters={}), "t_ref_ms: NIR holds no refractory periods.* up to 2 ms"),
        (
            reservoir.replace(parameters=dict(reservoir.parameters) | {"noise_pA": 5.0}),
            "noise_pA: NIR holds no noise; got up to 5 pA",
        ),
        (
            reservoir.replace(short_term=ShortTermPlasticity()),
            "short_term: NIR holds no plasticity",
        ),
    ]
    for model, why in refused:
        with pytest.raises(ValueError, match=why):
            to_nir(model, n_channels=4)
    with pytest.raises(ValueError, match="n_channels must be given"):
        to_nir(reservoir)
    with pytest.raises(TypeError, match=r"model must be a Reservoir.*; got SVC"):
        to_nir(SVC())
    X, y = pitches(8)
    for changes, why in [
        ({"state": "bins:3"}, "state: NIR reads nothing within a sample, got TimeBins"),
        ({"state": "potentials"}, "state: NIR's neurons give no potentials"),
        ({"state": "counts+first"}, "state: NIR's neurons give no potentials, and no times"),
        ({"readout": SVC()}, r"readout: NIR holds linear ones alone, got SVC"),
        ({"readout": RandomForestClassifier(2)}, "got RandomForestClassifier"),
        # Between the points where one might probe it, a tree looks constant.
        ({"readout": GradientBoostingClassifier(n_estimators=2)}, "got GradientBoosting"),
        (
            {"readout": make_pipeline(QuantileTransformer(n_quantiles=2), LinearSVC())},
            "got Pipeline",
        ),
    ]:
        model = LSMClassifier(reservoir, **{"state": "counts"} | changes).fit(X, y)
        with pytest.raises(ValueError, match=why):
            to_nir(model)
    with pytest.raises(ValueError, match="n_channels must be 4, as when"):
        to_nir(LSMClassifier(reservoir, state="counts").fit(X, y), n_channels=5)
    with pytest.raises(ValueError, match="encoder: NIR holds none such as IntegrateAndFire"):
        to_nir(LSMClassifier(reservoir).fit(*ramps(8)))


def test_without_nir_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "nir", None)
    with pytest.raises(ImportError, match=r"pip install 'liquidstate\[nir\]'"):
        to_nir(liquid(), n_channels=4)
