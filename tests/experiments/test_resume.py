"""What is left after kill -9, and what --resume makes of it: the undisturbed run's result."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from experiments.evolve_lsm import main
from lsm import Reservoir
from tests.experiments.runs import arguments, outcome, read_summary, run

SCRIPT = Path(__file__).parents[2] / "experiments" / "evolve_lsm.py"

#: Kills itself with SIGKILL at the n-th time that a file is about to get its name.
SUICIDE = """
import os, signal, sys
from experiments.evolve_lsm import main

file, turn, *arguments = sys.argv[1:]
turns, rename = iter(range(1, 1000)), os.replace

def replace(source, target):
    if os.path.basename(target) == file and next(turns) == int(turn):
        os.kill(os.getpid(), signal.SIGKILL)
    rename(source, target)

os.replace = replace
sys.exit(main(arguments))
"""

#: Before the first checkpoint has its name; when the second has moved the first away and has not
#: yet taken its place; in a search of the controls; when all is done but the summary.
MOMENTS = [
    ("evolution.npz", 1),
    ("evolution.npz", 2),
    ("random_search.npz", 2),
    ("summary.json", 1),
]


@pytest.fixture
def broken_off(full, tmp_path):
    """The folder of a run that was killed when all was done but the summary."""
    folder = tmp_path / "broken off"
    shutil.copytree(full[0], folder)
    (folder / "summary.json").unlink()
    return folder


def assert_same_run(folder, full):
    assert outcome(read_summary(folder)) == outcome(full[1])
    assert Reservoir.load(folder / "best.npz") == Reservoir.load(full[0] / "best.npz")
    logbooks = [(f / "logbook.csv").read_text() for f in (folder, full[0])]
    assert logbooks[0] == logbooks[1]


def test_killed_at_each_moment_in_turn_and_resumed(full, tmp_path):
    run(tmp_path, controls="full", generations=1, seed=4)  # another run's files are in the way
    line = arguments(tmp_path, controls="full")
    for file, turn in MOMENTS:
        command = [sys.executable, "-c", SUICIDE, file, str(turn), *line]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == -9, (file, turn, done.stdout + done.stderr)
        assert not (tmp_path / "summary.json").exists()
        line = [*arguments(tmp_path, controls="full"), "--resume"]
    assert main(line) == 0
    assert_same_run(tmp_path, full)


def test_killed_from_outside_and_resumed(full, tmp_path):
    line = arguments(tmp_path, controls="full")
    command = [sys.executable, SCRIPT, *line]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None and not (tmp_path / "evolution.npz").exists():
            time.sleep(0.002)
        time.sleep(np.random.default_rng().uniform(0, 0.5))
        running.kill()
    assert main([*line, "--resume"]) == 0
    assert_same_run(tmp_path, full)


def test_resuming_a_finished_run_changes_nothing(full):
    def content():
        return {path.name: path.read_bytes() for path in full[0].iterdir()}

    before = content()
    assert main([*arguments(full[0], controls="full"), "--resume"]) == 0
    assert content() == before


def test_resuming_repetitions_goes_on_with_the_one_that_was_killed(tmp_path):
    options = {"runs": 2, "controls": "none", "generations": 1}
    summary = run(tmp_path, **options)
    first = (tmp_path / "run-00" / "summary.json").read_bytes()
    (tmp_path / "run-01" / "summary.json").unlink()
    assert outcome(run(tmp_path, resume=True, **options)) == outcome(summary)
    assert (tmp_path / "run-00" / "summary.json").read_bytes() == first


OTHER_SETTINGS = {
    "task": "TPR8",
    "seed": 4,
    "neurons": 9,
    "population": 6,
    "encode": "positions",
    "dt": 0.5,
    "state": "bins",
    "readout": "perceptron",
    "recipe": "paper",
    "redraw_fitness": True,
    "fresh_templates": True,
}


@pytest.mark.parametrize("name", [*OTHER_SETTINGS, "generations", "controls"])
def test_a_finished_run_is_not_taken_for_another(full, capsys, name):
    value = OTHER_SETTINGS.get(name, {"generations": 3, "controls": "default"}.get(name))
    line = arguments(full[0], **{"controls": "full", name: value})
    assert main([*line, "--resume"]) == 2
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 1
    assert f"is of another run: {name} was" in error[0]
    assert f"now {value!r}" in error[0]


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_a_checkpoint_is_not_taken_for_anothers(broken_off, capsys, name):
    line = arguments(broken_off, **{"controls": "full", name: OTHER_SETTINGS[name]})
    assert main([*line, "--resume"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "is of another configuration" in error
    assert f"evaluate.{name}" in error
    if name != "recipe":  # of which the parts are named
        assert f"evaluate.{name} was" in error
        assert f"now {json.dumps(OTHER_SETTINGS[name])}" in error


def test_a_truncated_checkpoint_gives_way_to_the_one_before(full, broken_off):
    checkpoint = broken_off / "evolution.npz"
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    with pytest.warns(UserWarning, match=r"evolution.npz is damaged .*; going on from the one bef"):
        assert main([*arguments(broken_off, controls="full"), "--resume"]) == 0
    assert_same_run(broken_off, full)


def test_without_a_readable_checkpoint_nothing_is_guessed(broken_off, capsys):
    for name in ("evolution.npz", "evolution.npz.previous"):
        (broken_off / name).write_bytes(b"PK")
    assert main([*arguments(broken_off, controls="full"), "--resume"]) == 2
    assert "no complete checkpoint to go on from" in capsys.readouterr().err.splitlines()[-1]


def test_without_resume_a_run_starts_anew(full, broken_off):
    assert outcome(run(broken_off, controls="full")) == outcome(full[1])
    assert (broken_off / "evolution.npz.old").exists()
