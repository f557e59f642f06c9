"""Input synapses from a matrix: as given, saved, compared and scaled."""

import pickle

import numpy as np
import pytest
from brian2 import nA
from scipy import sparse

from lsm.reservoir import Reservoir
from lsm.topology import InputWiring, MatrixInputs

WEIGHTS = np.array([[0.0, 2.0, -3.0], [5.0, 0.0, 0.0]])


def reservoir(inputs):
    return Reservoir.random(3, random_state=0, inputs=inputs)


@pytest.mark.parametrize("matrix", [WEIGHTS, sparse.coo_array(WEIGHTS), WEIGHTS / 1000 * nA])
def test_synapses_are_those_of_the_matrix(matrix):
    synapses = reservoir(MatrixInputs(matrix)).input_synapses(2)
    np.testing.assert_array_equal(synapses.source, [0, 0, 1])
    np.testing.assert_array_equal(synapses.target, [1, 2, 0])
    np.testing.assert_allclose(synapses.weight_pA, [2.0, -3.0, 5.0], rtol=1e-15)
    np.testing.assert_array_equal(synapses.delay_ms, 0)


def test_they_are_saved_loaded_and_compared(tmp_path):
    mine = reservoir(MatrixInputs(WEIGHTS))
    mine.save(tmp_path / "reservoir.npz")
    assert Reservoir.load(tmp_path / "reservoir.npz") == mine
    assert pickle.loads(pickle.dumps(mine)) == mine
    assert mine != reservoir(MatrixInputs(2 * WEIGHTS))
    assert mine != reservoir(InputWiring())


def test_scaled_inputs_are_the_same_synapses_times_the_gain():
    for inputs in (MatrixInputs(WEIGHTS), InputWiring()):
        synapses = reservoir(inputs).input_synapses(2)
        louder = reservoir(inputs.scaled(0.5)).input_synapses(2)
        np.testing.assert_array_equal(louder.target, synapses.target)
        np.testing.assert_allclose(louder.weight_pA, synapses.weight_pA / 2, rtol=1e-15)


def test_another_number_of_channels_or_neurons_is_refused():
    with pytest.raises(ValueError, match=r"inputs: .*, 3 and 3 here, got \(2, 3\)"):
        reservoir(MatrixInputs(WEIGHTS)).input_synapses(3)
    with pytest.raises(ValueError, match=r"inputs: .*, 2 and 3 here, got \(2, 2\)"):
        reservoir(MatrixInputs(WEIGHTS[:, :2])).input_synapses(2)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([1.0, 2.0], r"weight_pA must be a matrix, got the shape \(2,\)"),
        ([[np.nan]], "weight_pA must be finite, got nan"),
    ],
)
def test_what_is_no_matrix_of_numbers_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        MatrixInputs(matrix)


@pytest.mark.parametrize(
    "delay_ms", [4.0, np.where(WEIGHTS != 0, [[1.0, 2.0, 0.0], [7.0, 0, 0]], 0)]
)
def test_delays_are_saved_loaded_compared_and_kept_when_scaled(tmp_path, delay_ms):
    mine = reservoir(MatrixInputs(WEIGHTS, delay_ms))
    mine.save(tmp_path / "reservoir.npz")
    assert Reservoir.load(tmp_path / "reservoir.npz") == mine
    assert pickle.loads(pickle.dumps(mine)) == mine
    assert mine != reservoir(MatrixInputs(WEIGHTS))
    expected = np.broadcast_to(delay_ms, WEIGHTS.shape)[WEIGHTS != 0]
    for inputs in (mine.inputs, mine.inputs.scaled(3.0)):
        np.testing.assert_array_equal(reservoir(inputs).input_synapses(2).delay_ms, expected)


def test_inputs_without_delays_are_described_as_before_there_were_any():
    assert "delay_ms" not in InputWiring().describe()
    assert InputWiring(delay_ms=3.0).describe()["delay_ms"] == 3.0
    assert "delay_ms" not in MatrixInputs(WEIGHTS).arrays()
