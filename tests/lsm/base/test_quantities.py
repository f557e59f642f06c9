"""Quantities as arguments: converted to the unit of the name, or refused, never bare numbers.

What is right is what the packages' own conversions say: Brian2 2.9.0, quantities 0.16.4 (neo
0.14.6), pint 0.25.3, astropy 8.0.2. All arguments are tried in `tests.test_units`.
"""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone

from lsm import LiquidTransformer, LSMClassifier, load, save
from lsm.base.checks import not_negative, one_for_each, positive, positive_int, probability, whole
from lsm.base.quantities import in_unit, number
from lsm.encoders import AudioFrontEnd, PoissonRate
from lsm.neurons import LIF, NeuronModel
from lsm.reservoir import Reservoir
from lsm.topology import InputWiring, MatrixWiring, RandomWiring, box
from lsm.topology.short_term import ShortTermPlasticity

brian2 = pytest.importorskip("brian2")
pq = pytest.importorskip("quantities")
neo = pytest.importorskip("neo")
pint = pytest.importorskip("pint")
units = pytest.importorskip("astropy.units")
ms, mV, nA, pA, second = brian2.ms, brian2.mV, brian2.nA, brian2.pA, brian2.second
registry = pint.UnitRegistry()
SECONDS = [second, pq.s, registry.s, units.s]


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


@pytest.mark.parametrize("s", SECONDS, ids=["Brian2", "quantities", "pint", "astropy"])
def test_quantities_keep_their_value_however_they_are_put_together(s):
    # Change of units may move the last binary digit: the decimal number is meant.
    one = 0.29 * s
    assert in_unit(one, "tau_m_ms") == 290.0
    assert number(one, "tau_m_ms") == 290.0
    row = np.array([0.29, 1.1, 0.0]) * s
    np.testing.assert_array_equal(in_unit(row, "times_ms"), [290.0, 1100.0, 0.0])
    np.testing.assert_array_equal(in_unit([one, 5, one], "times_ms"), [290.0, 5.0, 290.0])
    np.testing.assert_array_equal(
        in_unit([(one, 300), (2, one)], "learn_ms"), [[290, 300], [2, 290]]
    )
    objects = np.empty(2, dtype=object)
    objects[:] = [one, 3]
    np.testing.assert_array_equal(in_unit(objects, "times_ms"), [290.0, 3.0])


def test_what_is_in_the_unit_already_stays_to_the_last_bit():
    exact = np.random.default_rng(0).random(1000)
    for given in (exact * pq.ms, registry.Quantity(exact, "ms"), exact * units.ms, exact):
        np.testing.assert_array_equal(in_unit(given, "times_ms"), exact)


def test_a_copy_is_given():
    given = np.arange(3.0)
    in_unit(given, "times_ms")[0] = 5
    quantity = given * pq.ms
    in_unit(quantity, "times_ms")[0] = 5
    assert given[0] == quantity.magnitude[0] == 0


def test_subclasses_and_views_of_quantities_are_known():
    train = neo.SpikeTrain([0.1, 0.2] * pq.s, t_stop=1.0)
    signal = neo.AnalogSignal([[1.0], [2.0]], units="nA", sampling_rate=1 * pq.kHz)
    np.testing.assert_array_equal(in_unit(train, "times_ms"), [100.0, 200.0])
    np.testing.assert_array_equal(in_unit(signal, "current_pA"), [[1000.0], [2000.0]])
    table = pytest.importorskip("astropy.table")
    column = table.Column([1.0, 2.0], unit="s")  # no quantity, though it has a unit
    np.testing.assert_array_equal(in_unit(column, "times_ms"), [1000.0, 2000.0])
    assert in_unit(table.Column([1.0, 2.0]), "times_ms").tolist() == [1.0, 2.0]
    assert in_unit(2 * units.dex(units.ms), "times_ms") == 100.0  # its logarithm was given


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (3 * pq.mV, "tau_m_ms"),
        (registry.Quantity(25, "degC"), "tau_m_ms"),
        (25 * pq.degC, "tau_m_ms"),
        (50 * pq.percent, "tau_m_ms"),
        (registry.Quantity(5, ""), "tau_m_ms"),  # its bare number would be taken
        (units.Quantity(5), "tau_m_ms"),
        (pq.Quantity(5), "tau_m_ms"),
        (3 * units.Hz, "tau_m_ms"),
        (1 * pq.um, "side"),  # a length without a unit
        (40 * pq.Hz, "gain"),
        ([1, 3 * units.V], "times_ms"),
    ],
)
def test_other_dimensions_and_none_are_refused(given, name):
    with pytest.raises(ValueError, match=f"{name} must be in (ms|no unit), got"):
        in_unit(given, name)


@pytest.mark.parametrize("half", [50 * pq.percent, 50 * registry.percent, 50 * units.percent])
def test_shares_in_percent_are_numbers(half):
    assert probability(half, "excitatory_fraction") == 0.5


@pytest.mark.parametrize(
    "given",
    [
        np.ma.masked_array([1.0, 2.0], [0, 1]),
        registry.Quantity(np.ma.masked_array([1.0, 2.0], [0, 1]), "s"),
    ],
    ids=["numbers", "pint"],
)
def test_masked_values_are_refused(given):
    with pytest.raises(ValueError, match="times_ms must have no masked values"):
        in_unit(given, "times_ms")
    unmasked = np.ma.masked_array([1.0, 2.0], [0, 0])
    np.testing.assert_array_equal(in_unit(unmasked, "times_ms"), [1.0, 2.0])


def test_units_that_follow_from_others():
    assert in_unit(0.04 * pq.kHz, "rate_Hz") == 40.0
    assert in_unit(40 * brian2.Hz, "rate_per_ms") == 0.04
    assert in_unit(40 * 1e6 * units.ohm, "R_Gohm") == 0.04
    assert in_unit(2.5e-6 * registry.siemens / registry.volt, "k_nS_per_mV") == 2.5
    assert in_unit(3 * pq.V / pq.s, "slope_mV_per_ms") == 3.0
    assert in_unit(registry.Quantity(50, "dB"), "floor_dB") == 50.0
    assert in_unit(50 * units.dB, "floor_dB") == 50.0


@pytest.mark.parametrize("check", [positive, not_negative, number])
def test_checks_of_single_numbers_convert_and_refuse(check):
    for s in SECONDS:
        assert check(0.002 * s, "dt_ms") == 2.0
        with pytest.raises(ValueError, match="gain must be in no unit"):
            check(0.002 * s, "gain")
        with pytest.raises(TypeError, match="dt_ms must be a number"):
            check(np.array([1.0, 2.0]) * s, "dt_ms")


def test_checks_of_whole_numbers_refuse_quantities():
    for s in SECONDS:
        with pytest.raises(TypeError, match="n must be an integer"):
            positive_int(3 * s, "n")
        with pytest.raises(ValueError, match="channels must be in no unit"):
            whole(np.array([1, 2]) * s, "channels")
        np.testing.assert_array_equal(one_for_each(3 * s, "duration_ms", 2, "sample"), [3e3, 3e3])


def test_parameters_of_equations_take_quantities_of_any_package():
    def made(tau, resistance):
        return NeuronModel.from_equations(
            "own",
            "dv/dt = (I*R - v)/tau : volt\ndI/dt = -I/tau : amp",
            parameters={"tau": tau, "R": resistance},
            threshold="v > 1*mV",
            reset="v = 0*mV",
        )

    wanted = made((10, "ms"), (40, "Mohm"))
    assert made(0.01 * pq.s, 4e7 * pq.ohm).definition == wanted.definition
    assert made(0.01 * registry.s, 4e7 * units.ohm).definition == wanted.definition


def test_estimators_keep_what_they_were_given_and_convert_when_fitted(tmp_path):
    given = 0.5 * pq.ms
    model = LSMClassifier(20, dt_ms=given, rate_Hz=0.02 * registry.kHz)
    assert model.dt_ms is given
    assert clone(model).dt_ms == given
    encoder = PoissonRate(step_ms=0.002 * second, max_rate_Hz=0.1 * units.kHz, random_state=0)
    signals = np.random.default_rng(0).random((2, 1, 30))
    same = PoissonRate(step_ms=2.0, max_rate_Hz=100.0, random_state=0).fit_transform(signals)
    assert encoder.fit_transform(signals) == same
    save(encoder, tmp_path / "encoder.npz")
    kept = load(tmp_path / "encoder.npz")
    assert (kept.step_ms, kept.max_rate_Hz) == (2.0, 100.0)
    assert kept.transform(signals) == same
    sound = AudioFrontEnd(8 * pq.kHz, hop_ms=0.01 * pq.s, floor_dB=50 * units.dB)
    assert sound.step_ms == 10.0
    with pytest.raises(ValueError, match="rate_Hz must be in Hz, got"):
        LiquidTransformer(20, rate_Hz=40 * pq.ms).fit(same)


def test_plain_numbers_import_no_package_of_quantities():
    code = """
import sys
from lsm.base.quantities import in_unit, number
in_unit([1, 2.0], "tau_m_ms"), number(3, "dt_ms")
print({"brian2", "quantities", "neo", "pint", "astropy"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
