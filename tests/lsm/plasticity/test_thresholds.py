"""Thresholds at quantiles of what input drives neurons to."""

import numpy as np
import pytest

from lsm import NoWiring, Reservoir, SpikeTrains, record, simulate
from lsm.neurons import get_model
from lsm.plasticity.thresholds import fit_thresholds
from lsm.topology import InputWiring, MatrixInputs
from tests.lsm.liquids import liquid, samples


def memoryless(n, **changes):
    """Neurons whose potential is their input of the step before, and nothing else."""
    return Reservoir.random(
        n,
        random_state=0,
        ranges={},
        parameters={"tau_m_ms": 0.1, "tau_syn_ms": 0.08, "c_m_pF": 1.0, "t_ref_ms": 0.0},
        excitatory=np.ones(n, bool),
        inputs=InputWiring(fraction=1.0, weight_pA=0.0, weight_sd_pA=1e6),
    ).replace(**changes)


@pytest.mark.parametrize("quantile", [0.2, 0.5, 0.9])
def test_memoryless_neurons_fire_in_the_share_of_steps_above_the_quantile(quantile):
    spikes = samples(1, [200] * 40, n_channels=20)
    fitted = fit_thresholds(memoryless(30), spikes, quantiles=quantile)
    share = simulate(fitted, spikes)[0].mean(axis=0) / 200
    np.testing.assert_allclose(share, 1 - quantile, atol=0.05)


def test_each_neuron_has_a_quantile_of_its_own():
    spikes = samples(1, [200] * 40, n_channels=20)
    quantiles = np.linspace(0.05, 0.95, 30)
    fitted = fit_thresholds(memoryless(30), spikes, quantiles=quantiles)
    share = simulate(fitted, spikes)[0].mean(axis=0) / 200
    np.testing.assert_allclose(share, 1 - quantiles, atol=0.06)


def test_a_threshold_is_the_quantile_of_the_potential_without_spikes():
    spikes = samples(2, [100] * 3)
    reservoir = liquid(0, n=20)
    fitted = fit_thresholds(reservoir, spikes, quantiles=0.5)
    silent = {**reservoir.parameters, "v_threshold_mV": 1000.0}
    alone = reservoir.replace(parameters=silent).scaled(1.0)
    alone = alone.replace(wiring=NoWiring())
    potentials = np.concatenate([record(alone, spikes[[k]]).v_mV for k in range(3)], axis=1)
    spread = potentials.std(axis=1)
    difference = fitted.parameters["v_threshold_mV"] - np.median(potentials, axis=1)
    assert np.all(np.abs(difference) < 0.3 * spread)
    assert fitted.wiring == reservoir.wiring


def test_neither_order_nor_repetition_of_samples_matters():
    spikes = samples(3, [50] * 10)
    turned = spikes[[*range(9, -1, -1), 3, 3]]
    first, second = (fit_thresholds(liquid(0), s, quantiles=0.7) for s in (spikes, turned))
    assert first == second


def test_what_nothing_drives_never_fires():
    weights = np.array([[1e6, 0.0], [0.0, 1e6]])
    spikes = SpikeTrains.from_lists([[[1.0, 4.0], []]] * 5, duration_ms=20)
    reservoir = memoryless(2).replace(inputs=MatrixInputs(weights))
    fitted = fit_thresholds(reservoir, spikes, quantiles=0.9)
    assert fitted.parameters["v_threshold_mV"][1] == 1000.0
    assert simulate(fitted, spikes)[0, :, 1].sum() == 0


@pytest.mark.parametrize("quantiles", [0.0, 1.0, np.nan, [0.5, 1.5]])
def test_quantiles_lie_between_0_and_1(quantiles):
    with pytest.raises(ValueError, match="quantiles must"):
        fit_thresholds(memoryless(2), samples(0, [10]), quantiles=quantiles)


def test_neurons_without_a_threshold_are_refused():
    reservoir = Reservoir.random(5, random_state=0, model=get_model("izhikevich"))
    with pytest.raises(ValueError, match=r"neurons with v_threshold_mV.*'izhikevich' has"):
        fit_thresholds(reservoir, samples(0, [10]), quantiles=0.5)
