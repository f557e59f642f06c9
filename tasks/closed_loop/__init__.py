"""Networks that learn a target in the closed loop, as published, and go on alone.

``train_target(make_protocol("sine", "lif"), random_state=0)`` trains the network of a protocol by
FORCE, lets it run alone, and gives the whole :class:`Course`; :func:`measures_of` says how well it
does, and `tasks.closed_loop.plots.plot_course` makes pictures of it. :func:`train_network` leaves
more open: the target, what is recorded, where chance comes from; :func:`run_alone` lets such a
network go on, with its own decoder or another's.
"""

from tasks.closed_loop.alone import run_alone
from tasks.closed_loop.measures import measures_of
from tasks.closed_loop.training import (
    Course,
    input_weights,
    train_network,
    train_target,
    without_warnings,
)

__all__ = [
    "Course",
    "input_weights",
    "measures_of",
    "run_alone",
    "train_network",
    "train_target",
    "without_warnings",
]
