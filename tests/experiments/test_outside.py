"""Tasks and studies from outside the package, by ``package.module:name``, and what is refused."""

import re
import sys
from pathlib import Path

import pytest

from experiments import report, sweep
from experiments.lab.errors import InputError
from experiments.lab.outside import known_task
from experiments.lab.references import load_reference
from tests.experiments import classify_runs, runs

TASK = '''
import numpy as np

from lsm import SpikeTrains
from tasks import Task


def which_came_first(random_state=None, *, samples_per_class=40):
    """Two channels fire once each; the label says which of them fired first."""
    samples = 2 * samples_per_class
    rng = np.random.default_rng(random_state)
    times = rng.uniform(2, 48, size=(samples, 2))
    train, fitness, test = np.split(rng.permutation(samples), [samples // 2, samples * 3 // 4])
    return Task(
        name="which-came-first",
        spikes=SpikeTrains.from_lists([[[a], [b]] for a, b in times], duration_ms=60),
        labels=(times[:, 0] < times[:, 1]).astype(int),
        train=train,
        fitness=fitness,
        test=test,
        description="which of two channels fires first",
        generated=True,
    )


def no_task(random_state=None):
    return "spikes"


NUMBER = 3
'''
STUDY = """
from experiments.studies import find_study
from dataclasses import replace

TWIN = replace(find_study("forecast"), start="python -m mine")
NUMBER = 3
"""
NAME = "outside_tasks:which_came_first"


@pytest.fixture
def outside(tmp_path, monkeypatch, task_table):
    """A working folder with modules of one's own; what they leave behind is taken back."""
    (tmp_path / "outside_tasks.py").write_text(TASK)
    (tmp_path / "outside_study.py").write_text(STUDY)
    (tmp_path / "outside_broken.py").write_text("def half(:\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    loaded = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - loaded:
        if name.startswith("outside_"):
            del sys.modules[name]


@pytest.mark.filterwarnings("ignore:the liquid stays below", "ignore:no neuron of")  # so few
def test_a_task_from_outside_is_evolved_and_classified(outside, capsys):
    evolved = runs.run("evolved", task=NAME, recipe="varied", generations=1, controls="none")
    assert evolved["settings"]["task"] == NAME
    assert Path("evolved", "report.html").exists()
    classified = classify_runs.run(outside / "classified", task=NAME)
    assert classified["settings"]["task"] == NAME
    # What a run leaves names code as well, and may not start it.
    capsys.readouterr()
    assert runs.main(["--config", "evolved/config.yaml", "--out", "again"]) == 2
    assert "config.yaml:1: task names code to run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("outside_nowhere:task", r"outside_nowhere can't be imported: No module named"),
        ("outside_broken:half", r"outside_broken can't be imported: invalid syntax"),
        ("outside_tasks:which", r"outside_tasks has no which"),
        ("outside_tasks:NUMBER", r"--task outside_tasks:NUMBER must be a function, got int"),
        ("outside_tasks:no_task", r"--task outside_tasks:no_task must return .*Task, got str"),
        ("outside_tasks.py", r"--task must be one of .* or package.module:function; got"),
    ],
)
@pytest.mark.parametrize("command", [runs, classify_runs])
def test_what_is_no_task_is_refused_in_a_line(outside, capsys, command, name, message):
    assert command.main(command.arguments(outside / "out", task=name)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert re.search(message, lines[0]), lines[0]


@pytest.mark.parametrize("command", [runs, classify_runs])
def test_a_file_of_options_names_no_code(outside, capsys, command):
    Path("options.yaml").write_text(f"quick: true\ntask: {NAME}\n")
    assert command.main(["--config", "options.yaml", "--out", "out"]) == 2
    error = capsys.readouterr().err
    assert f"options.yaml:2: task names code to run, {NAME}" in error
    assert "outside_tasks" not in sys.modules


@pytest.mark.parametrize(
    "where", ["fixed: {task: NAME}\ngrid: {seed: [0]}", "grid: {task: [NAME]}"]
)
def test_a_file_of_a_sweep_names_no_code(outside, capsys, where):
    Path("sweep.yaml").write_text(f"experiment: evolve_lsm\n{where.replace('NAME', NAME)}\n")
    assert sweep.main(["sweep.yaml", "--out", "runs"]) == 2
    assert f"sweep.yaml:2: task names code to run, {NAME}" in capsys.readouterr().err
    assert "outside_tasks" not in sys.modules


def test_options_of_a_task_from_outside_are_those_that_it_has(outside):
    task = known_task("outside_tasks:which_came_first")
    assert task.quick == {"samples_per_class": 60}
    assert len(task.make(random_state=0, data=None, samples_per_class=4).labels) == 8
    assert known_task("outside_tasks:no_task").quick == {}


def test_installed_packages_come_before_the_working_folder(outside):
    Path("colorsys.py").write_text("mine = 1\n")
    with pytest.raises(InputError, match="colorsys has no mine"):
        load_reference("colorsys:mine", "--task")
    assert sys.path[-1] == str(outside)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("outside_study:TWIN", "must have a name of its own, got forecast"),
        ("outside_study:NUMBER", "must be a Study, got int"),
        ("outside_study:NONE", "outside_study has no NONE"),
    ],
)
def test_a_study_that_cant_be_told_apart_is_refused(outside, capsys, reference, message):
    Path("sweep.yaml").write_text("experiment: forecast\ngrid: {seed: [0]}\n")
    for command, arguments in (
        (sweep, ["sweep.yaml", "--out", "runs"]),
        (sweep, ["--collect", "runs"]),
        (report, ["runs"]),
    ):
        assert command.main([*arguments, "--study", reference]) == 2
        error = capsys.readouterr().err
        assert len(error.splitlines()) == 1
        assert message in error
