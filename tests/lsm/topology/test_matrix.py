"""Wiring from a matrix: what is given is what is there."""

import pickle
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from lsm.reservoir import Reservoir
from lsm.simulation import record
from lsm.topology import MatrixWiring, Synapses
from tests.lsm.liquids import lone_neurons, one_sample
from tests.lsm.topology.wired import neurons

WEIGHTS = np.array([[0.0, 5, 0, 7], [1, 0, 2, 0], [-3, 0, -4, -1], [0, 0, 0, 0]])
DELAYS = np.array([[9.0, 1, 9, 2], [3, 9, 8, 9], [4, 9, 5, 6], [9, 9, 9, 9]])
FORMS = {
    "dense": np.array,
    "integers": lambda matrix: np.asarray(matrix, dtype=np.int32),
    "lists": np.ndarray.tolist,
    "csr_array": sparse.csr_array,
    "csc_matrix": sparse.csc_matrix,
    "coo_array": sparse.coo_array,
    "lil_array": sparse.lil_array,
}


def four_neurons(wiring, **changes):
    """Two excitatory neurons, an inhibitory one, and one that has no synapses."""
    excitatory = np.array([True, True, False, True])
    return neurons(4).replace(excitatory=excitatory, wiring=wiring, **changes)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_rows_are_sources_in_any_form(form):
    synapses = four_neurons(MatrixWiring(form(WEIGHTS), delay_ms=form(DELAYS))).synapses
    assert synapses.source.tolist() == [0, 0, 1, 1, 2, 2, 2]
    assert synapses.target.tolist() == [1, 3, 0, 2, 0, 2, 3]
    assert synapses.weight_pA.tolist() == [5, 7, 1, 2, -3, -4, -1]
    assert synapses.delay_ms.tolist() == [1, 2, 3, 8, 4, 5, 6]
    assert synapses.source.dtype == synapses.target.dtype == np.int32


def test_sparse_entries_add_up_and_zeros_are_no_synapses():
    matrix = sparse.coo_array(([2.0, 3, 0, 1, -1], ([0, 0, 1, 2, 2], [1, 1, 0, 1, 1])), (4, 4))
    synapses = four_neurons(MatrixWiring(matrix)).synapses
    assert (synapses.source.tolist(), synapses.target.tolist()) == ([0], [1])
    assert synapses.weight_pA.tolist() == [5]
    assert len(four_neurons(MatrixWiring(np.zeros((4, 4)), delay_ms=DELAYS)).synapses) == 0
    assert four_neurons(MatrixWiring(WEIGHTS, delay_ms=0 * DELAYS)).synapses.delay_ms.max() == 0


@given(
    size=st.integers(1, 6),
    data=st.data(),
)
def test_a_matrix_is_its_synapses(size, data):
    draw = arrays(float, (size, size), elements=st.sampled_from([0.0, 0.5, 1.0, 2.0]))
    sign = np.where(data.draw(arrays(bool, size)), 1.0, -1.0)
    weights, delay = data.draw(draw) * sign[:, None], data.draw(draw)
    wiring = MatrixWiring(sparse.csc_array(weights), delay_ms=delay)
    stored = sparse.csr_array((delay[np.nonzero(weights)], np.nonzero(weights)), weights.shape)
    assert MatrixWiring(weights, delay_ms=stored) == wiring
    reservoir = neurons(size).replace(excitatory=wiring.excitatory, wiring=wiring)
    made = np.zeros((2, size, size))
    synapses = reservoir.synapses
    made[:, synapses.source, synapses.target] = synapses.weight_pA, synapses.delay_ms
    np.testing.assert_array_equal(made, [weights, np.where(weights, delay, 0)])
    assert np.all(np.diff(synapses.source * size + synapses.target) > 0)


def test_a_sparse_matrix_of_delays_has_an_entry_for_each_synapse():
    given = sparse.lil_array(DELAYS)
    given[0, 3] = 0
    message = r"delay_ms has no entry for the synapse from 0 to 3; a delay of 0 must be stored"
    for form in (sparse.csr_array, sparse.coo_array, sparse.lil_array):
        with pytest.raises(ValueError, match=message):
            MatrixWiring(WEIGHTS, delay_ms=form(given))
    with pytest.raises(ValueError, match="no entry for the synapse from 0 to 1"):
        MatrixWiring(WEIGHTS, delay_ms=sparse.csr_array((4, 4)))
    # Stored zeros and dense ones are delays of 0.
    stored = sparse.csr_array(DELAYS)
    stored[0, 3] = 0
    dense = np.where(DELAYS == 2, 0, DELAYS)
    assert stored.nnz == DELAYS.size
    for delay_ms in (stored, dense):
        synapses = four_neurons(MatrixWiring(WEIGHTS, delay_ms=delay_ms)).synapses
        assert synapses.delay_ms.tolist() == [1, 0, 3, 8, 4, 5, 6]


def test_delays_by_polarity_and_distance():
    by_polarity = four_neurons(MatrixWiring(WEIGHTS, delay_ms=(1, 2, 3, 4))).synapses
    assert by_polarity.delay_ms.tolist() == [1, 1, 1, 2, 3, 4, 3]
    assert set(four_neurons(MatrixWiring(WEIGHTS, delay_ms=0.5)).synapses.delay_ms) == {0.5}
    places = np.array([[0.0, 0], [3, 4], [0, 4], [3, 0]])
    for delay_ms in (1.0, np.ones((4, 4))):
        wiring = MatrixWiring(WEIGHTS, delay_ms=delay_ms, velocity=2.0)
        synapses = four_neurons(wiring, positions=places, side=9.0).synapses
        # 0-1 5, 0-3 3, 1-0 5, 1-2 3, 2-0 4, 2-2 0, 2-3 5 units
        assert synapses.delay_ms.tolist() == [3.5, 2.5, 3.5, 2.5, 3, 1, 3.5]


def test_each_synapse_acts_after_its_own_delay():
    # The first of four neurons is driven hard; the others hear it alone.
    weights, delay = np.zeros((4, 4)), np.zeros((4, 4))
    weights[0, 1:], delay[0, 1:] = (32, 16, 8), (0, 4, 7)
    reservoir = lone_neurons(n=4, weight_pA=1e5).replace(
        excitatory=np.array([True, False, False, False]),
        wiring=MatrixWiring(weights, delay_ms=delay),
        parameters={"v_threshold_mV": [-50.0, 900.0, 900.0, 900.0]},
    )
    recording = record(reservoir, one_sample(2.0, duration_ms=20.0))
    assert recording.spike_times_ms[0] == 3
    for neuron, (weight, arrival) in enumerate([(32, 3), (16, 7), (8, 10)], start=1):
        current = recording.variables["I"][neuron]
        assert np.flatnonzero(current)[0] == arrival
        assert current[arrival] == weight


def test_polarities_that_the_signs_ask_for():
    assert MatrixWiring(WEIGHTS).excitatory.tolist() == [True, True, False, True]
    mixed = WEIGHTS.copy()
    mixed[2, 0] = 3
    with pytest.raises(ValueError, match="weight_pA breaks Dale's law: row 2 has both signs"):
        _ = MatrixWiring(mixed).excitatory


def test_a_drawn_reservoir_takes_its_polarities_from_the_matrix():
    drawn = Reservoir.random(4, random_state=0, wiring=MatrixWiring(WEIGHTS))
    assert drawn.excitatory.tolist() == [True, True, False, True]
    chosen = np.array([True, True, False, False])
    given = Reservoir.random(4, random_state=0, excitatory=chosen, wiring=MatrixWiring(WEIGHTS))
    assert given.excitatory.tolist() == chosen.tolist()
    mixed = WEIGHTS.copy()
    mixed[0, 2] = -1
    with pytest.raises(ValueError, match="row 0 has both signs"):
        Reservoir.random(4, wiring=MatrixWiring(mixed))
    both = Reservoir.random(4, wiring=MatrixWiring(mixed, dale=False))
    assert both.excitatory.tolist() == [True, True, False, True]
    with pytest.raises(ValueError, match=r"weight_pA must .* with 5 neurons, got \(4, 4\)"):
        Reservoir.random(5, wiring=MatrixWiring(WEIGHTS))


def test_signs_that_break_dales_law_are_refused():
    for excitatory, message in [
        ([True] * 4, r"-3 pA from neuron 2, which is excitatory, to neuron 0"),
        ([True, False, False, True], r"1 pA from neuron 1, which is inhibitory, to neuron 0"),
    ]:
        with pytest.raises(ValueError, match=f"wiring: weight_pA breaks Dale's law: {message}"):
            neurons(4).replace(excitatory=np.array(excitatory), wiring=MatrixWiring(WEIGHTS))
    four_neurons(MatrixWiring(WEIGHTS)).replace(excitatory=np.array([True, True, False, False]))


def test_equality_copies_and_pickles():
    given_weights, given_delays = WEIGHTS.copy(), sparse.csr_array(DELAYS)
    wiring = MatrixWiring(given_weights, delay_ms=given_delays)
    given_weights[0, 1], given_delays.data[:] = 99, 0
    assert wiring == MatrixWiring(sparse.csc_array(WEIGHTS), delay_ms=DELAYS)
    assert hash(wiring) == hash(MatrixWiring(WEIGHTS, delay_ms=DELAYS))
    for other in (
        MatrixWiring(2 * WEIGHTS, delay_ms=DELAYS),
        MatrixWiring(WEIGHTS, delay_ms=DELAYS + 1),
        MatrixWiring(WEIGHTS.T, delay_ms=DELAYS),
        MatrixWiring(WEIGHTS),
        MatrixWiring(WEIGHTS, delay_ms=DELAYS, velocity=1.0),
        "matrix",
    ):
        assert wiring != other
    assert MatrixWiring(WEIGHTS) != MatrixWiring(WEIGHTS, delay_ms=2.0)
    again = pickle.loads(pickle.dumps(wiring))
    assert again == wiring
    for matrix in (again.weight_pA, again.delay_ms):
        for array in (matrix.data, matrix.indices, matrix.indptr):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1
    louder = four_neurons(wiring.scaled(0.5)).synapses
    np.testing.assert_array_equal(louder.weight_pA, four_neurons(wiring).synapses.weight_pA / 2)
    np.testing.assert_array_equal(louder.delay_ms, four_neurons(wiring).synapses.delay_ms)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"weight_pA": np.ones((3, 4))}, ValueError, r"weight_pA must be a square .* \(3, 4\)"),
        ({"weight_pA": np.ones(4)}, ValueError, r"weight_pA must be a square matrix, .* \(4,\)"),
        ({"weight_pA": np.full((4, 4), np.nan)}, ValueError, "weight_pA must be finite, got nan"),
        ({"weight_pA": np.full((4, 4), "x")}, TypeError, "weight_pA must hold numbers, got"),
        ({"weight_pA": np.eye(4) * 1j}, TypeError, "weight_pA must hold numbers, got"),
        ({"delay_ms": np.ones((3, 3))}, ValueError, r"delay_ms must have the shape .* got \(3, 3"),
        ({"delay_ms": np.ones((4, 3))}, ValueError, "delay_ms must be a square matrix"),
        ({"delay_ms": -DELAYS}, ValueError, "delay_ms must not be negative, got -9"),
        ({"delay_ms": np.full((4, 4), np.inf)}, ValueError, "delay_ms must be finite, got inf"),
        ({"delay_ms": (1, 2, 3)}, ValueError, "delay_ms must be four finite numbers"),
        ({"delay_ms": -1.0}, ValueError, "delay_ms must not be negative"),
        ({"velocity": -1.0}, ValueError, "velocity must be finite and above 0"),
    ],
)
def test_bad_matrices_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        MatrixWiring(**{"weight_pA": WEIGHTS, **options})


def test_another_number_of_neurons_is_refused():
    with pytest.raises(ValueError, match=r"wiring: weight_pA must .* with 5 neurons, got \(4, 4\)"):
        neurons(5, wiring=MatrixWiring(WEIGHTS))


def test_synapses_become_matrices_of_weights_and_delays_unless_a_pair_has_several():
    synapses = Synapses(
        np.array([0, 1, 1], np.int32),
        np.array([2, 0, 2], np.int32),
        np.array([5.0, -3.0, 0.0]),
        np.array([1.0, 0.0, 4.0]),
    )
    weights, delays = synapses.matrices(2, 3)
    np.testing.assert_array_equal(weights.toarray(), [[0, 0, 5], [-3, 0, 0]])
    assert (weights.nnz, delays.nnz) == (3, 3)  # also where a weight or a delay is 0
    np.testing.assert_array_equal(delays.toarray(), [[0, 0, 1], [0, 0, 4]])
    twice = Synapses(*(np.repeat(getattr(synapses, f.name), 2) for f in fields(synapses)))
    with pytest.raises(ValueError, match="of 6 several have both ends in common"):
        twice.matrices(2, 3)
