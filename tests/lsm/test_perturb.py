"""What spoils a liquid or its input, in the share that is asked for."""

import numpy as np
import pytest

from lsm import simulate
from lsm.metrics import poisson_spikes
from lsm.neurons import IZHIKEVICH_2007
from lsm.perturb import lost_neurons, lost_spikes, noisy_input, noisy_weights, quantised
from lsm.plasticity.pairs import frozen
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
        (
            lambda rng: lost_neurons(lone_neurons(model=IZHIKEVICH_2007), rng, share=0.1),
            "must be of a model with a v_threshold_mV",
        ),
    ],
)
def test_what_does_not_fit_is_named(spoil, message):
    with pytest.raises(ValueError, match=message):
        spoil(np.random.default_rng(0))
