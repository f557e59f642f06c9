"""Graphs for readers: stepped through as these do it, they fire as simulate does.

What the readers themselves said of the same liquids, Norse 1.1.0, snnTorch 1.0.0, sinabs 3.1.3 and
Rockpool 3.1.0, is kept in readers.json by ``.ci/readers``.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from lsm import LSMClassifier, RSNNClassifier
from lsm.learning import Trainer
from lsm.nir import to_nir
from lsm.nir.readers import READERS
from tests.lsm.nir import stepping
from tests.lsm.nir.cases import CASES, DT_MS, N_CHANNELS, SPIKES, dense, rasters

nir = pytest.importorskip("nir", reason="nir isn't installed: pip install 'liquidstate[nir]'")

KEPT = json.loads((Path(__file__).parent / "readers.json").read_text())


@pytest.fixture(scope="module")
def made():
    """The liquids, each made once."""
    return {}


def case(made, row):
    model = made.setdefault(row, CASES[row]())
    estimator = isinstance(model, LSMClassifier)
    return model, {} if estimator else {"n_channels": N_CHANNELS, "dt_ms": DT_MS.get(row, 1.0)}


@pytest.mark.parametrize("reader", ["norse", "snntorch"])
@pytest.mark.parametrize("row", CASES)
def test_stepping_through_a_graph_gives_the_spikes_of_simulate(row, reader, made, tmp_path):
    kept, (model, options) = KEPT[reader][row], case(made, row)
    if kept.startswith("refused"):
        with pytest.raises(ValueError, match=f"^{kept.removeprefix('refused: ')}: snnTorch 1.0.0"):
            to_nir(model, reader=reader, **options)
        return
    nir.write(tmp_path / "liquid.nir", to_nir(model, reader=reader, **options))
    graph = nir.read(tmp_path / "liquid.nir")
    dt_ms = graph.metadata["dt_ms"]
    # Norse takes the nodes in the first order, snnTorch in that of their names.
    assert stepping.depth_first(graph) == [
        "input",
        *sorted(set(graph.nodes) - {"input", "output"}),
        "output",
    ]
    said = [stepping.run(graph, sample, reader, dt_ms) for sample in dense(SPIKES, dt_ms)]
    if isinstance(model, LSMClassifier):
        scores = model.decision_function(SPIKES)
        np.testing.assert_allclose([sample[-1] for sample in said], scores, rtol=1e-4, atol=1e-4)
        assert kept == f"equal scores, {scores.shape[1]} classes"
    else:
        ours = rasters(model, SPIKES, dt_ms)
        np.testing.assert_array_equal(said, ours)
        assert kept == f"equal, {ours.sum():.0f} spikes"


@pytest.mark.parametrize("reader", ["sinabs", "rockpool"])
def test_readers_whose_neurons_are_others_are_refused_by_name(reader, made):
    model, options = case(made, "CubaLIF")
    version = READERS[reader].version
    with pytest.raises(ValueError, match=f"reader: {version} runs no liquid: its neurons subtract"):
        to_nir(model, reader=reader, **options)
    assert set(KEPT[reader].values()) == {"refused: reader"}
    # Ours fires once in a step, whatever lifts it.
    assert KEPT["reasons"][reader]["spikes in the first step"] == 2


def test_what_a_reader_gets_wrong_is_refused_by_name(made):
    model, options = case(made, "recurrent")
    low = dict(model.parameters) | {"v_threshold_mV": -70.0}
    with pytest.raises(ValueError, match=r"v_threshold_mV: snnTorch 1\.0\.0 takes one threshold"):
        to_nir(model.replace(parameters=low), reader="snntorch", **options)
    with pytest.raises(ValueError, match=r"reader must be None or one of norse, .*got 'lava'"):
        to_nir(model, reader="lava", **options)


def test_a_neuron_that_hardly_leaks_still_integrates():
    """Of 1e6 ms a step of 0.01 ms leaves all in single precision; 1 / leak must stay finite."""
    model = CASES["CubaLIF"]()
    slow = model.replace(parameters=dict(model.parameters) | {"tau_m_ms": 1e6})
    for reader in ("norse", "snntorch"):
        graph = to_nir(slow, n_channels=N_CHANNELS, reader=reader, dt_ms=0.01)
        (neurons,) = (node for node in graph.nodes.values() if isinstance(node, nir.LIF))
        assert np.isfinite(neurons.tau).all()
        assert stepping.run(graph, dense(SPIKES)[0], reader, 0.01).sum() > 10


def test_a_trained_reservoir_is_exported_as_any_other():
    labels = np.arange(len(SPIKES)) % 2
    model = RSNNClassifier(12, trainer=Trainer(batch_size=2, iterations=2), random_state=0)
    reservoir = model.fit(SPIKES, labels).reservoir_
    graph = to_nir(reservoir, reader="norse", n_channels=N_CHANNELS)
    fired = [stepping.run(graph, sample, "norse", 1.0) for sample in dense(SPIKES, 1.0)]
    np.testing.assert_array_equal(fired, rasters(reservoir, SPIKES, 1.0))
