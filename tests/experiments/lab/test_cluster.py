"""Where trials run."""

import signal

from joblib import Parallel, delayed

from experiments.lab.cluster import local


def blocked():
    """What the calling process's thread doesn't hear."""
    return signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_workers_hear_nothing_from_their_start_on():
    """A Ctrl-C that meets one while it loads would leave a traceback.

    joblib 1.5 and Python start trackers of resources before the first worker, which let the
    starting thread hear signals again.
    """
    before = blocked()
    with local(2):
        masks = Parallel()(delayed(blocked)() for _ in range(4))
    assert all(mask >= {signal.SIGINT, signal.SIGTERM} for mask in masks)
    assert blocked() == before
