"""Samples of one's own, in a file or a folder, as a task: ``docs/own_data.md``."""

from tasks.own.task import own, own_groups, task_from

__all__ = ["own", "own_groups", "task_from"]
