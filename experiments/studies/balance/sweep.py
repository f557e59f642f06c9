"""The balance experiment: what is missing is measured, and all that is there is judged.

The work is cut into pieces, a seed with one kind of input; each leaves a record, so that an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.errors import InputError
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.page import write_page
from experiments.lab.progress import note
from experiments.lab.records import Key, Records
from experiments.lab.results import output_folder, set_aside, versions, write_csv, write_json
from experiments.lab.statistics import MIN_RUNS, Summary, interval
from experiments.studies.balance.claims import judge, report
from experiments.studies.balance.liquids import RATE_HZ, SPOILT_INPUTS, SPOILT_LIQUIDS
from experiments.studies.balance.measures import load_recordings, measure
from experiments.studies.balance.pictures import draw
from experiments.studies.balance.settings import BalanceSettings
from experiments.studies.balance.table import Table, table
from lsm import compilations
from tasks import Task


def sweep(settings: BalanceSettings) -> Summary:
    """Do what is missing, write tables, pictures and the report, and return the summary.

    Without ``--resume``, whatever an earlier run left in the folder is set aside first.

    Raises
    ------
    InputError
        There are no recordings, or the folder's records are of other settings.
    """
    started = time.perf_counter()
    folder = output_folder(settings.out)
    recordings = _recordings(settings)
    if not settings.resume:
        set_aside(folder)
    records = Records(folder / "records.jsonl", settings.identity())
    _work(settings, recordings, records)

    tables = {
        name: table([records[_key(seed, name)]["points"] for seed in range(settings.n_seeds)])
        for name in settings.inputs
    }
    summary = {
        "experiment": "ei_balance",
        "quick": settings.quick,
        "seeds": settings.n_seeds,
        "rate_Hz": RATE_HZ,
        "points": {name: _points(one) for name, one in tables.items()},
        **judge(tables),
        "compilations": compilations(),
        "seconds": {
            "total": time.perf_counter() - started,
            "measured": sum(
                records[_key(seed, name)]["seconds"]
                for seed in range(settings.n_seeds)
                for name in settings.inputs
            ),
        },
        "versions": versions(),
        "settings": settings.identity(),
    }
    write_csv(folder / "points.csv", _rows(tables))
    draw(folder, tables, summary)
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{report(summary)}\nresults in {folder}", flush=True)
    return summary


def _recordings(settings: BalanceSettings) -> Task | None:
    if "FSDD" not in settings.inputs:
        return None
    try:
        return load_recordings(settings.data, settings.scale)
    except (ValueError, TypeError, ImportError) as error:
        raise InputError(f"{error} (--task TXOR and --task signal need no recordings)") from error


def _work(settings: BalanceSettings, recordings: Task | None, records: Records) -> None:
    """Do what has no record yet: seeds side by side, each with all that it hears."""
    pieces = [(seed, name) for seed in range(settings.n_seeds) for name in settings.inputs]
    missing = [piece for piece in pieces if _key(*piece) not in records]
    ticks = {name: _ticks(name, len(settings.scale.octaves)) for name in settings.inputs}
    total = sum(ticks[name] for _, name in pieces)
    left = sum(ticks[name] for _, name in missing)

    with threadpool_limits(1), tqdm(total=total, initial=total - left, unit="step") as bar:

        def tick() -> None:
            raise_if_interrupted()
            bar.update()

        def piece(seed: int, name: str) -> tuple[Key, dict[str, Any]]:
            before = time.perf_counter()
            points = measure(name, seed, settings.scale, recordings, tick)
            seconds = time.perf_counter() - before
            return _key(seed, name), {"points": _finite(points), "seconds": seconds}

        # Threads: nearly all of the time is spent in programs and in LAPACK, outside of Python.
        pool = Parallel(n_jobs=settings.n_jobs, prefer="threads", return_as="generator_unordered")
        for key, content in pool(delayed(piece)(*one) for one in missing):
            records.add(key, content)
            note(f"seed {key[0]}, {key[2]}: {content['seconds']:.0f} s")


def _ticks(name: str, points: int) -> int:
    """How often :func:`measure` calls."""
    spoilt = len(SPOILT_INPUTS) + len(SPOILT_LIQUIDS)
    return 2 * points + 3 if name == "signal" else points + 1 + spoilt


def _key(seed: int, name: str) -> Key:
    return seed, 0, name


def _finite(tree: Any) -> Any:
    """The same with None for numbers that aren't finite, which JSON doesn't have."""
    if isinstance(tree, dict):
        return {name: _finite(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_finite(value) for value in tree]
    return None if isinstance(tree, float) and not np.isfinite(tree) else tree


def _points(one: Table) -> list[dict[str, Any]]:
    """Mean and 95 % interval over seeds of each measure at each ratio."""
    points = []
    for k, octave in enumerate(one.octaves):
        measures = {}
        for name, values in one.values.items():
            some = values[np.isfinite(values[:, k]), k]
            measures[name] = {
                "mean": float(some.mean()) if len(some) else None,
                "interval": interval(some) if len(some) >= MIN_RUNS else None,
            }
        points.append(
            {"octave": float(octave), "matched": int(one.matched[:, k].sum()), "measures": measures}
        )
    return points


def _rows(tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """A row for each input, seed and ratio; empty where a measure belongs to another input."""
    names = dict.fromkeys(name for one in tables.values() for name in one.values)
    return [
        {"input": heard, "seed": seed, "octave": float(octave), "matched": one.matched[seed, k]}
        | {name: one.values[name][seed, k] if name in one.values else "" for name in names}
        for heard, one in tables.items()
        for seed in range(len(one.matched))
        for k, octave in enumerate(one.octaves)
    ]
