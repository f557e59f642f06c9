"""Sweeps of an experiment that is over at once, for the tests: here and in other processes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from experiments.sweep import main

ROOT = Path(__file__).parents[2]
#: Every process that starts with this takes the brief experiment for what_when.
SITE = f"""
import importlib.util
import sys

class Brief:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "experiments.what_when":
            return importlib.util.spec_from_file_location(
                name, {str(ROOT / "tests" / "experiments" / "brief_experiment.py")!r}
            )

sys.meta_path.insert(0, Brief)
"""


def specification(folder, text, name="spec.yaml"):
    path = folder / name
    path.write_text(f"experiment: what_when\n{text}")
    return path


def sweep(*arguments):
    return main([str(argument) for argument in arguments])


def environment(folder, **more):
    """For processes that know the brief experiment."""
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(SITE)
    paths = [*more.pop("first", []), str(folder / "site"), str(ROOT)]
    more |= {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    return os.environ | more


def start(folder, *arguments, **more):
    """A sweep as a process."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "experiments" / "sweep.py"), *map(str, arguments)],
        env=environment(folder, **more),
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
    return [{k: v for k, v in one.items() if k not in own} for one in records(folder)]


def children(pid):
    """Processes that a process has started, and theirs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            found += [child, *children(child)]
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
