"""Judges of tasks, for tests."""

from evolution.judge import Judge
from lsm.states import make_state


def judge_of(task, *, state="counts", readout="ridge"):
    """A judge with the split of a task."""
    return Judge(
        task.spikes,
        task.labels,
        train_samples=task.train,
        fitness_samples=task.fitness,
        test_samples=task.test,
        state=make_state(state),
        readout=readout,
        n_jobs=1,
    )
