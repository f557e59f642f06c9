"""Trials of cognitive tasks: what is heard when, what is wanted, and what counts as an answer."""

from collections import Counter

import numpy as np
import pytest

from tasks.cognitive import COGNITIVE, STEP_MS, make_trials


def heard_at(trials, channel):
    """First step and the one after the last at which a channel isn't silent in some trial."""
    steps = np.flatnonzero(np.any(trials.inputs[..., channel] != 0, axis=0))
    return steps[0], steps[-1] + 1


def test_go_is_a_pulse_and_an_output_that_stays():
    trials = make_trials("go-nogo", 10, random_state=0)
    assert trials.inputs.shape == (10, 200, 1)
    go = trials.labels == 1
    assert heard_at(trials, 0) == (50, 75)
    assert np.all(trials.inputs[go, 50:75] == 1)
    assert not trials.inputs[~go].any()
    assert np.all(trials.targets[go] == (np.arange(200) >= 75))
    assert not trials.targets[~go].any()


def test_xor_wants_the_product_of_two_pulses():
    trials = make_trials("xor", 12, random_state=0)
    assert trials.inputs.shape == (12, 300, 2)
    assert heard_at(trials, 0) == (50, 100)
    assert heard_at(trials, 1) == (110, 160)
    product = trials.inputs[:, 60, 0] * trials.inputs[:, 120, 1]
    np.testing.assert_array_equal(trials.labels, product)
    np.testing.assert_array_equal(trials.targets[:, 200], product)
    assert not trials.targets[:, :170].any()
    assert not trials.targets[:, 270:].any()


def test_context_wants_the_sign_of_the_stream_that_is_named():
    trials = make_trials("context", 400, random_state=0)
    assert trials.inputs.shape == (400, 500, 4)
    assert heard_at(trials, 0) == heard_at(trials, 1) == (50, 250)
    assert set(trials.inputs[:, :, 2:].sum(axis=2).ravel()) == {1.0}
    named = np.argmax(trials.inputs[:, 0, 2:], axis=1)
    streams = trials.inputs[:, 50:250, :2]
    # The mean of 200 numbers of deviation 1 is on the wrong side of 0 once in 10^12.
    counts = np.sign(streams.mean(axis=1))[np.arange(400), named]
    np.testing.assert_array_equal(trials.labels, counts)
    residual = streams - 0.5 * np.sign(streams.mean(axis=1, keepdims=True))
    assert abs(residual.mean()) < 0.01
    assert residual.std() == pytest.approx(1, abs=0.01)
    assert np.all(trials.targets[:, 250:] == trials.labels[:, None])


@pytest.mark.parametrize("task", COGNITIVE)
def test_conditions_are_alike_in_number_and_come_in_random_order(task):
    trials = make_trials(task, 21, random_state=1)
    numbers = Counter(trials.conditions)
    assert len(numbers) == {"go-nogo": 2, "xor": 4, "context": 8}[task]
    assert max(numbers.values()) - min(numbers.values()) <= 1
    assert trials.conditions != make_trials(task, 21, random_state=2).conditions


@pytest.mark.parametrize("task", COGNITIVE)
def test_what_is_wanted_is_correct_and_nothing_else(task):
    trials = make_trials(task, 16, random_state=0)
    assert trials.correct(trials.targets).all()
    assert trials.correct(np.repeat(trials.targets, 5, axis=1), step_ms=1.0).all()
    assert not trials.correct(1 - trials.targets if task == "go-nogo" else -trials.targets).any()
    silent = trials.correct(np.zeros_like(trials.targets))
    np.testing.assert_array_equal(silent, trials.labels == 0)


@pytest.mark.parametrize(("task", "begin"), [("go-nogo", 100), ("xor", 200), ("context", 260)])
def test_an_answer_counts_from_the_published_step_on(task, begin):
    trials = make_trials(task, 8, random_state=0)
    asked = trials.labels != 0
    for at, counts in ((begin - 1, False), (begin, True)):
        outputs = np.zeros_like(trials.targets)
        outputs[:, at] = 0.71 * trials.labels
        assert np.all(trials.correct(outputs)[asked] == counts)
    fine = np.zeros((8, trials.targets.shape[1] * 5))
    fine[:, round(begin * STEP_MS)] = 0.71 * trials.labels
    assert trials.correct(fine, step_ms=1.0)[asked].all()


@pytest.mark.parametrize(("peak", "go", "nogo"), [(0.69, 0, 0), (0.71, 1, 0), (0.29, 0, 1)])
def test_between_the_thresholds_is_neither_go_nor_nogo(peak, go, nogo):
    trials = make_trials("go-nogo", 2, random_state=0)
    outputs = np.zeros((2, 200))
    outputs[:, 150] = peak
    expected = np.where(trials.labels == 1, bool(go), bool(nogo))
    np.testing.assert_array_equal(trials.correct(outputs), expected)


def test_one_seed_is_one_set_of_trials():
    np.random.seed(3)  # noqa: NPY002 (the global state, which must not be touched)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, same, other = (make_trials("context", 8, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.inputs, same.inputs)
    assert not np.array_equal(one.inputs, other.inputs)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"name must be one of .*got 'xorr'; did you mean 'xor'"):
        make_trials("xorr", 3)
    with pytest.raises(ValueError, match="n_trials must be at least 1, got 0"):
        make_trials("xor", 0)
    trials = make_trials("xor", 3)
    with pytest.raises(ValueError, match=r"outputs must have the shape \(3 trials, more than 200"):
        trials.correct(np.zeros((3, 200)))
    with pytest.raises(ValueError, match="3 trials"):
        trials.correct(np.zeros((2, 300)))
