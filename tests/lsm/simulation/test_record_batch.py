"""Recording many samples at once: what each does by itself, before its resets."""

import numpy as np
import pytest

from lsm.simulation import record, record_batch, simulate
from lsm.simulation import recording as module
from tests.lsm.liquids import liquid, samples

RESERVOIR = liquid(1)
SPIKES = samples(0, [40, 31, *[9] * 66, 40])  # more than there are lanes


def spikes_of(batch, sample):
    mine = batch.spike_samples == sample
    return np.stack([batch.spike_steps[mine], batch.spike_neurons[mine]])


def test_each_sample_is_what_it_is_alone():
    batch = record_batch(RESERVOIR, SPIKES, {"u": 1})
    assert batch.values.shape == (40, len(SPIKES), RESERVOIR.n_neurons)
    for k in (0, 1, 5, 68):
        alone = record(RESERVOIR, SPIKES[k])
        found = spikes_of(batch, k)
        np.testing.assert_array_equal(found, [alone.spike_times_ms, alone.spike_neurons])
        u, alone_u = batch.values[:, k].T, alone.variables["u"]
        # The potential is recorded before a reset: it is above the threshold where a neuron fires.
        steps, neurons = found
        threshold = RESERVOIR.parameters["v_threshold_mV"] - RESERVOIR.parameters["v_rest_mV"]
        assert np.all(u[neurons, steps] > threshold[neurons].astype(np.float32))
        refractory = np.rint(RESERVOIR.parameters["t_ref_ms"])
        since = np.arange(40) - steps[:, None]
        held = np.zeros(u.shape, dtype=bool)
        for neuron, after in zip(neurons, since, strict=True):
            held[neuron] |= (after > 0) & (after <= refractory[neuron])
        assert held.any()
        np.testing.assert_array_equal(u[held], 0)
        quiet = ~held[:, : alone_u.shape[1]]
        quiet[neurons, steps] = False
        np.testing.assert_array_equal(u[:, : alone_u.shape[1]][quiet], alone_u[quiet])
        np.testing.assert_array_equal(u[:, alone_u.shape[1] :], 0)
    counts = np.zeros((len(SPIKES), RESERVOIR.n_neurons))
    np.add.at(counts, (batch.spike_samples, batch.spike_neurons), 1)
    np.testing.assert_array_equal(counts, simulate(RESERVOIR, SPIKES)[0])


def test_both_targets_record_the_same():
    weights = {"u": np.linspace(0, 1, RESERVOIR.n_neurons), "I": 0.3}
    cpp, numpy = (
        record_batch(RESERVOIR, SPIKES[:5], weights, dt_ms=0.5, target=target)
        for target in ("cpp", "numpy")
    )
    np.testing.assert_array_equal(numpy.values, cpp.values)
    for k in range(5):
        np.testing.assert_array_equal(spikes_of(numpy, k), spikes_of(cpp, k))
    alone = record(RESERVOIR, SPIKES[2], dt_ms=0.5).variables
    before = weights["u"][:, None] * alone["u"] + 0.3 * alone["I"]
    # Currents are recorded as they are before the spikes of a step arrive.
    assert np.abs(cpp.values[:18, 2].T - before).max() > 1
    assert len(cpp.spike_steps) > 50


@pytest.mark.parametrize("variables", [{}, {"v": 1}, {"u": 1, "w": 1}])
def test_only_variables_of_the_model_are_recorded(variables):
    with pytest.raises(ValueError, match="variables must be some of u, I, got"):
        record_batch(RESERVOIR, SPIKES, variables)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.ones(3), r"variables\['u'\] must be one number, or \d+: one a neuron; got \(3,\)"),
        (np.nan, r"variables\['u'\] must be finite"),
    ],
)
def test_a_weight_is_a_finite_number_or_one_a_neuron(weight, message):
    with pytest.raises(ValueError, match=message):
        record_batch(RESERVOIR, SPIKES, {"u": weight})


def test_noise_seeds_are_one_a_sample():
    with pytest.raises(ValueError, match=r"noise_seeds must have the shape \(69,\), one a sample"):
        record_batch(RESERVOIR, SPIKES, {"u": 1}, noise_seeds=np.arange(5))


def test_what_is_no_reservoir_and_no_mapping_is_refused():
    with pytest.raises(TypeError, match="Reservoir objects, got NoneType"):
        record_batch(None, SPIKES, {"u": 1})
    with pytest.raises(TypeError, match="variables must be weights by name, got 'u'"):
        record_batch(RESERVOIR, SPIKES, "u")


def test_what_takes_too_much_memory_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_RECORDED_MB", 0.1)
    with pytest.raises(ValueError, match=r"69 samples takes 0 MB, and may take 0.1: record fewer"):
        record_batch(RESERVOIR, SPIKES, {"u": 1})
