"""Measure the parts that are asked for, print them, and write a summary and a page."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from experiments.benchmarks import BENCHMARK
from experiments.benchmarks.page import page
from experiments.benchmarks.parts import chosen_parts
from experiments.benchmarks.peers.table import LOOP, PEERS
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.configuration import kept
from experiments.lab.figures import style
from experiments.lab.page import RunFiles, write_page
from experiments.lab.results import Results, versions


def run(given: Mapping[str, Any]) -> int:
    """Measure what options ask for; 1 if ways to a result differ or fail, else 0.

    Raises
    ------
    InputError
        Naming the option, what was expected and what came.
    """
    settings = BenchmarkSettings.from_options(**given)
    with kept(settings, given) as folder, style():
        results = Results(folder)
        summary: dict[str, Any] = {"experiment": "benchmark", "seed": settings.seed}
        summary["quick"] = settings.quick
        wrong: list[str] = []
        for name, part in chosen_parts(settings).items():
            summary[name] = content = part.measure(settings, results)
            wrong += part.wrong(content)
            texts = [each.text for each in part.report(content)]
            print("\n" + "\n\n".join(texts), flush=True)
    numba = {} if PEERS[LOOP].missing() else {"numba": version("numba")}
    summary["versions"] = versions() | numba
    results.json("summary.json", summary)
    results.path("report.html")
    files = RunFiles(folder, summary)
    write_page(files, BENCHMARK, page(files))
    if wrong:
        print(f"benchmark.py: error: {wrong[0]}", file=sys.stderr)
    return 1 if wrong else 0
