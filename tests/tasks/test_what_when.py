"""Cue, outcome and latency: schedules, bumps and the spikes of a cue."""

import numpy as np
import pytest

from tasks.what_when import (
    CUE_MS,
    JITTER_MS,
    N_CHANNELS,
    N_SPIKES,
    Schedule,
    announced,
    bumps,
    cue_spikes,
)

BACK = Schedule((0.9, 0.1, 0.9), (300, 300, 600), 50)


def times(spikes):
    """Times in the order of channels, (trials, channels, spikes)."""
    order = np.lexsort((spikes.times_ms, spikes.channels, spikes.sample_indices()))
    return spikes.times_ms[order].reshape(len(spikes), N_CHANNELS, N_SPIKES)


def test_a_schedule_goes_block_by_block():
    assert len(BACK) == 150
    assert [*BACK.switches] == [50, 100]
    np.testing.assert_allclose(
        BACK.expected[[0, 49, 50, 100]], [[0.9, 0.1]] * 2 + [[0.1, 0.9], [0.9, 0.1]]
    )
    assert BACK.latency_ms[[0, 99, 100]].tolist() == [300, 300, 600]


def test_outcomes_come_as_often_as_they_should():
    schedule = Schedule((0.3, 0.8), (300, 300), 5000)
    came = schedule.outcomes(0)
    assert set(came.ravel()) == {0.0, 1.0}
    np.testing.assert_array_equal(came.sum(axis=1), 1)
    a = came[:, 0].reshape(2, -1).mean(axis=1)
    np.testing.assert_allclose(a, [0.3, 0.8], atol=4 * np.sqrt(0.25 / 5000))
    np.testing.assert_array_equal(came, schedule.outcomes(0))


def test_bumps_are_gaussian_and_as_high_as_asked():
    t = np.arange(0, 1000, 5.0)
    found = bumps([[0.7, 0.3], [0, 1]], [300, 600], t, width_ms=40)
    assert found.shape == (2, 200, 2)
    np.testing.assert_allclose(found[0, t == 300], [[0.7, 0.3]])
    np.testing.assert_allclose(found[0, t == 340], np.exp(-0.5) * np.array([[0.7, 0.3]]))
    np.testing.assert_allclose(found[1].sum(axis=0) * 5, [0, 40 * np.sqrt(2 * np.pi)], rtol=1e-6)


def test_trials_of_a_cue_are_its_template_jittered():
    spikes = cue_spikes([0] * 400, after_ms=100, templates=1, random_state=2)
    assert (spikes.n_channels, set(spikes.durations_ms)) == (N_CHANNELS, {CUE_MS + 100})
    assert spikes.times_ms.max() < CUE_MS
    # Sorted by time, neighbours that change places would hide some of the jitter: of sums none is.
    sums = times(spikes).sum(axis=2)
    np.testing.assert_allclose(sums.std(axis=0), np.sqrt(N_SPIKES) * JITTER_MS, rtol=0.2)


def test_cues_differ_and_do_not_depend_on_other_cues():
    alone = cue_spikes([0, 0, 0], after_ms=50, templates=1, random_state=2)
    mixed = cue_spikes([0, 1, 0], after_ms=50, templates=1, random_state=2)
    same = (times(alone) == times(mixed)).all(axis=(1, 2))
    assert same.tolist() == [True, False, True]
    apart = np.abs(times(mixed)[1] - times(mixed)[0]).mean()
    assert apart > 2 * np.abs(times(mixed)[2] - times(mixed)[0]).mean()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Schedule((0.5,), (300, 600), 10), "one value for each block, got 1 and 2"),
        (lambda: Schedule((), (), 10), "one value for each block, got 0 and 0"),
        (lambda: Schedule((1.5,), (300,), 10), r"probabilities must lie in \[0, 1\], got 1.5"),
        (lambda: Schedule((0.5,), (-1,), 10), "latencies_ms must be .* got -1"),
        (lambda: Schedule((0.5,), (300,), 0), "trials must be .* got 0"),
        (lambda: bumps([[1.0]], [300], [0.0], width_ms=0), "width_ms must be"),
        (lambda: announced([0], latencies_ms=(3,), p=1.5), r"p must lie in \[0, 1\], got 1.5"),
        (lambda: announced([0.5], latencies_ms=(3,), p=0.5), "cues must hold whole numbers"),
        (lambda: cue_spikes([], after_ms=1, templates=0), "cues must be numbers from 0 on"),
        (lambda: cue_spikes([-1], after_ms=1, templates=0), "cues must be numbers from 0 on"),
        (lambda: cue_spikes([0], after_ms=-1, templates=0), "after_ms must"),
    ],
)
def test_bad_input_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
