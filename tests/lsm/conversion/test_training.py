"""Training of rate networks: the gradient, the optimiser, and what stays as it was drawn."""

import numpy as np
import pytest

from lsm.conversion.training import (
    TrainingSettings,
    Weights,
    loss_and_gradient,
    train_rates,
)
from tasks.cognitive import Trials, make_trials


def go_nogo(number, rng):
    return make_trials("go-nogo", number, random_state=rng)


def short(trials, steps):
    """The trials from step 45 on for some steps."""
    part = slice(45, 45 + steps)
    return Trials(
        trials.task, trials.inputs[:, part], trials.targets[:, part] + 0.5, trials.labels, ()
    )


def test_the_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    weights = Weights.sample(2, TrainingSettings(units=12, p=0.5), rng)
    weights.learned["output"] *= 100
    trials = short(make_trials("xor", 4, random_state=0), 40)
    start = rng.standard_normal((4, 12))
    noise = 0.1 * rng.standard_normal((39, 4, 12))
    _, gradient = loss_and_gradient(weights, trials, start, noise)
    for name, values in weights.learned.items():
        for place in np.argwhere(values != 0)[::7]:
            place, kept = tuple(place), values[tuple(place)]
            losses = []
            for shift in (1e-5, -1e-5):
                values[place] = kept + shift
                losses.append(loss_and_gradient(weights, trials, start, noise)[0])
            values[place] = kept
            slope = (losses[0] - losses[1]) / 2e-5
            assert gradient[name][place] == pytest.approx(slope, rel=1e-5, abs=1e-9), name
    assert not gradient["sizes"][~weights.exists].any()


def test_the_loss_is_that_of_the_network_it_becomes():
    rng = np.random.default_rng(1)
    weights = Weights.sample(2, TrainingSettings(units=12, p=0.5), rng)
    trials = make_trials("xor", 4, random_state=0)
    start = 0.01 * np.random.default_rng(5).standard_normal((4, 12))
    loss, _ = loss_and_gradient(weights, trials, start, np.zeros((299, 4, 12)))
    outputs = weights.network().run(trials.inputs, random_state=5)[..., 0]
    assert loss == pytest.approx(np.mean((outputs - trials.targets) ** 2), rel=1e-12)


def test_a_network_learns_and_keeps_its_law():
    settings = TrainingSettings(units=24, more=50, learning_rate=0.02, noise=0.1)
    heard = []
    trained = train_rates(
        go_nogo, settings, np.random.default_rng(0), lambda *check: heard.append(check)
    )
    assert trained.accuracy >= 0.99
    assert trained.error < 0.1
    learned = next(step for step, accuracy, _ in heard if accuracy >= settings.accuracy)
    assert trained.steps >= learned + settings.more
    assert heard[0][0] == settings.every
    assert heard[-1] == (trained.steps, trained.accuracy, trained.error)
    network = trained.network
    signs = np.sign(network.recurrent)
    assert all(len(set(column) - {0.0}) <= 1 for column in signs.T)  # Dale's law
    assert 0 < network.inhibitory.mean() < 0.5
    drawn = Weights.sample(1, settings, np.random.default_rng(0))
    assert not network.recurrent[~drawn.exists].any()
    np.testing.assert_array_equal(network.input, drawn.input)
    assert network.tau_ms.min() > 20
    assert network.tau_ms.max() < 100
    fresh = make_trials("go-nogo", 50, random_state=9)
    outputs = network.run(fresh.inputs, noise=settings.noise, random_state=9)[..., 0]
    assert fresh.correct(outputs).mean() >= 0.95


def test_another_step_is_another_training():
    settings = TrainingSettings(units=10, most=1)
    errors = [
        train_rates(go_nogo, settings, np.random.default_rng(0), step_ms=step_ms).error
        for step_ms in (5.0, 5.0, 4.0)
    ]
    assert errors[0] == errors[1] != errors[2]
    with pytest.raises(ValueError, match="step_ms must be finite and above 0, got 0"):
        train_rates(go_nogo, settings, np.random.default_rng(0), step_ms=0)


def test_training_ends_where_it_must():
    settings = TrainingSettings(units=10, most=3, every=2)
    checks = []
    trained = train_rates(
        go_nogo, settings, np.random.default_rng(0), lambda *check: checks.append(check[0])
    )
    assert trained.steps == 3
    assert checks == [2, 3]
