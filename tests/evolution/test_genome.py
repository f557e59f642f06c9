"""Genome and GenomeSpace: drawing, clamping, validation, and what an encoding freezes."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolution import Genome, GenomeSpace
from evolution.repair import repair_polarity, repair_presence

SPACE = GenomeSpace(
    8,
    {"t_ref_ms": (0.5, 4.0), "tau_m_ms": (2.0, 200.0), "v_threshold_mV": (-69.0, -10.0)},
    box=(6.0, 3.0),
    scales={"tau_m_ms": "log"},
)
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)


@st.composite
def spaces(draw):
    n_parameters = draw(st.integers(1, 4))
    ranges, scales = {}, {}
    for i in range(n_parameters):
        scales[f"p{i}"] = draw(st.sampled_from(["linear", "log"]))
        low = draw(st.floats(1e-3 if scales[f"p{i}"] == "log" else -100, 100))
        ranges[f"p{i}"] = (low, low + draw(st.sampled_from([0.0, 1e-9, 0.3, 7.0, 1e4])))
    return GenomeSpace(
        draw(st.integers(4, 12)),
        ranges,
        box=tuple(draw(st.lists(st.floats(0.1, 100), min_size=1, max_size=3))),
        scales=scales,
        excitatory_fraction=draw(st.floats(0, 1)),
        encode="both",
    )


@quick
@given(spaces(), seeds)
def test_a_random_genome_is_valid(space, seed):
    genome = space.random(np.random.default_rng(seed))
    space.validate(genome)
    assert min(genome.excitatory.sum(), (~genome.excitatory).sum()) >= 2
    assert space.clamp(genome) == genome
    assert genome == space.random(np.random.default_rng(seed))


@quick
@given(spaces(), seeds)
def test_unit_coordinates_return(space, seed):
    genome = space.random(np.random.default_rng(seed))
    unit = space.to_unit(genome.parameters)
    assert unit.min() >= -1e-6
    assert unit.max() <= 1 + 1e-6
    np.testing.assert_allclose(space.from_unit(unit), genome.parameters, rtol=1e-9)


@quick
@given(seeds, st.floats(1, 1e6))
def test_clamping_leads_into_the_space(seed, scale):
    rng = np.random.default_rng(seed)
    genome = SPACE.random(rng)
    wild = genome.copy(
        parameters=rng.normal(0, scale, genome.parameters.shape),
        positions=rng.normal(0, scale, genome.positions.shape),
    )
    clamped = SPACE.clamp(wild)
    SPACE.validate(clamped)
    inside = (wild.positions >= 0) & (wild.positions <= SPACE.box)
    assert np.array_equal(clamped.positions[inside], wild.positions[inside])


def test_a_log_scale_is_drawn_in_the_logarithm():
    rng = np.random.default_rng(0)
    drawn = SPACE.random_parameters(rng, 20_000)
    # Half below the geometric mean, 20, of 2..200; below the middle, 2.25, of 0.5..4.
    np.testing.assert_allclose(np.mean(drawn[:, 1] < 20), 0.5, atol=0.02)
    np.testing.assert_allclose(np.mean(drawn[:, 0] < 2.25), 0.5, atol=0.02)


def test_excitatory_fraction_and_uniform_positions():
    rng = np.random.default_rng(1)
    assert SPACE.random_polarity(rng, 20_000).mean() == pytest.approx(0.8, abs=0.02)
    positions = SPACE.random_positions(rng, 20_000)
    np.testing.assert_allclose(positions.mean(axis=0), [3.0, 1.5], atol=0.05)


def test_repair_flips_no_more_than_needed():
    rng = np.random.default_rng(0)
    repaired = repair_polarity(np.ones(6, dtype=bool), rng)
    assert repaired.sum() == 4
    fine = np.array([True, True, False, False])
    assert np.array_equal(repair_polarity(fine, rng), fine)


def test_genomes_compare_copy_pickle_and_convert():
    genome = SPACE.random(np.random.default_rng(0))
    moved = genome.copy(positions=genome.positions + 0.5)
    assert genome != moved
    assert genome != "a genome"
    assert moved.keys is not genome.keys
    for same in (genome.copy(), pickle.loads(pickle.dumps(genome))):
        assert same == genome
        assert same.digest() == genome.digest() != moved.digest()
        with pytest.raises(ValueError, match="read-only"):
            same.positions[0] = 0
    assert Genome.from_arrays(genome.to_arrays()) == genome
    assert len(genome) == 8


def test_the_constructor_does_not_hold_on_to_the_callers_arrays():
    arrays = {
        name: a.copy() for name, a in SPACE.random(np.random.default_rng(0)).to_arrays().items()
    }
    genome = Genome(**arrays)
    arrays["positions"][:] = -1
    assert genome.positions.min() >= 0


def test_malformed_genomes_are_refused():
    arrays = SPACE.random(np.random.default_rng(0)).to_arrays()
    with pytest.raises(ValueError, match=r"one row for each neuron.*'keys': 3"):
        Genome(**{**arrays, "keys": np.arange(3, dtype=np.uint64)})
    with pytest.raises(ValueError, match="excitatory must be an array of bool"):
        Genome(**{**arrays, "excitatory": np.ones(8)})
    with pytest.raises(ValueError, match="keys must be an array of uint64"):
        Genome(**{**arrays, "keys": np.arange(8)})
    with pytest.raises(ValueError, match=r"parameters must be .* 2 dimension"):
        Genome(**{**arrays, "parameters": np.ones(8)})
    with pytest.raises(ValueError, match="arrays must be named"):
        Genome.from_arrays({"keys": arrays["keys"]})


def test_validate_names_the_neuron_and_the_value():
    genome = SPACE.random(np.random.default_rng(0))
    parameters, positions = genome.parameters.copy(), genome.positions.copy()
    parameters[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"'tau_m_ms' of neuron 2 must lie in 2..200, got nan"):
        SPACE.validate(genome.copy(parameters=parameters))
    positions[3, 1] = 3.5
    with pytest.raises(
        ValueError, match=r"position on axis 1 of neuron 3 must lie in 0..3, got 3.5"
    ):
        SPACE.validate(genome.copy(positions=positions))
    with pytest.raises(ValueError, match="at least 2 neurons of each polarity, got 8 of 8"):
        SPACE.validate(genome.copy(excitatory=np.ones(8, dtype=bool)))
    with pytest.raises(ValueError, match=r"parameters must be \(8, 3\), got \(9, 3\)"):
        SPACE.validate(replace(SPACE, n_neurons=9).random(np.random.default_rng(0)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_neurons": 3}, "n_neurons must be at least 4"),
        ({"ranges": {"a": (2, 1)}, "scales": {}}, "low <= high"),
        ({"ranges": {"a": (0, np.nan)}, "scales": {}}, "low <= high"),
        ({"ranges": {"a": (0, 1)}, "scales": {"a": "log"}}, "low must be > 0"),
        ({"scales": {"tau_m_ms": "cubic"}}, "'linear' or 'log', got 'cubic'"),
        ({"scales": {"tau": "log"}}, r"without a range: \['tau'\]"),
        ({"box": ()}, "positive length"),
        ({"box": (6, -1)}, "positive length"),
        ({"excitatory_fraction": 1.2}, "excitatory_fraction"),
        ({"encode": "position"}, "encode must be one of .*'positions'.*got 'position'"),
    ],
)
def test_malformed_spaces_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(SPACE, **changes)


def test_a_frozen_encoding_needs_its_reference_and_keeps_it():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="needs a reference"):
        replace(SPACE, encode="positions").random(rng)

    space = replace(SPACE, encode="configurations").with_reference(rng)
    one, two = space.random(rng), space.random(rng)
    assert np.array_equal(one.positions, two.positions)
    assert not np.array_equal(one.parameters, two.parameters)
    with pytest.raises(ValueError, match="positions must be those of the reference"):
        space.validate(SPACE.random(rng))

    space = replace(SPACE, encode="positions").with_reference(rng)
    one, two = space.random(rng), space.random(rng)
    assert np.array_equal(one.parameters, two.parameters)
    assert np.array_equal(one.excitatory, two.excitatory)
    assert not np.array_equal(one.positions, two.positions)
    assert not np.array_equal(one.keys, two.keys)
    assert space.with_reference(rng) is space


def test_a_reference_outside_the_space_is_refused():
    other = replace(SPACE, box=(60.0, 30.0)).random(np.random.default_rng(0))
    with pytest.raises(ValueError, match="position on axis"):
        replace(SPACE, reference=other)


def test_spaces_compare_and_pickle():
    space = replace(SPACE, encode="positions").with_reference(np.random.default_rng(0))
    assert pickle.loads(pickle.dumps(space)) == space
    assert space != SPACE


RICH = replace(SPACE, gains={"input": (0.5, 2.0), "delay": (1.0, 8.0)}, presence=True)


@quick
@given(seeds)
def test_gains_and_presence_are_drawn_after_all_else(seed):
    plain = SPACE.random(np.random.default_rng(seed))
    rich = RICH.random(np.random.default_rng(seed))
    RICH.validate(rich)
    assert rich.copy(gains=None, present=None) == plain
    assert RICH.clamp(rich) == rich
    np.testing.assert_allclose(RICH.gains_from_unit(RICH.gains_to_unit(rich.gains)), rich.gains)


def test_gains_are_drawn_in_the_logarithm_and_neurons_in_any_number():
    drawn = [RICH.random(np.random.default_rng(seed)) for seed in range(2000)]
    gains = np.stack([genome.gains for genome in drawn])
    np.testing.assert_allclose(np.mean(gains < [1.0, 8**0.5], axis=0), 0.5, atol=0.04)
    assert {genome.present.sum() for genome in drawn} == {4, 5, 6, 7, 8}
    # As likely each, but where two of a polarity had to come back.
    forty = [replace(RICH, n_neurons=40).random(np.random.default_rng(seed)) for seed in range(900)]
    present = np.array([genome.present.sum() for genome in forty])
    for number in (16, 24, 32):
        assert np.mean(present >= number) == pytest.approx((41 - number) / 41, abs=0.06)


def test_genomes_with_gains_and_presence_compare_copy_pickle_and_convert():
    genome = RICH.random(np.random.default_rng(0))
    for same in (genome.copy(), pickle.loads(pickle.dumps(genome))):
        assert same == genome
        assert same.digest() == genome.digest()
    assert Genome.from_arrays(genome.to_arrays()) == genome
    for other in (
        genome.copy(gains=None),
        genome.copy(present=None),
        genome.copy(gains=genome.gains * 1.1),
        genome.copy(present=np.ones(8, dtype=bool)),
    ):
        assert other != genome
        assert other.digest() != genome.digest()
    with pytest.raises(ValueError, match=r"one row for each neuron.*'present': 3"):
        genome.copy(present=np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match=r"gains must be .* 1 dimension"):
        genome.copy(gains=np.ones((2, 2)))


def test_clamping_leads_gains_into_their_ranges():
    genome = RICH.random(np.random.default_rng(0)).copy(gains=[0.1, 100.0])
    assert RICH.clamp(genome).gains.tolist() == [0.5, 8.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gains": [1.0, 9.0]}, r"gain 'delay' must lie in 1..8, got 9"),
        ({"gains": [1.0, np.nan]}, r"gain 'delay' must lie in 1..8, got nan"),
        ({"gains": [1.0]}, r"gains must be \['input', 'delay'\], got \[1.\]"),
        ({"present": np.zeros(8, dtype=bool)}, "present must leave at least 2 neurons of each"),
    ],
)
def test_validate_names_the_gain_and_what_must_be_present(changes, message):
    genome = RICH.random(np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        RICH.validate(genome.copy(**changes))
    RICH.validate(genome.copy(gains=None, present=None))  # all are 1, and all present
    with pytest.raises(ValueError, match="present must be None"):
        replace(RICH, presence=False).validate(genome)


@pytest.mark.parametrize("bounds", [(0, 1), (2, 1), (1, np.inf), (np.nan, 1)])
def test_malformed_gains_are_refused(bounds):
    with pytest.raises(ValueError, match=r"gains\['input'\] must be 0 < low <= high"):
        replace(SPACE, gains={"input": bounds})


def test_gains_and_presence_are_part_of_the_configuration():
    space = replace(RICH, encode="positions").with_reference(np.random.default_rng(0))
    one, two = (space.random(np.random.default_rng(seed)) for seed in (1, 2))
    assert np.array_equal(one.gains, two.gains)
    assert np.array_equal(one.present, two.present)
    space = replace(RICH, encode="configurations").with_reference(np.random.default_rng(0))
    one, two = (space.random(np.random.default_rng(seed)) for seed in (1, 2))
    assert not np.array_equal(one.gains, two.gains)


@quick
@given(seeds)
def test_repairing_presence_adds_no_more_than_needed(seed):
    rng = np.random.default_rng(seed)
    excitatory = repair_polarity(rng.random(8) < rng.random(), rng)
    present = rng.random(8) < rng.random()
    repaired = repair_presence(present, excitatory, rng)
    assert repaired[present].all()
    for polarity in (True, False):
        before, after = (np.sum(p & (excitatory == polarity)) for p in (present, repaired))
        assert after == max(before, 2)
