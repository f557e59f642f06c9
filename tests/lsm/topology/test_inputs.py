"""Input wiring: the fraction and the weights asked for, channel by channel."""

import numpy as np
import pytest
from scipy import stats

from lsm.reservoir import Reservoir
from lsm.topology import InputWiring, hashing
from tests.lsm.topology.wired import edges


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


def test_inputs_onto_all_neurons_add_to_those_onto_excitatory_ones():
    few = Reservoir.random(300, random_state=5)
    all_of_them = few.replace(inputs=InputWiring(neurons="all"))
    before, after = few.input_synapses(20), all_of_them.input_synapses(20)
    onto_excitatory = few.excitatory[after.target]
    for name in ("source", "target", "weight_pA"):
        np.testing.assert_array_equal(getattr(after, name)[onto_excitatory], getattr(before, name))
    pairs = 20 * (~few.excitatory).sum()
    share = (~onto_excitatory).sum() / pairs
    assert abs(share - 0.3) < 4 * np.sqrt(0.21 / pairs)


def test_whom_inputs_reach_is_saved_and_loaded(tmp_path):
    reservoir = Reservoir.random(20, random_state=5, inputs=InputWiring(neurons="all"))
    reservoir.save(tmp_path / "liquid.npz")
    assert Reservoir.load(tmp_path / "liquid.npz").inputs.neurons == "all"


def test_other_neurons_than_excitatory_or_all_are_refused():
    with pytest.raises(ValueError, match="neurons must be 'excitatory' or 'all', got 'some'"):
        InputWiring(neurons="some")


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


def test_input_synapses_go_with_the_keys():
    reservoir = Reservoir.random(60, random_state=3)
    order = np.random.default_rng(0).permutation(60)
    permuted = reservoir.replace(
        **{name: getattr(reservoir, name)[order] for name in ("excitatory", "positions", "keys")}
    )
    here, there = (
        {
            (channel, r.keys[j]): w
            for channel, j, w in zip(s.source, s.target, s.weight_pA, strict=True)
        }
        for r in (reservoir, permuted)
        for s in [r.input_synapses(5)]
    )
    assert len(here) > 40
    assert here == there


def test_blocks_of_channels_make_no_difference(monkeypatch):
    reservoir = Reservoir.random(40, random_state=8)
    whole = reservoir.input_synapses(9)
    monkeypatch.setattr(hashing, "BLOCK", 85)
    parts = reservoir.input_synapses(9)
    for name in ("source", "target", "weight_pA"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fraction": 1.1}, r"fraction must lie in \[0, 1\], got 1.1"),
        ({"fraction": np.nan}, "fraction must lie in"),
        ({"fraction": "few"}, "fraction must be a number, got 'few'"),
        ({"weight_pA": np.inf}, "weight_pA must be a finite number, got inf"),
        ({"weight_pA": [1.0, 2.0]}, r"weight_pA must be a finite number, got \[1.0, 2.0\]"),
        ({"weight_pA": "strong"}, "weight_pA must hold numbers, got 'strong'"),
        ({"weight_sd_pA": -1.0}, "weight_sd_pA must be finite and not below 0, got -1.0"),
    ],
)
def test_bad_input_wirings_are_refused(options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        InputWiring(**options)


def test_no_channels_are_refused():
    with pytest.raises(ValueError, match="n_channels must be at least 1, got 0"):
        Reservoir.random(5, random_state=0).input_synapses(0)
