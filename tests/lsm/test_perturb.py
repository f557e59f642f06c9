"""What spoils a liquid or its input, in the share that is asked for."""

import numpy as np
import pytest

from lsm import InputWiring, KernelInputs, Reservoir, UniformDelays, simulate
from lsm.metrics import poisson_spikes
from lsm.neurons import IZHIKEVICH_2007
from lsm.perturb import (
    Disturbance,
    lost_neurons,
    lost_spikes,
    noisy_input,
    noisy_weights,
    quantised,
)
from lsm.plasticity.pairs import frozen
from lsm.topology import MatrixWiring
from tests.lsm.liquids import fixed_in_degree, lone_neurons

SPIKES = poisson_spikes(16, 8, rate_Hz=60, duration_ms=500, random_state=0)


def test_spikes_are_added_and_lost_in_their_share():
    more = noisy_input(SPIKES, np.random.default_rng(0), share=0.5)
    fewer = lost_spikes(SPIKES, np.random.default_rng(0), share=0.3)
    n = len(SPIKES.times_ms)
    assert len(more.times_ms) / n == pytest.approx(1.5, abs=0.03)
    assert len(fewer.times_ms) / n == pytest.approx(0.7, abs=0.03)
    for k in (0, 15):
        whole, added, left = (
            {tuple(s) for s in zip(one[k].times_ms, one[k].channels, strict=True)}
            for one in (SPIKES, more, fewer)
        )
        assert left < whole < added


def test_lost_neurons_are_silent():
    drawn = fixed_in_degree(40)
    spoilt = lost_neurons(drawn, np.random.default_rng(0), share=0.25)
    lost = spoilt.parameters["v_threshold_mV"] > 0
    assert lost.sum() == 10
    before, after = (simulate(liquid, SPIKES)[0].any(axis=0) for liquid in (drawn, spoilt))
    assert not after[lost].any()
    assert before[lost].mean() > 0.7
    assert after[~lost].mean() > 0.7


def test_weights_keep_their_signs_and_lose_their_precision():
    drawn = fixed_in_degree(40)
    given = noisy_weights(drawn, np.random.default_rng(0), sd=0.3)
    w, noisy = drawn.synapses.weight_pA, given.synapses.weight_pA
    # A weight of 0, a few of which there are, is no synapse.
    for sign in (1, -1):
        before, after = np.abs(w[w * sign > 0]), np.abs(noisy[noisy * sign > 0])
        assert after.mean() / before.mean() == pytest.approx(1, abs=0.06)
        inside = before.std() / before.mean()
        assert after.std() / before.mean() == pytest.approx(np.hypot(0.3, inside), rel=0.3)
    coarse = quantised(given, np.random.default_rng(0), bits=2).synapses.weight_pA
    for sign in (1, -1):
        levels = np.unique(np.abs(coarse[np.sign(coarse) == sign]))
        top = np.abs(noisy[np.sign(noisy) == sign]).max()
        assert set(np.round(3 * levels / top, 6)) <= {1, 2, 3}


def test_quantised_weights_by_hand():
    drawn = fixed_in_degree(40)
    drawn = frozen(drawn, np.linspace(0.1, 1, len(drawn.synapses)) * drawn.synapses.weight_pA)
    w = drawn.synapses.weight_pA
    coarse = quantised(drawn, np.random.default_rng(0), bits=1).synapses.weight_pA
    # One step: the largest weight of each sign, or nothing, and what is nothing is no synapse.
    for sign in (1, -1):
        top = np.abs(w[w * sign > 0]).max()
        assert set(np.abs(coarse[coarse * sign > 0])) == {top}
        assert (coarse * sign > 0).sum() == (w * sign > top / 2).sum()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rng: noisy_input(SPIKES, rng, share=-0.1), "share must be finite and not below 0"),
        (lambda rng: lost_spikes(SPIKES, rng, share=2), r"share must lie in \[0, 1\], got 2"),
        (lambda rng: lost_neurons(lone_neurons(), rng, share=-1), r"share must lie in \[0, 1\]"),
        (lambda rng: noisy_weights(lone_neurons(), rng, sd=np.nan), "sd must be finite"),
        (lambda rng: quantised(lone_neurons(), rng, bits=0), "bits must be at least 1, got 0"),
        (lambda rng: Disturbance(bits=0), "bits must be at least 1, got 0"),
        (lambda rng: Disturbance(bits=33), "bits must be at most 32, got 33"),
        (lambda rng: Disturbance(weight_noise=-1), "weight_noise must be finite and not below 0"),
        (lambda rng: Disturbance(stuck_synapses=2), r"stuck_synapses must lie in \[0, 1\], got 2"),
        (lambda rng: Disturbance(delay_jitter_ms=np.inf), "delay_jitter_ms must be finite"),
        (
            lambda rng: lost_neurons(lone_neurons(model=IZHIKEVICH_2007), rng, share=0.1),
            "must be of a model with a v_threshold_mV",
        ),
    ],
)
def test_what_does_not_fit_is_named(spoil, message):
    with pytest.raises(ValueError, match=message):
        spoil(np.random.default_rng(0))


def drawn_with_delays():
    return fixed_in_degree(40).replace(
        inputs=InputWiring(0.5, 40.0, 40.0, delay_ms=UniformDelays(0.5, 9))
    )


def weights_and_delays(reservoir):
    """Of recurrent and input synapses, (sources, neurons) each."""
    n = reservoir.n_neurons
    result = []
    for synapses, sources in ((reservoir.synapses, n), (reservoir.input_synapses(8), 8)):
        for values in (synapses.weight_pA, synapses.delay_ms):
            matrix = np.zeros((sources, n))
            matrix[synapses.source, synapses.target] = values
            result.append(matrix)
    return result


def disturbed(reservoir, seed=0, **kinds):
    return Disturbance(**kinds).copy_of(reservoir, np.random.default_rng(seed), n_channels=8)


def test_a_copy_that_is_not_disturbed_has_the_same_states():
    drawn = drawn_with_delays()
    np.testing.assert_array_equal(simulate(drawn, SPIKES), simulate(disturbed(drawn), SPIKES))


def test_each_tap_of_a_kernel_is_a_synapse_of_a_device():
    kernels = lone_neurons(n=20).replace(inputs=KernelInputs(longest_ms=40))
    before = kernels.input_synapses(8)
    after = disturbed(kernels, weight_noise=0.1, delay_jitter_ms=1).input_synapses(8)
    np.testing.assert_array_equal(after.target, before.target)
    ratio = after.weight_pA / before.weight_pA
    assert ratio.std() == pytest.approx(0.1, rel=0.2)
    np.testing.assert_array_equal(after.delay_ms > 0, before.delay_ms > 0)
    assert len(np.unique(after.delay_ms)) > 10 * len(np.unique(before.delay_ms))
    assert len(disturbed(kernels, lost_synapses=0.5).input_synapses(8)) < 0.6 * len(before)


def test_weights_of_both_kinds_of_synapses_are_disturbed_and_delays_stay():
    drawn = drawn_with_delays()
    recurrent, delays, inputs, input_delays = weights_and_delays(drawn)
    for before, after in zip(
        (recurrent, inputs),
        weights_and_delays(disturbed(drawn, weight_noise=0.1))[::2],
        strict=True,
    ):
        there = before != 0
        ratio = after[there] / before[there]
        assert ratio.mean() == pytest.approx(1, abs=0.03)
        assert ratio.std() == pytest.approx(0.1, rel=0.2)
        assert not after[~there].any()
    levels = weights_and_delays(disturbed(drawn, bits=2))
    for before, after in zip((recurrent, inputs), levels[::2], strict=True):
        for sign in (1, -1):
            top = np.max(sign * before)
            steps = 3 * sign * after[sign * before > 0] / top
            np.testing.assert_allclose(steps, np.round(3 * sign * before[sign * before > 0] / top))
    np.testing.assert_array_equal(levels[1], np.where(levels[0] != 0, delays, 0))
    np.testing.assert_array_equal(levels[3], np.where(levels[2] != 0, input_delays, 0))


def test_synapses_are_stuck_or_lost_in_their_share_and_more_are_the_same_and_others():
    drawn = drawn_with_delays()
    before = weights_and_delays(drawn)[2]
    there = before != 0
    some, more = (
        weights_and_delays(disturbed(drawn, lost_synapses=share))[2] != 0 for share in (0.1, 0.4)
    )
    assert some[there].mean() == pytest.approx(0.9, abs=0.08)
    assert more[there].mean() == pytest.approx(0.6, abs=0.12)
    assert not (more & ~some).any()
    after = weights_and_delays(disturbed(drawn, stuck_synapses=0.3))[2]
    moved = after != before
    assert moved[there].mean() == pytest.approx(0.3, abs=0.1)
    assert set(after[moved]) == {before.max(), before.min()}
    assert not (weights_and_delays(disturbed(drawn, lost_synapses=1.0))[0]).any()


def test_delays_jitter_and_none_is_shorter_than_the_shortest():
    drawn = drawn_with_delays()
    before, after = (
        weights_and_delays(each) for each in (drawn, disturbed(drawn, delay_jitter_ms=0.5))
    )
    for weights, delays, old in ((after[0], after[1], before[1]), (after[2], after[3], before[3])):
        there = weights != 0
        shortest = old[there].min()
        assert delays[there].min() == shortest
        free = there & (delays > shortest)
        assert 0.2 < (delays - old)[free].std() < 0.6
    np.testing.assert_array_equal(after[0], before[0])
    simulate(disturbed(drawn, delay_jitter_ms=0.5), SPIKES)  # steps that move them are no warning


def test_neurons_are_lost_too():
    copy = disturbed(fixed_in_degree(40), lost_neurons=0.25)
    assert (copy.parameters["v_threshold_mV"] > 0).sum() == 10


def test_weights_of_both_signs_of_a_neuron_are_spoilt_too():
    rng = np.random.default_rng(0)
    wiring = MatrixWiring(rng.normal(size=(6, 6)), dale=False)
    mixed = Reservoir.random(6, random_state=0, wiring=wiring)
    for spoilt in (noisy_weights(mixed, rng, sd=0.1), quantised(mixed, rng, bits=4)):
        signs = np.sign(spoilt.wiring.weight_pA.toarray())
        assert {-1, 1} <= set(signs[0])
        assert not (signs * np.sign(wiring.weight_pA.toarray()) < 0).any()
