"""Result files: whole or not at all, in a folder that is known to take them."""

import csv
import json
import os

import pytest
from matplotlib.figure import Figure

from experiments.lab import results
from experiments.lab.errors import InputError
from experiments.lab.results import MANIFEST, Results, output_folder, versions

ROWS = [{"generation": 0, "best": 0.5}, {"generation": 1, "best": 0.625}]


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)


@pytest.fixture
def files(tmp_path):
    return Results(tmp_path)


def test_json_reads_back(tmp_path, files):
    content = {"accuracy": 0.1 + 0.2, "list": [1, None, "é"]}
    files.json("a.json", content)
    assert json.loads((tmp_path / "a.json").read_text()) == content
    assert names(tmp_path) == ["a.json"]


def test_csv_reads_back(tmp_path, files):
    files.csv("a.csv", ROWS)
    with open(tmp_path / "a.csv", newline="") as file:
        read = list(csv.DictReader(file))
    assert [{name: float(value) for name, value in row.items()} for row in read] == ROWS


def test_csv_refuses_rows_with_other_columns(tmp_path, files):
    with pytest.raises(ValueError, match="extra"):
        files.csv("a.csv", [*ROWS, {"generation": 2, "extra": 1}])
    assert names(tmp_path) == []


def test_figure_is_a_png(tmp_path, files):
    figure = Figure()
    figure.subplots().plot([0, 1])
    files.figure("a.png", figure)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert names(tmp_path) == ["a.png"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, files):
    files.json("a.json", {"old": True})
    with pytest.raises(TypeError):
        files.json("a.json", {"new": object()})
    assert json.loads((tmp_path / "a.json").read_text()) == {"old": True}
    assert names(tmp_path) == ["a.json"]


def test_a_file_appears_only_when_it_is_complete(tmp_path, files, monkeypatch):
    seen = []

    def replace(source, target):
        seen.append((json.loads(source.read_text()), target.exists()))
        rename(source, target)

    rename = os.replace
    monkeypatch.setattr(os, "replace", replace)
    files.json("a.json", {"x": 1})
    assert seen == [({"x": 1}, False)]


def test_output_folder_is_made_and_left_empty(tmp_path):
    folder = output_folder(tmp_path / "new" / "deep")
    assert folder.is_dir()
    assert names(folder) == []
    (folder / "kept").write_text("kept")
    assert output_folder(str(folder)) == folder
    assert names(folder) == ["kept"]


def test_output_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError, match=f"the output folder {path} cannot be written"):
            output_folder(path)


@pytest.mark.parametrize("reason", ["Read-only file system", "No space left on device"])
def test_output_folder_that_takes_no_files(tmp_path, monkeypatch, reason):
    def refuse(*_):
        raise OSError(28, reason)

    monkeypatch.setattr(results.Path, "write_bytes", refuse)
    with pytest.raises(OSError, match=f"{tmp_path} cannot be written: {reason}"):
        output_folder(tmp_path)


def test_what_an_earlier_run_wrote_is_set_aside_and_nothing_else(tmp_path, files):
    files.json("summary.json", {"turn": 1})
    files.text("notes.txt", "ours")
    files.path("run-00").mkdir()
    (tmp_path / "run-00" / "best.npz").write_bytes(b"1")
    (tmp_path / "mine.txt").write_text("the user's")
    assert Results(tmp_path, resume=True).folder == tmp_path
    assert names(tmp_path) == ["mine.txt", "notes.txt", "run-00", "summary.json"]
    again = Results(tmp_path)
    old = ["mine.txt", "notes.txt.old", "run-00.old", "summary.json.old"]
    assert names(tmp_path) == old
    again.json("summary.json", {"turn": 2})
    again.path("run-00").mkdir()
    Results(tmp_path)
    assert json.loads((tmp_path / "summary.json.old").read_text()) == {"turn": 2}
    assert names(tmp_path) == old
    assert not list((tmp_path / "run-00.old").iterdir())


def test_a_file_is_listed_before_it_is_there(tmp_path, files):
    with pytest.raises(ValueError, match="extra"):
        files.csv("a.csv", [*ROWS, {"extra": 1}])
    assert (tmp_path / MANIFEST).read_text() == "a.csv\n"
    Results(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["../outside.txt", "", "/etc/none"])
def test_a_name_that_is_none_of_the_folders_is_left_alone(tmp_path, name):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("")
    (folder / MANIFEST).write_text(f"{name}\n")
    Results(folder)
    assert (tmp_path / "outside.txt").exists()
    assert not list(tmp_path.glob("*.old"))


@pytest.mark.parametrize("name", ["summary.json", "records.jsonl"])
def test_results_that_no_list_has_are_refused(tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=f"--out: .* {name} among them, but no {MANIFEST}"):
        Results(tmp_path)
    Results(tmp_path, resume=True)
    assert names(tmp_path) == [name]


def test_versions_name_what_a_result_depends_on():
    assert {"python", "brian2", "numpy", "scikit-learn", "deap"} <= set(versions())
    assert all(version[0].isdigit() for version in versions().values())
