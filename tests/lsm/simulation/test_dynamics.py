"""Membrane, synapses and refractoriness against what the equations say."""

import numpy as np
import pytest
from scipy.integrate import quad

from lsm.neurons import LIF, LIF_ALPHA
from lsm.simulation import record
from lsm.topology import DistanceWiring
from tests.lsm.liquids import lone_neurons, one_sample

SILENT = {"v_threshold_mV": 1000.0}


def current(model, t, weight, tau):
    """Synaptic current (pA) at a time t after a spike."""
    if t < 0:
        return 0.0
    return weight * (np.exp(-t / tau) if model is LIF else t / tau * np.exp(1 - t / tau))


def potential(model, t, weight, tau_syn, tau_m, c_m):
    """Potential above rest (mV): the current convolved with the membrane, by quadrature."""

    def integrand(r):
        return current(model, r, weight, tau_syn) * np.exp(-(t - r) / tau_m) / c_m

    return quad(integrand, 0, t)[0] if t > 0 else 0.0


@pytest.mark.parametrize("model", [LIF, LIF_ALPHA], ids=lambda model: model.name)
@pytest.mark.parametrize("dt_ms", [1.0, 0.25])
def test_response_to_one_spike_is_exact_at_every_step(model, dt_ms):
    # Also equal and nearly equal time constants, where closed forms divide zero by zero.
    tau_m = np.array([10.0, 6.0, 5.0, 5.0, 5.0, 3.0])
    tau_syn = np.array([2.0, 2.5, 5.0, 5.001, 4.9999, 12.0])
    neurons = lone_neurons(
        n=6,
        model=model,
        weight_pA=120.0,
        tau_m_ms=tau_m,
        tau_syn_ms=tau_syn,
        c_m_pF=200.0,
        **SILENT,
    )
    recording = record(neurons, one_sample(3.0, duration_ms=40.0), dt_ms=dt_ms)
    # The spike of the step that starts at 3 ms acts at its end.
    since = recording.t_ms - (3.0 + dt_ms)
    for i in range(6):
        expected = [potential(model, t, 120.0, tau_syn[i], tau_m[i], 200.0) for t in since]
        np.testing.assert_allclose(recording.variables["u"][i], expected, rtol=2e-5, atol=1e-6)
        expected = [current(model, t + 1e-12, 120.0, tau_syn[i]) for t in since]
        np.testing.assert_allclose(recording.variables["I"][i], expected, rtol=2e-5, atol=1e-4)
    np.testing.assert_array_equal(recording.v_mV, recording.variables["u"].astype(float) - 70.0)


def test_alpha_current_peaks_at_the_weight_one_time_constant_after_the_spike():
    tau_syn = np.array([2.0, 5.0, 8.0])
    neurons = lone_neurons(n=3, model=LIF_ALPHA, weight_pA=80.0, tau_syn_ms=tau_syn, **SILENT)
    current = record(neurons, one_sample(4.0)).variables["I"]
    np.testing.assert_allclose(current.max(axis=1), 80.0, rtol=1e-5)
    np.testing.assert_array_equal(current.argmax(axis=1) - 4, tau_syn)


def test_responses_add_up():
    neurons = lone_neurons(tau_m_ms=8.0, **SILENT)
    both = record(neurons, one_sample(3.0, 11.0)).variables["u"]
    first, second = (record(neurons, one_sample(t)).variables["u"] for t in (3.0, 11.0))
    np.testing.assert_allclose(both, first + second, rtol=1e-5)


def test_two_spikes_of_a_channel_in_one_step_count_twice():
    neurons = lone_neurons(weight_pA=64.0, **SILENT)
    once = record(neurons, one_sample(5.0)).variables["I"]
    for times in [(5.0, 5.0), (5.0, 5.7)]:
        np.testing.assert_array_equal(record(neurons, one_sample(*times)).variables["I"], 2 * once)


def test_a_time_that_is_a_multiple_of_dt_up_to_rounding_belongs_to_its_own_step():
    # 3 * 0.1 / 0.1 and 0.7 / 0.1 are a rounding error above and below whole numbers.
    neurons = lone_neurons(**SILENT)
    for k in (3, 6, 7, 12, 14, 19):
        for time in (k * 0.1, k / 10, np.nextafter(k * 0.1, 0)):
            current = record(neurons, one_sample(time, duration_ms=3.0), dt_ms=0.1).variables["I"]
            assert np.flatnonzero(current[0])[0] == k


@pytest.mark.parametrize("dt_ms", [1.0, 0.1])
def test_rate_under_constant_current_is_the_analytic_one(dt_ms):
    # From reset, u = R i (1 - exp(-t/tau)) crosses theta after tau log(R i / (R i - theta)).
    tau, c_m, theta, t_ref = 12.0, 240.0, 15.0, 3.0
    background = np.array([250.0, 310.0, 400.0, 600.0, 1500.0, 5000.0])
    neurons = lone_neurons(
        n=6,
        tau_m_ms=tau,
        c_m_pF=c_m,
        t_ref_ms=t_ref,
        v_rest_mV=-65.0,
        v_reset_mV=-65.0,
        v_threshold_mV=-65.0 + theta,
        i_background_pA=background,
    )
    recording = record(neurons, one_sample(duration_ms=400.0), dt_ms=dt_ms)
    reach = background * tau / c_m
    for i in range(6):
        times = recording.spike_times_ms[recording.spike_neurons == i]
        if reach[i] <= theta:
            assert len(times) == 0
            continue
        rise = tau * np.log(reach[i] / (reach[i] - theta))
        period = np.ceil(rise / dt_ms) * dt_ms + t_ref
        np.testing.assert_allclose(np.diff(times), period, rtol=1e-9)
        np.testing.assert_allclose(times[0], period - t_ref - dt_ms, atol=1e-9)
    assert (reach > theta).sum() == 5


@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
def test_refractory_period_and_reset(dt_ms):
    t_ref = np.array([0.0, 0.5, 1.0, 2.0, 7.0])
    neurons = lone_neurons(
        n=5,
        t_ref_ms=t_ref,
        v_reset_mV=[-70.0, -71.0, -72.0, -65.0, -60.0],
        v_threshold_mV=-55.0,
        i_background_pA=1e5,  # fires at every step at which it may
    )
    recording = record(neurons, one_sample(duration_ms=40.0), dt_ms=dt_ms)
    for i in range(5):
        times = recording.spike_times_ms[recording.spike_neurons == i]
        waiting = np.floor(t_ref[i] / dt_ms + 0.5) * dt_ms  # half a step goes up
        np.testing.assert_allclose(np.diff(times), dt_ms + waiting)
        assert times[0] == 0
        np.testing.assert_array_equal(
            recording.v_mV[i], np.full(recording.t_ms.shape, neurons.parameters["v_reset_mV"][i])
        )


@pytest.mark.parametrize("delay_ms", [0.0, 1.0, 6.0])
def test_a_recurrent_spike_acts_after_its_delay(delay_ms):
    # The first neuron is driven hard; the second, at the same place, hears it by one synapse.
    pair = lone_neurons(n=2, weight_pA=1e5).replace(
        excitatory=np.array([True, False]),
        wiring=DistanceWiring(
            probability=(0, 1, 0, 0), weight_pA=(0, 32, 0, 0), delay_ms=(0, delay_ms, 0, 0)
        ),
        parameters={"v_threshold_mV": [-50.0, 900.0]},
    )
    recording = record(pair, one_sample(2.0, duration_ms=20.0))
    assert recording.spike_times_ms[0] == 3
    arrival = int(3 + delay_ms)
    current = recording.variables["I"][1]
    assert np.flatnonzero(current)[0] == arrival
    assert current[arrival] == 32


def test_currents_go_on_while_a_neuron_is_refractory():
    neuron = lone_neurons(
        t_ref_ms=6.0, i_background_pA=800.0, v_threshold_mV=-68.0, tau_syn_ms=3.0, weight_pA=0.5
    )
    recording = record(neuron, one_sample(3.0, duration_ms=12.0))
    np.testing.assert_array_equal(recording.spike_times_ms, [0.0, 7.0])
    np.testing.assert_array_equal(recording.variables["u"][0, :7], 0)
    np.testing.assert_allclose(
        recording.variables["I"][0, 3:], 0.5 * np.exp(-np.arange(9) / 3.0), rtol=1e-6
    )


def test_noise_is_white_and_has_the_deviation_that_is_asked_for():
    # u = a u + R (1 - a) noise: the deviation of u is that of noise times R sqrt((1-a)/(1+a)).
    neurons = lone_neurons(
        n=50, model=LIF_ALPHA, noise_pA=40.0, tau_m_ms=4.0, c_m_pF=100.0, **SILENT
    )
    u = record(neurons, one_sample(duration_ms=3000.0)).variables["u"][:, 50:]
    a = np.exp(-1 / 4.0)
    expected = 40.0 * 0.04 * np.sqrt((1 - a) / (1 + a))
    assert u.std() == pytest.approx(expected, rel=0.02)
    assert abs(u.mean()) < 0.02 * expected
    drive = (u[:, 1:] - a * u[:, :-1]) / (0.04 * (1 - a) * 40.0)
    assert drive.std() == pytest.approx(1, rel=0.01)
    correlations = np.corrcoef(drive) - np.eye(50)
    assert np.abs(correlations).max() < 5 / np.sqrt(drive.shape[1])
    assert abs((drive[:, 1:] * drive[:, :-1]).mean()) < 0.01


def test_a_neuron_whose_threshold_lies_below_rest_fires_first_thing():
    neurons = lone_neurons(v_threshold_mV=-75.0, v_reset_mV=-80.0, t_ref_ms=100.0)
    recording = record(neurons, one_sample(duration_ms=5.0))
    np.testing.assert_array_equal(recording.spike_times_ms, [0.0])
