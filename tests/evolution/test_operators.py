"""Crossover, mutation, selection: what they may change and what they must keep."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from deap import base
from hypothesis import given, settings
from hypothesis import strategies as st

from evolution import GenomeSpace, Individual, Operators, make_toolbox
from evolution.operators import (
    blend,
    breed,
    drift,
    mutate,
    mutation_mixture,
    redraw_configurations,
    redraw_positions,
    rewire,
    select_tournament,
)

BOTH = GenomeSpace(
    8,
    {"t_ref_ms": (0.5, 4.0), "tau_m_ms": (2.0, 200.0)},
    box=(6.0, 6.0),
    scales={"tau_m_ms": "log"},
)
SPACES = {
    encode: replace(BOTH, encode=encode).with_reference(np.random.default_rng(9))
    for encode in ("both", "configurations", "positions")
}
EVERY_KIND = Operators(crossover=1, mutation=1, drift=0.5, rewire=0.5, rekey=0.5)
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)


def changed_neurons(before, after):
    """Neurons with any difference but the key, and neurons with another key."""
    content = np.any(before.parameters != after.parameters, axis=1)
    content |= before.excitatory != after.excitatory
    content |= np.any(before.positions != after.positions, axis=1)
    return np.flatnonzero(content), np.flatnonzero(before.keys != after.keys)


@quick
@given(seeds, st.sampled_from(sorted(SPACES)), st.floats(0, 2))
def test_blend_stays_in_the_space_and_keeps_polarity_and_keys(seed, encode, alpha):
    space, rng = SPACES[encode], np.random.default_rng(seed)
    parents = space.random(rng), space.random(rng)
    for parent, child in zip(parents, blend(*parents, rng, space=space, alpha=alpha), strict=True):
        space.validate(child)
        assert np.array_equal(child.keys, parent.keys)
        assert np.array_equal(child.excitatory, parent.excitatory)


@quick
@given(seeds, st.floats(0, 2))
def test_blend_draws_from_the_extended_interval_of_paired_neurons(seed, alpha):
    space, rng = BOTH, np.random.default_rng(seed)
    parents = space.random(rng), space.random(rng)
    partner = np.random.default_rng(seed)
    _ = space.random(partner), space.random(partner)
    partner = partner.permutation(8)  # the first draw of blend
    children = blend(*parents, rng, space=space, alpha=alpha)

    def genes(genome):
        return np.hstack([space.to_unit(genome.parameters), genome.positions / 6])

    low = np.minimum(genes(parents[0]), genes(parents[1])[partner])
    high = np.maximum(genes(parents[0]), genes(parents[1])[partner])
    reach = alpha * (high - low)
    for child in (genes(children[0]), genes(children[1])[partner]):
        assert np.all(child >= np.clip(low - reach, 0, 1) - 1e-9)
        assert np.all(child <= np.clip(high + reach, 0, 1) + 1e-9)


def test_blend_with_alpha_reaches_beyond_the_parents_but_not_without():
    # Twin parents with distinct neurons: without extension no gene leaves the parents' hull.
    rng = np.random.default_rng(0)
    parent = BOTH.random(rng).copy(positions=rng.uniform(2, 4, (8, 2)))
    inner, _ = blend(parent, parent, rng, space=BOTH, alpha=0)
    outer, _ = blend(parent, parent, rng, space=BOTH, alpha=2)
    assert parent.positions.min() <= inner.positions.min()
    assert outer.positions.min() < parent.positions.min()


@quick
@given(seeds, st.sampled_from(sorted(SPACES)))
def test_every_mutation_stays_in_the_space(seed, encode):
    space, rng = SPACES[encode], np.random.default_rng(seed)
    genome = space.random(rng)
    for _ in range(5):
        mutant = mutate(genome, rng, space=space, operators=EVERY_KIND)
        space.validate(mutant)  # also: what the encoding freezes is the reference's
        assert mutant != genome
        genome = mutant


@quick
@given(seeds, st.floats(0, 1))
def test_a_redraw_changes_at_most_half_and_keeps_two_of_each_polarity(seed, fraction):
    space, rng = replace(BOTH, excitatory_fraction=fraction), np.random.default_rng(seed)
    genome = space.random(rng)
    operators = Operators(rekey=0.5)
    configured = redraw_configurations(genome, rng, space=space, operators=operators)
    moved = redraw_positions(genome, rng, space=space, operators=operators)
    assert np.array_equal(configured.positions, genome.positions)
    assert np.array_equal(moved.parameters, genome.parameters)
    assert np.array_equal(moved.excitatory, genome.excitatory)
    for mutant in (configured, moved):
        space.validate(mutant)
        content, keys = changed_neurons(genome, mutant)
        assert 1 <= len(content) <= 4
        assert set(keys) <= set(content)


def test_a_redraw_takes_every_number_of_neurons_up_to_half():
    rng = np.random.default_rng(0)
    genome = BOTH.random(rng)
    mutants = [redraw_positions(genome, rng, space=BOTH, operators=Operators()) for _ in range(100)]
    assert {len(changed_neurons(genome, mutant)[0]) for mutant in mutants} == {1, 2, 3, 4}


@pytest.mark.parametrize("redraw", [redraw_configurations, redraw_positions])
def test_rekey_decides_whether_the_wiring_changes(redraw):
    rng = np.random.default_rng(0)
    genome = BOTH.random(rng)
    never = redraw(genome, rng, space=BOTH, operators=Operators(rekey=0))
    always = redraw(genome, rng, space=BOTH, operators=Operators(rekey=1))
    assert np.array_equal(never.keys, genome.keys)
    content, keys = changed_neurons(genome, always)
    assert np.array_equal(content, keys)


@quick
@given(seeds)
def test_drift_is_small_and_local_and_keeps_the_wiring(seed):
    rng = np.random.default_rng(seed)
    genome = BOTH.random(rng)
    operators = Operators(drift_step=0.01, local_neurons=2)
    drifted = drift(genome, rng, space=BOTH, operators=operators)
    content, keys = changed_neurons(genome, drifted)
    assert len(content) <= 2
    assert len(keys) == 0
    assert np.array_equal(drifted.excitatory, genome.excitatory)
    steps = BOTH.to_unit(drifted.parameters) - BOTH.to_unit(genome.parameters)
    assert np.abs(steps).max() < 0.06
    assert np.abs(drifted.positions - genome.positions).max() < 0.06 * 6


def test_rewire_changes_a_few_keys_only():
    rng = np.random.default_rng(0)
    genome = BOTH.random(rng)
    content, keys = changed_neurons(
        genome, rewire(genome, rng, space=BOTH, operators=Operators(local_neurons=3))
    )
    assert len(content) == 0
    assert 1 <= len(keys) <= 3


def test_the_mixture_follows_weights_and_encoding():
    assert mutation_mixture(SPACES["both"], Operators()) == {
        "redraw_configurations": 0.5,
        "redraw_positions": 0.5,
    }
    assert mutation_mixture(SPACES["positions"], Operators()) == {"redraw_positions": 1.0}
    local = Operators(redraw_configurations=0, redraw_positions=1, drift=3)
    assert mutation_mixture(SPACES["configurations"], local) == {"drift": 1.0}
    assert mutation_mixture(SPACES["both"], local)["drift"] == 0.75
    with pytest.raises(ValueError, match="no kind of mutation with encode='configurations'"):
        make_toolbox(SPACES["configurations"], Operators(redraw_configurations=0))


def with_fitnesses(values):
    rng = np.random.default_rng(0)
    individuals = [Individual(BOTH.random(rng)) for _ in values]
    for individual, value in zip(individuals, values, strict=True):
        individual.fitness.values = (value,)
    return individuals


def test_tournaments_choose_the_best_of_those_drawn():
    individuals = with_fitnesses(np.arange(50.0))
    rng = np.random.default_rng(0)
    twelve = select_tournament(individuals, 500, rng, size=12)
    assert np.mean([i.fitness.values[0] for i in twelve]) == pytest.approx(49 * 12 / 13, abs=1)
    one = select_tournament(individuals, 500, rng, size=1)
    assert np.mean([i.fitness.values[0] for i in one]) == pytest.approx(24.5, abs=2)


def test_the_toolbox_breeds_and_unchanged_offspring_are_their_parents():
    operators = Operators()
    toolbox = make_toolbox(BOTH, operators)
    assert isinstance(toolbox, base.Toolbox)
    individuals = with_fitnesses(np.arange(20.0))
    rng = np.random.default_rng(0)
    offspring = breed(toolbox, individuals, 2001, rng, operators=operators)
    # Neither crossed (0.2) nor mutated (0.5): a tenth, with their fitness.
    unchanged = [child for child in offspring if child.fitness.valid]
    assert len(unchanged) / 2001 == pytest.approx(0.1, abs=0.03)
    assert all(any(child is parent for parent in individuals) for child in unchanged)
    assert toolbox.best(individuals, 2) == individuals[:-3:-1]


def test_individuals_pickle_with_their_fitness():
    (individual,) = with_fitnesses([0.25])
    again = pickle.loads(pickle.dumps(individual))
    assert again.genome == individual.genome
    assert again.fitness == individual.fitness
    assert again.fitness.valid


@pytest.mark.parametrize(
    "settings_",
    [
        {"crossover": 1.5},
        {"mutation": -0.1},
        {"rekey": np.nan},
        {"tournament": 0},
        {"elites": 0},
        {"alpha": -1},
        {"drift": np.inf},
    ],
)
def test_operators_out_of_range_are_refused(settings_):
    with pytest.raises(ValueError, match=next(iter(settings_))):
        Operators(**settings_)


RICH = replace(
    BOTH, gains={"input": (0.25, 4.0), "delay": (1.0, 8.0), "e": (0.5, 2.0)}, presence=True
)


@quick
@given(seeds, st.sampled_from(["both", "configurations", "positions"]))
def test_operators_keep_gains_and_presence_in_the_space(seed, encode):
    rng = np.random.default_rng(seed)
    space = replace(RICH, encode=encode).with_reference(rng)
    one, two = space.random(rng), space.random(rng)
    for child, parent in zip(blend(one, two, rng, space=space, alpha=0.5), (one, two), strict=True):
        space.validate(child)
        assert np.array_equal(child.present, parent.present)
    for _ in range(5):
        one = mutate(one, rng, space=space, operators=EVERY_KIND)
        space.validate(one)  # also: frozen with the configurations


def test_blend_draws_gains_from_the_extended_interval():
    rng = np.random.default_rng(0)
    one, two = RICH.random(rng), RICH.random(rng)
    low, high = np.sort([RICH.gains_to_unit(g.gains) for g in (one, two)], axis=0)
    reach = 0.5 * (high - low)
    children = [c for _ in range(200) for c in blend(one, two, rng, space=RICH, alpha=0.5)]
    units = np.array([RICH.gains_to_unit(child.gains) for child in children])
    assert (units >= np.clip(low - reach, 0, 1) - 1e-9).all()
    assert (units <= np.clip(high + reach, 0, 1) + 1e-9).all()
    assert ((units < low - 1e-9) | (units > high + 1e-9)).any(axis=0).all()


def test_mutations_move_gains_as_they_move_the_neurons():
    rng = np.random.default_rng(0)
    genome = RICH.random(rng)
    unit = RICH.gains_to_unit(genome.gains)
    small = Operators(drift_step=0.01)
    steps = [
        RICH.gains_to_unit(drift(genome, rng, space=RICH, operators=small).gains) - unit
        for _ in range(300)
    ]
    assert 0 < np.abs(steps).max() < 0.06
    redrawn = [redraw_configurations(genome, rng, space=RICH, operators=small) for _ in range(300)]
    changed = np.array([mutant.gains != genome.gains for mutant in redrawn])
    assert set(changed.sum(axis=1)) == {1}  # up to half of three
    assert changed.any(axis=0).all()
    for local in (rewire, redraw_positions):
        mutant = local(genome, rng, space=RICH, operators=small)
        assert np.array_equal(mutant.gains, genome.gains)


def test_neurons_come_and_go_where_they_are_redrawn_or_rewired():
    rng = np.random.default_rng(0)
    genome = RICH.random(rng)
    for mutation, most in ((redraw_configurations, 4), (rewire, 3)):
        mutants = [mutation(genome, rng, space=RICH, operators=Operators()) for _ in range(300)]
        came = [int((m.present & ~genome.present).sum()) for m in mutants]
        went = [int((~m.present & genome.present).sum()) for m in mutants]
        assert max(came) >= 1
        assert max(went) >= 1
        assert np.mean([c + w == 0 for c, w in zip(came, went, strict=True)]) > 0.05
        assert max(went) <= most
    for still in (drift, redraw_positions):
        mutant = still(genome, rng, space=RICH, operators=Operators())
        assert np.array_equal(mutant.present, genome.present)
