"""Sweeps in this process: records, failures, what is left to do, and what damages nothing."""

import errno
import json
import os
import re
import shutil

import pytest
import yaml

from experiments.lab import cluster
from experiments.lab.sweep import store as storing
from experiments.lab.sweep.run import Run, perform_run
from experiments.lab.sweep.store import Store
from tests.experiments.brief_study import REFERENCE
from tests.experiments.sweeps import outcomes, records, specification, sweep

SIX = "grid:\n  seed: [0, 1, 2]\n  neurons: [10, 20]\n"


@pytest.fixture(autouse=True)
def started(monkeypatch, tmp_path):
    """The seeds of the runs that were done, in their order."""
    monkeypatch.setenv("STARTED", str(tmp_path / "started"))
    monkeypatch.setenv("FAILED", str(tmp_path / "failed"))

    def read():
        path = tmp_path / "started"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    return read


def run(folder, text, *arguments, out="out"):
    return sweep(
        specification(folder, text), "--out", folder / out, *(arguments or ("--n-jobs", 1))
    )


def test_every_run_leaves_a_record_of_what_came_of_it(tmp_path, capsys):
    assert run(tmp_path, SIX) == 0
    found = records(tmp_path / "out")
    assert len(found) == 6
    assert {(one["parameters"]["seed"], one["parameters"]["neurons"]) for one in found} == {
        (seed, n) for seed in range(3) for n in (10, 20)
    }
    for one in found:
        seed, neurons = one["parameters"]["seed"], one["parameters"]["neurons"]
        assert one["status"] == "done"
        assert one["result"]["error"] == pytest.approx(abs(neurons - 20) / 20 + 0.01 * seed)
        assert one["command"] == (f"python -m brief --seed={seed} --neurons={neurons}")
        assert (tmp_path / "out" / "records" / f"{one['trial']}.json").exists()
    captured = capsys.readouterr()
    assert captured.out == f"6 of 6 runs are done; records in {tmp_path / 'out'}\n"
    assert "6 runs, of which 0 are recorded" in captured.err
    assert (tmp_path / "out" / "spec.yaml").read_text().endswith(SIX)


def test_a_second_start_does_what_is_missing(tmp_path, started):
    run(tmp_path, "grid: {seed: [3, 1]}\n")
    run(tmp_path, "grid: {seed: [1, 2, 3, 4]}\n")
    assert started() == [3, 1, 2, 4]
    before = outcomes(tmp_path / "out")
    assert run(tmp_path, "grid: {seed: [1, 2, 3, 4]}\n") == 0
    assert started() == [3, 1, 2, 4]
    assert outcomes(tmp_path / "out") == before


def test_shards_do_every_run_once(tmp_path, started):
    for shard in ("3/3", "1/3", "2/3"):
        run(tmp_path, "grid: {seed: [0, 1, 2, 3, 4]}\n", "--n-jobs", 1, "--shard", shard)
    assert started() == [2, 0, 3, 1, 4]
    assert len(records(tmp_path / "out")) == 5


def test_what_a_run_writes_is_kept_if_asked_for(tmp_path):
    run(tmp_path, "grid: {seed: [0]}\n")
    assert not (tmp_path / "out" / "trials").exists()
    run(tmp_path, "grid: {seed: [1]}\n", "--n-jobs", 1, "--keep")
    (folder,) = (tmp_path / "out" / "trials").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        *("summary.json", "config.yaml", "records.jsonl", "report.html", "manifest.txt")
    }
    assert yaml.safe_load((folder / "config.yaml").read_text())["seed"] == 1


def test_a_failure_is_recorded_and_stops_nothing(tmp_path, started, capsys):
    text = "grid:\n- {seed: [7], fails: [always]}\n- {seed: [1, 2]}\n"
    assert run(tmp_path, text) == 1
    assert started() == [7, 1, 2]
    by_seed = {one["parameters"]["seed"]: one for one in records(tmp_path / "out")}
    assert [by_seed[seed]["status"] for seed in (7, 1, 2)] == ["failed", "done", "done"]
    assert by_seed[7]["error"] == "RuntimeError: seed 7 diverged"
    assert by_seed[7]["traceback"].startswith("Traceback (most recent call last):")
    assert "brief_study.py" in by_seed[7]["traceback"]
    assert by_seed[7]["attempts"] == 1
    captured = capsys.readouterr()
    assert "2 of 3 runs are done" in captured.out
    assert "1 failed, first" in captured.err
    assert "seed 7): RuntimeError: seed 7 diverged" in captured.err


def test_failures_are_tried_again_as_often_as_asked(tmp_path, started):
    text = "grid: {seed: [7], fails: [always]}\n"
    assert run(tmp_path, text, "--n-jobs", 1, "--retries", 2) == 1
    assert started() == [7, 7, 7]
    assert records(tmp_path / "out")[0]["attempts"] == 3
    assert run(tmp_path, text, "--n-jobs", 1, "--retries", 2) == 1
    assert started() == [7, 7, 7]
    assert run(tmp_path, text, "--n-jobs", 1, "--retries", 3) == 1
    assert started() == [7, 7, 7, 7]


def test_what_fails_once_is_done_when_tried_again(tmp_path, started, capsys):
    text = "grid:\n- {seed: [5], fails: [once]}\n- {seed: [6]}\n"
    assert run(tmp_path, text, "--n-jobs", 1, "--retries", 1) == 0
    assert started() == [5, 6, 5]
    assert {one["status"] for one in records(tmp_path / "out")} == {"done"}
    assert "failed, to be tried again: " in capsys.readouterr().err


def test_a_truncated_record_is_said_and_its_run_starts_again(tmp_path, started, capsys):
    run(tmp_path, SIX)
    folder = tmp_path / "out"
    before, done = outcomes(folder), len(started())
    path = sorted((folder / "records").iterdir())[2]
    seed = json.loads(path.read_text())["parameters"]["seed"]
    path.write_text(path.read_text()[:100])
    capsys.readouterr()
    assert run(tmp_path, SIX) == 1
    assert started()[done:] == [seed]
    assert outcomes(folder) == before
    aside = path.with_suffix(".damaged")
    assert f"a record isn't whole, its run starts again: {aside}" in capsys.readouterr().err
    assert aside.read_text().startswith("{")
    assert run(tmp_path, SIX) == 0


def test_a_full_disk_ends_the_sweep_and_keeps_what_is_finished(tmp_path, monkeypatch, capsys):
    kept = []

    def write(path, content):
        if len(kept) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        kept.append(path)
        write_json(path, content)

    write_json = storing.write_json
    with monkeypatch.context() as patch:
        patch.setattr("experiments.lab.sweep.store.write_json", write)
        assert run(tmp_path, SIX) == 2
    assert "sweep.py: error: [Errno 28] No space left on device" in capsys.readouterr().err
    assert len(records(tmp_path / "out")) == 2
    assert run(tmp_path, SIX) == 0
    assert len(records(tmp_path / "out")) == 6


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, started, capsys):
    (tmp_path / "out").touch()
    assert run(tmp_path, SIX) == 2
    assert f"the output folder {tmp_path / 'out'} cannot be written" in capsys.readouterr().err
    assert not started()


def test_a_record_that_another_sweep_was_first_to_write_stays(tmp_path):
    one = Run(REFERENCE, "brief", "python -m brief", ("--seed=1",), {"seed": 1})
    a, b = Store(tmp_path), Store(tmp_path)
    first = a.write(one, perform_run(one))
    assert b.write(one, perform_run(one) | {"status": "failed"}) == first == b.read(one)


def test_runs_that_another_sweep_has_recorded_meanwhile_are_left_out(tmp_path, monkeypatch):
    spec, other = "grid: {seed: [0, 1, 2, 3]}\n", tmp_path / "other"
    run(tmp_path, spec, out="other")
    before = Store.write

    def write(store, one, record):
        for path in (other / "records").iterdir():
            shutil.copy(path, tmp_path / "out" / "records")
        return before(store, one, record)

    (tmp_path / "started").unlink()
    monkeypatch.setattr(Store, "write", write)
    assert run(tmp_path, spec) == 0
    assert (tmp_path / "started").read_text().split() == ["0"]
    assert outcomes(tmp_path / "out") == outcomes(other)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x"], "SPEC.yaml and --out DIR are needed"),
        (["a.yaml"], "SPEC.yaml and --out DIR are needed"),
        (["a.yaml", "--collect", "x"], "--collect x takes no file, got a.yaml"),
        (["a.yaml", "--out", "x", "--n-jobs", "0"], "--n-jobs must not be 0"),
        (["a.yaml", "--out", "x", "--retries", "-1"], "--retries must not be negative, got -1"),
        (["a.yaml", "--out", "x", "--shard", "0/3"], "--shard must be i/n .*, got '0/3'"),
        (["a.yaml", "--out", "x", "--shard", "4/3"], "--shard must be i/n .*, got '4/3'"),
        (["a.yaml", "--out", "x", "--shard", "1"], "--shard must be i/n .*, got '1'"),
    ],
)
def test_wrong_command_lines_are_refused(capsys, arguments, message):
    assert sweep(*arguments) == 2
    assert re.match(f"sweep.py: error: {message}", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("foo", ".*"),
        ("tcp://127.0.0.1", ".*"),
        ("tcp://127.0.0.1:x", "Port could not be cast.*"),
        ("tcp://127.0.0.1:9", ".*refused"),
    ],
)
def test_a_scheduler_that_is_not_there_is_refused(tmp_path, started, capsys, address, message):
    pytest.importorskip("distributed")
    assert run(tmp_path, SIX, "--scheduler", address) == 2
    expected = f"--scheduler must be the address of a Dask scheduler, .*, got '{address}': "
    assert re.fullmatch(f"sweep.py: error: {expected}{message}\n", capsys.readouterr().err)
    assert not started()
    assert not (tmp_path / "out").exists()


def test_a_missing_package_of_dask_is_named(tmp_path, monkeypatch, capsys):
    def missing(module, extra):
        raise ImportError(f"{module} of {extra}")

    monkeypatch.setattr(cluster, "optional", missing)
    assert run(tmp_path, SIX, "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "--scheduler: distributed of dask" in capsys.readouterr().err
