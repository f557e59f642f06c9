"""This checkout beside another one, in turns: time, memory, and whether the results are the same.

Each checkout has a process of its own, which does one piece of work at a time when it is asked to
(``against_work.py``, which uses nothing but public names). What counts is the processor time of a
turn, all child processes included: it suffers less from a busy machine than time on the clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import numpy as np
from tqdm.auto import tqdm

from experiments.benchmarks.against_work import MEMORY
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.errors import InputError
from experiments.lab.page import Part
from experiments.lab.page.figures import table
from experiments.lab.results import Results
from lsm.metrics.statistics import interval

TURNS, QUICK_TURNS = 20, 3
HERE = Path(__file__).parents[2]
_SCRIPT = Path(__file__).resolve().with_name("against_work.py")


def beside(other: Path, seed: int, *, quick: bool) -> list[dict[str, Any]]:
    """Time the same work here and in the other checkout, in turns.

    Returns
    -------
    list of dict
        For each piece of work its name, processor seconds ``here`` and ``there`` (turns,), the
        ``ratio`` (geometric mean of here over there) with its 95 % ``interval``, whether the
        results are ``equal``, byte for byte, and the peaks of ``memory_MiB`` (here and there, of
        the process and its largest program).

    Raises
    ------
    InputError
        The folder is no checkout of this project.
    RuntimeError
        A process of one of them has failed.
    """
    if not (other / "lsm" / "__init__.py").is_file():
        raise InputError(f"--against must be a folder with a checkout of this project, got {other}")
    turns = QUICK_TURNS if quick else TURNS
    rows = []
    with ExitStack() as stack:
        sides = [stack.enter_context(_Side(place, seed, quick)) for place in (HERE, other)]
        for name in sides[0].names:
            seconds = np.empty((turns, 2))
            digests = {side.do(name)["digest"] for side in sides}  # builds programs, reads files
            memory_MiB = [side.memory(name) for side in sides]
            for turn in tqdm(range(turns), desc=name, unit="turn"):
                for side in (0, 1) if turn % 2 else (1, 0):
                    seconds[turn, side] = sides[side].do(name)["seconds"]
            ratios = np.log(seconds[:, 0] / seconds[:, 1])
            rows.append(
                {
                    "work": name,
                    "here": seconds[:, 0].tolist(),
                    "there": seconds[:, 1].tolist(),
                    "ratio": float(np.exp(ratios.mean())),
                    "interval": np.exp(interval(ratios)).tolist(),
                    "equal": len(digests) == 1,
                    "memory_MiB": memory_MiB,
                }
            )
    return rows


def against_report(rows: Sequence[Mapping[str, Any]]) -> list[Part]:
    """A table of processor times, their ratio and what came out, and of memory here and there."""
    heads = ["work", "here, s", "there, s", "ratio", "95 % interval", "results"]
    heads += ["process, MiB", "program, MiB"]
    cells = []
    for row in rows:
        here, there = (np.mean(row[side]) for side in ("here", "there"))
        low, high = row["interval"]
        same = "equal" if row["equal"] else "differ"
        numbers = [f"{here:.2f}", f"{there:.2f}", f"{row['ratio']:.3f}"]
        peaks = [f"{here:.0f}, {there:.0f}" for here, there in zip(*row["memory_MiB"], strict=True)]
        cells.append([row["work"], *numbers, f"{low:.3f} to {high:.3f}", same, *peaks])
    return [table(heads, cells)]


class _Side:
    """A checkout's process; ends with the ``with`` block."""

    def __init__(self, checkout: Path, seed: int, quick: bool) -> None:
        self._checkout = checkout
        self._process = subprocess.Popen(
            # -P: modules beside the script are none of the names that it imports.
            [sys.executable, "-P", str(_SCRIPT), str(seed), str(int(quick))],
            env=os.environ | {"PYTHONPATH": str(checkout.resolve())},
            cwd=checkout,  # modules that it runs by name are found there first
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> _Side:
        self.names = cast("list[str]", self._answer())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def do(self, name: str) -> dict[str, Any]:
        """Have the work of a name done once: its processor ``seconds``, its result's ``digest``."""
        return cast("dict[str, Any]", self._ask(name))

    def memory(self, name: str) -> list[float]:
        """Have it done once more: peaks of its process and its largest program, in MiB."""
        return cast("list[float]", self._ask(MEMORY + name))

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of {self._checkout} ended; see what it printed above")
        return json.loads(line)


def _measure(settings: BenchmarkSettings, _: Results) -> list[dict[str, Any]]:
    assert settings.against is not None
    return beside(settings.against, settings.seed, quick=settings.quick)


PART = BenchmarkPart("Beside another checkout", _measure, against_report)
