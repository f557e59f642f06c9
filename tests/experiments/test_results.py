"""Result files: whole or not at all, in a folder that is known to take them."""

import csv
import json
import os

import pytest
from matplotlib.figure import Figure

from experiments.lab import results
from experiments.lab.results import (
    output_folder,
    versions,
    write_csv,
    write_figure,
    write_json,
)

ROWS = [{"generation": 0, "best": 0.5}, {"generation": 1, "best": 0.625}]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_json_reads_back(tmp_path):
    content = {"accuracy": 0.1 + 0.2, "list": [1, None, "é"]}
    write_json(tmp_path / "a.json", content)
    assert json.loads((tmp_path / "a.json").read_text()) == content
    assert names(tmp_path) == ["a.json"]


def test_csv_reads_back(tmp_path):
    write_csv(tmp_path / "a.csv", ROWS)
    with open(tmp_path / "a.csv", newline="") as file:
        read = list(csv.DictReader(file))
    assert [{name: float(value) for name, value in row.items()} for row in read] == ROWS


def test_csv_refuses_rows_with_other_columns(tmp_path):
    with pytest.raises(ValueError, match="extra"):
        write_csv(tmp_path / "a.csv", [*ROWS, {"generation": 2, "extra": 1}])
    assert names(tmp_path) == []


def test_figure_is_a_png(tmp_path):
    figure = Figure()
    figure.subplots().plot([0, 1])
    write_figure(tmp_path / "a.png", figure)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert names(tmp_path) == ["a.png"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    write_json(tmp_path / "a.json", {"old": True})
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"new": object()})
    assert json.loads((tmp_path / "a.json").read_text()) == {"old": True}
    assert names(tmp_path) == ["a.json"]


def test_a_file_appears_only_when_it_is_complete(tmp_path, monkeypatch):
    seen = []

    def replace(source, target):
        seen.append((json.loads(source.read_text()), target.exists()))
        rename(source, target)

    rename = os.replace
    monkeypatch.setattr(os, "replace", replace)
    write_json(tmp_path / "a.json", {"x": 1})
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


def test_versions_name_what_a_result_depends_on():
    assert {"python", "brian2", "numpy", "scikit-learn", "deap"} <= set(versions())
    assert all(version[0].isdigit() for version in versions().values())
