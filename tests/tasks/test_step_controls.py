"""What is known at each step without a network."""

from dataclasses import replace

import numpy as np
import pytest

from lsm.learning import Targets
from lsm.spikes import SpikeTrains
from tasks import make_task
from tasks.base import Task
from tasks.step_controls import step_controls


def task_of(values, spikes):
    n = len(values)
    targets = Targets(values, "squared_error" if values.ndim == 3 else "cross_entropy")
    parts = np.arange(0, n - 4), np.arange(n - 4, n - 2), np.arange(n - 2, n)
    return Task("mine", spikes, np.zeros(n, int), *parts, targets=targets, step_ms=1.0)


def test_counts_know_a_sum_of_spikes_and_a_constant_does_not():
    dense = np.random.default_rng(0).integers(0, 2, (12, 2, 40))
    total = np.cumsum(dense[:, :1], axis=2).transpose(0, 2, 1).astype(float)
    spikes = SpikeTrains.from_dense(dense, dt_ms=1.0)
    errors = step_controls(task_of(total, spikes))
    assert errors["counts"] < 1e-3
    assert errors["leaky counts"] < 0.1
    assert errors["constant"] == pytest.approx(1.0, abs=0.05)
    # The clock knows half a spike a step, and not how many there were beyond.
    assert 0.05 < errors["clock"] < 0.5


def test_a_clock_knows_what_is_the_same_every_time():
    values = np.tile(np.arange(40) // 10, (12, 1))
    spikes = SpikeTrains.from_dense(np.zeros((12, 1, 40), int), dt_ms=1.0)
    accuracy = step_controls(task_of(values, spikes))
    assert accuracy["clock"] == 1
    assert accuracy["constant"] == accuracy["counts"] == accuracy["leaky counts"] == 0.25


def test_a_task_without_targets():
    with pytest.raises(ValueError, match="task must have targets at each step, TXOR has none"):
        step_controls(make_task("TXOR", random_state=0, samples_per_class=5))
    with pytest.raises(TypeError, match="task must be a Task, got str"):
        step_controls("Path")


def test_samples_that_have_no_step_in_common():
    durations_ms = np.linspace(20, 80, 12)
    empty = SpikeTrains(np.empty(0), np.empty(0, int), np.zeros(13, int), durations_ms, 1)
    task = task_of(np.arange(12) % 2, empty)
    with pytest.raises(ValueError, match="must have a step that counts in all samples, mine has"):
        step_controls(replace(task, targets=replace(task.targets, window_ms=10)))
