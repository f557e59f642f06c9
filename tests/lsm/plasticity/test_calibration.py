"""Calibration: the rate that was asked for, from the content of the input alone."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm import Reservoir, SpikeTrains, make_reservoir, simulate
from lsm.neurons import LIF
from lsm.plasticity.calibration import SAMPLES, calibrate, liquid_for
from lsm.simulation.state_cache import CACHE
from tests.lsm.liquids import liquid, samples

EIGHTH = 2 ** (1 / 8)
#: More samples than a calibration listens to, so that it must choose.
MANY = samples(1, [40] * (SAMPLES + 10))
FEW = samples(2, [30, 50, 45])


@cache
def drawn():
    """A calibrated liquid."""
    return liquid_for(FEW, n_neurons=50, rate_Hz=40, random_state=0)


def rate(reservoir, spikes, dt_ms=1.0):
    """Mean rate of the excitatory neurons."""
    counts = simulate(reservoir, spikes, state="excitatory", dt_ms=dt_ms)[0].astype(float)
    return counts.mean(axis=1).sum() / (spikes.durations_ms.sum() / 1000)


def with_gain(reservoir, gain):
    inputs, wiring = reservoir.inputs, reservoir.wiring
    return reservoir.replace(
        inputs=replace(
            inputs, weight_pA=gain * inputs.weight_pA, weight_sd_pA=gain * inputs.weight_sd_pA
        ),
        wiring=replace(wiring, weight_pA=tuple(gain * w for w in wiring.weight_pA)),
    )


@pytest.mark.parametrize("wanted", [5.0, 40.0, 50.0])
@pytest.mark.parametrize("n_neurons", [20, 120])
def test_the_rate_is_reached_and_an_eighth_of_an_octave_less_would_not_do(n_neurons, wanted):
    found = liquid_for(FEW, n_neurons=n_neurons, rate_Hz=wanted, random_state=3)
    assert rate(with_gain(found, 1 / EIGHTH), FEW) < wanted <= rate(found, FEW)


def test_the_rate_is_reached_on_samples_that_were_not_listened_to():
    found = liquid_for(MANY, n_neurons=100, rate_Hz=40, random_state=0)
    assert 36 < rate(found, samples(9, [40] * 40)) < 44 * EIGHTH


@pytest.mark.parametrize("gain", [2.0**-6.3, 0.2, 1.0, 7.0, 2.0**6.3])
def test_it_finds_its_way_from_any_weights(gain):
    """From both sides, near and far: weights end within an eighth of an octave of each other."""
    found = calibrate(with_gain(drawn(), gain), FEW, rate_Hz=40)
    ratio = found.inputs.weight_sd_pA / drawn().inputs.weight_sd_pA
    assert 1 / EIGHTH < ratio < EIGHTH
    assert rate(with_gain(found, 1 / EIGHTH), FEW) < 40 <= rate(found, FEW)


def test_weights_keep_their_proportions_and_all_else_is_kept():
    given = liquid(0)
    found = calibrate(given, FEW, rate_Hz=200)
    gain = found.inputs.weight_pA / given.inputs.weight_pA
    assert gain != 1
    assert found == with_gain(given, gain)
    np.testing.assert_allclose(found.synapses.weight_pA, gain * given.synapses.weight_pA)


def test_inputs_alone_are_scaled_where_that_is_asked_for():
    found = calibrate(drawn(), FEW, rate_Hz=60, inputs_only=True)
    assert found.wiring == drawn().wiring
    gain = found.inputs.weight_sd_pA / drawn().inputs.weight_sd_pA
    assert gain > 1
    assert found == drawn().replace(
        inputs=replace(drawn().inputs, weight_sd_pA=found.inputs.weight_sd_pA)
    )
    softer = replace(found.inputs, weight_sd_pA=found.inputs.weight_sd_pA / EIGHTH)
    assert rate(found.replace(inputs=softer), FEW) < 60 <= rate(found, FEW)


def test_a_presets_inputs_are_of_both_signs_and_only_they_are_scaled():
    found = liquid_for(FEW, n_neurons=30, preset="deckers2022", rate_Hz=40, random_state=0)
    drawn = make_reservoir("deckers2022", n=30, random_state=0)
    assert found == drawn.replace(inputs=found.inputs)
    assert (found.inputs.weight_pA, found.inputs.fraction) == (0.0, 1.0)
    assert rate(found, FEW) >= 40


def test_a_rate_asked_for_in_finer_steps_is_reached_too():
    found = calibrate(drawn(), FEW, rate_Hz=40, dt_ms=0.5)
    slower = rate(with_gain(found, 1 / EIGHTH), FEW, dt_ms=0.5)
    assert slower < 40 <= rate(found, FEW, dt_ms=0.5)


def test_higher_rates_need_larger_weights():
    gains = [
        calibrate(drawn(), FEW, rate_Hz=wanted).inputs.weight_sd_pA for wanted in (1, 5, 20, 40, 65)
    ]
    assert np.all(np.diff(gains) > 0)


def test_a_louder_liquid_fires_more():
    """Bisection needs a rate that grows with the gain, if not strictly: an octave always does."""
    rates = [rate(with_gain(drawn(), 2.0**k), FEW) for k in range(-6, 7)]
    assert np.all(np.diff(rates) >= 0)
    assert rates[0] == 0
    assert rates[-1] > 80


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, len(MANY)))
def test_neither_order_nor_repetitions_matter(seed, n):
    rng = np.random.default_rng(seed)
    some = rng.choice(len(MANY), size=n, replace=False)
    again = rng.permutation(np.concatenate([some, rng.choice(some, size=20)]))
    first = calibrate(drawn(), MANY[some], rate_Hz=40)
    assert calibrate(drawn(), MANY[again], rate_Hz=40) == first


def test_it_listens_to_a_bounded_number_of_samples(monkeypatch):
    reservoir, heard = drawn(), []

    def listen(reservoir, spikes, **settings):
        heard.append(spikes)
        return simulate(reservoir, spikes, **settings)

    monkeypatch.setattr("lsm.simulation.state_cache.simulate", listen)
    CACHE.clear()
    calibrate(reservoir, MANY, rate_Hz=40)
    assert {len(spikes) for spikes in heard} == {SAMPLES}
    assert len(heard) < 15
    calibrate(reservoir, MANY, rate_Hz=40)
    assert len(heard) < 15  # all were heard before


def test_one_seed_one_liquid():
    again, other = (liquid_for(FEW, n_neurons=50, rate_Hz=40, random_state=seed) for seed in (0, 1))
    assert again == drawn()
    assert other != drawn()
    generator = np.random.default_rng(0)
    assert liquid_for(FEW, n_neurons=50, rate_Hz=40, random_state=generator) == drawn()


@pytest.mark.parametrize(("n_channels", "reached"), [(1, 1.0), (5, 1.0), (10, 0.5), (100, 0.3)])
def test_few_channels_reach_more_of_the_neurons(n_channels, reached):
    spikes = samples(3, [30, 30], n_channels=n_channels, rate_per_ms=0.5 / n_channels)
    found = liquid_for(spikes, n_neurons=300, rate_Hz=40, random_state=0)
    synapses = found.input_synapses(n_channels)
    excitatory = int(found.excitatory.sum())
    assert len(synapses) / (n_channels * excitatory) == pytest.approx(reached, rel=0.15)
    assert found.excitatory[synapses.target].all()


def test_silent_input_is_pointed_out_and_changes_nothing():
    silence = SpikeTrains.from_lists([[[], []]] * 3, duration_ms=20)
    message = r"stays below 40 Hz however strong its inputs are: they have 0 spikes in 1 samples"
    with pytest.warns(UserWarning, match=message):
        assert calibrate(drawn(), silence, rate_Hz=40) == drawn()


def test_a_rate_beyond_reach_is_pointed_out_and_halved():
    loudest = rate(with_gain(drawn(), 2.0**10), FEW)
    with pytest.warns(UserWarning, match=f"stays below 500 Hz .* can be, {loudest / 2:g} Hz"):
        found = calibrate(drawn(), FEW, rate_Hz=500)
    assert rate(with_gain(found, 1 / EIGHTH), FEW) < loudest / 2 <= rate(found, FEW)


def test_a_liquid_that_fires_by_itself_is_pointed_out():
    busy = Reservoir.random(
        20, random_state=0, parameters={"i_background_pA": 2000.0}, ranges={}, model=LIF
    )
    with pytest.warns(UserWarning, match="stays above 1 Hz however weak its inputs are"):
        calibrate(busy, FEW, rate_Hz=1)


@pytest.mark.parametrize(
    ("wanted", "error", "message"),
    [
        (0, ValueError, "rate_Hz must be finite and above 0, got 0"),
        (float("nan"), ValueError, "rate_Hz must be finite and above 0, got nan"),
        ("fast", TypeError, "rate_Hz must be a number, got 'fast'"),
    ],
)
def test_rates_that_are_none_are_refused(wanted, error, message):
    with pytest.raises(error, match=message):
        calibrate(drawn(), FEW, rate_Hz=wanted)


def test_no_samples_are_refused():
    with pytest.raises(ValueError, match="spikes must hold at least one sample, got none"):
        calibrate(drawn(), FEW[:0], rate_Hz=40)
