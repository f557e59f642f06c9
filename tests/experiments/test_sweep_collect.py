"""Tables and pictures of a sweep's records."""

import csv
import json
import time
from dataclasses import replace

import numpy as np
import pytest

from experiments.lab.sweep.collecting import collect, compare
from experiments.lab.sweep.pictures import Axis, _axis, _means
from experiments.studies import find_study
from experiments.sweep import main
from lsm.metrics.statistics import interval
from tests.experiments.brief_study import STUDY
from tests.experiments.sweeps import sweep


def write(folder, number, *, experiment="brief", status="done", result=None, **parameters):
    record = {
        "trial": f"{number:020d}",
        "experiment": experiment,
        "parameters": parameters,
        "status": status,
        "attempts": 1,
        "seconds": 0.5,
    }
    record |= {"result": result} if status == "done" else {"error": "ValueError: too large"}
    (folder / "records").mkdir(exist_ok=True, parents=True)
    (folder / "records" / f"{number:020d}.json").write_text(json.dumps(record))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """16 settings with 3 seeds; one run has failed."""
    folder = tmp_path_factory.mktemp("sweep")
    number = 0
    for gain in (0.01, 0.1, 1.0, 10.0):
        for rule in ("lms", "force"):
            for neurons in (10, 20):
                for seed in range(3):
                    error = abs(np.log10(gain)) + (rule == "lms") + neurons / 100 + 0.1 * seed
                    result = {
                        "seed": seed,
                        "error": error,
                        "measures": {"rate_Hz": 2 * neurons, "list": [1, 2]},
                        "versions": {"numpy": "0"},
                        "learned": bool(error < 1),
                    }
                    failed = number == 7
                    write(
                        folder,
                        number,
                        status="failed" if failed else "done",
                        result=result,
                        **{"gain": gain, "rule": rule, "neurons": neurons, "seed": seed},
                    )
                    number += 1
    assert sweep("--collect", folder, "--metric", "error", "--minimise") == 0
    return folder


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_for_each_run(folder):
    rows = read(folder / "trials.csv")
    assert len(rows) == 48
    assert list(rows[0]) == [
        *("trial", "experiment", "status", "attempts", "seconds"),
        *("gain", "rule", "neurons", "seed"),
        *("error", "measures.rate_Hz", "learned", "failure"),
    ]
    assert rows[7]["failure"] == "ValueError: too large"
    assert rows[7]["error"] == ""
    assert float(rows[2]["error"]) == 2 + 1 + 0.1 + 0.2


def test_parquet_has_the_same_with_types(folder):
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = parquet.read_table(folder / "trials.parquet").to_pydict()
    rows = read(folder / "trials.csv")
    assert list(columns) == list(rows[0])
    for name, values in columns.items():
        assert ["" if v is None else str(v) for v in values] == [row[name] for row in rows]
    assert {type(value) for value in columns["neurons"]} == {int}
    assert {type(value) for value in columns["gain"]} == {float}
    assert {type(value) for value in columns["learned"]} == {bool, type(None)}


def test_settings_are_ranked_by_their_mean_with_their_spread(folder):
    best = read(folder / "best.csv")
    assert len(best) == 16
    first = best[0]
    assert (first["gain"], first["rule"], first["neurons"]) == ("1.0", "force", "10")
    values = np.array([0.1, 0.2, 0.3])
    assert float(first["mean error"]) == pytest.approx(0.2)
    assert float(first["sd"]) == pytest.approx(0.1)
    low, high = float(first["interval low"]), float(first["interval high"])
    assert (low, high) == pytest.approx(interval(values))
    assert (float(first["least"]), float(first["most"])) == pytest.approx((0.1, 0.3))
    means = [float(row["mean error"]) for row in best]
    assert means == sorted(means)
    (few,) = (row for row in best if row["number of trials"] == "2")
    assert few["interval low"] == ""


def test_pictures_are_there(folder):
    for name in ("lines.png", "heatmaps.png", "best.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG\r\n")


def test_the_largest_is_best_where_not_told_otherwise():
    rows = [{"a": a, "seed": seed, "m": a + seed} for a in (1, 2) for seed in (0, 1)]
    best = compare(rows, ["a", "seed"], "m", minimise=False).settings
    assert [one.parameters for one in best] == [{"a": 2}, {"a": 1}]
    assert best[0].values.tolist() == [2, 3]


def test_maps_are_of_means_over_everything_else(folder):
    rows = [
        {name: float(row[name]) if name in ("gain", "error") else row[name] for name in row}
        for row in read(folder / "trials.csv")
        if row["status"] == "done"
    ]
    settings = compare(rows, ["gain", "rule", "neurons", "seed"], "error", minimise=True).settings
    means = _means(settings, _axis("rule", settings), _axis("gain", settings))
    expected = [
        [
            np.mean([r["error"] for r in rows if (r["rule"], r["gain"]) == (rule, gain)])
            for gain in (0.01, 0.1, 1.0, 10.0)
        ]
        for rule in ("force", "lms")
    ]
    np.testing.assert_allclose(means, expected)


def test_many_values_are_put_into_bins_of_as_many_settings():
    numbers = np.random.default_rng(0).lognormal(0, 2, 80)
    rows = [{"a": float(a), "m": 1.0} for a in numbers]
    axis: Axis = _axis("a", compare(rows, ["a"], "m", minimise=False).settings)
    assert np.bincount(axis.place).tolist() == [10] * 8
    np.testing.assert_allclose(axis.at, np.sort(numbers).reshape(8, 10).mean(axis=1))
    assert axis.log


def test_a_parameter_that_some_runs_have_not_is_default(tmp_path):
    write(tmp_path, 0, result={"m": 1.0}, a=1)
    write(tmp_path, 1, result={"m": 2.0}, b=[1, 2])
    collect(tmp_path, find_study, metric="m")
    assert [(row["a"], row["b"]) for row in read(tmp_path / "trials.csv")] == [
        ("1", ""),
        ("", "[1, 2]"),
    ]
    assert (tmp_path / "heatmaps.png").exists()


def test_what_a_study_is_about_is_compared_by_default(tmp_path, capsys):
    for n, error in ((10, 1.0), (20, 2.0)):
        write(tmp_path, n, result={"error": error}, neurons=n)
    assert sweep("--collect", tmp_path) == 0
    assert "best error: 1 (neurons 10; 1 runs)" in capsys.readouterr().out
    collect(tmp_path, lambda _: replace(STUDY, minimise=False))
    assert "best error: 2 (neurons 20; 1 runs)" in capsys.readouterr().out
    # Without --study nobody knows what the study is about.
    assert main(["--collect", str(tmp_path)]) == 0
    assert "choose --metric, one of seconds, error" in capsys.readouterr().err


def test_of_an_error_that_is_asked_for_the_least_is_best(tmp_path, capsys):
    for n, error in ((10, 1.0), (20, 2.0)):
        write(tmp_path, n, result={"error": error}, neurons=n)
    assert sweep("--collect", tmp_path, "--metric", "error") == 0
    assert "best error: 1 (neurons 10; 1 runs)" in capsys.readouterr().out
    assert [row["neurons"] for row in read(tmp_path / "best.csv")] == ["10", "20"]


@pytest.mark.parametrize(
    ("name", "metric", "minimise"),
    [
        ("evolve_lsm", "test_accuracy", False),
        ("classify", "test_accuracy", False),
        ("force_training", "nrmse", True),
        ("what_when", "", False),
    ],
)
def test_studies_say_what_they_are_compared_by(name, metric, minimise):
    study = find_study(name)
    assert (study.metric, study.minimise) == (metric, minimise)


def test_experiments_are_not_averaged_with_each_other(tmp_path, capsys):
    for number, name in enumerate(("evolve_lsm", "classify")):
        write(tmp_path, number, experiment=name, result={"test_accuracy": 0.5}, seed=0)
    assert sweep("--collect", tmp_path) == 0
    assert "these are records of classify and evolve_lsm" in capsys.readouterr().err
    assert not (tmp_path / "best.csv").exists()


def test_without_a_metric_there_are_tables_and_names_to_choose_from(tmp_path, capsys):
    # What the study is usually compared by isn't there.
    write(tmp_path, 0, result={"m": 1.0, "n": {"o": 2}}, a=1)
    assert sweep("--collect", tmp_path) == 0
    assert "no pictures: choose --metric, one of seconds, m, n.o" in capsys.readouterr().err
    assert len(read(tmp_path / "trials.csv")) == 1


def test_records_that_are_not_whole_are_said_and_left_out(tmp_path, capsys):
    write(tmp_path, 0, result={"m": 1.0}, a=1)
    broken = tmp_path / "records" / "1.json"
    broken.write_text('{"trial": "1", "sta')
    assert sweep("--collect", tmp_path, "--metric", "m") == 1
    assert f"left out, as it isn't whole: {broken}" in capsys.readouterr().err
    assert len(read(tmp_path / "trials.csv")) == 1


def test_wrong_folders_and_metrics_are_refused(tmp_path, capsys):
    assert sweep("--collect", tmp_path) == 2
    assert f"--collect: no records in {tmp_path / 'records'}" in capsys.readouterr().err
    write(tmp_path, 0, result={"error": 1.0}, a=1)
    assert sweep("--collect", tmp_path, "--minimise") == 2
    assert "--minimise is for a --metric" in capsys.readouterr().err
    assert sweep("--collect", tmp_path, "--metric", "eror") == 2
    said = capsys.readouterr().err
    assert "one of seconds, error; got 'eror', did you mean 'error'?" in said


def test_a_thousand_records_take_a_tenth_of_what_ten_thousand_may(tmp_path):
    for number in range(1000):
        result = {f"measure_{k}": number + k for k in range(30)}
        write(tmp_path, number, result=result, gain=number % 50 / 7, seed=number // 50)
    before = time.process_time()
    assert sweep("--collect", tmp_path, "--metric", "measure_3") == 0
    assert time.process_time() - before < 3


@pytest.mark.parametrize(
    "change",
    [
        {"status": "done", "result": None},
        {"status": "failed"},
        {"status": ["done"]},
        {"attempts": "1"},
        {"parameters": [1]},
        {"seconds": "long"},
    ],
)
def test_records_that_are_not_whole_are_left_out_and_named(tmp_path, capsys, change):
    for number in range(2):
        write(tmp_path, number, result={"error": 0.5})
    path = tmp_path / "records" / f"{1:020d}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert collect(tmp_path, find_study) == [path]
    assert f"left out, as it isn't whole: {path}" in capsys.readouterr().err
    assert len(read(tmp_path / "trials.csv")) == 1


def test_numbers_beyond_all_floats_and_nested_parameters_are_no_obstacle(tmp_path):
    write(tmp_path, 0, result={"error": 10**400}, axis={"from": 1})
    write(tmp_path, 1, result={"error": 2.5}, axis={"from": 2})
    collect(tmp_path, find_study, metric="error", minimise=True)
    (best,) = read(tmp_path / "best.csv")
    assert (best["mean error"], best["number of trials"]) == ("2.5", "1")
