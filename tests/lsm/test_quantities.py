"""Brian2's quantities as arguments: converted to the unit of the name, or refused, never SI."""

import numpy as np
import pytest

from lsm.neurons import LIF
from lsm.quantities import in_unit
from lsm.reservoir import Reservoir
from lsm.synapses import ShortTermPlasticity
from lsm.topology import InputWiring, MatrixWiring, RandomWiring, box

brian2 = pytest.importorskip("brian2")
ms, mV, nA, pA, second = brian2.ms, brian2.mV, brian2.nA, brian2.pA, brian2.second


def test_numbers_are_taken_as_they_are():
    np.testing.assert_array_equal(in_unit([1, 2.5], "tau_m_ms"), [1.0, 2.5])
    assert in_unit(3, "tau_m_ms") == 3.0


@pytest.mark.parametrize(
    "given",
    [10 * ms, 0.01 * second, np.full(3, 10) * ms, [10 * ms, 10, 0.01 * second]],
    ids=["one", "seconds", "array", "list"],
)
def test_parameters_in_any_unit_of_time_are_ms(given):
    np.testing.assert_array_equal(LIF.complete({"tau_m_ms": given}, 3)["tau_m_ms"], [10.0] * 3)


def test_quantities_are_converted_wherever_a_name_has_a_unit():
    wiring = RandomWiring(0.5, weight_pA=(1 * nA, 2 * nA, -1 * nA, 0 * nA), delay_ms=0.002 * second)
    assert wiring.weight_pA == (1000.0, 2000.0, -1000.0, 0.0)
    assert wiring.delay_ms == (2.0,) * 4
    assert InputWiring(0.5, 0.2 * nA, 3 * pA) == InputWiring(0.5, 200.0, 3.0)
    assert ShortTermPlasticity(recovery_ms=1 * second).recovery_ms == (1000.0,) * 4
    matrix = MatrixWiring(np.eye(2) * nA, delay_ms=np.ones((2, 2)) * second)
    assert matrix == MatrixWiring(np.eye(2) * 1000, delay_ms=np.full((2, 2), 1000.0))
    drawn, same = (
        Reservoir.random(9, random_state=0, ranges={"tau_m_ms": bounds})
        for bounds in ((5 * ms, 0.01 * second), (5, 10))
    )
    assert drawn == same


def test_quotients_of_quantities_are_numbers():
    assert in_unit(30 * ms / (10 * ms), "probability") == 3.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LIF.complete({"tau_m_ms": 10 * mV}, 1), "'tau_m_ms' must be in ms, got 10"),
        (lambda: LIF.complete({"c_m_pF": [1, 2 * mV]}, 2), "'c_m_pF' must be in pF, got 2"),
        (lambda: RandomWiring(0.1 * mV), "probability must be in no unit"),
        (lambda: RandomWiring(0.1, delay_ms=1 * mV), "delay_ms must be in ms"),
        (lambda: InputWiring(0.1, 1 * mV), "weight_pA must be in pA"),
        (lambda: Reservoir.random(2, ranges={"tau_m_ms": (1 * mV, 2 * mV)}), "range of 'tau_m_ms'"),
        (lambda: box(2, 3 * ms), "side must be in no unit"),
    ],
)
def test_quantities_of_another_unit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("value", ["10 ms", None, True, 1j, [[1], [2, 3]], [1, "a"]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="tau_m_ms must hold numbers, got"):
        in_unit(value, "tau_m_ms")
