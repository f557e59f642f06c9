"""What is left after kill -9, and what --resume makes of it: the undisturbed run's result."""

import json
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from evolution import judge
from experiments.evolve_lsm import main
from experiments.lab import outside, progress
from experiments.lab.interrupts import interruptible
from experiments.lab.progress import SearchBar
from experiments.lab.results import Results
from lsm import Reservoir
from tests.experiments.runs import arguments, break_off, outcome, read_summary, run

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
    """The folder of a run that was killed when all was done but its record and the summary."""
    folder = tmp_path / "broken off"
    shutil.copytree(full[0], folder)
    break_off(folder)
    return folder


def assert_same_run(folder, full):
    assert outcome(read_summary(folder)) == outcome(full[1])
    assert Reservoir.load(folder / "best.npz") == Reservoir.load(full[0] / "best.npz")
    logbooks = [(f / "logbook.csv").read_text() for f in (folder, full[0])]
    assert logbooks[0] == logbooks[1]


def kill_at_each_moment_and_resume(folder, moments, **options):
    line = arguments(folder, **options)
    for file, turn in moments:
        command = [sys.executable, "-c", SUICIDE, file, str(turn), *line]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == -9, (file, turn, done.stdout + done.stderr)
        assert not (folder / "summary.json").exists()
        line = [*arguments(folder, **options), "--resume"]
    assert main(line) == 0


def test_killed_at_each_moment_in_turn_and_resumed(full, tmp_path):
    run(tmp_path, controls="full", generations=1, seed=4)  # another run's files are in the way
    kill_at_each_moment_and_resume(tmp_path, MOMENTS, controls="full")
    assert_same_run(tmp_path, full)


def test_a_family_is_met_again_where_a_run_was_killed(tmp_path):
    options = {"family": 2, "recipe": "delays", "controls": "full", "population": 4}
    options["generations"] = 1
    whole = run(tmp_path / "whole", **options)
    moments = [("evolution.npz", 2), ("random_search.npz", 2)]
    kill_at_each_moment_and_resume(tmp_path / "killed", moments, **options)
    assert_same_run(tmp_path / "killed", (tmp_path / "whole", whole))


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
    break_off(tmp_path, done=1)
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
    "dimensions": 3,
    "gains": True,
    "family": 2,
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
def test_a_checkpoint_is_not_taken_for_anothers(broken_off, capsys, monkeypatch, name):
    monkeypatch.setattr(judge, "simulate", lambda *_, **__: pytest.fail("simulated"))
    line = arguments(broken_off, **{"controls": "full", name: OTHER_SETTINGS[name]})
    assert main([*line, "--resume"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "is of another configuration" in error
    assert f"evaluate.{name}" in error
    if name != "recipe":  # of which the parts are named
        assert f"evaluate.{name} was" in error
        assert f"now {json.dumps(OTHER_SETTINGS[name])}" in error


@pytest.mark.filterwarnings("default")
def test_a_truncated_checkpoint_gives_way_to_the_one_before(full, broken_off, capsys):
    checkpoint = broken_off / "evolution.npz"
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    assert main([*arguments(broken_off, controls="full"), "--resume"]) == 0
    (warning,) = re.findall(r"warning: .*", capsys.readouterr().err)
    assert re.search(r"evolution.npz is damaged .*; going on from the one before", warning)
    assert_same_run(broken_off, full)


def test_without_a_readable_checkpoint_nothing_is_guessed(broken_off, capsys):
    for name in ("evolution.npz", "evolution.npz.previous"):
        (broken_off / name).write_bytes(b"PK")
    assert main([*arguments(broken_off, controls="full"), "--resume"]) == 2
    assert "no complete checkpoint to go on from" in capsys.readouterr().err.splitlines()[-1]


def test_without_resume_a_run_starts_anew(full, broken_off):
    assert outcome(run(broken_off, controls="full")) == outcome(full[1])
    assert (broken_off / "evolution.npz.old").exists()


def content(folder, suffix=""):
    """Bytes of a run's files, by their names without the suffix."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    files = [path for path in files if (".old" in str(path.relative_to(folder))) == bool(suffix)]
    names = [str(path.relative_to(folder)).replace(suffix, "") for path in files]
    return {name: path.read_bytes() for name, path in zip(names, files, strict=True)}


@pytest.mark.parametrize("runs", [1, 2])
def test_what_an_earlier_run_left_is_set_aside_before_the_task_is_made(tmp_path, monkeypatch, runs):
    options = {"controls": "none", "generations": 1, "population": 3, "runs": runs}
    run(tmp_path, **options, seed=9)
    Results(tmp_path, resume=True).path("fitness.png").write_bytes(b"a picture")
    (tmp_path / "notes.npz").write_bytes(b"the user's")
    earlier = content(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(outside, "make_task", interrupt)
        assert main(arguments(tmp_path, **options)) == 130
    left = content(tmp_path)
    assert left.pop("notes.npz") == earlier.pop("notes.npz")
    assert set(left) == {"config.yaml", "manifest.txt", "records.jsonl"}
    assert content(tmp_path, ".old") == earlier
    # --resume goes on with the new run, not with what is left of the earlier one.
    resumed = outcome(run(tmp_path, **options, resume=True))
    assert resumed == outcome(run(tmp_path / "undisturbed", **options))


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_an_older_one_set_aside_gives_way(tmp_path):
    for turn in "12":
        results = Results(tmp_path)
        results.path("summary.json").write_text(turn)
        results.within("run-00", resume=False).path("best.npz").write_text(turn)
    Results(tmp_path)
    assert content(tmp_path, ".old") == {
        "summary.json": b"2",
        "manifest.txt": b"summary.json\nrun-00\n",
        "run-00/best.npz": b"2",
        "run-00/manifest.txt": b"best.npz\n",
    }
    assert content(tmp_path) == {}


def test_results_that_no_manifest_lists_are_not_mixed_with_new_ones(tmp_path, capsys):
    """Versions before the manifest left them."""
    (tmp_path / "summary.json").write_text("{}")
    assert main(arguments(tmp_path)) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert "has results, summary.json among them, but no manifest.txt" in error


@pytest.mark.parametrize("text", ['{"neurons": 300}\n{}\n', "[]\n{}\n", "{\n{}\n"])
def test_records_of_another_program_are_refused(tmp_path, capsys, text):
    (tmp_path / "records.jsonl").write_text(text)
    assert main([*arguments(tmp_path), "--resume"]) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert f"--resume: {tmp_path / 'records.jsonl'} is " in error


@pytest.mark.parametrize(("before", "now"), [(2, 1), (1, 2)])
def test_one_run_and_several_are_not_mixed(tmp_path, capsys, before, now):
    options = {"controls": "none", "generations": 0, "population": 1}
    run(tmp_path, runs=before, **options)
    earlier = content(tmp_path)
    capsys.readouterr()
    assert main([*arguments(tmp_path, runs=now, **options), "--resume"]) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert "records.jsonl is of another run: runs was" in error
    assert content(tmp_path) == earlier


def test_results_from_before_there_were_records_go_on_from_their_checkpoints(full, tmp_path):
    shutil.copytree(full[0], tmp_path, dirs_exist_ok=True)
    (tmp_path / "records.jsonl").unlink()
    before = (tmp_path / "evolution.npz").read_bytes()
    assert outcome(run(tmp_path, controls="full", resume=True)) == outcome(full[1])
    assert (tmp_path / "evolution.npz").read_bytes() == before
    (tmp_path / "records.jsonl").unlink()
    assert main([*arguments(tmp_path, controls="full", neurons=9), "--resume"]) == 2


def test_other_settings_are_refused_before_the_task_is_made(tmp_path, capsys, monkeypatch):
    options = {"controls": "none", "generations": 0, "population": 1, "runs": 2}
    run(tmp_path, **options)
    for name in ("summary.json", "run-00/summary.json"):
        (tmp_path / name).unlink()
    monkeypatch.setattr(outside, "make_task", lambda *_, **__: pytest.fail("made the task"))
    assert main([*arguments(tmp_path, **options, neurons=9), "--resume"]) == 2
    assert "records.jsonl is of another run: neurons" in capsys.readouterr().err


def test_the_bar_of_a_resumed_search_begins_where_it_does(tmp_path, monkeypatch):
    bars = []

    class Bar(progress.tqdm):
        def __init__(self, **options):
            super().__init__(**options)
            bars.append(self)

    options = {"controls": "default", "generations": 3}
    run(tmp_path, **(options | {"generations": 1}))
    break_off(tmp_path)
    monkeypatch.setattr(progress, "tqdm", Bar)
    run(tmp_path, **options, resume=True)
    (bar,) = bars  # the random liquids were done
    assert (bar.initial, bar.n, bar.total, bar.unit) == (2, 4, 4, "generation")
    run(tmp_path, **options)
    assert [(bar.initial, bar.n, bar.unit) for bar in bars[1:]] == [
        (0, 4, "generation"),
        (0, 1, "batch"),
    ]


def test_an_interrupt_that_python_drops_ends_the_run_after_its_generation():
    with interruptible(), SearchBar("a search", 3, unit="generation") as bar:
        with suppress(KeyboardInterrupt):  # as a finalizer does
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            bar.show({"generation": 0, "best": 0.5, "mean": 0.4})
    with interruptible(), SearchBar("another", 3, unit="generation") as bar:
        bar.show({"generation": 0, "best": 0.5, "mean": 0.4})
