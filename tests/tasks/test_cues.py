"""Cues: which groups of channels fire when, and how much."""

import numpy as np

from tasks.cues import GROUP, NOISE, PROBABILITY, group_spikes


def shown(spikes, starts, burst):
    """The symbol of each cue: the group that fires most in its time, of those of symbols."""
    groups = spikes.to_dense(1.0).reshape(len(spikes), -1, GROUP, int(spikes.durations_ms[0]))
    counts = groups.sum(axis=2)[:, :-2]
    return np.stack([counts[..., s : s + burst].sum(axis=-1).argmax(axis=1) for s in starts], 1)


def rates(spikes, first, last):
    """Spikes a step and channel of each group, over the steps from `first` to before `last`."""
    dense = spikes.to_dense(1.0)[..., first:last]
    return dense.reshape(len(spikes), -1, GROUP, last - first).mean(axis=(0, 2, 3))


def test_groups_fire_as_probable_as_they_should():
    probability = np.zeros((200, 100, 3), np.float32)
    probability[:, 50:, 0], probability[:, :, 1] = PROBABILITY, NOISE
    spikes = group_spikes(probability, np.random.default_rng(0))
    assert spikes.shape == (200, 30)
    np.testing.assert_array_equal(spikes.durations_ms, 100)
    assert rates(spikes, 0, 50)[0] == 0
    # 100,000 draws: deviations are .0006 and .0003.
    np.testing.assert_allclose(rates(spikes, 50, 100), [PROBABILITY, NOISE, 0], atol=0.002)
    assert spikes.to_dense(1.0).max() == 1
    assert not set(spikes.channels) & set(range(20, 30))
