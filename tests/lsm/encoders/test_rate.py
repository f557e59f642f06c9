"""Poisson rates, against the Poisson distribution, and latencies."""

import numpy as np
import pytest
from scipy import stats

from lsm.encoders import Latency, PoissonRate

# Significance of each test of chance; seeds are fixed, so they pass always or never.
ALPHA = 1e-3


def poisson_of(value, *, n_samples=400, n_steps=50, rate_Hz=100, **parameters):
    """Spikes of a constant value of the range 0..1, in samples that differ elsewhere."""
    rng = np.random.default_rng(1)
    X = np.stack([np.full((n_samples, n_steps), value), rng.uniform(size=(n_samples, n_steps))], 1)
    encoder = PoissonRate(max_rate_Hz=rate_Hz, random_state=0, **parameters)
    encoder.fit(np.array([[[0.0, 1], [0, 1]]]))
    return encoder.transform(X)


@pytest.mark.parametrize(
    ("value", "rate_Hz", "step_ms"), [(0.3, 100, 1), (1.0, 40, 10), (0.8, 5000, 1), (7.0, 100, 0.3)]
)
def test_counts_and_times_are_those_of_a_poisson_process(value, rate_Hz, step_ms):
    spikes = poisson_of(value, rate_Hz=rate_Hz, step_ms=step_ms)
    expected = min(value, 1) * rate_Hz / 1000 * 50 * step_ms
    counts = spikes.counts()[:, 0]
    # Sum and index of dispersion: both known for a Poisson distribution.
    total = stats.poisson(expected * 400)
    assert total.ppf(ALPHA) <= counts.sum() <= total.isf(ALPHA)
    dispersion = 399 * counts.var(ddof=1) / counts.mean()
    assert stats.chi2(399).ppf(ALPHA) < dispersion < stats.chi2(399).isf(ALPHA)
    # Given their number, times are uniform; within a step, too.
    times = spikes.times_ms[spikes.channels == 0]
    for scaled in (times / (50 * step_ms), times / step_ms % 1):
        assert stats.kstest(scaled, "uniform").pvalue > ALPHA


def test_steps_and_channels_have_chances_of_their_own():
    """Counts of neighbouring steps, and of channels of one value, are not correlated."""
    X = np.random.default_rng(2).uniform(size=(200, 1, 50)).repeat(2, axis=1)
    spikes = PoissonRate(max_rate_Hz=500, random_state=0).fit_transform(X)
    dense = spikes.to_dense(1.0) - X / X.max() * 0.5
    for one, other in [(dense[:, 0], dense[:, 1]), (dense[:, 0, 1:], dense[:, 0, :-1])]:
        assert stats.pearsonr(one.ravel(), other.ravel()).pvalue > ALPHA


def test_the_low_end_is_silent():
    assert poisson_of(0.0).counts()[:, 0].sum() == 0
    assert poisson_of(-5.0).counts()[:, 0].sum() == 0


def test_seed_and_content_decide_and_nothing_else():
    X = np.random.default_rng(0).uniform(size=(5, 2, 100))
    encode = PoissonRate(random_state=7).fit(X).transform
    assert encode(X) == PoissonRate(random_state=7).fit_transform(X) == encode(X)
    assert encode(X) != PoissonRate(random_state=8).fit_transform(X)
    assert encode(np.concatenate([X[:1], X[:1]]))[1] == encode(X[:1])
    # Up to where two samples first differ they are alike, and not behind it.
    changed = X[:1].copy()
    changed[0, 0, 50] = 0.123
    old, new = encode(X[:1]).to_lists()[0][1], encode(changed).to_lists()[0][1]
    np.testing.assert_array_equal(old[old < 50], new[new < 50])
    assert not np.isin(old[old > 51], new).any()
    # Zero has one sign here.
    zeros = np.zeros((1, 2, 100))
    encoder = PoissonRate(random_state=7).fit(np.array([[[-1.0, 1], [-1, 1]]]))
    assert encoder.transform(zeros) == encoder.transform(-zeros)


def test_without_a_seed_each_fit_has_its_own():
    X = np.random.default_rng(0).uniform(size=(5, 2, 100))
    assert PoissonRate().fit_transform(X) != PoissonRate().fit_transform(X)


def test_the_inverse_has_no_bias_and_the_noise_of_a_poisson_process():
    """Error of one step: sqrt(expected) / (largest expected), in units of the range."""
    X = np.linspace(-2, 4, 4000).reshape(4, 1, 1000)
    encoder = PoissonRate(max_rate_Hz=4000, random_state=0)
    error = encoder.inverse_transform(encoder.fit_transform(X)) - X
    sd = 6 * np.sqrt((X + 2) / 6 * 4) / 4
    z = error.sum() / np.sqrt((sd**2).sum())
    assert abs(z) < stats.norm.isf(ALPHA / 2)
    np.testing.assert_allclose((error**2).mean(), (sd**2).mean(), rtol=0.1)


# Latency


def test_the_larger_the_earlier():
    encoder = Latency(step_ms=20).fit(np.array([[[0.0, 4.0]]]))
    spikes = encoder.transform(np.array([[[4.0, 3.0, 0.0, 1.0, 9.0, -1.0]]]))
    np.testing.assert_allclose(spikes.times_ms, [0, 25, 75, 80])


def test_features_of_a_vector_make_one_volley():
    X = np.array([[[0.0], [2.0]], [[1.0], [0.0]], [[0.5], [1.0]]])
    spikes = Latency(step_ms=20).fit_transform(X)
    assert spikes.durations_ms.tolist() == [20] * 3
    assert [[train.tolist() for train in sample] for sample in spikes.to_lists()] == [
        [[], [0]],
        [[0], []],
        [[10], [10]],
    ]


def test_the_inverse_of_latencies_is_exact():
    X = np.random.default_rng(0).normal(size=(10, 3, 200))
    for step_ms in (1, 7.3):
        encoder = Latency(step_ms=step_ms)
        back = encoder.inverse_transform(encoder.fit_transform(X))
        # What is too near to the low end to be told from the next step is the low end.
        np.testing.assert_allclose(back, X, atol=2e-6 * np.ptp(X))
