"""Delays that are learned: their gradient, their bounds, and a task that takes them."""

from dataclasses import replace

import numpy as np
import pytest

from lsm.learning import Adam, Devices, EProp, LeakyReadout, Network, Targets, Trainer, evaluate
from lsm.learning.activity import run_batch
from lsm.learning.network import DELAYS
from lsm.learning.synaptic import synapse_gradients
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import InputWiring, RandomWiring
from tests.lsm.learning.test_training import STEPS, liquid, order_task

LAG = 20


def lag_task(n, seed):
    """Which of two groups of channels is 20 ms behind the other one, at any time?"""
    rng = np.random.default_rng(seed)
    labels, begins = rng.integers(0, 2, n), rng.integers(2, 20, n)
    late = LAG * (labels[:, None] == np.arange(8) // 4)
    times = begins[:, None] + late + rng.integers(0, 3, (n, 8))
    dense = np.zeros((n, 8, STEPS), dtype=int)
    dense[np.arange(n)[:, None], np.arange(8), times] = 1
    return SpikeTrains.from_dense(dense, dt_ms=1.0), labels


def brief():
    """Neurons that have forgotten a spike when the next comes, and are not connected."""
    return Reservoir.random(
        30,
        random_state=0,
        ranges={
            "tau_m_ms": (3.0, 5.0),
            "tau_syn_ms": (2.0, 2.0),
            "v_threshold_mV": (-62.0, -58.0),
        },
        wiring=RandomWiring(0.0),
        inputs=InputWiring(0.6, 1500.0, 300.0, delay_ms=5.0),
    )


def network(**changes):
    start = Network(liquid(**changes), LeakyReadout.random(2, 30, random_state=0), 8)
    return start.with_weights(start.weights())


def test_a_delays_gradient_is_how_the_signal_changes_where_its_spikes_arrive():
    X, _ = order_task(3, 0)
    start = network()
    activity = run_batch(start.reservoir, X)
    signal = np.random.default_rng(0).normal(size=(STEPS, 3, 30))
    found = synapse_gradients(start, activity, [signal], (DELAYS,), 1.0)[DELAYS]
    expected = np.zeros(8 + 30)
    for first, name, events in ((0, "inputs", activity.inputs), (8, "recurrent", activity.neurons)):
        synapses = start.synapses[name]
        for source, target, weight, delay in zip(
            synapses.source, synapses.target, synapses.weight_pA, synapses.delay_ms, strict=True
        ):
            mine = events.source == source
            step, sample = events.step[mine] + round(delay), events.sample[mine]
            for t, b in zip(step, sample, strict=True):
                if t < STEPS:
                    low, high = max(t - 1, 0), min(t + 1, STEPS - 1)
                    slope = signal[high, b, target] - signal[low, b, target]
                    expected[first + source] += weight * slope / (high - low)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_a_delays_gradient_tells_which_way_the_loss_goes():
    X, y = order_task(512, 0)
    targets = Targets(y, "cross_entropy", 20.0)
    start = network(inputs=InputWiring(0.3, 400.0, 100.0, delay_ms=6.0))
    rule = EProp(trains=(DELAYS,))
    found = rule.gradients(start, X, targets, dt_ms=1.0, target="auto", rng=None).weights[DELAYS]
    slopes = []
    for channel in range(8):
        losses = []
        for later in (3.0, -3.0):
            weights = start.weights()
            weights[DELAYS][channel] = later
            losses.append(evaluate(start.with_weights(weights), X, targets, batch_size=512)[0])
        slopes.append((losses[0] - losses[1]) / 6)
    assert np.corrcoef(slopes, found[:8])[0, 1] > 0.3


def test_delays_are_rounded_to_steps_and_never_below_0():
    start = network(inputs=InputWiring(0.3, 400.0, 100.0, delay_ms=2.0))
    weights = start.weights()
    weights[DELAYS][:8] = [0.0, 0.4, 0.6, -0.4, -1.6, -2.0, -7.0, 10.0]
    weights[DELAYS][8:] = -50.0
    allowed = start.allowed(weights)
    assert allowed[DELAYS][6] == -2.0
    synapses = start.with_weights(allowed).synapses
    inputs = synapses["inputs"]
    of_channels = [inputs.delay_ms[inputs.source == channel][0] for channel in range(8)]
    np.testing.assert_array_equal(of_channels, [2, 2, 3, 2, 0, 0, 0, 12])
    assert synapses["recurrent"].delay_ms.min() == 0
    # All synapses of an axon move together.
    before, after = start.synapses["recurrent"], synapses["recurrent"]
    one = before.source == before.source[0]
    np.testing.assert_array_equal(np.ptp(before.delay_ms[one]), np.ptp(after.delay_ms[one]))


def test_learned_delays_tell_lags_that_weights_can_not():
    X, y = lag_task(512, 0)
    test, targets = lag_task(400, 1)[0], Targets(lag_task(400, 1)[1], "cross_entropy")
    errors = {}
    for part in (DELAYS, "inputs"):
        trainer = Trainer(EProp((part, "readout")), Adam(0.05), iterations=60)
        trained = trainer.train(brief(), X, y)
        errors[part] = evaluate(trained.network, test, targets)[1]
    assert errors[DELAYS] < 0.1
    assert errors["inputs"] > 0.3


def test_delays_are_not_held_by_devices():
    X, y = lag_task(64, 0)
    trainer = Trainer(EProp((DELAYS,)), Adam(0.5), iterations=2, devices=Devices(bits=2))
    trained = trainer.train(brief(), X, y)
    alone = replace(trainer, devices=None).train(brief(), X, y)
    assert trained.reservoir == alone.reservoir
    assert np.all(trained.reservoir.input_synapses(8).delay_ms != 5)


@pytest.mark.parametrize("unit", [0.0, np.nan])
def test_a_unit_of_delays_that_can_not_be_is_refused(unit):
    with pytest.raises(ValueError, match="unit_ms must be finite and above 0"):
        Trainer(unit_ms=unit)


def test_in_a_single_step_no_delay_matters():
    spikes = SpikeTrains.from_dense(np.ones((2, 8, 1), int), dt_ms=1.0)
    rule, rng = EProp((DELAYS,)), np.random.default_rng(0)
    step = rule.gradients(network(), spikes, Targets([0, 1]), dt_ms=1.0, target="auto", rng=rng)
    assert not step.weights[DELAYS].any()
