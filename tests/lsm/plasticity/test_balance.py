"""Balance by design: mean currents from counts, and inhibition that cancels excitation."""

import numpy as np
import pytest

from lsm import LIF, LIF_ALPHA, InputWiring, NoWiring, Reservoir, SpikeTrains, record
from lsm.metrics import loose_balance, poisson_spikes, synaptic_currents
from lsm.neurons import IZHIKEVICH, IZHIKEVICH_2007, LIF_COND, LIF_EI
from lsm.plasticity.balance import balance, matched, mean_currents, ratio
from lsm.topology import FixedInDegree
from lsm.topology.short_term import ShortTermPlasticity
from tests.lsm.liquids import fixed_in_degree, liquid, lone_neurons

SPIKES = poisson_spikes(20, 10, rate_Hz=40, duration_ms=400, random_state=0)
FRESH = poisson_spikes(20, 10, rate_Hz=40, duration_ms=400, random_state=1)


def reservoir(*, model=LIF, sd_pA=10.0, wiring=None):
    return Reservoir.random(
        100,
        random_state=0,
        model=model,
        ranges={"tau_m_ms": (10, 60), "v_threshold_mV": (-69, -66)},
        wiring=wiring or FixedInDegree((8, 8, 6, 6), weight_pA=(30, 30, -60, -60)),
        inputs=InputWiring(fraction=0.5, weight_pA=40.0, weight_sd_pA=sd_pA),
    )


def left_over(some, spikes, degree=1.0):
    mean = mean_currents(some, spikes)
    return (mean.inhibitory + mean.inhibitory_input + degree * mean.excitatory) / mean.excitatory


@pytest.mark.parametrize(("model", "area"), [(LIF, 1.0), (LIF_ALPHA, np.e)])
def test_a_spike_brings_its_weight_times_a_time_constant_in_charge(model, area):
    n_spikes, duration_ms, tau_ms, weight_pA = 3, 200.0, 4.0, 10.0
    heard = SpikeTrains.from_lists([[[5.0, 30.0, 31.0]]], duration_ms=duration_ms)
    lone = lone_neurons(n=2, model=model, weight_pA=weight_pA, tau_syn_ms=tau_ms)
    charge = area * weight_pA * tau_ms
    mean = mean_currents(lone, heard)
    np.testing.assert_allclose(mean.excitatory, n_spikes * charge / duration_ms)
    assert not mean.inhibitory.any()
    assert not mean.inhibitory_input.any()


def test_they_are_the_means_of_the_currents_that_are_recorded():
    """But for what is in flight at the end."""
    some = liquid(0, n=50)
    long = poisson_spikes(1, 4, rate_Hz=150, duration_ms=5000, random_state=0)
    currents = synaptic_currents(some, record(some, long), long)
    mean = mean_currents(some, long)
    np.testing.assert_allclose(
        mean.excitatory, currents.excitatory.mean(axis=1), rtol=3e-3, atol=0.5
    )
    np.testing.assert_allclose(
        mean.inhibitory + mean.inhibitory_input,
        currents.inhibitory.mean(axis=1),
        rtol=3e-3,
        atol=0.5,
    )
    assert currents.inhibitory.mean() < -10


@pytest.mark.parametrize("degree", [1.0, 0.6])
def test_the_wanted_degree_is_reached_in_every_neuron(degree):
    given = reservoir()
    found = balance(given, SPIKES, degree=degree)
    before, after = (np.abs(left_over(r, SPIKES, degree)) for r in (given, found))
    assert (before < 0.05).mean() < 0.3
    assert (after < 0.05).mean() >= 0.95


@pytest.mark.parametrize("model", [IZHIKEVICH, IZHIKEVICH_2007], ids=lambda model: model.name)
def test_izhikevichs_neurons_are_balanced_too(model):
    given = Reservoir.random(
        60,
        random_state=0,
        model=model,
        ranges=model.ranges,
        wiring=FixedInDegree((8, 8, 6, 6), weight_pA=(60, 60, -120, -120)),
        inputs=InputWiring(fraction=0.5, weight_pA=150.0, weight_sd_pA=20.0),
    )
    found = balance(given, SPIKES, max_iter=60)
    before, after = (np.abs(left_over(r, SPIKES)) for r in (given, found))
    assert (before < 0.05).mean() < 0.3
    assert (after < 0.05).mean() >= 0.95
    # The same by what flows, moment by moment, but for what is in flight at the end.
    recorded = [synaptic_currents(found, record(found, one), one) for one in SPIKES]
    e, i = (np.concatenate(side, axis=1).mean(axis=1) for side in zip(*recorded, strict=True))
    mean = mean_currents(found, SPIKES)
    np.testing.assert_allclose(e, mean.excitatory, rtol=0.1)
    np.testing.assert_allclose(i, mean.inhibitory + mean.inhibitory_input, rtol=0.1)


def test_it_holds_on_other_input_of_the_same_kind():
    found = balance(reservoir(), SPIKES)
    assert (np.abs(left_over(found, FRESH)) < 0.1).mean() > 0.9
    recorded = [synaptic_currents(found, record(found, one), one) for one in FRESH]
    excitatory, inhibitory = (np.concatenate(side, axis=1) for side in zip(*recorded, strict=True))
    assert (loose_balance(excitatory, inhibitory) < 0.1).mean() > 0.9


def test_inhibition_from_outside_counts():
    given = reservoir(sd_pA=40.0)
    assert mean_currents(given, SPIKES).inhibitory_input.min() < -5
    found = balance(given, SPIKES)
    assert (np.abs(left_over(found, SPIKES)) < 0.05).mean() >= 0.95


def test_two_time_constants_are_told_apart():
    found = balance(reservoir(model=LIF_EI), SPIKES)
    mean, synapses = mean_currents(found, SPIKES), found.synapses
    inhibitory = synapses.weight_pA < 0
    n_spikes = mean.rates_Hz * 8  # of 20 samples of 400 ms
    heard = synapses.weight_pA[inhibitory] * n_spikes[synapses.source[inhibitory]]
    charge = 10.0 * np.bincount(synapses.target[inhibitory], heard, minlength=100)  # tau_syn_i
    np.testing.assert_allclose(mean.inhibitory, charge / 8000)
    assert (np.abs(left_over(found, SPIKES)) < 0.05).mean() >= 0.95


def test_only_inhibitory_weights_change_and_by_one_factor_a_neuron():
    given = reservoir()
    found = balance(given, SPIKES)
    a, b = given.synapses, found.synapses
    ratio = b.weight_pA / a.weight_pA
    np.testing.assert_allclose(ratio[a.weight_pA > 0], 1)
    inhibitory = a.weight_pA < 0
    for neuron in range(100):
        factors = ratio[inhibitory & (a.target == neuron)]
        np.testing.assert_allclose(factors, factors[0])
    assert np.ptp(ratio[inhibitory]) > 0.2
    assert found.inputs == given.inputs


def test_neurons_that_nothing_inhibits_are_pointed_out():
    given = reservoir(wiring=FixedInDegree((8, 8, 6, 0), weight_pA=(30, 30, -60, -60)))
    share = f"{(~given.excitatory).mean():.0%} have no inhibitory synapses"
    with pytest.warns(UserWarning, match=share):
        balance(given, SPIKES, max_iter=3)


@pytest.mark.parametrize(
    ("given", "arguments", "error", "message"),
    [
        (reservoir(), {"degree": 0}, ValueError, "degree must be finite and above 0, got 0"),
        (reservoir(), {"tolerance": -1}, ValueError, "tolerance must be finite and above 0"),
        (reservoir(), {"max_iter": 0}, ValueError, "max_iter must be at least 1, got 0"),
        ("liquid", {}, TypeError, "reservoir must be a Reservoir, got str"),
        (
            reservoir(model=LIF_COND),
            {},
            ValueError,
            "got lif_cond, whose is 'conductance'",
        ),
        (
            reservoir().replace(short_term=ShortTermPlasticity()),
            {},
            ValueError,
            "reservoir must have no short-term plasticity",
        ),
        (
            reservoir(wiring=NoWiring()),
            {},
            ValueError,
            "reservoir must have inhibitory synapses",
        ),
    ],
)
def test_bad_input_is_refused_before_anything_is_simulated(
    given, arguments, error, message, monkeypatch
):
    monkeypatch.setattr("lsm.plasticity.balance.simulate", lambda *a, **k: pytest.fail("simulated"))
    with pytest.raises(error, match=message):
        balance(given, SPIKES, **arguments)


def test_no_samples_are_refused():
    with pytest.raises(ValueError, match="spikes must hold at least one sample, got none"):
        balance(reservoir(), SPIKES[:0])


def test_liquids_are_brought_to_a_ratio_and_a_rate():
    drawn = fixed_in_degree(100)
    drive = poisson_spikes(16, 8, rate_Hz=60, duration_ms=500, random_state=0)
    for degree in (0.5, 1.0, 1.2):
        reached = matched(drawn, drive, degree=degree, rounds=80, rate_Hz=10.0)
        mean = mean_currents(reached, drive)
        assert ratio(mean) == pytest.approx(degree, rel=0.05)
        np.testing.assert_allclose(mean.rates_Hz, 10.0, rtol=0.4)
        assert mean.rates_Hz.mean() == pytest.approx(10.0, rel=0.05)
        # Only inhibition and thresholds differ.
        a, b = drawn.synapses, reached.synapses
        np.testing.assert_array_equal(a.source, b.source)
        np.testing.assert_allclose(a.weight_pA[a.weight_pA > 0], b.weight_pA[a.weight_pA > 0])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"degree": 0.0}, "degree must be finite and above 0, got 0"),
        ({"rate_Hz": -1.0}, "rate_Hz must be finite and above 0, got -1"),
        ({"rounds": 0}, "rounds must be at least 1, got 0"),
    ],
)
def test_a_match_names_what_does_not_fit(changed, message):
    options = {"degree": 1.0, "rate_Hz": 10.0, "rounds": 1} | changed
    with pytest.raises(ValueError, match=message):
        matched(reservoir(), SPIKES, **options)


def test_a_match_needs_thresholds():
    lone = lone_neurons(model=IZHIKEVICH_2007)
    with pytest.raises(ValueError, match="must be of a model with a v_threshold_mV, got"):
        matched(lone, SPIKES, degree=1.0, rate_Hz=10.0, rounds=1)
