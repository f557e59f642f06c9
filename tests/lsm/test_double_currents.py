"""Quadratic and theta neurons whose currents rise and decay exponentially."""

import numpy as np
import pytest

from lsm import record
from lsm.neurons import IZHIKEVICH_2007_DOUBLE, THETA_DOUBLE
from tests.lsm.liquids import lone_neurons, one_sample


@pytest.mark.parametrize("model", [IZHIKEVICH_2007_DOUBLE, THETA_DOUBLE], ids=lambda m: m.name)
@pytest.mark.parametrize("rise_ms", [2.0, 20.0, 30.0])
def test_a_spike_is_a_double_exponential_that_peaks_at_its_weight(model, rise_ms):
    neuron = lone_neurons(model=model, weight_pA=7.0, tau_syn_ms=20.0, tau_rise_ms=rise_ms)
    made = record(neuron, one_sample(10.0, duration_ms=200.0), dt_ms=0.1).variables["I"][0]
    t = np.arange(1, len(made) + 1) * 0.1 - 10.1  # the spike counts from the end of its step
    if rise_ms == 20.0:
        kernel = t * np.exp(-t / 20.0)
    else:
        kernel = (np.exp(-t / 20.0) - np.exp(-t / rise_ms)) * np.sign(20.0 - rise_ms)
    after = t >= 0
    expected = np.where(after, kernel, 0.0)
    np.testing.assert_allclose(made, 7.0 * expected / expected.max(), atol=1e-3)
