"""Recipes: what a genome becomes, and the published numbers."""

import json
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from evolution import ENCODINGS, GAINS, RECIPES, Recipe
from lsm import (
    LIF,
    LIF_ALPHA,
    DistanceWiring,
    InputWiring,
    NeuronModel,
    NoWiring,
    UniformDelays,
    simulate,
)
from lsm.neurons import IZHIKEVICH, LIF_ADAPTIVE, MODELS, cortical_draw
from lsm.topology import side_for
from tests.lsm.liquids import samples

PAPER = RECIPES["paper"]


def genome_of(recipe, n=20, *, seed=0):
    return recipe.space(n).random(np.random.default_rng(seed))


@pytest.mark.parametrize("name", RECIPES)
def test_a_reservoir_has_every_array_of_its_genome(name):
    recipe = RECIPES[name]
    genome = genome_of(recipe).copy(gains=None)  # which would multiply some
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


@pytest.mark.parametrize("name", ["varied", "adaptive", "izhikevich"])
def test_weights_are_scaled_to_the_input_where_a_rate_is_asked_for(name):
    recipe = RECIPES[name]
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


@pytest.mark.parametrize("name", MODELS)
def test_a_model_evolves_in_its_own_ranges_if_none_are_given(name):
    recipe = Recipe(model=MODELS[name])
    assert recipe.ranges == MODELS[name].ranges
    reservoir = recipe.reservoir(genome_of(recipe))
    for parameter, (low, high) in MODELS[name].ranges.items():
        values = reservoir.parameters[parameter]
        assert low <= values.min() < values.max() <= high


def test_time_constants_are_genes():
    taus = {"tau_m_ms", "tau_syn_ms", "tau_w_ms"}
    adaptive, cortical = RECIPES["adaptive"], RECIPES["izhikevich"]
    assert adaptive.model is LIF_ADAPTIVE
    assert taus | {"w_jump_pA", "t_ref_ms", "v_threshold_mV"} == set(adaptive.ranges)
    assert {name for name, scale in adaptive.scales.items() if scale == "log"} == taus
    assert cortical.model is IZHIKEVICH
    assert set(cortical.ranges) == set(IZHIKEVICH.ranges) | {"tau_syn_ms"}


def test_cortical_neurons_lie_in_the_ranges_of_the_recipe():
    rng = np.random.default_rng(0)
    for name, values in cortical_draw(rng.random(1000) < 0.8, rng).items():
        low, high = RECIPES["izhikevich"].ranges[name]
        assert low <= values.min() <= values.max() <= high


MINE = NeuronModel.from_equations(
    "mine",
    "dv/dt = (-v + R*I)/tau : volt\ndI/dt = -I/tau_s : amp",
    parameters={"tau": (20, "ms"), "tau_s": (5, "ms"), "R": (40, "Mohm"), "theta": (10, "mV")},
    threshold="v > theta",
    reset="v = 0*mV",
)


def test_a_model_of_ones_own_evolves_like_any_other():
    ranges = {"tau_ms": (5.0, 50.0), "theta_mV": (1.0, 10.0)}
    recipe = Recipe(ranges, model=MINE, scales={"tau_ms": "log"}, gains=GAINS)
    reservoir = recipe.reservoir(genome_of(recipe))
    assert reservoir.model is MINE
    assert len(np.unique(reservoir.parameters["tau_ms"])) == 20
    # A recipe of other equations is another one, whatever the model is called.
    other = replace(
        recipe,
        model=NeuronModel.from_equations(
            "mine",
            "dv/dt = -v/tau + R*I/tau_s : volt\ndI/dt = -I/tau_s : amp",
            parameters={
                "tau": (20, "ms"),
                "tau_s": (5, "ms"),
                "R": (40, "Mohm"),
                "theta": (10, "mV"),
            },
            threshold="v > theta",
            reset="v = 0*mV",
        ),
    )
    assert other.describe()["model"] != recipe.describe()["model"]
    with pytest.raises(ValueError, match="ranges must be given: neuron model 'mine' has none"):
        Recipe(model=MINE)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ranges": {"tau_ms": (1, 2)}}, "neuron model 'lif' has no parameter 'tau_ms'; it has"),
        ({"ranges": {"tau_mem_ms": (1, 2)}}, "; did you mean 'tau_m_ms'?"),
        ({"ranges": {"tau_m_ms": 5.0}}, r"range of 'tau_m_ms' must be \(low, high\), got 5.0"),
        ({"parameters": {"d_pA": 1.0}}, "neuron model 'lif' has no parameter 'd_pA'"),
        (
            {"gains": {"inputs": (0.5, 2)}},
            "gains must be of recurrent_excitatory, .*; got 'inputs'",
        ),
        ({"gains": GAINS, "wiring": NoWiring()}, "need a wiring by polarity, got NoWiring"),
    ],
)
def test_malformed_recipes_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**options)
    assert Recipe(gains={"input": (0.5, 2)}, wiring=NoWiring()).gains  # inputs need no polarity


def test_gains_multiply_weights_and_delays():
    wiring = DistanceWiring(
        weight_pA=(10, 20, -30, -40), delay_ms=(1, 2, 3, 4), velocity=2.0, weight_cv=0.5
    )
    plain = Recipe(wiring=wiring)
    recipe = replace(plain, gains=GAINS)
    genome = genome_of(plain, 40)
    gains = dict(zip(GAINS, (2.0, 0.5, 3.0, 4.0), strict=True))
    one = plain.reservoir(genome)
    other = recipe.reservoir(genome.copy(gains=list(gains.values())))
    e = one.excitatory[one.synapses.source]
    factor = np.where(e, gains["recurrent_excitatory"], gains["recurrent_inhibitory"])
    assert 0 < e.sum() < len(e)
    assert np.array_equal(one.synapses.target, other.synapses.target)
    np.testing.assert_allclose(other.synapses.weight_pA, factor * one.synapses.weight_pA)
    np.testing.assert_allclose(other.synapses.delay_ms, gains["delay"] * one.synapses.delay_ms)
    inputs = [r.input_synapses(5).weight_pA for r in (one, other)]
    np.testing.assert_allclose(inputs[1], gains["input"] * inputs[0])
    assert recipe.reservoir(genome) == one  # without gains all are 1
    only = replace(plain, gains={"input": GAINS["input"]})
    louder = only.reservoir(genome.copy(gains=[3.0]))
    assert np.array_equal(louder.synapses.weight_pA, one.synapses.weight_pA)
    np.testing.assert_allclose(louder.input_synapses(5).weight_pA, 3 * inputs[0])


def test_a_gain_by_the_name_of_a_gene_multiplies_it_in_all_neurons():
    plain = RECIPES["driven"]
    recipe = replace(plain, gains={"tau_m_ms": (0.1, 10.0)})
    genome = genome_of(plain, 40)
    one, other = plain.reservoir(genome), recipe.reservoir(genome.copy(gains=[2.5]))
    for name, values in one.parameters.items():
        factor = 2.5 if name == "tau_m_ms" else 1.0
        np.testing.assert_array_equal(other.parameters[name], factor * values)
    assert (other.wiring, other.inputs) == (one.wiring, one.inputs)


def test_delays_are_the_neurons_own_and_grow_with_their_gain():
    recipe = RECIPES["delays"]
    genome = genome_of(recipe, 40)
    gains = dict.fromkeys(recipe.gains, 1.0)

    def delays_of(genome, delay):
        genome = genome.copy(gains=list((gains | {"delay": delay}).values()))
        synapses = recipe.reservoir(genome).synapses
        keys = genome.keys[synapses.source].tolist()
        by_key = dict(zip(keys, synapses.delay_ms, strict=True))
        assert [by_key[key] for key in keys] == synapses.delay_ms.tolist()  # one a neuron
        return by_key

    one = delays_of(genome, 1.0)
    assert len(set(one.values())) == len(one)
    assert 14 <= min(one.values()) < max(one.values()) <= 28
    for key, delay in delays_of(genome, 5.0).items():
        assert delay == pytest.approx(5 * one[key])
    turned = genome.copy(
        **{name: array[::-1] for name, array in genome.to_arrays().items() if name != "gains"}
    )
    assert delays_of(turned, 1.0) == one


def test_of_evolved_delays_longer_than_samples_nothing_is_said(recwarn):
    recipe = RECIPES["delays"]
    genome = genome_of(recipe)
    late = genome.copy(gains=[high for _, high in recipe.gains.values()])
    simulate([recipe.reservoir(late)], samples(0, [60] * 3, n_channels=2, rate_per_ms=0.1))
    assert not recwarn.list


def test_a_calibration_knows_nothing_of_the_genomes_gains():
    recipe = replace(RECIPES["varied"], gains=GAINS)
    spikes = samples(0, [60] * 12, n_channels=2, rate_per_ms=0.02)
    genome = genome_of(recipe, 40)
    louder = genome.copy(gains=genome.gains * 0.9)
    assert recipe.calibrated(spikes, genome=genome) == recipe.calibrated(spikes, genome=louder)


def test_absent_neurons_are_none_of_the_reservoirs():
    recipe = RECIPES["driven"]
    genome = replace(recipe.space(20), presence=True).random(np.random.default_rng(1))
    assert 4 <= genome.present.sum() < 20
    whole = recipe.reservoir(genome.copy(present=None))
    part = recipe.reservoir(genome)
    assert part.n_neurons == genome.present.sum()
    assert part.side == whole.side
    np.testing.assert_array_equal(part.keys, whole.keys[genome.present])
    # Synapses are those of the whole among neurons that are present.
    number = np.cumsum(genome.present) - 1
    kept = genome.present[whole.synapses.source] & genome.present[whole.synapses.target]
    for end in ("source", "target"):
        expected = number[getattr(whole.synapses, end)[kept]]
        np.testing.assert_array_equal(getattr(part.synapses, end), expected)


def test_three_dimensions_keep_the_in_degree():
    recipe = RECIPES["driven"]
    degrees = []
    for dimensions in (2, 3):
        space = recipe.space(300, dimensions=dimensions)
        assert space.box == (side_for(300, dimensions=dimensions),) * dimensions
        reservoir = recipe.reservoir(space.random(np.random.default_rng(0)))
        assert reservoir.positions.shape == (300, dimensions)
        assert reservoir.side == space.box[0]
        degrees.append(len(reservoir.synapses) / 300)
    assert degrees[1] == pytest.approx(degrees[0], rel=0.2)


def test_a_gain_of_delays_scales_a_rule():
    wiring = DistanceWiring(delay_ms=UniformDelays(2, 10))
    recipe = replace(RECIPES["driven"], wiring=wiring, gains={"delay": (1.0, 8.0)})
    genome = recipe.space(20).random(np.random.default_rng(0))
    gain = genome.gains[0]
    assert recipe.reservoir(genome).wiring.delay_ms == UniformDelays(2 * gain, 10 * gain)


def test_a_recipe_with_rules_of_delays_is_described_in_json():
    recipe = replace(RECIPES["driven"], inputs=InputWiring(delay_ms=UniformDelays(1, 2)))
    described = json.loads(json.dumps(recipe.describe()))
    assert described["inputs"]["delay_ms"]["rule"] == "UniformDelays"
