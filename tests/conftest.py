"""What all tests share: one cache of compiled liquid programs, built at most once each."""

import os
import signal

import pytest
from hypothesis import settings

from tasks import TASKS

# Speed is judged by the benchmark, in ratios: a busy machine must not fail a property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def ctrl_c():
    """Heard by the tests and what they start, even where a shell runs them in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory, worker_id):
    """The cache named by LSM_CACHE, or else an empty one for this session and all its workers."""
    if "LSM_CACHE" in os.environ:
        yield
        return
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent  # each worker has a folder of its own in the session's
    os.environ["LSM_CACHE"] = str(folder / "cache")
    yield
    del os.environ["LSM_CACHE"]


@pytest.fixture
def task_table():
    """The table of tasks, put back as it was: one from outside is entered when it is named."""
    before = dict(TASKS)
    yield TASKS
    TASKS.clear()
    TASKS.update(before)
