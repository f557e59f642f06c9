"""Rules on plain states, planted outputs, and what measures make of both."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from tasks.what_when import (
    CUE_MS,
    RULES,
    T_MS,
    Learned,
    Schedule,
    Stream,
    angles,
    announced,
    cue_spikes,
    cue_traces,
    errors,
    learn,
    moved,
    recovery,
    slope,
    steady,
)

BACK = Schedule((0.9, 0.1, 0.9), (300, 300, 300), 40)
LATER = Schedule((0.7, 0.7, 0.7), (300, 600, 300), 40)
OPTIONS = {
    "three_factor": {"learning_rate": 0.25, "floor": 0.1},
    "lms": {"learning_rate": 0.1},
    "force": {"alpha": 1.0},
    "force_reset": {"alpha": 1.0},
    "force_forgetting": {"alpha": 1.0, "forgetting": 0.997},
    "factored": {"learning_rate": 0.3, "floor": 0.1, "what_rate": 0.05, "consolidation": 0.2},
}


@pytest.fixture(scope="module")
def states():
    """Of a clock: one smooth feature after another, with noise from trial to trial."""
    rng = np.random.default_rng(0)
    centres = np.linspace(0, 740, 38)
    tuned = np.exp(-(((T_MS[:, None] - centres) / 30) ** 2) / 2)
    return _of_length_1(tuned + 0.03 * rng.standard_normal((120, len(T_MS), 38)))


def _of_length_1(x):
    x = x - x[:20].mean(axis=(0, 1))
    return x / np.sqrt((x[:20] ** 2).sum(axis=2).mean())


def streams(*schedules):
    rng = np.random.default_rng(1)
    return [schedule.stream(rng) for schedule in schedules]


# Rules


@pytest.mark.parametrize("rule", RULES)
def test_outputs_come_before_the_outcome(states, rule):
    (stream,) = streams(BACK)
    changed = stream.outcomes.copy()
    changed[60:] = changed[60:, ::-1]
    a = learn(rule, states, [stream], **OPTIONS[rule]).outputs
    other = Stream(changed, stream.latency_ms, stream.switches)
    b = learn(rule, states, [other], **OPTIONS[rule]).outputs
    np.testing.assert_array_equal(a[:, :61], b[:, :61])
    assert not np.allclose(a[:, 61], b[:, 61])
    assert not a[:, 0].any()


@pytest.mark.parametrize("rule", RULES)
def test_streams_do_not_touch_each_other(states, rule):
    both = streams(BACK, LATER)
    together = learn(rule, states, both, **OPTIONS[rule])
    for k, stream in enumerate(both):
        alone = learn(rule, states, [stream], **OPTIONS[rule])
        np.testing.assert_allclose(together.outputs[k], alone.outputs[0], atol=1e-8)
        np.testing.assert_allclose(together.weights[k], alone.weights[0], atol=1e-8)


def test_an_open_gate_is_plain_lms(states):
    some = streams(BACK)
    gated = learn("three_factor", states, some, learning_rate=0.1, floor=1.0)
    plain = learn("lms", states, some, learning_rate=0.1)
    np.testing.assert_allclose(gated.outputs, plain.outputs, atol=1e-12)


def test_force_is_ridge_regression_of_all_trials(states):
    (stream,) = streams(BACK)
    learned = learn("force", states, [stream], alpha=2.0)
    ridge = Ridge(alpha=2.0, fit_intercept=False)
    ridge.fit(states.reshape(-1, states.shape[2]), stream.targets().reshape(-1, 2))
    np.testing.assert_allclose(learned.weights[0], ridge.coef_.T, atol=1e-8)


def test_a_reset_of_p_helps_after_a_switch_and_changes_nothing_before(states):
    (stream,) = streams(LATER)
    kept, reset = (
        learn(rule, states, [stream], alpha=1.0).outputs[0] for rule in ("force", "force_reset")
    )
    np.testing.assert_array_equal(kept[:41], reset[:41])
    a, b = (errors(outputs, LATER)[50:80].mean() for outputs in (kept, reset))
    assert b < 0.6 * a


def test_when_and_what_are_learned_apart(states):
    plan = Schedule((0.7,), (600,), 120)
    (stream,) = streams(plan)
    learned = learn("factored", states, [stream], **OPTIONS["factored"])
    (block,) = steady(learned.outputs[0], plan)
    assert abs(block["peak_ms"] - 600) <= 10
    often = stream.outcomes[40:].mean(axis=0)
    np.testing.assert_allclose(block["amplitudes"], often, atol=0.12)
    # What: as much at any time; when: of one time.
    when = np.abs(states[-1] @ learned.weights[0])[:, 0]
    assert when[np.abs(T_MS - 600) > 150].max() < 0.3 * when.max()


def test_a_rule_that_runs_away_says_when(states):
    options = {"learning_rate": 1e300}
    with np.errstate(all="ignore"):
        learned = learn("lms", states, streams(BACK), **options)
    assert learned.diverged in (0, 1)


def test_shuffled_labels_are_the_same_ones_in_another_order():
    which = np.arange(400) % 2
    true, later, *shuffled = announced(which, latencies_ms=(300, 600), p=0.9, random_state=0)
    assert true.outcomes[which == 0, 0].mean() == pytest.approx(0.9, abs=0.08)
    assert true.outcomes[which == 1, 0].mean() == pytest.approx(0.1, abs=0.08)
    assert set(later.latency_ms) == {600.0}
    a = np.concatenate([stream.outcomes[:, 0] for stream in shuffled])
    assert a.sum() == true.outcomes[:, 0].sum() + later.outcomes[:, 0].sum()
    for stream in shuffled:
        assert stream.outcomes[which == 0, 0].mean() == pytest.approx(0.5, abs=0.13)
        assert (stream.latency_ms == 300).mean() == pytest.approx(0.5, abs=0.1)


def test_traces_of_the_cue_decay_from_each_of_its_spikes():
    spikes = cue_spikes([0] * 30, after_ms=740, templates=0, random_state=1)
    traces = cue_traces(spikes, (20.0, 60.0)).reshape(30, len(T_MS), spikes.n_channels, 2)
    of_channel = spikes[25].channels == 3
    since = CUE_MS + T_MS[:, None] - spikes[25].times_ms[of_channel]
    np.testing.assert_allclose(traces[25, :, 3, 1], np.exp(-since / 60.0).sum(axis=1))


@pytest.mark.parametrize("plan", [BACK, LATER])
def test_what_is_due_has_no_error(plan):
    due = plan.expectation()
    np.testing.assert_allclose(errors(due, plan), 0)
    np.testing.assert_allclose(errors(np.zeros_like(due), plan), 1)
    np.testing.assert_allclose(errors(0.8 * due, plan), 0.2)
    np.testing.assert_allclose(moved(due, plan), 1)
    stuck = np.repeat(due[:1], len(due), axis=0)
    np.testing.assert_allclose(moved(stuck, plan)[0], 0, atol=1e-12)
    blocks = steady(due, plan)
    assert [block["peak_ms"] for block in blocks] == [*plan.latencies_ms]
    assert slope(blocks) == pytest.approx(1)
    assert slope(steady(0.5 * due, plan)) == pytest.approx(0.5)


def test_recovery_counts_trials_from_the_switch():
    curve = np.full(120, 0.5)
    curve[40:52] = 1.0  # the last five are near once the twelve have gone
    curve[80:] = 0.56
    assert recovery(curve, 40) == (0.5, [17, 40])
    assert recovery(np.full(90, 0.5), 30) == (0.5, [5, 5])


def test_angles_of_planted_weights():
    e = np.eye(6)
    what = [e[0], np.cos(0.5) * e[2] + np.sin(0.5) * e[1]]
    when = [e[2], e[3]]
    weights = np.array([[when[k] + what[k], when[k] - what[k]] for k in (0, 1)]).swapaxes(1, 2)
    learned = Learned(np.empty(0), np.concatenate([weights, weights[::-1]]))
    assert angles(learned, slice(0, 2)) == pytest.approx([90, np.degrees(0.5)])
    own = Learned(
        np.empty(0),
        np.array([[w, w] for w in when]).swapaxes(1, 2),
        identity=np.array([what, what]).swapaxes(1, 2),
    )
    assert angles(own, slice(0, 2)) == pytest.approx([90, np.degrees(0.5)])


@pytest.mark.parametrize(
    ("rule", "n", "message"),
    [
        ("lsm", 120, "rule must be one of three_factor, .*; got 'lsm', did you mean 'lms'"),
        ("lms", 119, r"states must have the shape \(120, 74, 'features'\), .* got \(119, 74, 38\)"),
    ],
)
def test_bad_rules_and_states_are_refused(states, rule, n, message):
    with pytest.raises(ValueError, match=message):
        learn(rule, states[:n], streams(BACK), learning_rate=0.1)
