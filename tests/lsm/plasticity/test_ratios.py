"""Liquids sampled for an E/I ratio, and how balanced liquids are."""

import numpy as np
import pytest

from lsm import record
from lsm.balance import (
    calibrate_ratio,
    matched,
    mean_currents,
    measure_balance,
    ratio,
    sample_balanced,
)
from lsm.metrics import loose_balance, poisson_spikes, synaptic_currents, tight_balance
from lsm.plasticity.calibration import random_liquid
from lsm.plasticity.ratios import EXCITATION_PA, RATE_HZ
from lsm.topology import FixedInDegree, InputWiring, NoWiring

SPIKES = poisson_spikes(16, 8, rate_Hz=60, duration_ms=500, random_state=0)


def test_a_liquid_hears_its_share_of_inputs():
    liquid = sample_balanced(100, SPIKES, random_state=0)
    assert liquid.excitatory.sum() == 80
    inputs = liquid.input_synapses(8)
    rates = SPIKES.counts().sum(axis=0) / 8  # 16 samples of half a second
    from_inputs = (inputs.weight_pA * rates[inputs.source]).sum() / 80
    assert from_inputs / (from_inputs + EXCITATION_PA * RATE_HZ) == pytest.approx(0.75, abs=0.05)
    synapses = liquid.synapses
    excitation = np.bincount(synapses.target, np.maximum(synapses.weight_pA, 0))
    np.testing.assert_allclose(excitation, EXCITATION_PA)


def test_measures_are_those_of_the_metrics(cache):
    sampled = sample_balanced(40, SPIKES, random_state=1)
    liquid = matched(sampled, SPIKES, degree=2**0.5, rounds=30, rate_Hz=RATE_HZ)
    recorded = [SPIKES[3], SPIKES[5]]
    measures = measure_balance(liquid, SPIKES, recorded)
    assert measures.log2_ratio == pytest.approx(0.5, abs=0.2)
    mean = mean_currents(liquid, SPIKES)
    assert measures.rate_Hz == pytest.approx(mean.rates_Hz.mean())
    assert measures.rate_sd_Hz == pytest.approx(mean.rates_Hz.std())
    loose = loose_balance(
        mean.excitatory[:, None], (mean.inhibitory + mean.inhibitory_input)[:, None]
    )
    assert measures.loose == pytest.approx(np.nanmedian(loose))
    currents = [synaptic_currents(liquid, record(liquid, each), each) for each in recorded]
    np.testing.assert_array_equal(measures.currents.excitatory, currents[0].excitatory)
    tight = [tight_balance(*sides) for sides in currents]
    for name, key in (("tight", "correlation"), ("tight_peak", "peak"), ("lag_ms", "lag_ms")):
        medians = [np.nanmedian(getattr(each, key)) for each in tight]
        assert getattr(measures, name) == pytest.approx(np.mean(medians))


@pytest.mark.parametrize("degree", [0.6, 1.0])
def test_a_network_has_a_ratio_and_a_rate_and_its_neurons_keep_what_makes_them_differ(
    degree, cache
):
    wiring = FixedInDegree((8, 8, 2, 2), weight_pA=(60.0, 60.0, -240.0, -240.0))
    sampled = random_liquid(8, n_neurons=100, random_state=0, wiring=wiring)
    sampled = sampled.replace(inputs=InputWiring(0.6, 40.0, 10.0))
    liquid = calibrate_ratio(sampled, SPIKES, degree=degree, rate_Hz=20)
    mean = mean_currents(liquid, SPIKES)
    assert mean.rates_Hz[liquid.excitatory].mean() == pytest.approx(20, rel=0.15)
    assert ratio(mean) == pytest.approx(degree, abs=0.1)
    factors = liquid.synapses.weight_pA / sampled.synapses.weight_pA
    inhibitory = sampled.synapses.weight_pA < 0
    for some in (factors[inhibitory], factors[~inhibitory]):
        np.testing.assert_allclose(some, some[0])
    for name, values in sampled.parameters.items():
        np.testing.assert_array_equal(liquid.parameters[name], values)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"degree": 0, "rate_Hz": 20}, "degree must be"),
        ({"degree": 1, "rate_Hz": -1}, "rate_Hz must be"),
        ({"degree": 1, "rate_Hz": 20, "rounds": 0}, "rounds must be"),
        ({"degree": 1, "rate_Hz": 20}, "reservoir must have inhibitory synapses"),
    ],
)
def test_what_has_no_ratio_is_refused(options, message):
    alone = sample_balanced(20, SPIKES, random_state=0).replace(wiring=NoWiring())
    with pytest.raises(ValueError, match=message):
        calibrate_ratio(alone, SPIKES, **options)


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (9, {}, "n must be at least 10, .* got 9"),
        (20, {"input_share": 1.0}, r"input_share must lie between 0 and 1, got 1\.0"),
        (20, {"rate_Hz": 0}, "rate_Hz must be"),
        (20, {"excitation_pA": -1}, "excitation_pA must be"),
    ],
)
def test_bad_numbers_are_named(n, options, message):
    with pytest.raises(ValueError, match=message):
        sample_balanced(n, SPIKES, **options)
