"""Pattern generation: frozen noise at its rate, and a sum of the published sines."""

import numpy as np

from tasks import make_task
from tasks.pattern_generation import N_STEPS


def test_every_sample_is_the_same_noise():
    task = make_task("Pattern", random_state=0)
    assert all(sample == task.spikes[:1] for sample in task.spikes)
    # 100,000 draws: a deviation of .0007.
    assert abs(task.spikes[0].counts().sum() / 1e5 - 0.05) < 0.003
    assert task.spikes.to_dense(1.0).max() == 1


def test_the_target_is_a_sum_of_sines_of_1_2_3_and_5_periods():
    targets = make_task("Pattern", random_state=0).targets
    (signal,) = np.unique(targets.values[..., 0], axis=0)
    assert signal[0] == 0
    assert np.abs(signal).max() == 1
    # Its first and last step are the same point of each period.
    np.testing.assert_allclose(signal[-1], signal[0], atol=1e-12)
    power = np.abs(np.fft.rfft(signal[:-1])) / N_STEPS
    assert set(np.flatnonzero(power > 1e-10)) == {0, 1, 2, 3, 5}


def test_each_pattern_has_a_target_of_its_own():
    task = make_task("Pattern", random_state=0, n_patterns=3, samples_per_class=2)
    for label in range(3):
        same = np.flatnonzero(task.labels == label)
        assert task.spikes[same[:1]] == task.spikes[same[1:]]
        np.testing.assert_array_equal(task.targets.values[same[0]], task.targets.values[same[1]])
    assert len(np.unique(task.targets.values[..., 0], axis=0)) == 3
