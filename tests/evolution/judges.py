"""Judges of tasks, for tests."""

from evolution.judge import Judge
from lsm.states import make_state


def judge_of(task, *, state="counts", readout="ridge"):
    """A judge with the split of a task."""
    return Judge.of_task(task, state=make_state(state), readout=readout, n_jobs=1)
