"""Small valid files that evolutions and experiments write or are given, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from evolution import GenomeSpace, evolve
from experiments.lab.page.rendering import page_of
from experiments.lab.results import read_run
from experiments.lab.sweep.collecting import compare, table
from experiments.lab.sweep.store import all_records
from experiments.studies import study_of
from lsm.base.archives import write_archive
from lsm.saving import LoadError
from tests.fuzz.written import written

_SPACE = GenomeSpace(4, {"tau_m_ms": (5.0, 20.0)}, box=(1.0, 1.0))


def _search(path: Path, *, resume: bool) -> None:
    evolve(
        _SPACE,
        lambda genomes, _: [genome.parameters.mean() / 100 for genome in genomes],
        population=4,
        generations=3 if resume else 2,
        random_state=0,
        checkpoint=path,
        resume=resume,
    )


def checkpoints(folder: Path) -> list[bytes]:
    path = folder / "made" / "evolution.npz"
    _search(path, resume=False)
    return [path.read_bytes()]


def resume_search(path: Path) -> None:
    for copy in path.parent.glob(f"{path.name}.*"):
        copy.unlink()
    _search(path, resume=True)


_TRIAL = {
    "trial": "0123456789abcdef0123",
    "experiment": "classify",
    "parameters": {"task": "FR5", "seed": 0, "rivals": ["svm"]},
    "command": "python experiments/classify.py --task FR5 --seed 0",
    "seconds": 1.5,
    "attempts": 1,
}
_DONE = _TRIAL | {"status": "done", "result": {"test_accuracy": 0.5, "by": {"a": 1, "b": [2]}}}
_FAILED = _TRIAL | {"status": "failed", "error": "ValueError: no", "traceback": "..."}


def trials(folder: Path) -> list[bytes]:
    return [json.dumps(trial, indent=2).encode() for trial in (_DONE, _FAILED)]


def collect(path: Path) -> None:
    """What is no whole record is left out, and said to be."""
    ((_, record),) = all_records(path.parents[1])
    if record is None:
        raise LoadError(f"{path} isn't whole")
    rows = table([record, dict(_DONE)])
    if record["status"] == "done" and "test_accuracy" in record["result"]:
        compare(rows, ["task", "seed"], "test_accuracy", minimise=False)


IDENTITY = {"task": "FR5", "neurons": 20}


def records(folder: Path) -> list[bytes]:
    lines = [json.dumps(IDENTITY)]
    for seed in range(3):
        record = {"seed": seed, "fold": 0, "method": "liquid", "accuracy": 0.5, "seconds": 1.0}
        lines.append(json.dumps(record))
    return ["".join(f"{line}\n" for line in lines).encode()]


def configurations(folder: Path) -> list[bytes]:
    evolution = (
        "task: TXOR\nneurons: 20\ngap_ms: 30\ngains: true\naims: accuracy,spikes\nout: results/a\n"
    )
    return [
        evolution.encode(),
        b"task: FSDD\ndata: /data\nsplit: group\ndt: 0.5\nseed: 3\nquick: true\n",
    ]


def specifications(folder: Path) -> list[bytes]:
    conversion = """experiment: rate_to_spiking
fixed:
  task: xor
grid:
  units: [20, 50]
  seed: [0, 1, 2]
sample:
  method: sobol
  number: 4
  seed: 0
  parameters:
    trials: {from: 10, to: 100}
    search-trials: [5, 6]
"""
    grids = "experiment: what_when\ngrid:\n  - seed: [0, 1]\n  - seed: [2]\n    trials: [30]\n"
    return [conversion.encode(), grids.encode()]


_SUMMARY = {
    "experiment": "force_training",
    "seed": 0,
    "learned": True,
    "diverged": "",
    "seconds": {"total": 3.5},
    "settings": {
        **{"task": "sine", "model": "lif", "note": "", "n_neurons": 300, "G": 0.1, "Q": 30.0},
        **{"learn_ms": [5000.0, 10_000.0], "duration_ms": 12_000.0},
    },
    "versions": {"numpy": "2.3.5"},
    "nrmse": 0.1,
    "nrmse_drift_tolerant": None,
}


def make_page(path: Path) -> None:
    run = read_run(path.parent)
    page_of(run, study_of(run.summary, path=path.parent / "summary.json"))


def _run_folder(folder: Path) -> None:
    for name, content in (
        ("summary.json", summaries(folder)[0]),
        ("logbook.csv", logbooks(folder)[0]),
    ):
        (folder / name).write_bytes(content)


def summaries(folder: Path) -> list[bytes]:
    return [json.dumps(_SUMMARY).encode(), json.dumps(_SUMMARY | {"runs": 1}).encode()]


def logbooks(folder: Path) -> list[bytes]:
    return [b"generation,best,mean,std\r\n0,0.5,0.4,0.1\r\n1,0.6,0.5,0.1\r\n"]


def beside_a_run(make: Callable[[Path], list[bytes]]) -> Callable[[Path], list[bytes]]:
    def contents(folder: Path) -> list[bytes]:
        _run_folder(folder)
        return make(folder)

    return contents


def tested(folder: Path) -> list[bytes]:
    arrays = {
        "labels": np.array([0, 1, 1]),
        "predicted": np.array([0, 1, 0]),
        "shown": np.array([0, 2]),
        "components": np.ones((2, 2), np.float32),
        "explained": np.array([0.6, 0.3]),
    }
    header = {"format": 1, "classes": ["a", "b"], "description": "two classes"}
    return written(folder, lambda path: write_archive(path, header, arrays))
