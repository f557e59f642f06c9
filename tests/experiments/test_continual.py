"""continual.py: what comes in stages is learned as well only where moments are kept."""

import json

import numpy as np
import pytest

from experiments.continual import main
from experiments.studies.continual import ContinualSettings
from experiments.studies.continual import experiment as continual
from tasks import make_task


@pytest.fixture(scope="module")
def task():
    return make_task("PR4", random_state=0, samples_per_class=24)


@pytest.fixture(scope="module")
def summary(task, tmp_path_factory):
    folder = tmp_path_factory.mktemp("continual")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(continual, "make_task", lambda *_, **__: task)
        assert (
            main(
                [
                    "--quick",
                    "--task",
                    "PR4",
                    "--neurons",
                    "20",
                    "--epochs",
                    "50",
                    "--out",
                    str(folder),
                ]
            )
            == 0
        )
    page = (folder / "report.html").read_text()
    assert page.count("data:image/png") == 1
    return json.loads((folder / "summary.json").read_text())


def test_recursive_ridge_on_a_fixed_liquid_forgets_nothing(summary):
    assert summary["forgetting"]["recursive ridge"]["mean"] == 0.0
    assert summary["final"]["recursive ridge"]["mean"] > 0.8
    assert len(summary["curves"]["recursive ridge"]) == 2


def test_a_liquid_that_moves_underneath_makes_old_moments_worthless(summary):
    assert summary["forgetting"]["e-prop underneath"]["mean"] > 0.1
    assert set(summary["forgetting"]) == set(continual.WAYS)


def test_stages_have_all_training_samples_of_their_classes(task):
    stages = continual.stages_of(task, 2)
    assert [stage.classes.tolist() for stage in stages] == [[0, 1], [2, 3]]
    for stage in stages:
        assert set(task.labels[stage.samples]) == set(stage.classes)
    samples = np.concatenate([stage.samples for stage in stages])
    assert sorted(samples) == sorted([*task.training, *task.fitness])


def test_numbers_kept_are_those_of_moments(task):
    settings = ContinualSettings(task="PR4", neurons=20)
    learner = continual.Learner(task, continual.stages_of(task, 2)[0], settings, 0)
    # The upper half of 20 x 20 products, a sum for each feature, and products with four classes.
    assert learner.numbers() == 210 + 20 + 80


def test_as_many_classes_as_there_are_make_no_stages(tmp_path, capsys, monkeypatch, task):
    monkeypatch.setattr(continual, "make_task", lambda *_, **__: task)
    assert main(["--task", "PR4", "--classes", "4", "--out", str(tmp_path)]) == 2
    assert "--classes must be below the task's 4, got 4" in capsys.readouterr().err
