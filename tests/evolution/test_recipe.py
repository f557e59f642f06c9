"""Recipes: what a genome becomes, and the published numbers."""

import json
from math import sqrt

import numpy as np
import pytest

from evolution import ENCODINGS, RECIPES, Recipe
from lsm import LIF, LIF_ALPHA, DistanceWiring, NoWiring, simulate
from lsm.topology import side_for
from tests.lsm.liquids import samples

PAPER = RECIPES["paper"]


def genome_of(recipe, n=20, *, seed=0):
    return recipe.space(n).random(np.random.default_rng(seed))


@pytest.mark.parametrize("name", RECIPES)
def test_a_reservoir_has_every_array_of_its_genome(name):
    recipe = RECIPES[name]
    genome = genome_of(recipe)
    reservoir = recipe.reservoir(genome)
    np.testing.assert_array_equal(reservoir.excitatory, genome.excitatory)
    np.testing.assert_array_equal(reservoir.positions, genome.positions)
    np.testing.assert_array_equal(reservoir.keys, genome.keys)
    for column, parameter in enumerate(recipe.ranges):
        np.testing.assert_array_equal(reservoir.parameters[parameter], genome.parameters[:, column])
    for parameter, value in recipe.parameters.items():
        assert (reservoir.parameters[parameter] == value).all()
    assert (reservoir.model, reservoir.wiring, reservoir.inputs) == (
        recipe.model,
        recipe.wiring,
        recipe.inputs,
    )
    assert reservoir == recipe.reservoir(genome)
    assert len(reservoir.synapses) > 0


@pytest.mark.parametrize("name", RECIPES)
def test_the_ends_of_every_range_are_allowed(name):
    recipe = RECIPES[name]
    genome, n = genome_of(recipe, 300), 300
    for bound in (0, 1):
        ends = [bounds[bound] for bounds in recipe.ranges.values()]
        corner = np.full((n, 2), bound * recipe.space(n).box[0])
        changed = genome.copy(parameters=np.tile(ends, (n, 1)), positions=corner)
        assert recipe.reservoir(changed).n_neurons == n


@pytest.mark.parametrize("name", RECIPES)
def test_describes_itself_as_json(name):
    described = RECIPES[name].describe()
    assert json.loads(json.dumps(described)) == {
        **described,
        **{
            part: {k: list(v) if isinstance(v, tuple) else v for k, v in described[part].items()}
            for part in ("wiring", "inputs")
        },
    }
    others = [recipe.describe() for other, recipe in RECIPES.items() if other != name]
    assert described not in others


def test_the_description_tells_recipes_apart():
    changed = {
        "model": LIF_ALPHA,
        "ranges": {"t_ref_ms": (0.5, 5.0)},
        "scales": {"t_ref_ms": "log"},
        "parameters": {"tau_syn_ms": 3.0},
        "wiring": DistanceWiring(length=1.0),
    }
    plain = {"ranges": {"t_ref_ms": (0.5, 4.0)}}
    described = Recipe(**plain).describe()
    for name, value in changed.items():
        other = Recipe(**{**plain, name: value}).describe()
        assert {key for key in described if described[key] != other[key]} == {name}
    assert Recipe(**plain, wiring=NoWiring()).describe()["wiring"] == {"rule": "NoWiring"}


def test_the_papers_recipe_has_the_papers_numbers():
    # shared by its authors' code and the paper: Math. Comput. Appl. 31(2):65, 2026.
    assert PAPER.model is LIF_ALPHA
    assert PAPER.ranges == {
        "t_ref_ms": (0.5, 4.0),
        "tau_m_ms": (6.0, 14.0),
        "v_threshold_mV": (-69.0, -10.0),
    }
    reservoir = PAPER.reservoir(genome_of(PAPER))
    constant = {name: set(values) for name, values in reservoir.parameters.items()}
    assert {name: constant[name] for name in constant.keys() - PAPER.ranges.keys()} == {
        "tau_syn_ms": {2.0},
        "v_rest_mV": {-70.0},
        "v_reset_mV": {-70.0},
        "c_m_pF": {250.0},
        "i_background_pA": {100.0},
        "noise_pA": {10.0},
    }
    wiring, inputs, operators = PAPER.wiring, PAPER.inputs, PAPER.operators
    assert wiring.probability == (1, 1, 1, 0)
    assert wiring.weight_pA[:3] == (50, 50, -100)
    assert (wiring.delay_ms, wiring.weight_falls) == ((1, 1, 1, 1), True)
    assert wiring.length == sqrt(2)  # exp(-d^2 / 2)
    assert (inputs.fraction, inputs.weight_pA, inputs.weight_sd_pA) == (0.5, 50, 2)
    assert (operators.crossover, operators.mutation, operators.tournament) == (0.8, 0.5, 12)
    assert (operators.elites, operators.alpha) == (2, 0.5)
    assert operators.redraw_configurations == operators.redraw_positions == 0.5
    assert operators.drift == operators.rewire == 0


def test_space_is_the_papers_square_and_grows_with_the_neurons():
    assert PAPER.space(20).box == (6, 6)
    assert PAPER.space(80).box == (side_for(80), side_for(80))


@pytest.mark.parametrize("encode", ENCODINGS)
def test_space_evolves_what_is_asked(encode):
    assert RECIPES["driven"].space(20, encode=encode).encode == encode


def test_driven_liquids_speak_where_the_papers_whisper():
    assert RECIPES["driven"].model is LIF
    assert RECIPES["driven"].inputs.weight_pA > PAPER.inputs.weight_pA
    assert not (
        RECIPES["driven"].reservoir(genome_of(RECIPES["driven"])).parameters["noise_pA"]
    ).any()


def test_weights_are_scaled_to_the_input_where_a_rate_is_asked_for():
    recipe = RECIPES["varied"]
    genome = recipe.space(40).random(np.random.default_rng(0))
    spikes = samples(0, [60] * 12, n_channels=2, rate_per_ms=0.02)
    found = recipe.calibrated(spikes, genome=genome)
    assert found.inputs.fraction == 1.0  # two channels reach every excitatory neuron
    reservoir = found.reservoir(genome)
    counts = simulate(reservoir, spikes, state="excitatory")
    rate = counts.mean() / 0.06
    assert 40 <= rate < 48  # an eighth of an octave more at most, give or take its steepness
    assert recipe.calibrated(spikes, genome=genome) == found
    assert RECIPES["speech"].calibrated(spikes, genome=genome) is RECIPES["speech"]
