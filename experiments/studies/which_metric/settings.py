"""Options of ``which_metric.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from experiments.lab.options import Settings, jobs, option
from experiments.lab.outside import known_task

TASKS = ("TXOR", "PR12", "TPR12", "FSDD", "Braille", "Parity2")


@dataclass(frozen=True, kw_only=True)
class WhichMetricSettings(Settings):
    """Options of ``which_metric.py``."""

    tasks: tuple[str, ...] = option(
        TASKS,
        f"as classify.py has them ({' '.join(TASKS)}; --quick: TXOR PR12)",
        valid=partial(known_task, option="--tasks"),
        names_code=True,
        metavar="TASK",
        quick=TASKS[:2],
    )
    liquids: int = option(200, "random liquids ({default}; --quick: 20)", least=5, quick=20)
    neurons: int = option(100, "of a liquid ({default}; --quick: 30)", least=10, quick=30)
    samples: int = option(
        1200, "of a task, at most ({default}; --quick: 120)", least=24, most=100_000, quick=120
    )
    seed: int = option(0, "of the first liquid ({default})", least=0)
    n_jobs: int = jobs("processes of a simulation; -1: all cores ({default})")
    out: Path = option(Path("results/which_metric"), "folder of the results ({default})")

    outside_identity = (*Settings.outside_identity, "tasks", "liquids")

    @classmethod
    def derived(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Tasks once each."""
        return {"tasks": tuple(dict.fromkeys(given["tasks"]))} if "tasks" in given else {}
