"""Networks for cognitive tasks: trained, converted and tested, and refused where they don't fit."""

import numpy as np
import pytest

from lsm.conversion import ComparedTrials, SigmoidNetwork, SpikingTrials, TrainingSettings
from tasks.cognitive import make_trials
from tasks.cognitive_networks import (
    ConversionTest,
    check_network,
    evaluate_conversion,
    search_factor,
    train_network,
)

SETTINGS = TrainingSettings(units=12, most=2, every=2)


def spiking(outputs):
    return SpikingTrials(outputs, np.ones((len(outputs), 3)), *np.zeros((3, 0)))


def test_of_right_outputs_all_are_right_and_of_silence_what_stays_at_0():
    trials = make_trials("go-nogo", 10, random_state=0)
    right = np.repeat(trials.targets, 5, axis=1)[..., None]
    rates = trials.targets[..., None]
    compared = ComparedTrials(rates, spiking(right), spiking(0 * right), rates)
    test = ConversionTest(trials, compared)
    assert test.accuracies == {"rate": 1, "spiking": 1, "without_recurrence": 0.5}
    assert list(test.curves) == ["Go", "NoGo"]
    for name in ("rate", "spiking", "trial"):
        assert test.curves["Go"][name].tolist() == [0] * 75 + [1] * 125
        assert not test.curves["NoGo"][name].any()


def test_a_network_is_trained_converted_and_tested(cache):
    trained = train_network("xor", SETTINGS, random_state=1)
    again = train_network("xor", SETTINGS, random_state=np.random.SeedSequence(1))
    np.testing.assert_array_equal(trained.network.recurrent, again.network.recurrent)
    check_network("xor", trained.network)
    search = search_factor("xor", trained.network, 4, scaling_factors=[20, 50], random_state=2)
    assert search.best in (20, 50)
    test = evaluate_conversion("xor", trained.network, search.best, 2, random_state=3)
    assert test.compared.rates.shape == test.compared.spiking_outputs.shape == (2, 300, 1)
    assert set(test.accuracies) == {"rate", "spiking", "without_recurrence"}
    # Each of the networks has a stream of its own, behind that of the trials.
    of_trials, of_rates, *_ = np.random.SeedSequence(3).spawn(4)
    np.testing.assert_array_equal(
        test.trials.inputs, make_trials("xor", 2, random_state=of_trials).inputs
    )
    rng = np.random.default_rng(of_rates)
    rates = trained.network.run(test.trials.inputs, random_state=rng)
    np.testing.assert_array_equal(test.compared.rates, rates)


def test_networks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="must have 2 channels and 1 output for xor, got 3 chan"):
        check_network("xor", SigmoidNetwork(np.eye(3), np.eye(3), np.ones(3), 50.0))
    with pytest.raises(ValueError, match="got 2 channels and 3 outputs"):
        check_network("xor", SigmoidNetwork(np.eye(3), np.ones((3, 2)), np.eye(3), 50.0))
    with pytest.raises(ValueError, match="tau_ms must differ from the 2 ms"):
        check_network("xor", SigmoidNetwork(np.eye(3), np.ones((3, 2)), np.ones(3), 2.0))
