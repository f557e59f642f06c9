"""A small valid call of every public function whose arguments have a unit."""

from __future__ import annotations

from tests.units import learning, liquids, loops, measures, signals, tasks

CASES = liquids.CASES | loops.CASES | signals.CASES | measures.CASES | tasks.CASES
CASES |= learning.CASES
