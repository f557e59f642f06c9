"""Tasks: labelled spikes with a split, generated or read from recordings.

A task is asked for by name, ``make_task("TXOR", random_state=0)``, and comes as a `Task`:

======================  ======================================================================
FR5                     high and low Poisson rates on 4 channels; the best possible is known
PR4, PR8, PR12          jittered patterns whose spike counts give the class away
TPR4, TPR8, TPR12       jittered patterns with equal counts; only the times tell
TXOR                    two patterns with a gap between, same or different
FSDD                    spoken digits of six speakers, from a folder of recordings
======================  ======================================================================

A new task is one module with a factory and one line in `tasks.registry`. Tasks know `lsm.spikes`
and nothing of liquids, evolution or experiments.
"""

from tasks.base import Task
from tasks.fsdd import speakers
from tasks.registry import TASKS, make_task

__all__ = ["TASKS", "Task", "make_task", "speakers"]
