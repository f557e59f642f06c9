"""Weights at another gain: the same synapses as those that would be found anew."""

from dataclasses import fields, replace

import numpy as np
import pytest

from lsm.reservoir import Reservoir
from lsm.topology import MatrixWiring, NoWiring, PolarityWiring, RandomWiring
from tests.lsm.topology.wired import CHOSEN, PAIRWISE, neurons

MATRIX = MatrixWiring(np.triu(np.full((30, 30), 3.0), 25))
RULES = PAIRWISE | CHOSEN | {"none": NoWiring(), "matrix": MATRIX}


def assert_equal(found, expected):
    for field in fields(expected):
        mine, theirs = getattr(found, field.name), getattr(expected, field.name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("inputs_only", [False, True])
@pytest.mark.parametrize("cv", [0.0, 0.5])
@pytest.mark.parametrize("rule", RULES)
def test_scaled_synapses_are_those_of_the_scaled_rule(rule, cv, inputs_only):
    wiring = RULES[rule]
    if isinstance(wiring, PolarityWiring):
        wiring = replace(wiring, weight_cv=cv)
    reservoir = neurons(30, inhibitory=0 if rule == "matrix" else 8, wiring=wiring)
    found = reservoir.scaled(0.3, inputs_only=inputs_only)
    expected = reservoir.replace(
        inputs=reservoir.inputs.scaled(0.3),
        wiring=wiring if inputs_only else wiring.scaled(0.3),
    )
    assert found == expected
    assert_equal(found.synapses, expected.synapses)
    assert_equal(found.input_synapses(7), expected.input_synapses(7))


def test_pairs_are_found_once_for_all_gains(monkeypatch):
    calls, pairs = [], RandomWiring.pairs
    monkeypatch.setattr(RandomWiring, "pairs", lambda *given: calls.append(1) or pairs(*given))
    reservoir = Reservoir.random(20, random_state=0, wiring=RandomWiring(0.3))
    for gain in (0.5, 2.0):
        assert len(reservoir.scaled(gain).synapses) == len(reservoir.synapses)
    assert len(calls) == 1


def test_a_rule_with_synapses_of_its_own_is_asked_again():
    class Doubled(RandomWiring):
        def connect(self, reservoir):
            synapses = super().connect(reservoir)
            return replace(synapses, weight_pA=synapses.weight_pA * 2)

    reservoir = Reservoir.random(20, random_state=0, wiring=Doubled(0.3))
    weights = reservoir.synapses.weight_pA
    np.testing.assert_array_equal(reservoir.scaled(0.5).synapses.weight_pA, weights / 2)


def test_input_synapses_are_found_once_for_a_number_of_channels():
    reservoir = neurons(10)
    assert reservoir.input_synapses(3) is reservoir.input_synapses(3)
    assert len(reservoir.input_synapses(30)) > len(reservoir.input_synapses(3))
