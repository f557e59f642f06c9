"""Small runs of evolve_lsm.py, for the tests."""

import json
from pathlib import Path

from experiments.evolve_lsm import main

#: Five liquids of eight neurons over three generations, on 240 samples.
SMALL = {
    "task": "TPR4",
    "neurons": 8,
    "population": 5,
    "generations": 2,
    "seed": 3,
    "n_jobs": 1,
    "quick": True,
}


def arguments(folder, **options):
    """The command line of a small run."""
    line = []
    for name, value in {**SMALL, "out": folder, **options}.items():
        if value is None:
            continue
        line.append(f"--{name.replace('_', '-')}")
        if value is not True:
            line.append(str(value))
    return line


def run(folder, **options):
    """Do a small run and return its summary."""
    assert main(arguments(folder, **options)) == 0
    return read_summary(folder)


def read_summary(folder):
    return json.loads(Path(folder, "summary.json").read_text())


def outcome(summary):
    """What of a summary depends on settings and seed alone: times and compilations aside."""
    return {k: v for k, v in summary.items() if k not in ("seconds", "compilations")}


def break_off(folder, *, done=0):
    """Leave of a finished run what is there if it is killed when so many records are written."""
    (folder / "summary.json").unlink()
    lines = (folder / "records.jsonl").read_text().splitlines(keepends=True)
    (folder / "records.jsonl").write_text("".join(lines[: done + 1]) + '{"seed": 0, "fo')
