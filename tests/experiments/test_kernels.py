"""The benchmark's part on random kernels: accuracies by method, and operations that are counted."""

import numpy as np
import pytest

from lsm import KernelLiquid, LiquidTransformer


def test_a_set_has_every_method_and_what_it_costs():
    pytest.importorskip("aeon", reason="series and MiniRocket come with aeon")
    from experiments.benchmarks.kernels import QUICK, measured, report

    (of_set,) = measured(seed=0, **QUICK | {"neurons": 60})
    assert of_set["set"] == "UnitTest"
    assert set(of_set["accuracy"]) == {
        *("kernels", "kernels, RidgeClassifierCV", "dilation 1 alone", "with recurrence"),
        *("plain liquid", "MiniRocket"),
    }
    assert all(0.5 < score <= 1 for scores in of_set["accuracy"].values() for score in scores)
    assert of_set["recurrent_synapses"] == 0
    assert of_set["cost"] > 0
    # 84 kernels with taps one and two steps apart, 24 steps
    assert of_set["multiply_adds"] % (9 * 84 * 24) == 0
    texts = "\n".join(part.text for part in report([of_set]))
    assert "recurrent synapses" in texts


def test_operations_are_synapses_at_which_spikes_arrive_in_time():
    from experiments.benchmarks.kernels import synaptic_operations

    X = np.random.default_rng(0).normal(size=(4, 2, 50))
    model = LiquidTransformer(KernelLiquid(20), random_state=0).fit(X)
    spikes = model.encode(X)
    synapses = model.reservoir_.input_synapses(spikes.n_channels)
    arrivals = 0
    for sample, trains in enumerate(spikes.to_lists()):
        for channel, times in enumerate(trains):
            for time in times:
                late = time + synapses.delay_ms[synapses.source == channel]
                arrivals += np.sum(late < spikes.durations_ms[sample])
    assert synaptic_operations(model.reservoir_, spikes) == arrivals / 4
