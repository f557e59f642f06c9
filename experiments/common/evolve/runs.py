"""Runs of the evolved liquid's experiment: one or many, new, resumed or done already."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from evolution.seeds import stream
from experiments.common.errors import InputError
from experiments.common.evolve.evolving import Run
from experiments.common.evolve.pictures import draw_runs
from experiments.common.evolve.settings import Settings
from experiments.common.page import write_page
from experiments.common.results import output_folder, read_json, set_aside, versions, write_json
from experiments.common.summaries import Summary, aggregate, report
from lsm import Reservoir, compilations
from tasks import group_names


def run_all(settings: Settings) -> Summary:
    """Run every repetition (or fold), write the summary of all, and return it.

    Without ``--resume``, whatever an earlier run left in the folder is set aside first.

    Raises
    ------
    InputError
        The task can't be made, or the folder's results are of other settings.
    CheckpointError
        A checkpoint is of other settings, or damaged.
    """
    folder = output_folder(settings.out)
    started = time.perf_counter()
    seeds = [stream(SeedSequence(settings.seed), run) for run in range(settings.runs)]
    work = [(seed, fold) for seed in seeds for fold in _folds(settings)]
    if not settings.resume:
        set_aside(folder)
    done = finished(folder, settings)
    _check_number(folder, settings, done)
    if len(work) == 1:
        summary = done or Run(settings, *work[0], folder, "").result()
    else:
        folders = [folder / f"run-{number:02d}" for number in range(len(work))]
        known = [finished(at, settings) for at in folders]
        summaries = []
        for k, at in enumerate(folders):
            title = f"run {k + 1}/{len(work)}"
            summaries.append(known[k] or Run(settings, *work[k], output_folder(at), title).result())
        summary = aggregate(summaries) | {
            "compilations": compilations(),
            "seconds": {"total": time.perf_counter() - started},
            "versions": versions(),
            "settings": settings.identity() | {"runs": settings.runs},
        }
        best = int(np.argmax([one["fitness"] for one in summaries]))
        Reservoir.load(folders[best] / "best.npz").save(folder / "best.npz")
        draw_runs(folder, summaries)
        write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{report(summary)}\nresults in {folder}", flush=True)
    return summary


def finished(folder: Path, settings: Settings) -> Summary | None:
    """The summary that a run of these settings left in the folder, if there is one to resume.

    Raises
    ------
    InputError
        It is of other settings, or no summary of this experiment.
    """
    path = folder / "summary.json"
    if not settings.resume or not path.exists():
        return None
    summary: Summary = read_json(path, "a summary of evolve_lsm.py, to be resumed")
    theirs = summary.get("settings")
    if not isinstance(theirs, dict):
        raise InputError(f"{path} is not a summary of evolve_lsm.py, to be resumed: no settings")
    mine = settings.identity() | {"runs": theirs.get("runs")}
    if different := [name for name in mine | theirs if mine.get(name) != theirs.get(name)]:
        raise InputError(
            f"--resume: {path} is of another run: {different[0]} was "
            f"{theirs.get(different[0])!r}, now {mine.get(different[0])!r}"
        )
    return summary


def _check_number(folder: Path, settings: Settings, done: Summary | None) -> None:
    """Many runs may become more; but one run has its files where many have their summary."""
    if done is None:
        return
    theirs, mine = done["settings"].get("runs", 1), settings.runs
    if mine != theirs and not 1 < theirs < mine:
        raise InputError(
            f"--resume: {folder / 'summary.json'} is of another number of runs: --runs was "
            f"{theirs}, now {mine}"
        )


def _folds(settings: Settings) -> list[dict[str, Any]]:
    """Options of the task, one for each part that is held out in turn."""
    if settings.split != "group":
        return [{}]
    try:
        return [{"group": name} for name in group_names(settings.task, settings.data)]
    except (ValueError, TypeError, ImportError) as error:
        raise InputError(str(error)) from error
