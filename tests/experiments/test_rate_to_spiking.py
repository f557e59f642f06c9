"""From rates to spikes on the command line: results, resuming, given networks and bad input."""

import json
import re

import numpy as np
import pytest
import yaml

from experiments.lab.page import page_of, read_run
from experiments.rate_to_spiking import main
from experiments.studies.conversion import STUDY
from experiments.studies.conversion import experiment as conversion_experiment
from experiments.studies.conversion.experiment import STAGES, Conversion
from lsm.conversion import SigmoidNetwork

SMALL = ["--quick", "--units", "24", "--search-trials", "4", "--trials", "4"]


def arguments(folder, *more, task="go-nogo"):
    return ["--task", task, "--out", str(folder), *SMALL, *more]


@pytest.fixture
def no_pictures(monkeypatch):
    """Drawing takes longer than a small run."""
    monkeypatch.setattr(Conversion, "figures", lambda *_: {})


def outcome(folder):
    summary = json.loads((folder / "summary.json").read_text())
    return {name: summary[name] for name in ("seeds", "tasks", "settings")}


@pytest.fixture(scope="module")
def whole(cache, tmp_path_factory):
    """A folder of a whole run, which isn't to be written to."""
    folder = tmp_path_factory.mktemp("conversion")
    assert main(arguments(folder)) == 0
    return folder


def test_a_run_leaves_networks_pictures_and_a_page(whole):
    for name in ("outputs", "factors", "raster"):
        assert (whole / f"go-nogo-{name}.png").read_bytes().startswith(b"\x89PNG")
    measured = outcome(whole)["tasks"]["go-nogo"]
    assert measured["accuracy"]["rate"]["mean"] >= 0.75
    assert measured["scaling_factors"][0] in (20.0, 35.0, 50.0)
    assert measured["accuracy"]["spiking"]["interval"] is None  # of one network
    page = (whole / "report.html").read_text()
    assert page.count("data:image/png") == 3
    (row,) = re.findall(r"^ +go-nogo +(.*)$", page_of(read_run(whole), STUDY).text(), re.M)
    rate, spiking, without = (f"{100 * each['mean']:.2f}" for each in measured["accuracy"].values())
    assert re.fullmatch(rf"{rate}.% +{spiking}.% +{without}.% +93.9.% ± 7.8 +\d+ +[\d.]+", row)
    network = SigmoidNetwork.load(whole / "go-nogo-seed0.npz")
    assert network.n_units == 24


def test_records_hold_what_was_tested(whole):
    _, *records = map(json.loads, (whole / "records.jsonl").read_text().splitlines())
    train, search, test = records
    assert [record["method"] for record in records] == [f"go-nogo: {p}" for p in STAGES]
    assert train["steps"] >= 50
    assert len(search["accuracies"]) == 3
    assert (
        search["best"]
        in np.array(search["scaling_factors"])[
            np.array(search["accuracies"]) == max(search["accuracies"])
        ]
    )
    assert set(test["curves"]) == {"Go", "NoGo"}
    assert len(test["curves"]["Go"]["spiking"]) == len(test["curves"]["Go"]["rate"]) == 200
    assert max(test["raster"]["neurons"]) < 24


def test_an_interrupted_run_ends_like_a_whole_one(whole, tmp_path, monkeypatch, no_pictures):
    for path in whole.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (whole / "records.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "records.jsonl").write_text("".join(lines[:-1]) + lines[-1][:50])
    (tmp_path / "summary.json").unlink()

    def refuse(*_, **__):
        raise AssertionError("this was done already")

    monkeypatch.setattr(conversion_experiment, "train_network", refuse)
    monkeypatch.setattr(conversion_experiment, "search_factor", refuse)
    assert main(arguments(tmp_path, "--resume")) == 0
    assert outcome(tmp_path) == outcome(whole)


def test_a_given_network_is_converted_as_it_is(whole, tmp_path, no_pictures):
    given = whole / "go-nogo-seed0.npz"
    line = ["--task", "go-nogo", "--network", str(given), "--out", str(tmp_path), "--quick"]
    assert main([*line, "--search-trials", "2", "--trials", "2"]) == 0
    kept = SigmoidNetwork.load(tmp_path / "go-nogo-seed0.npz")
    np.testing.assert_array_equal(kept.recurrent, SigmoidNetwork.load(given).recurrent)
    assert outcome(tmp_path)["tasks"]["go-nogo"]["training_steps"] == [0]
    assert "1 repetitions with one network" in (tmp_path / "report.html").read_text()
    assert "units" not in yaml.safe_load((tmp_path / "config.yaml").read_text())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["--units", "5"], "--units must be at least 10, got 5"),
        (["--search-trials", "0"], "--search-trials must be at least 1, got 0"),
        (["--seed", "-1"], "--seed must be at least 0, got -1"),
        (["--network", "a.npz"], "--network must stand beside one --task, got --task all"),
        (
            ["--task", "xor", "--network", "a.npz", "--units", "40"],
            "--network can't stand beside --units",
        ),
        (["--task", "xor", "--network", "none.npz"], "none.npz"),
    ],
)
def test_bad_options_are_named_before_any_work(more, message, tmp_path, capsys):
    assert main(["--out", str(tmp_path / "out"), *more]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_network_of_another_task_is_refused(tmp_path, capsys):
    SigmoidNetwork(np.eye(3), np.eye(3), np.ones(3), 50.0).save(tmp_path / "three.npz")
    line = ["--task", "xor", "--network", str(tmp_path / "three.npz"), "--out", str(tmp_path)]
    assert main(line) == 2
    assert (
        "--network: network must have 2 channels and 1 output for xor, got 3"
        in capsys.readouterr().err
    )
    SigmoidNetwork(np.eye(3), np.ones((3, 2)), np.ones(3), 2.0).save(tmp_path / "three.npz")
    assert main(line) == 2
    assert "--network: tau_ms must differ" in capsys.readouterr().err
    (tmp_path / "text.npz").write_text("none")
    assert main([*line[:3], str(tmp_path / "text.npz"), *line[4:]]) == 2
    assert "--network" in capsys.readouterr().err


def test_records_of_other_settings_are_not_resumed(whole, tmp_path, capsys):
    (tmp_path / "records.jsonl").write_text((whole / "records.jsonl").read_text())
    assert main([*arguments(tmp_path, "--resume"), "--trials", "6"]) == 2
    assert "trials was 4, now 6" in capsys.readouterr().err
