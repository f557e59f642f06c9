"""Wiring: a hash that looks random, the probabilities and weights asked for, and heredity."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import erf

from lsm.reservoir import Reservoir
from lsm.topology import (
    DistanceWiring,
    InputWiring,
    NoWiring,
    mix,
    side_for,
    uniform,
    uniform_positions,
)

DRAWS = 40_000


def placed(positions, *, excitatory=None, keys=None, seed=0, **changes):
    """A reservoir with neurons at these positions, in a space of side 100."""
    n = len(positions)
    rng = np.random.default_rng(seed)
    return Reservoir.random(n, random_state=rng).replace(
        positions=positions,
        side=100.0,
        excitatory=np.ones(n, dtype=bool) if excitatory is None else np.array(excitatory),
        keys=rng.integers(2**63, size=n) if keys is None else keys,
        **changes,
    )


def edges(synapses, names):
    """Weight and delay by the names of source and target."""
    fields = (synapses.source, synapses.target, synapses.weight_pA, synapses.delay_ms)
    return {(names[i], names[j]): (w, d) for i, j, w, d in zip(*fields, strict=True)}


@pytest.mark.parametrize(
    "keys",
    [
        np.arange(DRAWS),
        np.arange(DRAWS) << 40,
        np.random.default_rng(0).integers(2**63, size=DRAWS),
    ],
    ids=["sequence", "high bits", "random"],
)
def test_hash_is_uniform_and_independent(keys):
    u = uniform(7, keys, 3)
    assert 0 < u.min() < 1e-3
    assert 0 < 1 - u.max() < 1e-3
    assert abs(u.mean() - 1 / 2) < 4 * np.sqrt(1 / 12 / DRAWS)
    assert u.var() == pytest.approx(1 / 12, rel=0.02)
    counts = np.histogram(u, bins=400, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3
    # Of its neighbour in the sequence, of the pair turned round, and of another stream.
    for other in (np.roll(u, 1), uniform(7, 3, keys), uniform(8, keys, 3), uniform(7, keys, 4)):
        assert abs(np.corrcoef(u, other)[0, 1]) < 4 / np.sqrt(DRAWS)
        pairs = np.histogram2d(u, other, bins=16, range=[(0, 1), (0, 1)])[0]
        assert stats.chisquare(pairs.ravel()).pvalue > 1e-3


def test_every_bit_of_a_key_turns_half_of_the_hash():
    keys = np.random.default_rng(1).integers(2**63, size=500).astype(np.uint64)
    for bit in range(64):
        turned = mix(1, keys) ^ mix(1, keys ^ (np.uint64(1) << np.uint64(bit)))
        assert np.unpackbits(turned.view(np.uint8)).mean() == pytest.approx(1 / 2, abs=0.02)


def test_hash_takes_numbers_in_any_form():
    assert mix(5, -1) == mix(np.uint64(5), np.uint64(2**64 - 1))
    np.testing.assert_array_equal(mix([1, 2], [[3], [4]])[1], [mix(1, 4), mix(2, 4)])


def test_probability_of_a_synapse_falls_with_distance_pair_by_pair():
    rule = DistanceWiring(probability=(1.0, 0.6, 0.8, 0.3), length=1.7)
    # An excitatory and an inhibitory neuron at each of four places on a line.
    x = np.repeat([0.0, 0.5, 1.4, 3.0], 2)
    positions, excitatory = np.stack([x, np.zeros(8)], axis=1), np.tile([True, False], 4)
    draws = 1500
    exists = np.zeros((8, 8))
    for seed in range(draws):
        synapses = placed(positions, excitatory=excitatory, seed=seed, wiring=rule).synapses
        exists[synapses.source, synapses.target] += 1
    table = {(1, 1): 1.0, (1, 0): 0.6, (0, 1): 0.8, (0, 0): 0.3}
    for a in range(8):
        for b in range(8):
            p = table[excitatory[a], excitatory[b]] * np.exp(-(((x[a] - x[b]) / 1.7) ** 2))
            p *= a != b
            assert abs(exists[a, b] / draws - p) <= 4.5 * np.sqrt(p * (1 - p) / draws), (a, b)


def test_weights_and_delays_go_by_polarity_and_distance():
    positions = [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [1.5, 1.5]]
    excitatory = [True, True, False, False]
    options = {
        "probability": (1e9,) * 4,
        "weight_pA": (1.0, 2.0, -3.0, -4.0),
        "delay_ms": (1.5, 0.8, 0.7, 2.0),
    }
    for falls in (True, False):
        rule = DistanceWiring(**options, weight_falls=falls, length=3.0)
        synapses = placed(positions, excitatory=excitatory, wiring=rule).synapses
        assert len(synapses) == 12
        assert np.all(np.diff(synapses.source * 4 + synapses.target) > 0)
        for (a, b), (weight, delay) in edges(synapses, range(4)).items():
            pair = 2 * (not excitatory[a]) + (not excitatory[b])
            d2 = np.sum(np.subtract(positions[a], positions[b]) ** 2)
            fall = np.exp(-d2 / 9) if falls else 1.0
            assert weight == pytest.approx(options["weight_pA"][pair] * fall, rel=1e-12)
            assert delay == options["delay_ms"][pair]


def test_defaults_are_the_evolved_papers_and_maass_his():
    # p = exp(-d^2/2), weights 50 and -100 exp(-d^2/2) pA, none from I to I, delay 1 ms.
    paper = DistanceWiring()
    assert paper.length**2 == pytest.approx(2)
    assert paper.probability == (1, 1, 1, 0)
    assert paper.weight_pA[:3] == (50, 50, -100)
    assert set(paper.delay_ms) == {1.0}
    # Maass, Natschlaeger & Markram 2002: C exp(-(D/lambda)^2), C by EE, EI, IE, II.
    maass = DistanceWiring.maass(weight_pA=(30, 60, -19, -19))
    assert maass.probability == (0.3, 0.2, 0.4, 0.1)
    assert maass.length == 2
    assert maass.delay_ms == (1.5, 0.8, 0.8, 0.8)
    assert not maass.weight_falls
    assert maass.weight_pA == (30, 60, -19, -19)


def test_no_neuron_reaches_itself_also_in_later_blocks_of_sources():
    reservoir = Reservoir.random(1500, random_state=0)  # two blocks
    synapses = reservoir.synapses
    assert synapses.source.max() > 1400
    assert not np.any(synapses.source == synapses.target)
    # The second block is as the first: the last neurons alone have the same synapses.
    late = np.arange(1350, 1500)
    alone = reservoir.replace(
        **{name: getattr(reservoir, name)[late] for name in ("excitatory", "positions", "keys")},
        parameters={},
    )
    among = {
        pair: value for pair, value in edges(synapses, np.arange(1500)).items() if min(pair) >= 1350
    }
    assert edges(alone.synapses, late) == among


def test_synapses_go_with_the_keys():
    reservoir = Reservoir.random(60, random_state=3)
    order = np.random.default_rng(0).permutation(60)
    permuted = reservoir.replace(
        **{name: getattr(reservoir, name)[order] for name in ("excitatory", "positions", "keys")}
    )
    assert len(reservoir.synapses) > 100
    keys = reservoir.keys
    assert edges(permuted.synapses, keys[order]) == edges(reservoir.synapses, keys)
    inputs = [
        {
            (channel, r.keys[j]): w
            for channel, j, w in zip(s.source, s.target, s.weight_pA, strict=True)
        }
        for r in (reservoir, permuted)
        for s in [r.input_synapses(5)]
    ]
    assert inputs[0] == inputs[1]


def test_a_neuron_that_is_replaced_takes_no_other_neurons_synapses_along():
    reservoir = Reservoir.random(60, random_state=4)
    keys = reservoir.keys.copy()
    keys[7] += np.uint64(1)
    child = reservoir.replace(keys=keys)
    before, after = (edges(r.synapses, range(60)) for r in (reservoir, child))

    def others(edges):
        return {pair: value for pair, value in edges.items() if 7 not in pair}

    assert others(before) == others(after)
    assert before != after


def expected_in_degree(n):
    """Mean in-degree of n neurons, all excitatory, uniform in the square with p = exp(-d^2/2)."""
    x = side_for(n) / np.sqrt(2)
    along = np.sqrt(np.pi) * erf(x) / x - (1 - np.exp(-(x**2))) / x**2
    return (n - 1) * along**2


@pytest.mark.parametrize(("n", "seeds"), [(20, 800), (64, 150), (300, 20)])
def test_in_degree_stays_that_of_20_neurons(n, seeds):
    degrees = []
    for seed in range(seeds):
        reservoir = Reservoir.random(n, random_state=seed, excitatory_fraction=1.0)
        degrees.append(len(reservoir.synapses) / n)
    assert np.mean(degrees) == pytest.approx(expected_in_degree(n), rel=0.03)
    assert expected_in_degree(n) == pytest.approx(expected_in_degree(20), rel=1e-9)


def test_positions_fill_the_square():
    assert side_for(20) == 6
    assert side_for(5) == 3  # small ones keep the density
    assert side_for(80) == pytest.approx(13.262, abs=1e-3)
    positions = uniform_positions(4000, rng=np.random.default_rng(0))
    assert positions.shape == (4000, 2)
    for axis in positions.T:
        assert stats.kstest(axis / side_for(4000), "uniform").pvalue > 1e-3
    assert uniform_positions(50, side=2.0, rng=np.random.default_rng(0)).max() < 2


def test_input_fraction_and_weights():
    reservoir = Reservoir.random(
        500, random_state=5, inputs=InputWiring(fraction=0.3, weight_pA=40.0, weight_sd_pA=5.0)
    )
    synapses = reservoir.input_synapses(80)
    assert np.all(reservoir.excitatory[synapses.target])
    assert np.all(synapses.delay_ms == 0)
    pairs = 80 * reservoir.excitatory.sum()
    assert abs(len(synapses) / pairs - 0.3) < 4 * np.sqrt(0.21 / pairs)
    # Channels and neurons differ as much as chance has it.
    of_channels = np.bincount(synapses.source, minlength=80)
    of_neurons = np.bincount(synapses.target, minlength=500)[reservoir.excitatory]
    for hits in (of_channels, of_neurons):
        assert hits.var() == pytest.approx(0.21 * pairs / len(hits), rel=0.5)
    z = (synapses.weight_pA - 40) / 5
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert abs(z.mean()) < 4 / np.sqrt(len(z))
    assert z.std() == pytest.approx(1, rel=0.03)


@pytest.mark.parametrize(("fraction", "hit"), [(0.0, 0), (1.0, 1)])
def test_input_fraction_of_none_and_all(fraction, hit):
    reservoir = Reservoir.random(50, random_state=6, inputs=InputWiring(fraction=fraction))
    assert len(reservoir.input_synapses(7)) == hit * 7 * reservoir.excitatory.sum()


def test_channels_keep_their_synapses_when_others_are_added():
    reservoir = Reservoir.random(60, random_state=7)
    few, many = reservoir.input_synapses(3), reservoir.input_synapses(30)
    assert len(few) > 40
    for name in ("source", "target", "weight_pA"):
        np.testing.assert_array_equal(getattr(many, name)[: len(few)], getattr(few, name))
    assert many.source[len(few)] == 3
    # Nor do the recurrent synapses depend on anything but the neurons.
    assert edges(reservoir.replace(seed=1, inputs=InputWiring(0.1)).synapses, range(60)) == edges(
        reservoir.synapses, range(60)
    )


def test_no_wiring_has_no_synapses():
    assert len(Reservoir.random(30, random_state=0, wiring=NoWiring()).synapses) == 0


def test_synapses_are_not_writeable():
    reservoir = Reservoir.random(30, random_state=0)
    for synapses in (reservoir.synapses, reservoir.input_synapses(2)):
        for array in vars(synapses).values():
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        (DistanceWiring, {"probability": (1, 1, 1)}, "probability must be four finite numbers"),
        (DistanceWiring, {"weight_pA": (1, np.nan, 1, 1)}, "weight_pA must be four finite"),
        (DistanceWiring, {"probability": (1, 1, -0.1, 1)}, "probability must not be negative"),
        (DistanceWiring, {"delay_ms": (1, 1, 1, -1)}, "delay_ms must not be negative"),
        (DistanceWiring, {"delay_ms": (1, 1, 1, np.inf)}, "delay_ms must be four finite"),
        (DistanceWiring, {"length": 0}, "length must be positive, got 0"),
        (DistanceWiring, {"length": np.nan}, "length must be positive, got nan"),
        (InputWiring, {"fraction": 1.1}, r"fraction must lie in \[0, 1\], got 1.1"),
        (InputWiring, {"fraction": np.nan}, "fraction must lie in"),
        (InputWiring, {"weight_pA": np.inf}, "weight_pA and weight_sd_pA must be finite"),
        (InputWiring, {"weight_sd_pA": -1.0}, "weight_sd_pA must not be negative"),
    ],
)
def test_bad_rules_are_refused(rule, options, message):
    with pytest.raises(ValueError, match=message):
        rule(**options)
