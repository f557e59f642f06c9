"""zero_shot.py: gradients, matching, controls, and what a run leaves."""

import json

import numpy as np
import pytest

from experiments.studies.zero_shot import experiment as zero_shot
from experiments.studies.zero_shot.projection import (
    canonical,
    loss_and_gradients,
    project,
    train,
    untrained,
)
from experiments.zero_shot import main
from tasks import make_task


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_gradients_are_those_of_finite_differences(rng):
    x = [rng.normal(size=(6, 4)), rng.normal(size=(6, 3))]
    y = np.array([0, 1, 2, 0, 1, 2])
    parameters = [untrained(one.shape[1], 16, 4, rng) for one in x]
    _, gradients = loss_and_gradients(x, y, parameters)
    for its, slopes in zip(parameters, gradients, strict=True):
        for part, slope in zip(its, slopes, strict=True):
            for place in ((0,) * part.ndim, (-1,) * part.ndim):
                kept, losses = part[place], []
                for step in (1e-6, -1e-6):
                    part[place] = kept + step
                    losses.append(loss_and_gradients(x, y, parameters)[0])
                part[place] = kept
                assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(
                    slope[place], rel=1e-5, abs=1e-8
                )


def shared_space(rng, *, noise=0.3, classes=8, each=20):
    """Two views of the same points of a space, one point a class."""
    y = np.repeat(np.arange(classes), each)
    points = rng.normal(size=(classes, 5))[y]
    return [
        points @ rng.normal(size=(5, n)) + noise * rng.normal(size=(len(y), n)) for n in (9, 7)
    ], y


def test_training_and_correlations_match_classes_of_a_shared_space(rng):
    x, y = shared_space(rng)
    drawn = [untrained(one.shape[1], 16, 8, rng) for one in x]
    trained = train(x, [y, y], drawn, epochs=60, each=4, rng=rng)
    projected = [project(one, its) for one, its in zip(x, trained, strict=True)]
    assert zero_shot.matched(projected, [y, y]) > 0.9
    maps = canonical(x, [y, y], dimensions=4, rng=rng)
    both = [one @ one_map for one, one_map in zip(x, maps, strict=True)]
    both = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in both]
    assert zero_shot.matched(both, [y, y]) > 0.7


def test_matching_counts_both_directions_and_each_class_alike():
    left, right = np.array([[1.0, 0], [1, 0], [1, 0], [0, 1]]), np.array([[1.0, 0], [0, 1]])
    labels = [np.array([0, 0, 0, 1]), np.array([0, 1])]
    assert zero_shot.matched([left, right], labels) == 1.0
    assert zero_shot.matched([left, right[::-1]], labels) == 0.0  # a pair that is swapped
    assert zero_shot.matched([left, right[[0, 0]]], labels) == pytest.approx(0.5)


@pytest.fixture
def small(monkeypatch):
    """Four patterns, as if they were heard and seen."""
    sample = {
        name: make_task(name, random_state=0, samples_per_class=8) for name in ("PR4", "TPR4")
    }
    monkeypatch.setattr(zero_shot, "make_task", lambda name, **_: sample[name])
    return sample


def test_a_run_compares_all_methods_on_pairs_that_were_left_out(small, tmp_path):
    options = ["--modalities", "PR4,TPR4", "--liquids", "20,20", "--quick", "--out", str(tmp_path)]
    assert main(options) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert set(summary["accuracy"]) == set(zero_shot.METHODS)
    assert len(summary["pairs"]) == 2
    assert (tmp_path / "report.html").read_text().count("data:image/png") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--modalities", "PR4"], "--modalities must be two, got PR4"),
        (["--modalities", "PR4,TXOR"], "--modalities must have the same classes"),
    ],
)
def test_modalities_that_do_not_go_together_are_refused(options, message, tmp_path, capsys):
    assert main([*options, "--out", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
