"""Units: every public argument that has one takes quantities of four packages, or refuses them.

Brian2, `quantities` (neo, elephant), pint and astropy. Which arguments there are is read from the
signatures: one that may be a float must have a unit in its name, or stand in one of the tables.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import fields, is_dataclass
from functools import cache
from unittest import mock

import numpy as np
import pytest
from scipy import sparse

import evolution
import lsm
import readouts
import tasks
from experiments.studies.balance.settings import Scale
from experiments.studies.evolve.settings import EvolveSettings
from lsm.base.quantities import unit_of
from lsm.metrics.options import Options
from tests.units.cases import CASES
from tests.units.stand_ins import STAND_INS, ReachedError
from tests.units.without import BY_DOCSTRING, RESULTS, WITHOUT, WITHOUT_HERE

brian2 = pytest.importorskip("brian2")
quantities = pytest.importorskip("quantities")
pint = pytest.importorskip("pint")
astropy_units = pytest.importorskip("astropy.units")
registry = pint.UnitRegistry()

PACKAGES = {
    "Brian2": lambda numbers, unit: numbers * eval(unit, dict(vars(brian2))),
    "quantities": lambda numbers, unit: quantities.Quantity(numbers, unit),
    "pint": lambda numbers, unit: registry.Quantity(numbers, unit),
    "astropy": lambda numbers, unit: numbers * astropy_units.Unit(unit),
}

#: Another unit of the same dimension, and how many of it are one of those in the name.
OTHER = {
    "ms": ("second", 1e-3),
    "mV": ("volt", 1e-3),
    "pA": ("nA", 1e-3),
    "pF": ("nF", 1e-3),
    "nS": ("uS", 1e-3),
    "Hz": ("kHz", 1e-3),
    "hz": ("kHz", 1e-3),
    "per_ms": ("1/second", 1e3),
    "pA_s": ("nA*ms", 1.0),
}

#: Modules without a list, all of whose names are public.
WHOLE = (
    "lsm.perturb",
    "lsm.plasticity.balance",
    "lsm.plasticity.pretraining",
    "lsm.plasticity.ratios",
    "lsm.robustness",
    "lsm.signals",
)


def public():
    """Names and objects that the packages list, and those of modules that are listed as a whole."""
    for package in (lsm, readouts, tasks, evolution):
        inside = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for name in (package.__name__, *(module.name for module in inside)):
            if name.startswith("lsm.simulation.loop"):
                continue  # the closed loop's own inside
            module = importlib.import_module(name)
            listed = getattr(module, "__all__", None)
            if listed is None and name in WHOLE:
                listed = [
                    key
                    for key, one in vars(module).items()
                    if not key.startswith("_") and getattr(one, "__module__", "") == name
                ]
            yield from ((f"{name}.{key}", getattr(module, key)) for key in listed or ())


#: Modules under which users find what other packages have.
OTHER_PATHS = ("lsm.balance", "lsm.calibration", "lsm.pretraining", "lsm.steps", "lsm.synapses")


def callables():
    """Functions, classes and their methods by name, each once, by the path of its package."""
    seen = set()
    for name, one in public():
        if not callable(one) or one in seen or name.rpartition(".")[0] in OTHER_PATHS:
            continue
        seen.add(one)
        if not inspect.isclass(one):
            yield name, one
        elif not issubclass(one, Exception):
            yield name, one
            for key, method in inspect.getmembers(one, inspect.isroutine):
                ours = getattr(method, "__module__", "") or ""
                if not key.startswith("_") and ours.startswith(
                    ("lsm.", "readouts.", "tasks.", "evolution.")
                ):
                    yield f"{name}.{key}", method


def parameters():
    """Every parameter of a public callable, with its annotation as text."""
    for name, function in callables():
        for one in inspect.signature(function).parameters.values():
            if "Options" in str(one.annotation):
                yield from ((name, key, str(kind)) for key, kind in Options.__annotations__.items())
            elif one.name not in ("self", "cls"):
                yield name, one.name, str(one.annotation)


_FLOAT = re.compile(r"float|ArrayLike|_array_like|Floats?\b|FloatArray|PerPolarity|Windows|Arrays")


def test_every_float_argument_has_a_unit_or_stands_among_those_without():
    unknown = [
        f"{name}({argument}: {kind})"
        for name, argument, kind in parameters()
        if _FLOAT.search(kind)
        and not unit_of(argument)
        and argument not in BY_DOCSTRING.get(name, {})
        and argument not in WITHOUT
        and f"{name} {argument}" not in WITHOUT_HERE
        and name not in RESULTS
    ]
    assert not unknown, "give a unit to the name, or a line to one of the tables above"


def test_every_argument_with_a_unit_is_tried():
    wanted = {
        (name, argument)
        for name, argument, _ in parameters()
        if unit_of(argument) and name not in RESULTS - {"lsm.force.Published"}
    }
    wanted |= {(name, argument) for name, given in BY_DOCSTRING.items() for argument in given}
    tried = {(name, argument) for name, case in CASES.items() for argument in case.given}
    assert wanted - tried == set()


def test_options_of_tasks_with_a_unit_are_tried():
    # What tasks of recordings only hand on to `pooled_spikes` and `sample_gaps`, which are tried.
    handed_on = {"NMNIST", "SHD", "DVSGesture"}
    for name, kind in tasks.TASKS.items():
        options = {key for key in inspect.signature(kind.make).parameters if unit_of(key)}
        tried = {
            "TXOR": {"gap_ms"},
            "aeon:NAME": {"step_ms"},
            "Evidence": {"delay_ms"},
            "Copy4": {"delay_ms"},
            **{key: {"delay_ms"} for key in tasks.TASKS if key.startswith("DelayedMatch")},
            **{key: {"gap_ms"} for key in tasks.TASKS if key.startswith("Parity")},
            **{key: {"bin_ms", "duration_ms"} for key in handed_on},
            **{key: {"gap_ms"} for key in tasks.TASKS if key.startswith(("Spoken", "Gesture"))},
        }
        assert options == tried.get(name, set()), name


@pytest.fixture(scope="module", autouse=True)
def without_programs():
    """What would be simulated is made up; the closed loop of a rate network runs."""
    with ExitStack() as stack:
        for name, stand_in in STAND_INS.items():
            stack.enter_context(mock.patch(name, stand_in))
        yield


def outcome(name, **changed):
    case = CASES[name]
    try:
        return case.call(**case.given | changed)
    except ReachedError as reached:
        return reached.args


plain = cache(outcome)


def same(one, other):
    """Equal to the last bit, whatever it is made of."""
    if isinstance(one, np.ndarray):
        assert isinstance(other, np.ndarray)
        np.testing.assert_array_equal(one, other)
    elif sparse.issparse(one):
        same(one.toarray(), other.toarray())
    elif isinstance(one, Mapping):
        assert one.keys() == other.keys()
        for key in one:
            same(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            same(*pair)
    elif is_dataclass(one) and (one.__dataclass_params__.eq or type(one).__eq__ is object.__eq__):
        for field in fields(one):
            same(getattr(one, field.name), getattr(other, field.name))
    else:
        assert type(one) is type(other)
        assert one == other


def of_package(package, value, unit):
    """The value as a quantity in another unit than that of the name, or as several."""
    if unit is dict:
        return {key: of_package(package, one, unit_of(key)) for key, one in value.items()}
    if not unit:  # (number, unit), as `NeuronModel.from_equations` has it
        return PACKAGES[package](*value)
    if isinstance(value, list | tuple):
        return type(value)(of_package(package, one, unit) for one in value)
    other, many = OTHER[unit]
    return PACKAGES[package](value * many, other)


def tried(name):
    """The arguments of a case, and their units."""
    units = BY_DOCSTRING.get(name, {})
    return [(argument, units.get(argument) or unit_of(argument)) for argument in CASES[name].given]


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("name", CASES)
def test_quantities_become_numbers_in_the_unit_of_the_argument(name, package):
    for argument, unit in tried(name):
        if unit == "dB":  # which two of the packages have: refused below
            continue
        given = of_package(package, CASES[name].given[argument], unit)
        same(outcome(name, **{argument: given}), plain(name))


def of_wrong_unit(package, value, unit):
    """A length where none is wanted."""
    if unit is dict:
        key, one = next(iter(value.items()))
        return value | {key: of_wrong_unit(package, one, "")}
    if isinstance(value, list | tuple):
        return type(value)((of_wrong_unit(package, value[0], unit), *value[1:]))
    return PACKAGES[package](np.asarray(value), "meter")


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("name", CASES)
def test_quantities_of_another_dimension_are_refused_by_name(name, package):
    for argument, unit in tried(name):
        value = CASES[name].given[argument]
        if name == "lsm.NeuronModel.from_equations":  # (number, unit)
            key, (number, _) = next(iter(value.items()))
            given = value | {key: PACKAGES[package](number, "meter")}
        else:
            given = of_wrong_unit(package, value, unit)
        what = next(iter(value)) if unit is dict else argument
        with pytest.raises((TypeError, ValueError), match=what):
            CASES[name].call(**CASES[name].given | {argument: given})


@pytest.mark.parametrize("package", PACKAGES)
def test_settings_of_experiments_hold_numbers(package):
    quantity = PACKAGES[package]
    assert EvolveSettings(gap_ms=quantity(0.02, "second")).gap_ms == 20.0
    assert Scale(run_ms=quantity(3.0, "second")).run_ms == 3000.0
    with pytest.raises(ValueError, match="run_ms must be in ms"):
        Scale(run_ms=quantity(3.0, "meter"))
