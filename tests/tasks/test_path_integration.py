"""Path integration: velocities of the process, spikes that tell them, and the position."""

import numpy as np

from tasks import make_task
from tasks.cues import GROUP, PROBABILITY
from tasks.path_integration import TAU_MS, end_deviation, velocities


def test_velocities_are_an_ornstein_uhlenbeck_process():
    velocity = velocities(400, np.random.default_rng(0))
    np.testing.assert_allclose(velocity.var(axis=(0, 1)), 1, atol=0.06)
    lagged = (velocity[:, :-100] * velocity[:, 100:]).mean()
    assert abs(lagged - np.exp(-100 / TAU_MS)) < 0.05
    assert abs(velocity.sum(axis=1).std() / end_deviation() - 1) < 0.1


def test_the_label_is_the_quadrant_of_the_last_position():
    task = make_task("Path", random_state=0, samples_per_class=40)
    end = task.targets.values[:, -1]
    np.testing.assert_array_equal(task.labels, 2 * (end[:, 0] > 0) + (end[:, 1] > 0))
    assert abs(end.std() - 1) < 0.15


def test_spikes_tell_the_velocity():
    task = make_task("Path", random_state=0, samples_per_class=40)
    groups = task.spikes.to_dense(1.0).reshape(160, 4, GROUP, -1).mean(axis=2)
    velocity = np.diff(task.targets.values, axis=1) * end_deviation()
    heard = (groups[:, ::2] - groups[:, 1::2]).transpose(0, 2, 1)[:, 1:]
    slope = (heard * velocity).sum() / (velocity**2).sum()
    assert abs(slope / PROBABILITY - 1) < 0.05
    # A direction fires only while it is the one that is taken.
    assert not groups[:, 0, 1:][velocity[..., 0] < 0].any()
