"""continual.py: what comes in stages is learned as well only where moments are kept."""

import json

import numpy as np
import pytest

from experiments.continual import main
from experiments.studies.continual import experiment as continual
from tasks import make_task


@pytest.fixture(scope="module")
def task():
    return make_task("PR4", random_state=0, samples_per_class=24)


@pytest.fixture(scope="module")
def summary(task, tmp_path_factory):
    folder = tmp_path_factory.mktemp("continual")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(continual, "made_task", lambda *_, **__: task)
        options = ["--task", "PR4", "--neurons", "20", "--epochs", "50", "--out", str(folder)]
        assert main(["--quick", *options]) == 0
    page = (folder / "report.html").read_text()
    assert "PR4, 2 classes at a time" in page
    assert '"name":"e-prop"' in page  # in the chart
    return json.loads((folder / "summary.json").read_text())


def test_recursive_ridge_on_a_fixed_liquid_forgets_nothing(summary):
    assert summary["forgetting"]["recursive ridge"]["mean"] == 0.0
    assert summary["final"]["recursive ridge"]["mean"] > 0.8
    assert len(summary["curves"]["recursive ridge"]) == 2


def test_a_liquid_that_moves_underneath_makes_old_moments_worthless(summary):
    assert summary["forgetting"]["e-prop underneath"]["mean"] > 0.1
    assert set(summary["forgetting"]) == {way for both in continual.WAYS.values() for way in both}


def test_stages_have_all_training_samples_of_their_classes(task):
    stages = continual.stages_of(task, 2)
    assert [set(task.labels[stage]) for stage in stages] == [{0, 1}, {2, 3}]
    assert sorted(np.concatenate(stages)) == sorted(task.training)  # each once


def test_numbers_kept_are_those_of_moments_and_of_weights(summary):
    # 20 neurons in three bins: the upper half of 60 x 60 products, a sum for each feature, and
    # products with four classes; and a weight of each and a bias for each class.
    numbers = summary["numbers"]
    assert numbers["recursive ridge"] == 1830 + 60 + 240
    assert numbers["logistic by gradient"] == 61 * 4
    assert numbers["e-prop underneath"] - numbers["e-prop"] == numbers["recursive ridge"]


def test_a_gradient_passes_over_each_batch_on_the_scale_of_the_first():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 50)
    X = 1000 + rng.normal(size=(100, 3)) + y[:, None]
    readout = continual.Logistic(20, 0).partial_fit(X, y, np.array([0, 1]))
    assert readout.t_ == 1 + 20 * 100  # updates
    assert np.mean((readout.decision_function(X) > 0) == y) > 0.7
    readout.partial_fit(X + 10, y)
    assert readout.scaler_.mean_ == pytest.approx(X.mean(axis=0))


def test_as_many_classes_as_there_are_make_no_stages(tmp_path, capsys, monkeypatch, task):
    monkeypatch.setattr(continual, "made_task", lambda *_, **__: task)
    assert main(["--task", "PR4", "--classes", "4", "--out", str(tmp_path)]) == 2
    assert "--classes must be below the task's 4, got 4" in capsys.readouterr().err
