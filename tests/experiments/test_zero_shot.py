"""zero_shot.py: gradients, matching, controls, and what a run leaves."""

import json
from copy import deepcopy

import numpy as np
import pytest

from experiments.studies.zero_shot import experiment as zero_shot
from experiments.studies.zero_shot.experiment import Projection, canonical, contrast, train
from experiments.zero_shot import main
from tasks import make_task


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_gradients_are_those_of_finite_differences(rng):
    x = [rng.normal(size=(6, 4)), rng.normal(size=(6, 3))]
    y = np.array([0, 1, 2, 0, 1, 2])
    networks = [Projection(features.shape[1], rng) for features in x]

    def loss_and_slopes():
        return contrast(*(networks[k](x[k]) for k in (0, 1)), y)

    _, *slopes = loss_and_slopes()
    gradients = [network.gradients(slope) for network, slope in zip(networks, slopes, strict=True)]
    for network, its in zip(networks, gradients, strict=True):
        for name, part in network.weights.items():
            for place in ((0,) * part.ndim, (-1,) * part.ndim):
                before, losses = part[place], []
                for step in (1e-6, -1e-6):
                    part[place] = before + step
                    losses.append(loss_and_slopes()[0])
                part[place] = before
                assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(
                    its[name][place], rel=1e-5, abs=1e-8
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
    networks = [Projection(features.shape[1], rng) for features in x]
    drawn = deepcopy(networks)
    train(networks, x, [y, y], epochs=60, rng=rng)
    assert zero_shot.matched([networks[k](x[k]) for k in (0, 1)], [y, y]) > 0.9
    assert zero_shot.matched([drawn[k](x[k]) for k in (0, 1)], [y, y]) < 0.5
    both = [
        features @ matrix for features, matrix in zip(x, canonical(x, [y, y], rng), strict=True)
    ]
    both = [view / np.linalg.norm(view, axis=1, keepdims=True) for view in both]
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
    monkeypatch.setattr(zero_shot, "made_task", lambda name, **_: sample[name])
    return sample


def test_a_run_compares_all_methods_on_pairs_that_were_left_out(small, tmp_path):
    options = ["--modalities", "PR4,TPR4", "--quick", "--out", str(tmp_path)]
    assert main(options) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    matchers = ("contrastive", "canonical correlation", "untrained")
    methods = [f"{states}, {name}" for states in ("liquids", "no liquid") for name in matchers]
    assert list(summary["accuracy"]) == methods
    page = (tmp_path / "report.html").read_text()
    for pairs in summary["pairs"].values():
        assert len(pairs) == 2
        assert all(name in page for name in pairs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--modalities", "PR4"],
            "--modalities must be two with the same four classes or more, got PR4 with [0",
        ),
        (["--modalities", "PR4,TXOR"], "or more, got PR4 with [0, 1, 2, 3], TXOR with [0, 1]"),
    ],
)
def test_modalities_that_do_not_go_together_are_refused(options, message, tmp_path, capsys):
    assert main([*options, "--out", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
