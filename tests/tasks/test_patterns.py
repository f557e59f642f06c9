"""PR and TPR: templates, jitter, and what the counts give away."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier

from tasks import make_task, patterns


@pytest.fixture
def no_jitter(monkeypatch):
    monkeypatch.setattr(patterns, "JITTER_MS", 0.0)


def readout_accuracy(task, features):
    used = np.concatenate([task.train, task.fitness])
    readout = RidgeClassifier().fit(features[used], task.labels[used])
    return readout.score(features[task.test], task.labels[task.test])


def templates(task):
    """The lists of trains of each class, from a task without jitter."""
    chosen = [int(np.argmax(task.labels == label)) for label in range(task.n_classes)]
    for label, first in enumerate(chosen):
        for other in np.flatnonzero(task.labels == label):
            assert task.spikes[other] == task.spikes[first]
    return [task.spikes[first].to_lists()[0] for first in chosen]


@pytest.mark.parametrize("name", ["PR4", "TPR4"])
def test_spikes_are_at_whole_ms_inside_0_and_100(name):
    spikes = make_task(name, random_state=0, samples_per_class=200).spikes
    np.testing.assert_array_equal(spikes.durations_ms, 110)
    assert set(spikes.times_ms) <= set(range(1, 100))


@pytest.mark.usefixtures("no_jitter")
def test_pr_templates():
    trains = [
        train
        for seed in range(5)
        for sample in templates(make_task("PR12", random_state=seed, samples_per_class=2))
        for train in sample
    ]
    assert {train[0] for train in trains} == set(range(1, 10))
    gaps = np.concatenate([np.diff(train) for train in trains])
    # Of abs(N(10, 20)) 3.5 % lie below 1, and short gaps are the likelier to end before 100 ms.
    assert 0.03 < np.mean(gaps == 0) < 0.06
    assert gaps.max() > 50
    # A train ends where the next gap would lead to 100 ms or beyond.
    assert max(train[-1] for train in trains) == 99
    assert 5 < np.mean([len(train) for train in trains]) < 8


def test_pr_counts_give_the_class_away():
    accuracies = []
    for seed in range(5):
        task = make_task("PR12", random_state=seed, samples_per_class=60)
        counts = task.spikes.counts()
        for label in range(12):
            assert len(np.unique(counts[task.labels == label], axis=0)) == 1
        accuracies.append(readout_accuracy(task, counts))
    # A class whose counts lie among those of others can hide from a linear regression.
    assert np.median(accuracies) >= 0.98


def test_pr_spikes_of_a_channel_share_a_ms():
    shares = []
    for seed in range(5):
        task = make_task("PR12", random_state=seed, samples_per_class=60)
        shares.append(np.mean((task.spikes.to_dense(1.0) > 1).any(axis=(1, 2))))
    assert np.mean(shares) == pytest.approx(0.68, abs=0.07)


def test_pr_moves_that_would_leave_are_skipped(monkeypatch):
    spikes = []
    for jitter_ms in (0.0, 1e9):
        monkeypatch.setattr(patterns, "JITTER_MS", jitter_ms)
        spikes.append(make_task("PR4", random_state=3, samples_per_class=5).spikes)
    assert spikes[0] == spikes[1]


@pytest.mark.usefixtures("no_jitter")
def test_tpr_templates():
    for sample in templates(make_task("TPR12", random_state=0, samples_per_class=2)):
        for train in sample:
            assert len(train) == 7
            assert (np.diff(train) > 0).all()
            assert train[0] >= 5
            assert train[-1] <= 94


def test_tpr_counts_tell_nothing_but_times_do():
    task = make_task("TPR12", random_state=0, samples_per_class=60)
    assert (task.spikes.counts() == 7).all()
    dense = task.spikes.to_dense(1.0)
    assert dense.max() == 1
    thirds = dense[:, :, :99].reshape(len(dense), 8, 3, 33).sum(axis=3).reshape(len(dense), -1)
    assert readout_accuracy(task, thirds) > 0.9


@pytest.mark.usefixtures("no_jitter")
@pytest.mark.parametrize("name", ["PR8", "TPR8"])
def test_templates_depend_on_the_seed_alone(name):
    few, many = (make_task(name, random_state=5, samples_per_class=n) for n in (2, 4))
    other = make_task(name, random_state=6, samples_per_class=2)
    flat = [[np.concatenate(c).tolist() for c in templates(task)] for task in (few, many, other)]
    assert flat[0] == flat[1]
    assert flat[0] != flat[2]
