"""What liquids bear: accuracies of what is spoilt and of what isn't, and what is retained."""

import numpy as np
import pytest

from lsm import Reservoir, simulate
from lsm.perturb import lost_neurons, noisy_input
from readouts import make_readout
from tasks import make_task
from tasks.robustness import SPOILT_INPUTS, SPOILT_LIQUIDS, robustness


@pytest.fixture(scope="module")
def task():
    return make_task("TPR4", random_state=0, samples_per_class=20)


@pytest.fixture(scope="module")
def liquids():
    return [Reservoir.random(20, random_state=seed) for seed in range(2)]


def test_accuracies_are_of_readouts_that_saw_nothing_spoilt(cache, task, liquids):
    ticks = []
    train, test = task.training, task.test
    bears = robustness(
        liquids,
        task,
        train,
        test,
        state="traces:30",
        random_state=(3, 4),
        tick=lambda: ticks.append(1),
    )
    assert list(bears.spoilt) == [*SPOILT_INPUTS, *SPOILT_LIQUIDS]
    assert len(ticks) == 1 + len(bears.spoilt)

    def accuracy(k, liquid, inputs):
        trained, tested = (
            simulate(each, spikes, state="traces:30")[0].astype(float)
            for each, spikes in ((liquids[k], task.spikes[train]), (liquid, inputs))
        )
        readout = make_readout("ridge").fit(trained, task.labels[train])
        return np.mean(readout.predict(tested) == task.labels[test])

    noisy = noisy_input(task.spikes[test], np.random.default_rng((3, 4)), share=0.2)
    for k, liquid in enumerate(liquids):
        assert bears.accuracy[k] == accuracy(k, liquid, task.spikes[test])
        assert bears.spoilt["20 % spikes added"][k] == accuracy(k, liquid, noisy)
        lesioned = lost_neurons(liquid, np.random.default_rng((3, 4)), share=0.2)
        assert bears.spoilt["20 % neurons lost"][k] == accuracy(k, lesioned, task.spikes[test])
    np.testing.assert_allclose(bears.mean, np.mean(list(bears.spoilt.values()), axis=0))


def test_what_is_retained_is_above_chance(monkeypatch, task, liquids):
    """States that tell the first liquid all and the second one nothing."""
    y = np.asarray(task.labels, dtype=float)

    def states(reservoirs, spikes, **_):
        n = len(spikes)
        labels = y[task.training] if n == len(task.training) else y[task.test]
        return np.stack([np.stack([labels, 1 - labels], axis=1), np.zeros((n, 2))])

    monkeypatch.setattr("tasks.robustness.simulate", states)
    bears = robustness(liquids, task, task.training, task.test)
    assert bears.accuracy[0] == 1
    assert bears.retained[0] == pytest.approx(1)
    assert np.isnan(bears.retained[1])
