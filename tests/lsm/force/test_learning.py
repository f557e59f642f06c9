"""What a readout learns in the closed loop: against ridge regression, `partial_fit`, divergence."""

import numpy as np
import pytest
from sklearn.base import clone

from readouts import ForceReadout, ThreeFactorReadout
from tests.lsm.force.loops import DT_MS, network, sines, train

LEARNED = slice(20, 160)  # the probes at every fifth step from 10 to 80 ms


@pytest.mark.parametrize("forgetting", [1.0, 0.98])
def test_the_decoder_is_that_of_exponentially_weighted_ridge_regression(forgetting):
    target = sines(800)
    trained = train(
        network(),
        target,
        feedback=0.0,
        learn=(10, 80),
        readout=ForceReadout(1e4, forgetting=forgetting),
    )
    R, y = trained.filtered[LEARNED], target[100:800:5]
    share = forgetting ** np.arange(len(R))[::-1]
    precision = (R.T * share) @ R + forgetting ** len(R) * np.eye(120) / 1e-4
    np.testing.assert_allclose(trained.readout.P_ @ precision, np.eye(120), atol=1e-8)
    expected = np.linalg.solve(precision, (R.T * share) @ y)
    np.testing.assert_allclose(trained.decoder, expected, atol=1e-10 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("readout", "gate"),
    [
        (ForceReadout(1e4), None),
        (ForceReadout(1e5, gain="nicola-clopath", forgetting=0.99), None),
        (ThreeFactorReadout(0.3, trace_decay=0.8), None),
        (ThreeFactorReadout(0.3, consolidation=0.5), np.repeat([1.0, 0.0, 0.5, 2.0], 200)),
        (ThreeFactorReadout(1e-6, normalize=False), np.linspace(0, 2, 800)),
    ],
)
def test_the_loop_learns_what_the_readout_learns_from_the_same_rows(readout, gate):
    target = sines(800)
    trained = train(network(), target, learn=(10, 80), readout=readout, gate=gate)
    rows, wanted = trained.filtered[LEARNED], target[100:800:5]
    attention = () if gate is None else (gate[100:800:5],)
    expected = clone(readout).fit(rows, wanted, *attention)
    readout_after = trained.readout
    assert not hasattr(readout, "weights_")
    assert readout_after.get_params() == readout.get_params()
    assert np.any(expected.weights_)
    for name in ("weights_", "P_", "trace_", "slow_weights_"):
        if hasattr(expected, name):
            value = getattr(expected, name)
            tolerance = 1e-10 * max(np.abs(value).max(), 1e-300)
            np.testing.assert_allclose(getattr(readout_after, name), value, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(readout_after.weights_, trained.decoder)
    # And goes on as a readout does.
    more, y = trained.filtered[:20], target[:100:5]
    np.testing.assert_allclose(
        readout_after.partial_fit(more, y).predict(more),
        expected.partial_fit(more, y).predict(more),
        atol=1e-8,
    )


def test_a_closed_gate_learns_nothing():
    gate = np.repeat([1.0, 0.0], 300)
    options = {"readout": ThreeFactorReadout()}
    half = train(network(), sines(600), learn=(10, 30), **options)
    gated = train(network(), sines(600), learn=(10, 60), gate=gate, **options)
    np.testing.assert_array_equal(gated.decoder, half.decoder)
    np.testing.assert_array_equal(gated.outputs, half.outputs)
    assert np.any(half.decoder)


@pytest.mark.parametrize("readout", [ForceReadout(1e4), ThreeFactorReadout(trace_decay=0.9)])
def test_a_fitted_readout_goes_on_in_the_loop(readout):
    """As far as rounding lets it: what is pending is applied to P first."""
    reservoir, target = network(), sines(400)
    whole = train(reservoir, target, learn=(0, 40), readout=readout)
    first = train(reservoir, target, learn=(0, 20), readout=readout, duration_ms=20)
    rest = {"target": target[200:], "learn": (20, 40)}
    second = first.run(**rest, readout=first.readout)
    np.testing.assert_allclose(second.decoder, whole.decoder, atol=1e-9)
    np.testing.assert_allclose(
        train(reservoir, target, learn=None, readout=first.readout).decoder, first.decoder
    )
    fresh = first.run(**rest, readout=readout)
    np.testing.assert_array_equal(fresh.outputs[0], np.zeros(2))
    other = first.run(**rest, readout=ThreeFactorReadout(0.5))
    assert other.run(5).readout.learning_rate == 0.5


def test_a_trial_can_be_consolidated():
    readout = ThreeFactorReadout(consolidation=0.25, trace_decay=0.9)
    trial = train(network(), sines(300), learn=(0, 30), readout=readout)
    kept = trial.readout.consolidate()
    np.testing.assert_allclose(kept.weights_, 0.25 * trial.decoder)
    following = trial.run(5, readout=kept)
    np.testing.assert_array_equal(following.decoder, kept.weights_)
    np.testing.assert_array_equal(following.readout.slow_weights_, kept.slow_weights_)
    assert not np.any(following.readout.trace_)


@pytest.mark.parametrize("execution", ["cpp", "numpy"])
def test_diverging_p_stops_with_what_was_learned_before(execution):
    target = sines(3000)
    with pytest.warns(RuntimeWarning, match=r"P has diverged: r'Pr is .* learned until then is ke"):
        trained = train(
            network(20),
            target,
            learn=(0, 300),
            every=1,
            readout=ForceReadout(1e4, forgetting=0.5),
            execution=execution,
        )
    assert "P has diverged" in trained.diverged
    assert 1 < trained.time_ms < 300
    assert len(trained.outputs) == round(trained.time_ms / DT_MS)
    assert np.all(np.isfinite(trained.decoder))
    assert np.any(trained.decoder)
    assert trained.run(5).diverged == ""


@pytest.mark.parametrize(
    ("readout", "execution"),
    [
        (ForceReadout(1e-6, gain="nicola-clopath"), "cpp"),
        (ForceReadout(1e-6, gain="nicola-clopath"), "numpy"),
        (ThreeFactorReadout(1e6, normalize=False), "cpp"),
    ],
)
def test_a_diverging_decoder_stops_too(execution, readout):
    options = {"every": 1, "readout": readout, "execution": execution}
    with pytest.warns(RuntimeWarning, match="the decoder has diverged"):
        trained = train(network(40), 1e308 * sines(500), learn=(0, 50), **options)
    assert trained.time_ms < 50
    assert np.all(np.isfinite(trained.outputs))
    assert np.all(np.isfinite(trained.decoder))
