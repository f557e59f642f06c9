"""Forward passes of the compiled program and their gradients, against the plain recursion."""

import numpy as np
import pytest

from lsm.learning import Adam, EProp, GradientDescent, Targets, Trainer
from lsm.learning.activity import run_batch
from tests.lsm.learning.networks import as_matrix, as_reservoir, as_spikes
from tests.lsm.learning.reference import (
    evidence_accumulation,
    gradients,
    outputs,
    pattern_generation,
    run,
    softmax,
)


def check_gradients(network, gradients, expected):
    for name, synapses in network.synapses.items():
        found = as_matrix(synapses, gradients[name], expected[name].shape[1])
        difference = np.linalg.norm(found - expected[name])
        assert difference <= 1e-5 * np.linalg.norm(expected[name])
    np.testing.assert_allclose(gradients["readout"], expected["readout"], rtol=1e-9, atol=1e-12)


def test_pattern_generation_has_the_spikes_and_gradients_of_the_recursion():
    plain, inputs, target = pattern_generation()
    network, ran = as_reservoir(plain), run(plain, inputs, np.float32)
    activity = run_batch(network.reservoir, as_spikes(inputs[None]))
    spikes = np.argwhere(ran.spikes)
    np.testing.assert_array_equal(activity.neurons.step, spikes[:, 0])
    np.testing.assert_array_equal(activity.neurons.source, spikes[:, 1])
    potentials = activity.closeness[:, 0] * 0.03
    np.testing.assert_allclose(potentials, ran.v, rtol=1e-6, atol=1e-9)
    targets = Targets(target[None], "squared_error")
    rule = EProp(feedback=plain.feedback.T, rate_strength=300.0)
    found = rule.of_activity(network, activity, targets, dt_ms=1.0)
    errors = outputs(plain, ran.spikes) - target
    assert found.comparison.losses[0] == pytest.approx(0.5 * np.sum(errors**2) / 1000, rel=1e-12)
    expected = {name: g / 1000 for name, g in gradients(plain, ran, errors).items()}
    check_gradients(network, found.weights, expected)


def test_evidence_accumulation_has_the_spikes_and_gradients_of_the_recursion():
    plain, inputs, labels = evidence_accumulation(2, iterations=1)
    network = as_reservoir(plain)
    activity = run_batch(network.reservoir, as_spikes(inputs[0]))
    targets = Targets(labels[0], "cross_entropy", window_ms=150.0)
    rule = EProp(feedback=plain.feedback.T, rate_strength=300.0)
    found = rule.of_activity(network, activity, targets, dt_ms=1.0)
    expected = dict.fromkeys(found.weights, 0.0)
    for b, label in enumerate(labels[0]):
        ran = run(plain, inputs[0, b], np.float32)
        mine, spikes = activity.neurons.sample == b, np.argwhere(ran.spikes)
        np.testing.assert_array_equal(activity.neurons.step[mine], spikes[:, 0])
        np.testing.assert_array_equal(activity.neurons.source[mine], spikes[:, 1])
        errors = softmax(outputs(plain, ran.spikes)) - np.eye(2)[label]
        errors[:-150] = 0
        for name, gradient in gradients(plain, ran, errors).items():
            expected[name] = expected[name] + gradient / 150 / 2
    check_gradients(network, found.weights, expected)


def test_training_on_patterns_follows_the_published_losses():
    plain, inputs, target = pattern_generation()
    network = as_reservoir(plain)
    trainer = Trainer(
        EProp(feedback=plain.feedback.T, rate_strength=300.0),
        GradientDescent(0.1),
        loss="squared_error",
        batch_size=1,
        iterations=5,
        unit_pA=1.0,
    )
    trained = trainer.train(
        network.reservoir, as_spikes(inputs[None]), target[None], readout=network.readout
    )
    published = [0.101964363098, 0.103466735839, 0.103340606689, 0.103680244445, 0.104412780761]
    np.testing.assert_allclose(trained.curve.losses, published, rtol=1e-6)


def test_training_on_evidence_follows_the_published_losses():
    plain, inputs, labels = evidence_accumulation(1)
    network = as_reservoir(plain)
    rule = EProp(feedback=plain.feedback.T, rate_strength=300.0)
    adam, weights, losses = Adam(5e-3), network.weights(), []
    kept = adam.start(weights)
    for x, label in zip(inputs, labels, strict=True):
        found = rule.gradients(
            network.with_weights(weights),
            as_spikes(x),
            Targets(label, "cross_entropy", window_ms=150.0),
            dt_ms=1.0,
            target="auto",
            rng=np.random.default_rng(0),
        )
        losses.append(found.comparison.losses[0])
        adam.move(weights, found.weights, kept)
    published = [0.741152524948, 0.740388214588, 0.665785133838, 0.663644134998, 0.729429066181]
    np.testing.assert_allclose(losses, published, rtol=1e-6)
