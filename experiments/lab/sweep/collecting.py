"""Tables of a folder's records: all runs, and settings by how good they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.lab.errors import InputError, unknown
from experiments.lab.progress import note
from experiments.lab.results import Results, flat
from experiments.lab.study import Study
from experiments.lab.sweep.comparison import Comparison, Setting
from experiments.lab.sweep.pictures import plot_comparison
from experiments.lab.sweep.run import Record
from experiments.lab.sweep.store import all_records
from lsm.base.files import atomic_path
from tasks.data import optional

Row = dict[str, Any]

#: Of a summary these say how it was made, not what came of it.
_ABOUT = ("versions", "settings", "compilations", "seconds", "experiment")
#: What a row says of every run.
_EVERY = ("trial", "experiment", "status", "attempts", "seconds")
#: Another seed is the same setting.
SEED = "seed"


def collect(
    folder: Path,
    find: Callable[[str], Study],
    *,
    metric: str | None = None,
    minimise: bool = False,
) -> list[Path]:
    """Write tables and pictures of a folder's records; the records that aren't whole.

    ``trials.csv`` and ``trials.parquet`` have a row for each run, ``best.csv`` one for each
    setting; `experiments.lab.sweep.pictures` says what figures there are.

    Parameters
    ----------
    folder : path
    find : callable
        A study by its name; InputError for one that isn't there.
    metric : str, optional
        A column with numbers; by default the study's.
    minimise : bool
        Less of `metric` is better; of the study's own metric the study says so.

    Raises
    ------
    InputError
        There are no records, or none has the metric.
    """
    recorded = list(all_records(folder))
    damaged = [path for path, record in recorded if record is None]
    for path in damaged:
        note(f"left out, as it isn't whole: {path}")
    records = [record for _, record in recorded if record is not None]
    if not records:
        raise InputError(f"--collect: no records in {folder / 'records'}")
    rows = table(records)
    results = Results(folder, resume=True)
    results.csv("trials.csv", rows)
    _write_parquet(results.path("trials.parquet"), rows)
    done = [record for record in records if record["status"] == "done"]
    print(f"{len(done)} runs done, {len(records) - len(done)} failed: {folder / 'trials.csv'}")
    parameters = _parameters(records)
    names = sorted({record["experiment"] for record in records})
    known = _numeric(rows, parameters)
    usual, less = _usual(names[0], find)
    if metric is None and usual in known:
        metric = usual
    if len(names) > 1:
        note(f"no pictures: these are records of {' and '.join(names)}")
    elif metric is None:
        note(f"no pictures: choose --metric, one of {', '.join(known)}")
    elif done:
        minimise = less if metric == usual else minimise
        comparison = compare(rows, parameters, metric, minimise=minimise)
        results.csv("best.csv", [setting.row(metric) for setting in comparison.settings])
        plot_comparison(results, comparison)
        best = comparison.settings[0]
        print(f"best {metric}: {best.mean:.4g} ({best}; {len(best.values)} runs)")
    return damaged


def _usual(name: str, find: Callable[[str], Study]) -> tuple[str, bool]:
    """A study's own metric, and whether less of it is better; none of a study from elsewhere."""
    try:
        study = find(name)
    except InputError:
        return "", False
    return study.metric, study.minimise


def table(records: Sequence[Record]) -> list[Row]:
    """A row for each record, all with the same columns: None where there is nothing."""
    parameters = _parameters(records)
    rows = []
    for record in records:
        result = {k: v for k, v in record.get("result", {}).items() if k not in _ABOUT}
        values = {name: value for name, value in flat(result) if not isinstance(value, list)}
        row = {name: record[name] for name in _EVERY} | record["parameters"]
        row |= {k: v for k, v in values.items() if k not in parameters and k not in row}
        rows.append(row | {"failure": record.get("error")})
    columns = dict.fromkeys(name for row in rows for name in row if name != "failure")
    return [{name: _cell(row.get(name)) for name in [*columns, "failure"]} for row in rows]


def compare(
    rows: Sequence[Row], parameters: Sequence[str], metric: str, *, minimise: bool
) -> Comparison:
    """Settings by the mean of a metric over their runs.

    Raises
    ------
    InputError
        No run has such a number.
    """
    known = _numeric(rows, parameters)
    if metric not in known:
        raise unknown("--metric", metric, known)
    names = [n for n in parameters if n != SEED and len({row[n] for row in rows}) > 1]
    values: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        if _is_number(row[metric]):
            values.setdefault(tuple(row[name] for name in names), []).append(row[metric])
    settings = [
        Setting(dict(zip(names, key, strict=True)), np.array(some, dtype=np.float64))
        for key, some in values.items()
    ]
    settings.sort(key=lambda each: each.mean if minimise else -each.mean)
    return Comparison(metric, minimise, settings)


def _parameters(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record["parameters"]))


def _numeric(rows: Sequence[Row], parameters: Sequence[str]) -> list[str]:
    """Columns of results that have numbers."""
    asked = {*parameters, "attempts"}
    names = [name for name in rows[0] if name not in asked]
    return [name for name in names if any(_is_number(row[name]) for row in rows)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and bool(np.isfinite(value))


def _cell(value: Any) -> Any:
    """A value as a table can have it; what holds several, and numbers beyond 64 bits, as text."""
    large = isinstance(value, int) and abs(value) >= 2**63
    return json.dumps(value) if large or isinstance(value, list | dict) else value


def _write_parquet(path: Path, rows: Sequence[Row]) -> None:
    try:
        arrow, parquet = optional("pyarrow", "parquet"), optional("pyarrow.parquet", "parquet")
    except ImportError as error:
        note(f"no {path.name}: {error}")
        return
    columns = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        try:
            columns[name] = arrow.array(values)
        except (arrow.ArrowInvalid, arrow.ArrowTypeError):  # of several kinds
            columns[name] = arrow.array([None if v is None else str(v) for v in values])
    with atomic_path(path) as temporary:
        parquet.write_table(arrow.table(columns), temporary)
