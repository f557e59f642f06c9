"""Ablations of an evolved liquid: each spoils one part and keeps the rest."""

import numpy as np
import pytest

from evolution import RECIPES
from evolution.ablations import ABLATIONS, ablations
from lsm import NoWiring
from tasks import make_task
from tests.evolution.judges import judge_of

TASK = make_task("PR4", random_state=0, samples_per_class=40)
RECIPE = RECIPES["driven"]
RESERVOIRS = [RECIPE.reservoir(RECIPE.space(8).random(np.random.default_rng(0)))]


def judge():
    return judge_of(TASK)


def parts(reservoir):
    """What an ablation may change, and what none may."""
    return {
        "wiring": reservoir.wiring,
        "positions": reservoir.positions.tolist(),
        "keys": reservoir.keys.tolist(),
        "parameters": {name: v.tolist() for name, v in reservoir.parameters.items()},
        "excitatory": reservoir.excitatory.tolist(),
        "rest": (reservoir.inputs, reservoir.model, reservoir.side, reservoir.seed),
    }


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("recurrence_cut", "wiring"),
        ("positions_permuted", "positions"),
        ("keys_redrawn", "keys"),
        ("parameters_permuted", "parameters"),
    ],
)
def test_an_ablation_changes_one_thing_and_keeps_the_rest(name, changed):
    whole = RESERVOIRS[0]
    before, after = parts(whole), parts(ABLATIONS[name](whole, np.random.default_rng(0)))
    assert {part for part in before if before[part] != after[part]} == {changed}
    assert after == parts(ABLATIONS[name](whole, np.random.default_rng(0)))


def test_cutting_the_recurrence_leaves_the_inputs():
    cut = ABLATIONS["recurrence_cut"](RESERVOIRS[0], np.random.default_rng(0))
    assert cut.wiring == NoWiring()
    assert len(cut.synapses) == 0 < len(RESERVOIRS[0].synapses)
    given, kept = (r.input_synapses(8) for r in (RESERVOIRS[0], cut))
    np.testing.assert_array_equal(given.weight_pA, kept.weight_pA)
    assert len(kept) > 0


def test_permuted_positions_are_the_same_places():
    moved = ABLATIONS["positions_permuted"](RESERVOIRS[0], np.random.default_rng(0))
    assert sorted(moved.positions.tolist()) == sorted(RESERVOIRS[0].positions.tolist())


def test_permuted_parameters_stay_together():
    whole = RESERVOIRS[0]
    moved = ABLATIONS["parameters_permuted"](whole, np.random.default_rng(0))
    rows = [sorted(zip(*r.parameters.values(), strict=True)) for r in (whole, moved)]
    assert rows[0] == rows[1]


def test_redrawn_keys_are_all_new():
    redrawn = ABLATIONS["keys_redrawn"](RESERVOIRS[0], np.random.default_rng(0))
    assert not set(redrawn.keys.tolist()) & set(RESERVOIRS[0].keys.tolist())
    assert len(set(redrawn.keys.tolist())) == 8


def test_ablations_report_mean_and_deviation_over_draws():
    result = ablations(judge(), RESERVOIRS[0], rng=np.random.default_rng(0), draws=2)
    assert set(result) == set(ABLATIONS)
    cut = RESERVOIRS[0].replace(wiring=NoWiring())
    assert result["recurrence_cut"] == {"mean": judge().test([cut])[0], "std": 0.0}
    rng = np.random.default_rng(0)
    drawn = [ABLATIONS["positions_permuted"](RESERVOIRS[0], rng) for _ in range(2)]
    scores = judge().test(drawn)
    assert result["positions_permuted"] == {"mean": scores.mean(), "std": scores.std()}
    assert result == ablations(judge(), RESERVOIRS[0], rng=np.random.default_rng(0), draws=2)
