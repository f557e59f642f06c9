"""Presets: the numbers of their sources, and liquids that can be simulated."""

import numpy as np
import pytest
from scipy import stats

from evolution.recipe import PAPER
from lsm import InputWiring, simulate
from lsm.metrics import poisson_spikes
from lsm.plasticity.calibration import liquid_for
from lsm.presets import PRESETS, make_reservoir, preset_and_size
from lsm.topology import grid

SMALL = {
    **{"maass2002": 135, "cuba": 200, "coba": 200, "izhikevich2003": 60},
    **{"deckers2022": 100, "delayed": 50, "delay_lines": 40},
}
SPIKES = poisson_spikes(3, 10, rate_Hz=30, duration_ms=100, random_state=0)


@pytest.mark.parametrize("name", PRESETS)
def test_one_seed_one_reservoir(name):
    first, again, other = (
        make_reservoir(name, random_state=seed, n=SMALL.get(name)) for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other
    assert first.n_neurons == SMALL.get(name, 20)


@pytest.mark.parametrize("name", PRESETS)
def test_sizes_and_shares_of_inhibition_are_the_sources(name):
    sizes = {"maass2002": 135, "cuba": 4000, "coba": 4000, "evolved2026": 20}
    made = make_reservoir(name, random_state=0)
    assert made.n_neurons == sizes.get(name, 1000)
    if name == "delay_lines":
        assert made.excitatory.all()
    elif name != "evolved2026":  # which draws each polarity by itself
        assert (~made.excitatory).sum() == round(0.2 * made.n_neurons)


@pytest.mark.parametrize("name", ["maass2002", "cuba", "deckers2022"])
def test_they_fire_without_being_saturated(name):
    made = make_reservoir(name, random_state=0, n=SMALL[name])
    rate = simulate(made, SPIKES, dt_ms=0.5).mean() / 0.1
    assert 1 < rate < 150


def test_inputs_of_ones_own_take_the_place_of_the_sources():
    inputs = InputWiring(fraction=0.1, weight_pA=7.0, weight_sd_pA=1.0)
    for name in PRESETS:
        made = make_reservoir(name, random_state=0, n=SMALL.get(name), inputs=inputs)
        assert made.inputs == inputs


def test_maass_column_has_the_papers_numbers():
    made = make_reservoir("maass2002", random_state=0)
    p, synapses = made.parameters, made.synapses
    np.testing.assert_array_equal(made.positions, grid((15, 3, 3)))
    assert made.short_term.utilisation == (0.5, 0.05, 0.25, 0.32)
    assert made.short_term.recovery_ms == (1100, 125, 700, 144)
    assert made.short_term.facilitation_ms == (50, 1200, 20, 60)
    # 1 MOhm; samples begin between reset and threshold, and go to 13.5 mV without input.
    np.testing.assert_allclose(p["tau_m_ms"] / p["c_m_pF"] * 1000, 1.0)
    np.testing.assert_allclose(p["v_rest_mV"] + p["i_background_pA"] / 1000, 13.5)
    assert p["v_rest_mV"].min() >= 13.5
    assert p["v_rest_mV"].max() <= 15
    np.testing.assert_array_equal(p["t_ref_ms"], np.where(made.excitatory, 3, 2))
    ee = made.excitatory[synapses.source] & made.excitatory[synapses.target]
    assert set(synapses.delay_ms[ee]) == {1.5}
    assert set(synapses.delay_ms[~ee]) == {0.8}
    many = [make_reservoir("maass2002", random_state=seed) for seed in range(20)]
    weights = np.concatenate([m.synapses.weight_pA[_kind(m, True, True)] for m in many])
    assert weights.mean() == pytest.approx(30e3, rel=0.1)
    assert weights.std() == pytest.approx(30e3, rel=0.1)
    # A gamma distribution as wide as its mean is exponential.
    assert stats.kstest(weights / 30e3, "expon").pvalue > 1e-3
    nearest = 0.3 * np.exp(-1 / 4)
    found = np.mean([_share_of_neighbours(m) for m in many])
    assert found == pytest.approx(nearest, rel=0.1)


def _kind(made, source, target):
    of = made.excitatory
    return (of[made.synapses.source] == source) & (of[made.synapses.target] == target)


def _share_of_neighbours(made):
    """Share of excitatory pairs at distance 1 that are connected."""
    x = made.positions[made.excitatory]
    pairs = (((x[:, None] - x) ** 2).sum(axis=-1) == 1).sum()
    some = _kind(made, True, True)
    source, target = made.synapses.source[some], made.synapses.target[some]
    distance2 = ((made.positions[source] - made.positions[target]) ** 2).sum(axis=1)
    return (distance2 == 1).sum() / pairs


def test_maass_column_has_layers_of_nine():
    assert make_reservoir("maass2002", random_state=0, n=27).positions[:, 0].max() == 2
    with pytest.raises(ValueError, match=r"n must be a multiple of 9.*got 100"):
        make_reservoir("maass2002", n=100)


def test_vogels_networks_step_the_potential_by_the_examples_numbers():
    """Brian2's examples: 1.62 and -9 mV, in units of the potential; 6 and 67 nS; in-degree 80."""
    cuba, coba = (make_reservoir(name, random_state=0, n=1000) for name in ("cuba", "coba"))
    for made in (cuba, coba):
        assert len(made.synapses) / 1000 == pytest.approx(80, rel=0.02)
        assert set(made.synapses.delay_ms) == {0.0}
        p = made.parameters
        np.testing.assert_array_equal(p["c_m_pF"] / p["tau_m_ms"], 10.0)  # nS
    np.testing.assert_allclose(np.unique(cuba.synapses.weight_pA) / 10.0, [-9.0, 1.62])
    p = cuba.parameters
    np.testing.assert_allclose(p["v_rest_mV"] + p["i_background_pA"] / 10.0, -49)
    p = coba.parameters
    np.testing.assert_allclose(coba.model.weight_factor(dict(p))[0] * 360, 6.0)
    np.testing.assert_allclose(coba.model.weight_factor(dict(p))[1] * 1340, 67.0)
    assert set(coba.synapses.weight_pA) == {360.0, -1340.0}


def test_izhikevichs_sum_of_weights_does_not_depend_on_the_number_of_neurons():
    for n in (100, 300):
        made = make_reservoir("izhikevich2003", random_state=0, n=n)
        jump = made.synapses.weight_pA * made.parameters["tau_syn_ms"][0] / 100.0
        heard = np.bincount(made.synapses.target, np.maximum(jump, 0), minlength=n)
        assert heard.mean() == pytest.approx(0.25 * 800, rel=0.05)


def test_the_extended_liquid_is_balanced_adapts_and_varies():
    made = make_reservoir("deckers2022", random_state=0)
    synapses, p = made.synapses, made.parameters
    excitation = synapses.weight_pA[synapses.weight_pA > 0].sum()
    inhibition = -synapses.weight_pA[synapses.weight_pA < 0].sum()
    assert inhibition == pytest.approx(excitation, rel=0.15)
    assert p["w_jump_pA"][made.excitatory].mean() > 10
    assert not p["w_jump_pA"][~made.excitatory].any()
    assert p["tau_m_ms"].mean() == pytest.approx(20, rel=0.1)
    assert p["tau_m_ms"].std() / p["tau_m_ms"].mean() == pytest.approx(3**-0.5, rel=0.15)


def test_the_evolved_papers_neurons_are_those_of_its_recipe():
    made = make_reservoir("evolved2026", random_state=0, n=200)
    assert made.model is PAPER.model
    assert made.wiring == PAPER.wiring
    assert made.inputs == PAPER.inputs
    for name, value in PAPER.parameters.items():
        assert set(made.parameters[name]) == {value}
    for name, (low, high) in PAPER.ranges.items():
        drawn = made.parameters[name]
        assert low <= drawn.min() < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < drawn.max() <= high


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"unknown reservoir 'maas'; known are maass2002, .* 'maass2002'"
    ):
        make_reservoir("maas")


def test_a_name_may_have_a_number_of_neurons():
    named = make_reservoir("deckers2022:100", random_state=0)
    assert named == make_reservoir("deckers2022", n=100, random_state=0)
    assert preset_and_size("deckers2022:100") == ("deckers2022", 100)
    with pytest.raises(ValueError, match=r"n must not be given .* 'deckers2022:100' and 50"):
        make_reservoir("deckers2022:100", n=50)
    with pytest.raises(ValueError, match="number of neurons behind the colon, got 'cuba:many'"):
        make_reservoir("cuba:many")
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        make_reservoir("cuba:0")


@pytest.mark.parametrize("n", [8, 20, 32])
def test_few_neurons_are_balanced_too(n):
    synapses = make_reservoir("deckers2022", n=n, random_state=0).synapses
    sums = np.bincount(synapses.target, synapses.weight_pA, minlength=n)
    np.testing.assert_allclose(sums, 0, atol=1e-9)


def test_so_few_that_none_hears_inhibition_are_refused():
    with pytest.raises(ValueError, match="n must be at least 8, two of them inhibitory, got 7"):
        make_reservoir("deckers2022", n=7, random_state=0)


def test_delayed_liquid_hears_a_few_late():
    made = make_reservoir("delayed", random_state=0, n=200)
    synapses, inhibitory = made.synapses, ~made.excitatory
    heard = np.zeros((2, 200), int)
    np.add.at(heard, (inhibitory[synapses.source].astype(int), synapses.target), 1)
    np.testing.assert_array_equal(heard, [[2] * 200, [1] * 200])
    delays = [synapses.delay_ms[synapses.source == k] for k in np.unique(synapses.source)]
    assert all(np.ptp(of_axon) == 0 for of_axon in delays)
    logs = np.log([of_axon[0] for of_axon in delays])
    uniform = stats.uniform(np.log(200), np.log(1500 / 200))
    assert stats.kstest(logs, uniform.cdf).pvalue > 1e-3
    with pytest.raises(ValueError, match="n must be at least 8, two of them inhibitory, got 7"):
        make_reservoir("delayed", n=7)


def test_delay_lines_have_delays_of_their_own_also_as_a_liquid_for_some_input():
    made = make_reservoir("delay_lines", random_state=0, n=200)
    assert not len(made.synapses)
    spikes = poisson_spikes(1, 10, rate_Hz=30, duration_ms=1010, random_state=0)
    liquid = liquid_for(
        spikes, n_neurons=200, preset="delay_lines", rate_Hz=40, target="numpy", random_state=0
    )
    for reservoir in (made, liquid):
        logs = np.log(reservoir.input_synapses(10).delay_ms)
        uniform = stats.uniform(np.log(5), np.log(1000 / 5))
        assert stats.kstest(logs, uniform.cdf).pvalue > 1e-3
    assert liquid.inputs.weight_pA == 0
