"""Recorded tasks in evolve_lsm.py: sizes of their own, small runs, and groups left out in turn."""

from pathlib import Path

import numpy as np
import pytest

from experiments.studies.evolve.settings import EvolveSettings
from tests.experiments.runs import read_summary, run
from tests.tasks import test_emg, test_nmnist

SMALL = {"population": 3, "generations": 0, "controls": "none"}


@pytest.mark.parametrize("task", ["FSDD", "NMNIST", "EMG", "SHD", "DVSGesture", "aeon:Any"])
def test_recordings_have_sizes_of_their_own(task):
    settings = EvolveSettings.from_options(task=task)
    assert (settings.neurons, settings.population, settings.generations) == (300, 20, 10)
    assert settings.recipe == ("speech" if task == "FSDD" else "varied")
    assert EvolveSettings.from_options(task=task, neurons=50, quick=True).neurons == 50
    assert settings.out == Path("results") / f"{task.replace(':', '-')}-seed0"


def test_events(tmp_path):
    folder = test_nmnist.write_folder(tmp_path / "data", per_digit=8)
    summary = run(tmp_path / "out", task="NMNIST", data=folder, **SMALL)
    assert summary["test_accuracy"] > 0.2  # of ten digits


def test_each_group_in_turn(tmp_path):
    (tmp_path / "data").mkdir()
    test_emg.write(tmp_path / "data")
    options = {"task": "EMG", "data": tmp_path / "data", **SMALL}
    assert run(tmp_path / "own", split="own", **options)["test_accuracy"] > 0.3  # of seven gestures
    summary = run(tmp_path / "groups", split="group", **options)
    each = [read_summary(tmp_path / "groups" / f"run-0{k}") for k in range(3)]
    assert [one["group"] for one in each] == ["ann", "bob", "eve"]
    assert summary["test_accuracies"] == [one["test_accuracy"] for one in each]


def test_own_samples(tmp_path):
    y = np.arange(40) % 2
    X = np.random.default_rng(0).normal(size=(40, 2, 50)) + 2 * y[:, np.newaxis, np.newaxis]
    np.savez(tmp_path / "own.npz", X=X, y=y, groups=np.arange(40) // 10)
    options = {"task": "own", "data": tmp_path / "own.npz", "neurons": 20, **SMALL}
    assert run(tmp_path / "own", **options)["test_accuracy"] > 0.8  # of two classes
    run(tmp_path / "groups", split="group", **options)
    assert read_summary(tmp_path / "groups" / "run-03")["group"] == "3"


def test_data_alone_are_own_samples(tmp_path):
    settings = EvolveSettings.from_options(data=tmp_path)
    assert (settings.task, settings.neurons) == ("own", 300)
    assert settings.out == Path("results/own-seed0")
    assert EvolveSettings.from_options(data=tmp_path, task="FSDD").task == "FSDD"
    assert EvolveSettings.from_options().task == "PR12"


def test_time_series(tmp_path):
    pytest.importorskip("aeon")
    summary = run(tmp_path, task="aeon:ItalyPowerDemand", **SMALL)
    assert summary["test_accuracy"] > 0.55  # of two classes


@pytest.mark.parametrize("name", ["SHD", "DVSGesture"])
def test_what_tonic_reads(tmp_path, name):
    pytest.importorskip("tonic")
    from tests.tasks import test_tonic_sets as sets

    if name == "SHD":
        sets.write_shd(tmp_path, "train", [0, 2])
        sets.write_shd(tmp_path, "test", [4])
    else:
        sets.write_gestures(tmp_path, "train", range(1, 11))
        sets.write_gestures(tmp_path, "test", range(24, 34))
    summary = run(tmp_path / "out", task=name, data=tmp_path, **SMALL)
    assert np.isfinite(summary["test_accuracy"])
    assert summary["settings"]["data"] == str(tmp_path)
