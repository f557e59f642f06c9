"""Gradients from noise: against sums of their own, and against what the mean loss does."""

import numpy as np
import pytest

from lsm.learning import (
    Adam,
    EProp,
    LeakyReadout,
    Network,
    NodePerturbation,
    RewardModulated,
    Targets,
    Trainer,
    evaluate,
    perturbation,
)
from lsm.learning.perturbation import _Noisy
from lsm.neurons.lif import membrane
from lsm.simulation.noise import noise
from lsm.spikes import SpikeTrains
from tests.lsm.learning.test_training import STEPS, liquid, order_task

DT = {"dt_ms": 1.0, "target": "auto"}


def network():
    start = Network(liquid(), LeakyReadout.random(2, 30, random_state=0), 8)
    return start.with_weights(start.weights())


def noisy(start, spikes, seed=0, share=0.2):
    seeds = np.random.default_rng(seed).integers(2**63, size=len(spikes))
    return _Noisy(start, spikes, share, 1.0, "auto", seeds)


def test_noise_is_drawn_again_as_the_program_has_drawn_it():
    X, _ = order_task(3, 0)
    start = network()
    weights = start.weights()
    silent = start.with_weights(weights | {name: 0 * weights[name] for name in start.synapses})
    ran = noisy(silent, X, share=0.01)
    potential = ran.activity.closeness * ran.activity.step.threshold
    decay = membrane(dict(start.reservoir.parameters), 1.0)["a"]
    found = np.diff(potential, axis=0) + (1 - decay) * potential[:-1]
    drawn = noise(ran._prefixes, np.arange(STEPS)[:, None, None])
    np.testing.assert_allclose(found, (drawn * ran.deviation)[1:], rtol=1e-4, atol=1e-6)
    assert drawn.std() == pytest.approx(1, abs=0.03)


def test_equal_samples_get_different_noise_and_the_same_seed_the_same():
    X, _ = order_task(1, 0)
    twice = X[[0, 0]]
    first, again = noisy(network(), twice), noisy(network(), twice)
    np.testing.assert_array_equal(first.activity.closeness, again.activity.closeness)
    one, other = first.activity.closeness.transpose(1, 0, 2)
    assert not np.any(one[0] == other[0])


def test_eligibility_is_noise_times_what_spikes_have_added_to_the_potential():
    X, _ = order_task(4, 0)
    start = network()
    ran = noisy(start, X)
    strengths = np.array([1.0, -2.0, 0.5, 3.0])
    found = ran.gradients(strengths, ("recurrent",))["recurrent"]
    constants = membrane(dict(start.reservoir.parameters), 1.0)
    drawn = noise(ran._prefixes, np.arange(STEPS)[:, None, None]) * (strengths[:, None])
    drawn = (drawn / ran.deviation).reshape(STEPS, -1)
    for t, places in enumerate(ran.activity.held):
        drawn[t, places] = 0
    drawn = drawn.reshape(STEPS, 4, 30)
    fired = ran.activity.neurons.matrix().toarray().reshape(30, STEPS, 4)
    synapses = start.synapses["recurrent"]
    for k in range(0, len(synapses), 20):
        i, j = synapses.source[k], synapses.target[k]
        delay, current, expected = int(synapses.delay_ms[k].round()), np.zeros(4), 0.0
        for t in range(STEPS):
            expected += np.sum(drawn[t, :, j] * constants["b"][j] * current)
            arrived = fired[i, t - delay] if t >= delay else 0
            current = constants["s"][j] * current + arrived
        assert found[k] == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_noise_gives_the_slope_of_the_mean_loss():
    """Along e-prop's gradient: of single weights it takes more runs than a test has."""
    X, y = order_task(16, 0)
    start, copied = network(), np.repeat(np.arange(16), 128)
    targets = Targets(y, "cross_entropy", 20.0)
    parts, rng = ("inputs", "recurrent"), np.random.default_rng(0)
    along = EProp(parts).gradients(start, X, targets, rng=rng, **DT).weights
    size = np.sqrt(sum(np.sum(g**2) for g in along.values()))
    rule = NodePerturbation(parts, copies=512, noise=0.2)
    found = rule.gradients(start, X, targets, rng=rng, **DT)
    slope = sum(np.sum(found.weights[name] * g) for name, g in along.items()) / size
    losses = []
    for step in (100.0, -100.0):
        weights = start.weights()
        for name, g in along.items():
            weights[name] += step * g / size
        ran = noisy(start.with_weights(weights), X[copied])
        losses.append(ran.compare(targets[copied]).losses.mean())
    assert slope == pytest.approx((losses[0] - losses[1]) / 200, rel=0.35)
    exact = EProp().gradients(start, X, targets, rng=rng, **DT)
    assert "readout" not in found.weights
    assert found.comparison.losses == pytest.approx(exact.comparison.losses)


def test_reward_teaches_synapses_which_channels_are_more_active():
    """The readout stays, by which half of the neurons each class is."""
    rng, y = np.random.default_rng(0), np.arange(320) % 2
    chance = np.where(y[:, None] == np.arange(8) // 4, 0.3, 0.05)
    dense = rng.random((320, 8, 40)) < chance[..., None]
    X = SpikeTrains.from_dense(dense.astype(int), dt_ms=1.0)
    halves = LeakyReadout(np.kron([[0, 1], [1, 0]], np.ones(15)))
    rule = RewardModulated(("inputs", "recurrent"), noise=0.2)
    trainer = Trainer(rule, Adam(0.05), batch_size=128, iterations=60)
    trained = trainer.train(liquid(), X[:256], y[:256], readout=halves)
    test, targets = X[256:], Targets(y[256:])
    assert evaluate(Network(liquid(), halves, 8), test, targets)[1] > 0.5
    assert evaluate(trained.network, test, targets)[1] < 0.1


def test_reward_is_what_is_beyond_other_trials_of_its_class():
    losses, kind = np.array([1.0, 4.0, 2.0, 9.0, 6.0]), np.array([0, 1, 0, 3, 0])
    found = perturbation._more_than_others(losses, kind)
    np.testing.assert_allclose(found, [-3.0, 0.0, -1.5, 0.0, 4.5])


@pytest.mark.parametrize(
    "targets",
    [
        Targets(np.ones((4, STEPS, 2)), "squared_error"),
        Targets(np.random.default_rng(0).integers(-1, 2, (4, STEPS))),
    ],
)
def test_noise_teaches_what_is_asked_for_at_each_step(targets):
    X, _ = order_task(4, 0)
    for rule in (RewardModulated(), NodePerturbation(copies=2)):
        found = rule.gradients(network(), X, targets, rng=np.random.default_rng(0), **DT)
        assert set(found.weights) == {"inputs", "recurrent", "readout"}
        assert all(np.any(gradient) for gradient in found.weights.values())


def test_runs_are_as_many_at_a_time_as_memory_allows(monkeypatch):
    X, y = order_task(4, 0)
    rule, targets, found = NodePerturbation(copies=5), Targets(y), []
    for size in (2**25, 2 * 4 * STEPS * 30):
        monkeypatch.setattr(perturbation, "_TOGETHER", size)
        rng = np.random.default_rng(0)
        found.append(rule.gradients(network(), X, targets, rng=rng, **DT).weights)
    for name, expected in found[0].items():
        np.testing.assert_allclose(found[1][name], expected, rtol=1e-3, atol=1e-8)


def test_a_readout_alone_needs_no_noisy_run(monkeypatch):
    X, y = order_task(3, 0)
    monkeypatch.setattr(perturbation, "_Noisy", lambda *_: pytest.fail("noise was drawn"))
    rng = np.random.default_rng(0)
    readout = ("readout",)
    found, expected = (
        rule(readout).gradients(network(), X, Targets(y), rng=rng, **DT).weights
        for rule in (NodePerturbation, EProp)
    )
    assert set(found) == set(readout)
    np.testing.assert_array_equal(found["readout"], expected["readout"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NodePerturbation(copies=0), "copies must be at least 1"),
        (lambda: NodePerturbation(noise=0.0), "noise must be finite and above 0"),
        (lambda: NodePerturbation(trains=("bias",)), "trains must be some of inputs, recurrent"),
        (lambda: RewardModulated(noise=-1.0), "noise must be finite and above 0"),
        (lambda: RewardModulated(trains=()), "trains must be some of"),
    ],
)
def test_settings_that_can_not_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
