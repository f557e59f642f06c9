"""Processor time, which other work on the machine doesn't lengthen as it does time itself."""

from __future__ import annotations

import os


def processor_seconds() -> float:
    """Of this process, and of the programs that it has started and that have ended."""
    return sum(os.times()[:4])
