"""devices.py: disturbed liquids beside themselves, what is done again, and what is refused."""

import json
import re

import numpy as np
import pytest

from experiments.devices import main
from experiments.studies.devices.experiment import DISTURBED, WAYS, Devices
from lsm import LSMClassifier
from lsm.perturb import Disturbance
from lsm.robustness import disturbed_scores
from tasks import make_task

SMALL = ["--task", "PR4", "--official", "--quick", "--kinds", "bits", "--draws", "1"]
SMALL += ["--state", "counts", "--n-jobs", "1"]


@pytest.fixture(scope="module")
def whole(cache, tmp_path_factory):
    """A folder of a whole run, which isn't to be written to."""
    folder = tmp_path_factory.mktemp("devices")
    assert main([*SMALL, "--out", str(folder)]) == 0
    return folder


def liquids(folder):
    return json.loads((folder / "summary.json").read_text())["liquids"]


def test_each_liquid_is_disturbed_and_read_in_every_way(whole):
    for name in ("drawn", "learned", "evolved"):
        assert list(liquids(whole)[name]["ways"]) == list(WAYS)
        assert (whole / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    page = (whole / "report.html").read_text()
    assert "hardened" in page
    found = liquids(whole)["drawn"]
    task = make_task("PR4", random_state=0, samples_per_class=60)
    (X, y), test = ((task.spikes[k], task.labels[k]) for k in (task.training, task.test))
    model = LSMClassifier(20, state="counts", random_state=0).fit(X, y)
    assert found["undisturbed"]["folds"] == [model.score(*test)]
    strengths = DISTURBED["bits"][1]
    by_hand = disturbed_scores(model, *test, [Disturbance(bits=b) for b in strengths], draws=1)
    curve = found["ways"]["one readout"]["bits"]
    assert [each["strength"] for each in curve] == list(strengths)
    np.testing.assert_array_equal([each["mean"] for each in curve], by_hand[:, 0])
    np.testing.assert_allclose(
        [each["less"]["mean"] for each in curve], by_hand[:, 0] - model.score(*test)
    )


def test_an_interrupted_run_ends_like_a_whole_one(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(Devices, "figures", lambda *_: {})
    for path in whole.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (whole / "records.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "records.jsonl").write_text("".join(lines[:1] + lines[2:]))
    assert main([*SMALL, "--resume", "--out", str(tmp_path)]) == 0
    assert liquids(tmp_path) == liquids(whole)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--kinds", "bit"], "--kinds must be one of .*did you mean 'bits'"),
        (["--liquids", "drown"], "--liquids must be one of .*did you mean 'drawn'"),
        (["--state", "bans:5"], "--state: .*bans"),
        (["--draws", "0"], "--draws must be at least 1, got 0"),
    ],
)
def test_bad_options_are_refused_before_anything_runs(given, message, tmp_path, capsys):
    out = tmp_path / "out"
    assert main([*SMALL, *given, "--out", str(out)]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not out.exists()
