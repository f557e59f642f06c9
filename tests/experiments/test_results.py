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
    """All files of a folder but the lists of them."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(MANIFEST))


def listed(folder):
    return (folder / MANIFEST).read_text().splitlines()


def test_json_reads_back(tmp_path):
    content = {"accuracy": 0.1 + 0.2, "list": [1, None, "é"]}
    Results(tmp_path).json("a.json", content)
    assert json.loads((tmp_path / "a.json").read_text()) == content
    assert names(tmp_path) == ["a.json"]


def test_csv_reads_back(tmp_path):
    Results(tmp_path).csv("a.csv", ROWS)
    with open(tmp_path / "a.csv", newline="") as file:
        read = list(csv.DictReader(file))
    assert [{name: float(value) for name, value in row.items()} for row in read] == ROWS


def test_csv_refuses_rows_with_other_columns(tmp_path):
    with pytest.raises(ValueError, match="extra"):
        Results(tmp_path).csv("a.csv", [*ROWS, {"generation": 2, "extra": 1}])
    assert names(tmp_path) == []


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF-")])
def test_a_figure_is_a_png_and_another_kind_beside_it(tmp_path, kind, start):
    figure = Figure()
    figure.subplots().plot([0, 1])
    folder = Results(tmp_path)
    folder.figure("a", figure)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert names(tmp_path) == ["a.png"]
    folder.figure("b", figure, kind)
    assert (tmp_path / f"b.{kind}").read_bytes().startswith(start)
    assert names(tmp_path) == sorted(["a.png", "b.png", f"b.{kind}"]) == sorted(listed(tmp_path))


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    folder = Results(tmp_path)
    folder.json("a.json", {"old": True})
    with pytest.raises(TypeError):
        folder.json("a.json", {"new": object()})
    assert json.loads((tmp_path / "a.json").read_text()) == {"old": True}
    assert names(tmp_path) == ["a.json"]


def test_a_file_appears_only_when_it_is_complete(tmp_path, monkeypatch):
    seen = []

    def replace(source, target):
        seen.append((json.loads(source.read_text()), target.exists()))
        rename(source, target)

    rename = os.replace
    monkeypatch.setattr(os, "replace", replace)
    Results(tmp_path).json("a.json", {"x": 1})
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


# The list of what a run wrote


def test_a_name_is_listed_before_the_file_is_there_and_once(tmp_path):
    folder = Results(tmp_path)
    path = folder.path("model.npz")
    assert (path, listed(tmp_path)) == (tmp_path / "model.npz", ["model.npz"])
    assert not path.exists()
    folder.json("summary.json", {})
    again = Results(tmp_path, resume=True)
    again.path("model.npz")
    again.path("notes.txt").write_text("new")
    assert listed(tmp_path) == ["model.npz", "summary.json", "notes.txt"]


def test_all_that_a_run_wrote_is_set_aside_and_nothing_else(tmp_path):
    folder = Results(tmp_path)
    for name in ("a.png", "records.jsonl", "summary.json"):
        folder.path(name).write_text("first")
    inner = folder.within("seed0", resume=False)
    inner.path("best.npz").write_text("first")
    (tmp_path / "mine.txt").write_text("mine")
    Results(tmp_path)
    old = ["a.png.old", "mine.txt", "records.jsonl.old", "seed0.old", "summary.json.old"]
    assert names(tmp_path) == old
    assert (tmp_path / f"{MANIFEST}.old").read_text().split() == [
        "a.png",
        "records.jsonl",
        "summary.json",
        "seed0",
    ]
    assert (tmp_path / "seed0.old" / "best.npz").read_text() == "first"
    # Of the next one too, in place of what is old by now.
    folder = Results(tmp_path)
    folder.path("a.png").write_text("second")
    folder.within("seed0", resume=False).path("best.npz").write_text("second")
    Results(tmp_path)
    assert names(tmp_path) == old
    assert (tmp_path / "a.png.old").read_text() == "second"
    assert (tmp_path / "seed0.old" / "best.npz").read_text() == "second"


def test_the_summary_is_set_aside_first(tmp_path, monkeypatch):
    folder = Results(tmp_path)
    for name in ("a.png", "summary.json", "z.png"):
        folder.path(name).write_text("first")
    moved, replace = [], results.Path.replace

    def noted(path, target):
        moved.append(path.name)
        return replace(path, target)

    monkeypatch.setattr(results.Path, "replace", noted)
    Results(tmp_path)
    assert moved == ["summary.json", "a.png", "z.png", MANIFEST]


def test_a_resumed_run_keeps_what_is_there(tmp_path):
    Results(tmp_path).path("records.jsonl").write_text("first")
    Results(tmp_path, resume=True)
    assert names(tmp_path) == ["records.jsonl"]


@pytest.mark.parametrize("name", ["summary.json", "records.jsonl"])
def test_results_without_a_list_of_them_are_refused(tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=f"--out: .* has results, {name} among them, but no"):
        Results(tmp_path)
    assert names(tmp_path) == [name]
    Results(tmp_path, resume=True)


def test_a_listed_name_that_leads_elsewhere_is_left_alone(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("kept")
    folder = tmp_path / "run"
    Results(folder).path("a.png").write_text("first")
    with open(folder / MANIFEST, "a") as file:
        file.write("../outside.txt\n\nnever-written.png\n")
    Results(folder)
    assert names(folder) == ["a.png.old"]
    assert outside.read_text() == "kept"


def test_versions_name_what_a_result_depends_on():
    assert {"python", "brian2", "numpy", "scikit-learn", "deap"} <= set(versions())
    assert all(version[0].isdigit() for version in versions().values())
