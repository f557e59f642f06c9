"""evolve_lsm.py refuses what it can't do: status 2, one line that names the option, no work."""

import re
import warnings

import numpy as np
import pytest

from evolution import ENCODINGS, RECIPES, judge
from experiments.evolve_lsm import main
from experiments.lab import outside
from experiments.studies.evolve import EvolveSettings
from experiments.studies.evolve.settings import CONTROLS
from lsm import SimulationError
from tests.experiments.runs import arguments


def assert_one_line(captured, message):
    lines = captured.err.splitlines()
    assert len(lines) == 1, captured.err
    assert lines[0].startswith("evolve_lsm.py: error: ")
    assert re.search(message, lines[0]), lines[0]
    assert captured.out == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "TPR5"}, r"--task must be one of FR5, PR4, .*'TPR5', did you mean 'TPR(4|12|8)'"),
        ({"task": "txor"}, "--task .* did you mean 'TXOR'"),
        ({"encode": "position"}, "--encode .*both, configurations, .* did you mean 'positions'"),
        (
            {"state": "count"},
            "--state: unknown state 'count'; known are counts, exc.*, bins:5",
        ),
        ({"state": "bins:0"}, "--state: unknown state 'bins:0'"),
        ({"readout": "Ridge"}, "--readout must be one of ridge, .* did you mean 'ridge'"),
        ({"dimensions": 4}, "--dimensions must be 2 or 3, got 4"),
        ({"aims": "accuracy"}, "--aims must be accuracy and at least one of spikes, neurons"),
        ({"aims": "spikes,neurons"}, "--aims must be accuracy and .* got .'spikes', 'neurons'"),
        ({"aims": "accuracy,spikes,spikes"}, "--aims must be accuracy and at least one of"),
        ({"aims": "accuracy,spike"}, "--aims must be one of accuracy, .* did you mean 'spikes'"),
        (
            {"aims": "accuracy,spikes", "redraw_fitness": True},
            "--aims can't stand beside --redraw-fitness: give one of them",
        ),
        (
            {"aims": "accuracy,spikes", "fresh_templates": True},
            "--aims can't stand beside --fresh-templates: give one of them",
        ),
        (
            {"aims": "accuracy,neurons", "encode": "positions"},
            "--aims with neurons need configurations to evolve, got encode='positions'",
        ),
        (
            {"aims": "accuracy,spikes", "population": 1, "generations": 0},
            "--population must be at least 2 for several aims, got 1",
        ),
        ({"data": "."}, "data"),
        ({"resample": True}, "--resample is for FSDD, got --task TPR4"),
        ({"neurons": 2}, "--neurons must be at least 4, got 2"),
        ({"population": 0}, "--population must be at least 1, got 0"),
        ({"population": 2}, "--population must be above the number of elites .2., got 2"),
        ({"generations": -1}, "--generations must be at least 0, got -1"),
        ({"runs": 0}, "--runs must be at least 1, got 0"),
        ({"dt": 0}, r"--dt must be above 0 and finite, got 0\.0"),
        ({"dt": "nan"}, "--dt must be above 0 and finite, got nan"),
        ({"dt": "inf"}, "--dt must be above 0 and finite, got inf"),
        ({"seed": -1}, "--seed must be at least 0, got -1"),
        ({"n_jobs": 0}, "--n-jobs: must not be 0"),
        ({"gap_ms": 30}, "--gap-ms is for TXOR, got --task TPR4"),
        ({"task": "TXOR", "gap_ms": -1}, r"gap_ms must be finite and not below 0, got -1\.0"),
        ({"task": "TXOR", "gap_ms": "nan"}, "--gap-ms must be finite, got nan"),
        (
            {"split": "group"},
            "--split group: .* task with groups, FSDD, EMG, SHD, DVSGesture, .*own; got 'TPR4'",
        ),
        ({"task": "NMNIST", "split": "group"}, "--split group: .* with groups, .* 'NMNIST'"),
        ({"task": "nmnist"}, "--task .* did you mean 'NMNIST'"),
        ({"task": "FSDD", "data": "nowhere"}, "data .* there is no folder nowhere"),
        ({"task": "FSDD", "data": "{empty}"}, "data must be a folder with recordings .* none in"),
        ({"task": "FSDD", "fresh_templates": True}, "--fresh-templates needs .* got --task FSDD"),
        ({"task": "FSDD", "redraw_fitness": True}, "--redraw-fitness needs .* got --task FSDD"),
        ({"task": "FSDD", "split": "group", "runs": 2}, "--runs must be 1 with --split group"),
        ({"task": "FSDD", "split": "group", "data": "nowhere"}, "there is no folder nowhere"),
        (
            {"task": "NMNIST", "family": 2},
            "--family needs .* groups .* got --task NMNIST",
        ),
        ({"family": -1}, "--family must be at least 0, got -1"),
        (
            {"family": 2, "fresh_templates": True},
            "--fresh-templates can't stand beside --family: give one of them",
        ),
        ({"task": "EMG", "redraw_fitness": True}, "--redraw-fitness needs .* got --task EMG"),
    ],
)
def test_bad_input_is_refused_in_one_line_before_anything_is_simulated(
    tmp_path, monkeypatch, capsys, options, message
):
    monkeypatch.setattr(judge, "simulate", lambda *_, **__: pytest.fail("simulated"))
    if options.get("data") == "{empty}":
        options = options | {"data": tmp_path}
    if not {"data", "gap_ms"} & set(options):  # these are the task's to refuse
        monkeypatch.setattr(outside, "make_task", lambda *_, **__: pytest.fail("made the task"))
    assert main(arguments(tmp_path, **options)) == 2
    assert_one_line(capsys.readouterr(), message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"neurons": "many"}, "--neurons must be a whole number, got 'many'"),
        ({"dt": "x"}, "--dt must be a number, got 'x'"),
        ({"controls": "some"}, "--controls must be one of default, full, none; got 'some', did"),
        ({"recipe": "cake"}, "--recipe must be one of driven, .*; got 'cake', did you mean"),
        ({"split": "x"}, "--split must be one of own, group; got 'x', did you mean"),
        ({"nerons": 3}, "there is no option --nerons, did you mean --neurons"),
    ],
)
def test_arguments_of_another_kind_are_refused(tmp_path, capsys, options, message):
    assert main(arguments(tmp_path, **options)) == 2
    assert_one_line(capsys.readouterr(), message)


@pytest.mark.parametrize("below", ["", "/deep/below"])
def test_an_output_folder_that_cannot_be_written_is_refused(tmp_path, capsys, below):
    (tmp_path / "file").write_text("")
    assert main(arguments(f"{tmp_path}/file{below}")) == 2
    assert_one_line(capsys.readouterr(), f"the output folder {tmp_path}/file{below} cannot")


def test_a_full_disk_is_one_line_too(tmp_path, monkeypatch, capsys):
    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    assert main(arguments(tmp_path)) == 2
    captured = capsys.readouterr()
    assert "No space left on device" in captured.err.splitlines()[-1]
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("error", [ValueError("a bug"), TypeError("a bug")])
def test_a_bug_in_the_long_work_keeps_its_traceback(tmp_path, monkeypatch, error):
    def fitness(*_, **__):
        raise error

    monkeypatch.setattr(judge.Judge, "fitness", fitness)
    with pytest.raises(type(error), match="a bug"):
        main(arguments(tmp_path))


def test_a_failed_simulation_is_one_line_at_any_time(tmp_path, monkeypatch, capsys):
    def simulate(*_, **__):
        raise SimulationError("no compiler")

    monkeypatch.setattr(judge, "simulate", simulate)
    assert main(arguments(tmp_path)) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "evolve_lsm.py: error: no compiler"


@pytest.mark.filterwarnings("default")
def test_a_warning_is_one_line(tmp_path, monkeypatch, capsys):
    fitness = judge.Judge.fitness

    def warn(*arguments, **options):
        warnings.warn("g++ not found", stacklevel=1)
        return fitness(*arguments, **options)

    monkeypatch.setattr(judge.Judge, "fitness", warn)
    assert main(arguments(tmp_path, controls="none", generations=0)) == 0
    lines = capsys.readouterr().err.replace("\r", "\n").splitlines()
    assert [line for line in lines if "g++" in line] == ["warning: g++ not found"]
    assert not any("warnings.warn" in line for line in lines)


def test_help_says_what_there_is_to_choose_from(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    printed = capsys.readouterr().out
    assert "TPR12" in printed
    assert "Defaults stand in parentheses" in printed
    assert "--quick: 8" in " ".join(printed.split())
    for name in (*RECIPES, *ENCODINGS, *CONTROLS):
        assert re.search(rf"^  {name}  +\w", printed, flags=re.MULTILINE), name


def test_data_without_a_task_are_samples_of_ones_own(tmp_path):
    """As for classify.py."""
    settings = EvolveSettings.from_options(data=tmp_path / "own.npz")
    assert (settings.task, settings.neurons, settings.state) == ("own", 300, "bins:3")
    assert settings.out.name == "own-seed0"
    assert EvolveSettings.from_options(data=tmp_path, task="EMG").task == "EMG"
    assert EvolveSettings.from_options().task == "PR12"
