"""classify.py refuses what it can't do: status 2, one line that names the option, no work."""

import itertools
import re
import sys

import pytest

from experiments.classify import main
from experiments.studies.classify import methods
from experiments.studies.classify.experiment import Classify
from lsm import SimulationError
from tests.experiments.classify_runs import arguments, assert_one_line, settings_of


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "TPR5"}, "--task must be one of FR5, .* got 'TPR5', did you mean 'TPR"),
        ({"state": "count"}, "--state: unknown state 'count'; known are counts"),
        ({"readout": "Ridge"}, "--readout must be one of .* did you mean 'ridge'"),
        ({"encoder": "delta"}, "--encoder must be one of auto, poisson, .*; got 'delta'"),
        (
            {"encoder": "poisson", "hear": "spikes"},
            "--encoder is for --hear signals, got .*poisson",
        ),
        ({"folds": 1}, "--folds must be at least 2, got 1"),
        ({"neurons": 0}, "--neurons must be at least 1, got 0"),
        ({"liquids": 0}, "--liquids must be at least 1, got 0"),
        ({"seeds": 0}, "--seeds must be at least 1, got 0"),
        ({"seed": -1}, "--seed must be at least 0, got -1"),
        ({"n_jobs": 0}, "--n-jobs: must not be 0"),
        ({"liquids": 2, "readout": "perceptron"}, "--liquids above 1 needs .*--readout perceptron"),
        (
            {"rivals": "svm,lstm"},
            "--rivals must be one of none, svm, minirocket, esn,.*'lstm', did you mean 'svm'",
        ),
        ({"reservoir": "maas"}, "--reservoir: unknown reservoir 'maas:20'; known are maass2002"),
        ({"reservoir": "maass2002"}, "--reservoir: n must be a multiple of 9.* got 20"),
        (
            {"reservoir": "deckers2022:30"},
            "--reservoir: .* number of neurons behind the colon, got 'deckers2022:30:20'",
        ),
        (
            {"pretraining": "stdp,hebb"},
            "--pretraining must be one of balance, .*; got 'hebb', did",
        ),
        ({"data": "."}, "task TPR4 is generated and takes no data, got data="),
        ({"task": "own"}, "task own needs data: an NPZ file, a CSV file or a folder of WAV files"),
        ({"hear": "sound"}, "--hear must be one of spikes, signals; got 'sound', did you mean"),
        ({"resample": True}, "options of task TPR4 are samples_per_class; got resample"),
        ({"task": "EMG", "data": "nowhere"}, "data .* there is no folder nowhere"),
        ({"folds": 400}, "--folds: .* n_splits=400 greater than"),
        (
            {"folds": None, "by": "group"},
            "--by must be one of what task TPR4 has, none; got 'group'",
        ),
        ({"paired_by": "group"}, "--paired-by must be one of what task TPR4 has, none"),
        ({"hear": "signals"}, "--hear signals needs a task with signals, got --task TPR4"),
        ({"encoder": "poisson"}, "--hear signals needs a task with signals, got --task TPR4"),
        ({"rivals": "esn"}, "--rivals esn needs a task with signals, got --task TPR4"),
    ],
)
def test_bad_input_is_refused_in_one_line_before_anything_is_simulated(
    tmp_path, monkeypatch, capsys, options, message
):
    pytest.importorskip("reservoirpy", reason="a rival needs it")
    monkeypatch.setattr(Classify, "measure", lambda *_: pytest.fail("measured"))
    assert main(arguments(tmp_path, **options)) == 2
    assert_one_line(capsys.readouterr(), message)


@pytest.mark.parametrize("two", [*itertools.combinations(["folds", "by", "official"], 2)])
def test_there_is_one_way_to_divide_the_samples(tmp_path, capsys, two):
    values = {"folds": 3, "by": "group", "official": True}
    given = {"folds": None} | {name: values[name] for name in two}
    assert main(arguments(tmp_path, **given)) == 2
    first, second = two
    assert_one_line(
        capsys.readouterr(), f"--{first} can't stand beside --{second}: give one of them"
    )


@pytest.mark.parametrize("asked", [True, False])
def test_a_missing_package_is_said_before_work_starts(tmp_path, monkeypatch, capsys, asked):
    monkeypatch.setitem(sys.modules, "reservoirpy.nodes", None)
    line = r'esn.*this needs the package reservoirpy: pip install "liquidstate\[series\]"'
    if asked:
        assert main(arguments(tmp_path, rivals="svm,esn")) == 2
        assert_one_line(capsys.readouterr(), f"--rivals {line}")
    else:
        pytest.importorskip("aeon", reason="MiniRocket needs aeon")
        settings = settings_of(task="aeon:UnitTest", rivals=None)
        assert settings.rivals == ("svm", "minirocket")
        assert re.match(line, capsys.readouterr().err)


def test_a_failed_simulation_is_one_line(tmp_path, monkeypatch, capsys):
    def fail(fold, *, tested):
        raise SimulationError("no compiler")

    monkeypatch.setattr(methods, "liquids", fail)
    assert main(arguments(tmp_path)) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "classify.py: error: no compiler"


def test_a_bug_keeps_its_traceback(tmp_path, monkeypatch):
    def fail(fold, *, tested):
        raise ValueError("a bug")

    monkeypatch.setattr(methods, "liquids", fail)
    with pytest.raises(ValueError, match="a bug"):
        main(arguments(tmp_path))
