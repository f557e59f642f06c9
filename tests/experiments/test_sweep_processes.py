"""Sweeps as processes: killed, interrupted, side by side, on a Dask cluster, with cold programs."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.experiments.dask_cluster import cluster
from tests.experiments.sweeps import (
    ROOT,
    alive,
    children,
    n_records,
    outcomes,
    records,
    specification,
    start,
    wait_for,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

N = 24
BRIEF = "fixed: {sleep_s: 0.1}\ngrid: {seed: [" + ", ".join(map(str, range(N))) + "]}\n"


def end(running):
    """What a sweep that ends by itself says, and its status."""
    out, err = running.communicate(timeout=100)
    return running.returncode, out, err


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Records of a whole sweep, in one process."""
    folder = tmp_path_factory.mktemp("undisturbed")
    spec = specification(folder, BRIEF.replace("0.1", "0"))
    status, _, err = end(start(spec, "--out", folder / "out", "--n-jobs", 1))
    assert status == 0, err
    return results(folder / "out")


def results(folder):
    return {one["parameters"]["seed"]: one["result"] for one in outcomes(folder)}


def test_killed_and_started_again_it_ends_as_if_undisturbed(tmp_path, undisturbed):
    spec, out = specification(tmp_path, BRIEF), tmp_path / "out"
    command = (spec, "--out", out, "--n-jobs", 2)
    started = tmp_path / "started"
    times_when_recorded = {}
    for _ in range(2):
        running = start(*command, STARTED=str(started))
        before = n_records(out)
        wait_for(lambda before=before: n_records(out) >= before + 7, running)
        workers = children(running.pid)
        running.kill()
        running.communicate()
        deadline = time.monotonic() + 5
        while alive(workers) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(workers)
        times = Counter(map(int, started.read_text().split()))
        times_when_recorded = {seed: times[seed] for seed in results(out)} | times_when_recorded
    status, said, err = end(start(*command, STARTED=str(started)))
    assert status == 0, err
    assert f"{N} of {N} runs are done" in said
    assert results(out) == undisturbed
    assert {one["attempts"] for one in records(out)} == {1}
    assert len(times_when_recorded) >= 14
    times = Counter(map(int, started.read_text().split()))
    assert {seed: times[seed] for seed in times_when_recorded} == times_when_recorded


def test_ctrl_c_ends_it_at_once_with_all_that_it_started(tmp_path):
    spec = specification(tmp_path, "fixed: {sleep_s: 20}\ngrid:\n- {seed: [0, 1], gain: [2]}\n")
    started = tmp_path / "started"
    running = start(spec, "--out", tmp_path / "out", "--n-jobs", 2, STARTED=str(started))
    wait_for(lambda: started.exists() and len(started.read_text().split()) == 2, running)
    workers = children(running.pid)
    assert len(workers) >= 2
    before = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)
    status, _, err = end(running)
    assert time.monotonic() - before < 5
    assert status == 130
    assert "interrupted; the same command does what is left" in err
    deadline = time.monotonic() + 2
    while alive(workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(workers)


def test_a_trial_that_ends_its_process_is_a_failure_among_others(tmp_path):
    spec = specification(
        tmp_path, "grid:\n- {seed: [0]}\n- {seed: [2], fails: [dies]}\n- {seed: [3]}\n"
    )
    status, said, err = end(start(spec, "--out", tmp_path / "out", "--n-jobs", 2))
    assert status == 1, err
    assert "2 of 3 runs are done" in said
    (failed,) = (one for one in records(tmp_path / "out") if one["status"] == "failed")
    assert failed["parameters"] == {"fails": "dies", "seed": 2}
    assert failed["error"].startswith("TerminatedWorkerError: ")


def test_two_sweeps_in_one_folder_damage_nothing(tmp_path, undisturbed):
    spec, out = specification(tmp_path, BRIEF.replace("0.1", "0.02")), tmp_path / "out"
    both = [start(spec, "--out", out, "--n-jobs", 1) for _ in range(2)]
    assert [end(one)[0] for one in both] == [0, 0]
    assert results(out) == undisturbed
    assert {path.suffix for path in (out / "records").iterdir()} == {".json"}


def test_a_dask_cluster_that_loses_a_worker_and_gets_another(tmp_path, undisturbed):
    pytest.importorskip("distributed")
    spec, out = specification(tmp_path, BRIEF), tmp_path / "out"
    with cluster(tmp_path) as dask:
        first, _ = dask.worker(), dask.worker()
        sweeping = start(spec, "--out", out, "--scheduler", dask.address)
        wait_for(lambda: n_records(out) >= 4, sweeping)
        first.kill()
        dask.worker()
        status, _, err = end(sweeping)
        assert status == 0, err
        assert results(out) == undisturbed
        assert {one["attempts"] for one in records(out)} == {1}

        old = tmp_path / "old"
        (old / "liquidstate-9.9.dist-info").mkdir(parents=True)
        text = "Metadata-Version: 2.1\nName: liquidstate\nVersion: 9.9\n"
        (old / "liquidstate-9.9.dist-info" / "METADATA").write_text(text)
        other = dask.worker(first=[str(old)])
        wait_for(lambda: dask.has(other), other)
        status, _, err = end(start(spec, "--out", out, "--scheduler", dask.address))
        assert status == 2
        assert "has liquidstate 9.9, and here it is" in err


#: Makes programs that it hears of, each in half a second; a file says that it is at it.
BUILDER = """
import json, subprocess, sys, time
from pathlib import Path
from lsm.simulation import cache

folder = Path(sys.argv[1])

def build(command, **_):
    (name,) = json.loads(Path(command[-2]).read_text())["flags"]
    (folder / f"building-{name}-{cache.os.getpid()}").touch()
    program = Path(command[-1]) / "main"
    program.parent.mkdir()
    with open(program, "wb") as file:
        for _ in range(10):
            file.write(b"x" * 1000)
            file.flush()
            time.sleep(0.05)
    program.chmod(0o755)
    return subprocess.CompletedProcess(command, 0, "", "")

cache.processes.run, cache._machine = build, lambda: {}
print("ready", flush=True)
for name in sys.stdin:
    before = cache.compilations()
    program = cache.built({"flags": [name.strip()]})
    print(cache.compilations() - before, program.read_bytes() == b"x" * 10000, flush=True)
"""


def test_of_processes_that_need_a_program_at_the_same_moment_one_builds_it(tmp_path):
    """And where it is killed, another does."""
    environment = os.environ | {"LSM_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    several = [
        subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(tmp_path)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]

    def ask_for(name):
        for process in several:
            process.stdin.write(f"{name}\n")
            process.stdin.flush()

    try:
        assert [process.stdout.readline() for process in several] == ["ready\n"] * 4
        ask_for("first")
        said = [process.stdout.readline() for process in several]
        assert sorted(said) == ["0 True\n"] * 3 + ["1 True\n"]
        assert len(list(tmp_path.glob("building-first-*"))) == 1

        ask_for("second")
        wait_for(lambda: list(tmp_path.glob("building-second-*")), several[0])
        (mark,) = tmp_path.glob("building-second-*")
        os.kill(int(mark.name.rpartition("-")[2]), signal.SIGKILL)
        said = [process.stdout.readline() for process in several]
        assert sorted(said) == ["", "0 True\n", "0 True\n", "1 True\n"]
        programs = tmp_path / "cache" / "programs"
        assert len(list(programs.glob("*/main"))) == 2
        assert not list(programs.glob("*.tmp"))
    finally:
        for process in several:
            process.kill()
            process.communicate()
