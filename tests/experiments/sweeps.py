"""Sweeps of a study that is over at once, for the tests: here and in other processes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from experiments.sweep import main
from tests.experiments.brief_study import REFERENCE

ROOT = Path(__file__).parents[2]
SCRIPT = str(ROOT / "experiments" / "sweep.py")


def specification(folder, text, name="spec.yaml"):
    path = folder / name
    path.write_text(f"experiment: brief\n{text}")
    return path


def sweep(*arguments):
    """A sweep of the brief study, here."""
    return main(["--study", REFERENCE, *map(str, arguments)])


def environment(**more):
    """For processes that know the brief study."""
    paths = [*more.pop("first", []), str(ROOT)]
    more |= {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    return os.environ | more


def start(*arguments, **more):
    """A sweep of the brief study as a process."""
    return subprocess.Popen(
        [sys.executable, SCRIPT, "--study", REFERENCE, *map(str, arguments)],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches a program and all that it has started
    )


def wait_for(condition, running, timeout_s=60.0):
    """Wait until something is so, while a process runs."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def n_records(folder):
    return len(list((folder / "records").glob("*.json")))


def records(folder):
    return [json.loads(path.read_text()) for path in sorted((folder / "records").glob("*.json"))]


def outcomes(folder):
    """What of records doesn't depend on when they were made."""
    own = ("seconds", "attempts", "traceback")
    return [_without(record, own) for record in records(folder)]


def _without(record, names):
    """A record without some of its values, and its result without what was measured in it."""
    kept = {name: value for name, value in record.items() if name not in names}
    if "result" in kept:
        kept["result"] = {k: v for k, v in kept["result"].items() if k != "seconds"}
    return kept


def children(pid):
    """Processes that a process has started, and theirs."""
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:  # it may end at any time
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found += [int(name), *children(int(name))]
    return found


def alive(pids):
    """Those of some processes that are there, and not just waiting for their parent to look."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        found += [pid] if state != "Z" else []
    return found
