"""Balance of currents made to be balanced, and currents of liquids."""

import numpy as np
import pytest

from lsm.metrics import loose_balance, synaptic_currents, tight_balance
from lsm.neurons import (
    IZHIKEVICH,
    IZHIKEVICH_2007,
    IZHIKEVICH_2007_DOUBLE,
    LIF_ALPHA,
    LIF_COND,
    LIF_DOUBLE,
    LIF_EI,
    NeuronModel,
)
from lsm.reservoir import Reservoir
from lsm.simulation import Recording, record
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring, InputWiring
from lsm.topology.short_term import ShortTermPlasticity
from tests.lsm.liquids import WIRING, liquid, lone_neurons, one_sample, samples


@pytest.fixture(scope="module")
def current():
    """Excitatory currents of 5 neurons: smooth, from 0 on, independent."""
    noise = np.random.default_rng(0).standard_normal((5, 4100))
    kernel = np.exp(-np.arange(30) / 5)
    smooth = np.array([np.convolve(row, kernel, "valid")[:4000] for row in noise])
    return smooth - smooth.min()


def flowing(current, tau_ms, dt_ms):
    """Mean of each current over the step that begins with it."""
    return current * (tau_ms / dt_ms * (1 - np.exp(-dt_ms / tau_ms)))[:, None]


def test_exactly_cancelled_currents_are_balanced(current):
    np.testing.assert_allclose(loose_balance(current, -current), 0, atol=1e-12)
    balance = tight_balance(current, -current)
    np.testing.assert_allclose(balance.correlation, 1)
    np.testing.assert_allclose(balance.peak, 1)
    np.testing.assert_array_equal(balance.lag_ms, 0)


@pytest.mark.parametrize(("factor", "expected"), [(0, 1), (0.4, 0.6), (1.3, 0.3), (3, 2)])
def test_loose_balance_is_what_the_means_leave_over(current, factor, expected):
    np.testing.assert_allclose(loose_balance(current, -factor * current), expected)


def test_means_may_cancel_without_any_tight_balance(current):
    constant = np.repeat(-current.mean(axis=1, keepdims=True), current.shape[1], axis=1)
    np.testing.assert_allclose(loose_balance(current, constant), 0, atol=1e-12)
    assert np.isnan(tight_balance(current, constant)).all()
    # Other neurons' inhibition.
    balance = tight_balance(current, -current[::-1])
    assert np.abs(balance.correlation[[0, 1, 3, 4]]).max() < 0.2
    assert balance.correlation[2] == pytest.approx(1)


@pytest.mark.parametrize("lag", [-7, -1, 0, 3, 20])
@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
def test_lag_is_how_much_later_inhibition_comes(current, lag, dt_ms):
    e, i = current[:, 100:-100], -np.roll(current, lag, axis=1)[:, 100:-100]
    balance = tight_balance(e, i, dt_ms=dt_ms, max_lag_ms=20 * dt_ms)
    np.testing.assert_allclose(balance.lag_ms, lag * dt_ms)
    np.testing.assert_allclose(balance.peak, 1)
    expected = [np.corrcoef(a, -b)[0, 1] for a, b in zip(e, i, strict=True)]
    np.testing.assert_allclose(balance.correlation, expected)


def test_neurons_without_excitation_have_no_balance(current):
    e, i = current.copy(), -current
    e[1] = 0
    assert np.isnan(loose_balance(e, i)).tolist() == [False, True, False, False, False]
    balance = tight_balance(e, i)
    assert np.isnan(balance.lag_ms).tolist() == [False, True, False, False, False]


@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
@pytest.mark.parametrize("inputs", [600.0, 0.0], ids=["excitatory", "both signs"])
def test_currents_sum_to_the_recorded_one(dt_ms, inputs):
    # The delays of this liquid are 1, 2 and 3 ms; spikes are in flight when the sample ends.
    reservoir = liquid(5, inputs=InputWiring(weight_pA=inputs, weight_sd_pA=300.0))
    (sample,) = samples(7, [80])
    recording = record(reservoir, sample, dt_ms=dt_ms)
    assert len(recording.spike_times_ms) > 50
    currents = synaptic_currents(reservoir, recording, sample)
    total = currents.excitatory + currents.inhibitory
    scale = np.abs(currents.excitatory).max()
    assert not total[:, 0].any()
    mean = flowing(recording.variables["I"], reservoir.parameters["tau_syn_ms"], dt_ms)
    np.testing.assert_allclose(total[:, 1:], mean[:, :-1], atol=1e-5 * scale, rtol=1e-4)
    assert currents.excitatory.min() == 0
    assert currents.inhibitory.max() == 0
    # Without the recurrent synapses only the inputs' share is left.
    alone = reservoir.replace(wiring=DistanceWiring(probability=(0,) * 4))
    outside = synaptic_currents(alone, recording, sample)
    assert np.all(outside.excitatory <= currents.excitatory + 1e-9)
    assert np.all(outside.inhibitory >= currents.inhibitory - 1e-9)
    assert outside.excitatory[~reservoir.excitatory].max() == 0
    assert outside.excitatory.max() > 0
    assert (outside.inhibitory.min() < 0) == (inputs == 0)


@pytest.mark.parametrize("model", [IZHIKEVICH, IZHIKEVICH_2007], ids=lambda model: model.name)
def test_currents_of_izhikevichs_neurons_sum_to_the_recorded_one(model):
    reservoir = Reservoir.random(
        20,
        model=model,
        ranges=model.ranges,
        wiring=WIRING,
        inputs=InputWiring(weight_pA=600.0, weight_sd_pA=300.0),
        random_state=0,
    )
    (sample,) = samples(7, [80])
    recording = record(reservoir, sample)
    assert len(recording.spike_times_ms) > 20
    currents = synaptic_currents(reservoir, recording, sample)
    assert currents.excitatory.max() > 100
    assert currents.inhibitory.min() < -100
    # The form of 2003 has currents over the capacitance, in mV/ms.
    p = reservoir.parameters
    unit = p["c_m_pF"] if model is IZHIKEVICH else np.ones(20)
    mean = flowing(recording.variables["I"] * unit[:, None], p["tau_syn_ms"], 1.0)
    total = currents.excitatory + currents.inhibitory
    np.testing.assert_allclose(total[:, 1:], mean[:, :-1], rtol=1e-4, atol=0.01)


@pytest.mark.parametrize(
    "model", [LIF_ALPHA, LIF_DOUBLE, IZHIKEVICH_2007_DOUBLE], ids=lambda model: model.name
)
def test_currents_that_rise_are_the_integral_of_their_function(model):
    taus = np.array([4.0, 9.0] * 3)
    neurons = lone_neurons(n=6, model=model, tau_syn_ms=taus).replace(
        inputs=InputWiring(fraction=1.0, weight_pA=0.0, weight_sd_pA=40.0)
    )
    weight = neurons.input_synapses(1).weight_pA
    assert weight.min() < 0 < weight.max()
    dt_ms, steps, fed = 0.5, 80, 6  # the spike of 3 ms flows from the end of its step on
    sample = one_sample(3.0, duration_ms=steps * dt_ms)
    nothing = Recording(
        spike_times_ms=np.empty(0),
        spike_neurons=np.empty(0, dtype=np.int32),
        t_ms=np.arange(1, steps + 1) * dt_ms,
        v_mV=np.zeros((6, steps)),
        variables={},
    )
    e, i = synaptic_currents(neurons, nothing, sample)
    t = np.arange(steps - fed) * dt_ms
    for neuron, tau in enumerate(taus):
        if model is LIF_ALPHA:

            def charge(t, tau=tau):  # of t/tau exp(1 - t/tau), whose peak is 1
                return -(t + tau) * np.exp(1 - t / tau)

        else:
            rise = neurons.parameters["tau_rise_ms"][neuron]
            at = np.log(tau / rise) * tau * rise / (tau - rise)
            peak = np.exp(-at / tau) - np.exp(-at / rise)

            def charge(t, tau=tau, rise=rise, peak=peak):
                return (rise * np.exp(-t / rise) - tau * np.exp(-t / tau)) / peak

        expected = np.zeros(steps)
        expected[fed + 1 :] = weight[neuron] * np.diff(charge(t)) / dt_ms
        np.testing.assert_allclose(e[neuron] + i[neuron], expected, rtol=1e-6, atol=1e-9)
    assert not e[weight < 0].any()
    assert not i[weight > 0].any()


def test_excitation_and_inhibition_by_hand():
    # An inhibitory neuron fires by its background alone; the other one hears it and the input.
    pair = lone_neurons(n=2, weight_pA=30.0, tau_syn_ms=4.0).replace(
        excitatory=np.array([True, False]),
        wiring=DistanceWiring(
            probability=(0, 0, 1, 0), weight_pA=(0, 0, -50, 0), delay_ms=(0, 0, 3, 0)
        ),
        parameters={
            "tau_syn_ms": 4.0,
            "i_background_pA": [0.0, 1e5],
            "t_ref_ms": 11.0,
            "v_threshold_mV": -50.0,
        },
    )
    sample = one_sample(5.0, duration_ms=20.0)
    recording = record(pair, sample)
    assert recording.spike_times_ms.tolist() == [0, 12]
    currents = synaptic_currents(pair, recording, sample)
    # The charge of each step, in ms pA: a spike in step k flows from step k + 1 on.
    charge = 4 * (np.exp(-np.arange(20) / 4) - np.exp(-np.arange(1, 21) / 4))
    expected = np.zeros((2, 20))
    expected[0, 6:] = 30 * charge[:14]
    np.testing.assert_allclose(currents.excitatory, expected)
    expected[0] = 0
    expected[0, 4:] -= 50 * charge[:16]
    expected[0, 16:] -= 50 * charge[:4]
    np.testing.assert_allclose(currents.inhibitory, expected)


def test_currents_that_a_model_has_apart_are_those_recorded():
    rng = np.random.default_rng(0)
    e, i = rng.random((5, 40), dtype=np.float32), -rng.random((5, 40), dtype=np.float32)
    recording = Recording(
        spike_times_ms=np.empty(0),
        spike_neurons=np.empty(0, dtype=np.int32),
        t_ms=np.arange(1.0, 41.0),
        v_mV=np.full((5, 40), -70.0),
        variables={"I_e": e, "I_i": i},
    )
    (sample,) = samples(3, [40])
    neurons = lone_neurons(n=5, model=LIF_EI, tau_syn_e_ms=3.0, tau_syn_i_ms=8.0)
    currents = synaptic_currents(neurons, recording, sample)
    for found, at_end, tau_ms in zip(currents, (e, i), (3.0, 8.0), strict=True):
        assert not found[:, 0].any()
        expected = flowing(at_end, np.full(5, tau_ms), 1.0)[:, :-1]
        np.testing.assert_allclose(found[:, 1:], expected, rtol=1e-6)


@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
def test_models_with_one_and_with_two_currents_agree(dt_ms):
    tau = np.linspace(2.0, 9.0, 20)
    one = liquid(5, inputs=InputWiring(weight_pA=300.0, weight_sd_pA=300.0))
    shared = {name: x for name, x in one.parameters.items() if name != "tau_syn_ms"}
    one = one.replace(parameters={**shared, "tau_syn_ms": tau})
    two = one.replace(model=LIF_EI, parameters={**shared, "tau_syn_e_ms": tau, "tau_syn_i_ms": tau})
    (sample,) = samples(7, [80])
    # NumPy's target, to compile nothing for it.
    recordings = [record(each, sample, dt_ms=dt_ms, target="numpy") for each in (one, two)]
    np.testing.assert_array_equal(*(each.spike_neurons for each in recordings))
    np.testing.assert_array_equal(*(each.spike_times_ms for each in recordings))
    assert len(recordings[0].spike_neurons) > 50
    for of_one, of_two in zip(
        *(map(synaptic_currents, (one, two), recordings, (sample, sample))), strict=True
    ):
        scale = np.abs(of_one).max()
        assert scale > 100
        np.testing.assert_allclose(of_two, of_one, rtol=0, atol=1e-6 * scale)


def test_charges_are_the_weights_times_time_constants_at_any_step():
    """Of two currents neither counts more because it is faster."""
    neurons = lone_neurons(
        model=LIF_EI, tau_syn_e_ms=2.0, tau_syn_i_ms=10.0, v_threshold_mV=1e3
    ).replace(inputs=InputWiring(fraction=1.0, weight_pA=0.0, weight_sd_pA=60.0))
    sample = SpikeTrains.from_lists([[[5.0], [7.0], [9.0]] * 4], duration_ms=200.0)
    weights = neurons.input_synapses(12).weight_pA
    assert weights.min() < 0 < weights.max()
    for dt_ms in (1.0, 0.25):
        recording = record(neurons, sample, dt_ms=dt_ms, target="numpy")
        e, i = synaptic_currents(neurons, recording, sample)
        assert e.sum() * dt_ms == pytest.approx(2 * weights[weights > 0].sum(), rel=1e-5)
        assert i.sum() * dt_ms == pytest.approx(10 * weights[weights < 0].sum(), rel=1e-5)


def test_currents_of_conductances_are_those_that_move_the_membrane():
    (sample,) = samples(3, [40], n_channels=6)
    neurons = lone_neurons(
        n=5, model=LIF_COND, c_m_pF=200.0, tau_m_ms=15.0, v_threshold_mV=1e3
    ).replace(inputs=InputWiring(fraction=0.7, weight_pA=0.0, weight_sd_pA=60.0))
    # NumPy's target, to compile nothing for it.
    recording = record(neurons, sample, dt_ms=0.1, target="numpy")
    currents = synaptic_currents(neurons, recording, sample)
    assert currents.excitatory.min() >= 0
    assert currents.inhibitory.max() <= 0
    # C dv/dt = C (v_rest - v) / tau_m + I, of which the potential is the integral.
    v = np.concatenate([np.full((5, 1), -70.0), recording.v_mV], axis=1)
    leak = 200 / 15 * (-70 - (v[:, :-1] + v[:, 1:]) / 2)
    moved = 0.1 / 200 * (leak + currents.excitatory + currents.inhibitory)
    np.testing.assert_allclose(np.diff(v, axis=1), moved, atol=1e-3 * np.abs(moved).max())
    assert np.ptp(v) > 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda e: loose_balance(e, e), "inhibitory not above, got currents from 0 and up to 1"),
        (lambda e: loose_balance(-e, -e), "excitatory must not be below 0"),
        (lambda e: loose_balance(e, -e[:1]), r"must both have the shape \(neurons, steps\), got"),
        (lambda e: tight_balance(e[0], -e[0]), r"must both have the shape \(neurons, steps\), got"),
        (lambda e: loose_balance(e * np.nan, -e), "excitatory and inhibitory must be finite"),
        (lambda e: tight_balance(e, -e, max_lag_ms=9), "max_lag_ms must be at most half of the 10"),
        (lambda e: tight_balance(e, -e, max_lag_ms=0), "max_lag_ms must be finite and above 0"),
    ],
)
def test_bad_currents_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.tile(np.arange(10) % 2, (2, 1)).astype(float))


def test_recordings_of_something_else_are_refused():
    reservoir, (sample,) = liquid(5), samples(7, [20])
    recording = record(reservoir, sample)
    one = NeuronModel.from_equations(
        "one",
        "dv/dt = -v/tau : volt",
        parameters={"tau": (10, "ms")},
        threshold="v > 10*mV",
        reset="v = 0*mV",
        synapse="v",
    )
    own = reservoir.replace(model=one, parameters={})
    plastic = reservoir.replace(short_term=ShortTermPlasticity())
    for other, message in [
        (own, "one of the package's models, got one, whose synaptic current is not known"),
        (plastic, "without short-term plasticity.*got lif$"),
    ]:
        with pytest.raises(ValueError, match=message):
            synaptic_currents(other, recording, sample)
    for other, heard in [(liquid(5, n=21), sample), (reservoir, samples(7, [21]))]:
        with pytest.raises(ValueError, match="recording must be of this reservoir and this one sa"):
            synaptic_currents(other, recording, heard)
