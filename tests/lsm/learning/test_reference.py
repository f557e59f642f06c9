"""The plain recursion against the losses that NEST 3.10's own test publishes."""

import numpy as np
import pytest

from tests.lsm.learning.reference import (
    evidence_accumulation,
    gradients,
    outputs,
    pattern_generation,
    run,
    softmax,
)

NAMES = ("inputs", "recurrent", "readout")


def test_pattern_generation_has_the_published_losses():
    network, inputs, target = pattern_generation()
    losses = []
    for _ in range(5):
        ran = run(network, inputs)
        errors = outputs(network, ran.spikes) - target
        losses.append(0.5 * np.sum(errors**2))
        for name, gradient in gradients(network, ran, errors).items():
            setattr(network, name, getattr(network, name) - 1e-4 * gradient)
    published = [101.964363098144, 103.466735839843, 103.340606689453, 103.680244445800]
    np.testing.assert_allclose(losses, [*published, 104.412780761718], rtol=1e-7)


PUBLISHED = {
    1: [0.741152524948, 0.740388214588, 0.665785133838, 0.663644134998, 0.729429066181],
    2: [0.702163370672, 0.735555303152, 0.740354864111, 0.683882815282, 0.707841122268],
}


@pytest.mark.parametrize("batch_size", PUBLISHED)
def test_evidence_accumulation_has_the_published_losses(batch_size):
    network, inputs, labels = evidence_accumulation(batch_size)
    losses, moments = [], {name: np.zeros((2, *getattr(network, name).shape)) for name in NAMES}
    for k in range(5):
        loss, total = 0.0, dict.fromkeys(NAMES, 0.0)
        for x, label in zip(inputs[k], labels[k], strict=True):
            ran = run(network, x)
            probability = softmax(outputs(network, ran.spikes))
            loss -= np.mean(np.log(probability[-150:, label])) / batch_size
            errors = probability - np.eye(2)[label]
            errors[:-150] = 0
            for name, gradient in gradients(network, ran, errors).items():
                total[name] = total[name] + gradient / 150 / batch_size
        losses.append(loss)
        for name in NAMES:
            m, v = moments[name]
            m[:] = 0.9 * m + 0.1 * total[name]
            v[:] = 0.999 * v + 0.001 * total[name] ** 2
            rate = 5e-3 * np.sqrt(1 - 0.999 ** (k + 1)) / (1 - 0.9 ** (k + 1))
            setattr(network, name, getattr(network, name) - rate * m / (np.sqrt(v) + 1e-8))
    np.testing.assert_allclose(losses, PUBLISHED[batch_size], rtol=1e-6)
