"""Random dilated kernels as input synapses, beside a convolution that is written out."""

import numpy as np
import pytest
from scipy import stats

from lsm import KernelInputs, NoWiring, Reservoir, SpikeTrains, record, simulate
from lsm.neurons import LIF
from lsm.simulation import Stream, engine
from lsm.states import MembranePotentials
from lsm.topology import RandomWiring, kernels

N_STEPS = 40


def reservoir_of(inputs, n=200, start=0, **changes):
    rng = np.random.default_rng(0)
    return Reservoir(
        model=LIF,
        parameters={"v_rest_mV": 0, "v_reset_mV": 0, "v_threshold_mV": 1000.0}
        | {"tau_m_ms": 0.05, "tau_syn_ms": 0.04, "c_m_pF": 1.0, "t_ref_ms": 0.0},
        excitatory=np.ones(n, bool),
        positions=rng.random((n, 2)),
        keys=np.arange(start, start + n),
        side=1.0,
        wiring=NoWiring(),
        inputs=inputs,
    ).replace(**changes)


def spikes_of(signals):
    """Whole numbers (samples, channels, steps) as spikes at the steps' starts, signs apart."""
    steps = signals.shape[2]
    trains = [
        [
            np.repeat(np.arange(steps), np.maximum(sign * row, 0)).astype(float)
            for sign in (1, -1)
            for row in sample
        ]
        for sample in signals
    ]
    return SpikeTrains.from_lists(trains, duration_ms=steps)


def signals_of(n=5, channels=3, seed=0):
    return np.random.default_rng(seed).integers(-4, 5, size=(n, channels, N_STEPS))


def convolved(signal, weights, dilation):
    """What a kernel makes of the past of each step, taps before the start being 0."""
    padded = np.concatenate([np.zeros(8 * dilation), signal])
    return sum(w * padded[k * dilation : k * dilation + len(signal)] for k, w in enumerate(weights))


def test_kernels_are_those_of_minirocket():
    all_of_them = kernels._KERNELS
    assert len(np.unique(all_of_them, axis=0)) == 84
    np.testing.assert_array_equal(all_of_them.sum(axis=1), 0)
    np.testing.assert_array_equal((all_of_them == 2).sum(axis=1), 3)


def test_potentials_are_the_convolution():
    inputs = KernelInputs(longest_ms=N_STEPS - 1, n_signals=3)
    reservoir, signals = reservoir_of(inputs), signals_of()
    weights, dilations = inputs.kernels(reservoir.keys)
    chosen = inputs.channels(reservoir.keys, 3)
    expected = np.array(
        [
            [
                sum(convolved(sample[c], w, d) for c in np.flatnonzero(of))
                for w, d, of in zip(weights, dilations, chosen, strict=True)
            ]
            for sample in signals
        ]
    )
    at = tuple((np.arange(N_STEPS) + 1) / N_STEPS)
    potentials = simulate(reservoir, spikes_of(signals), state=MembranePotentials(at=at))[0]
    potentials = potentials.reshape(len(signals), N_STEPS, -1).swapaxes(1, 2)
    unit = 200.0 * LIF.constants(dict(reservoir.parameters), 1.0)["b"][0]
    # What arrives in a step moves the potential of the next.
    np.testing.assert_allclose(
        potentials[..., 1:], unit * expected[..., :-1], rtol=0, atol=2e-4 * unit
    )


def test_every_kernel_stands_as_often_as_every_other_with_every_dilation():
    inputs = KernelInputs(longest_ms=100)
    weights, dilations = inputs.kernels(np.arange(84_000, dtype=np.uint64))
    _, kernel = np.unique(weights, axis=0, return_inverse=True)
    times = np.zeros((84, 13))
    np.add.at(times, (kernel, dilations), 1)
    expected = np.bincount(inputs.dilations, minlength=13) * 1000 / 32
    used = expected > 0
    assert stats.chisquare(times[:, used].ravel(), np.tile(expected[used], 84)).pvalue > 1e-3


@pytest.mark.parametrize(
    ("longest_ms", "step_ms", "dilations"),
    [(1.0, 1.0, [1]), (8.0, 1.0, [1]), (31.0, 1.0, [1, 2, 3]), (62.0, 2.0, [1, 2, 3])],
)
def test_dilations_go_up_to_an_eighth_of_the_longest_delay(longest_ms, step_ms, dilations):
    inputs = KernelInputs(longest_ms=longest_ms, step_ms=step_ms)
    assert np.unique(inputs.dilations).tolist() == dilations
    delays = reservoir_of(inputs).input_synapses(2).delay_ms
    assert delays.max() == 8 * step_ms * dilations[-1]
    assert delays.min() == 0


def test_as_many_kernels_have_one_dilation_as_two_to_three():
    dilations = KernelInputs(longest_ms=8 * 256.0).dilations
    assert len(dilations) == 32
    assert dilations[-1] == 256
    of_octaves = np.bincount(np.log2(dilations).astype(int))
    assert np.all(of_octaves[:-1] >= 3)
    assert np.ptp(of_octaves[:-1]) <= 1


def test_as_many_kernels_have_one_channel_as_two_to_three():
    chosen = KernelInputs(longest_ms=10).channels(np.arange(6000, dtype=np.uint64), 30)
    number = chosen.sum(axis=1)
    assert number.min() == 1
    assert number.max() == 9
    share = 1 / np.log2(10)
    for low, high in ((1, 1), (2, 3), (4, 7)):
        assert np.mean((number >= low) & (number <= high)) == pytest.approx(share, abs=0.02)
    of_channels = chosen.sum(axis=0)
    assert of_channels.std() < 0.1 * of_channels.mean()


def test_a_neuron_keeps_its_kernel_whoever_else_there_is():
    inputs = KernelInputs(longest_ms=30)
    whole, part = reservoir_of(inputs, n=50), reservoir_of(inputs, n=20, start=30)
    synapses, fewer = whole.input_synapses(8), part.input_synapses(8)
    kept = synapses.target >= 30
    for name in ("source", "weight_pA", "delay_ms"):
        np.testing.assert_array_equal(getattr(synapses, name)[kept], getattr(fewer, name))


def test_unsigned_kernels_take_each_channel_as_a_signal():
    signed, unsigned = (KernelInputs(longest_ms=30, n_signals=n) for n in (1, None))
    both, one = reservoir_of(signed).input_synapses(2), reservoir_of(unsigned).input_synapses(1)
    assert len(both) == 2 * len(one) == 2 * 9 * 200
    negative = both.source == 1
    np.testing.assert_array_equal(both.weight_pA[negative], -one.weight_pA)
    np.testing.assert_array_equal(both.delay_ms[negative], one.delay_ms)


def test_every_way_to_simulate_gives_the_same_spikes(monkeypatch):
    reservoir = reservoir_of(KernelInputs(longest_ms=N_STEPS - 1, n_signals=3), n=100)
    b = LIF.constants(dict(reservoir.parameters), 1.0)["b"][0]
    reservoir = reservoir.replace(
        parameters={**reservoir.parameters, "v_threshold_mV": 5.0},
        wiring=RandomWiring(0.1, weight_pA=np.array([2, 2, -2, -2]) / b, delay_ms=3.0),
    ).scaled(1 / b / 200.0, inputs_only=True)
    assert len(reservoir.synapses)
    spikes = spikes_of(signals_of(30))
    states = simulate(reservoir, spikes)
    assert 0.05 < states.mean() / N_STEPS < 0.9
    monkeypatch.setattr(engine, "WIDE_SAMPLES", 1000)
    np.testing.assert_array_equal(simulate(reservoir, spikes), states)
    np.testing.assert_array_equal(simulate(reservoir, spikes[[0]], target="numpy"), states[:, :1])
    counts = np.bincount(record(reservoir, spikes[[0]]).spike_neurons, minlength=100)
    np.testing.assert_array_equal(counts, states[0, 0])
    with Stream(reservoir, n_channels=6, state="counts") as stream:
        np.testing.assert_array_equal(stream.push(spikes[[0]]), states[0, 0])


def test_kernels_are_saved_and_loaded(tmp_path):
    reservoir = reservoir_of(KernelInputs(longest_ms=30, step_ms=2.0, weight_pA=7.0, n_signals=2))
    reservoir.save(tmp_path / "kernels.npz")
    loaded = Reservoir.load(tmp_path / "kernels.npz")
    assert loaded == reservoir
    assert loaded.scaled(2.0).inputs.weight_pA == 14.0


def test_signs_of_several_kinds_of_channels_alternate():
    inputs = KernelInputs(longest_ms=30, n_signals=3)
    synapses = reservoir_of(inputs).input_synapses(12)
    weights = np.zeros((12, 200, 31))
    np.add.at(
        weights,
        (synapses.source, synapses.target, synapses.delay_ms.astype(int)),
        synapses.weight_pA,
    )
    np.testing.assert_array_equal(weights[0:3], -weights[3:6])
    np.testing.assert_array_equal(weights[6:9], -weights[9:12])
    assert np.any(weights[0:3] != weights[6:9])


def test_spikes_of_digits_count_twice_as_much_from_each_to_the_next():
    one = reservoir_of(KernelInputs(longest_ms=30, n_signals=2)).input_synapses(4)
    three = reservoir_of(KernelInputs(longest_ms=30, n_signals=2, n_bits=3)).input_synapses(12)
    for bit in range(3):
        of_bit = three.source // 4 == bit
        np.testing.assert_array_equal(three.source[of_bit] % 4, one.source)
        np.testing.assert_array_equal(three.target[of_bit], one.target)
        np.testing.assert_array_equal(three.delay_ms[of_bit], one.delay_ms)
        np.testing.assert_array_equal(three.weight_pA[of_bit], one.weight_pA * 2**bit)


@pytest.mark.parametrize("n_channels", [3, 4, 9])
def test_channels_without_an_opposite_are_refused(n_channels):
    with pytest.raises(ValueError, match=f"need a multiple of 6 channels, got {n_channels}"):
        reservoir_of(KernelInputs(longest_ms=30, n_signals=3)).input_synapses(n_channels)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"longest_ms": -1.0}, "longest_ms must be finite and above 0"),
        ({"longest_ms": np.inf}, "longest_ms must be finite and above 0"),
        ({"longest_ms": 5.0, "step_ms": 0.0}, "step_ms must be finite and above 0"),
        ({"longest_ms": 5.0, "weight_pA": 0.0}, "weight_pA must be finite and not 0"),
    ],
)
def test_what_is_no_kernel_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        KernelInputs(**fields)


def test_a_kernel_has_values_or_slopes():
    inputs = KernelInputs(longest_ms=10, n_signals=3)
    chosen = inputs.channels(np.arange(400, dtype=np.uint64), 6)
    values, slopes = chosen[:, :3].any(axis=1), chosen[:, 3:].any(axis=1)
    assert np.all(values != slopes)
    assert values.mean() == pytest.approx(0.5, abs=0.1)
