"""A sample in chunks through a fitted estimator: in the end, bit for bit, what the whole gives."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor, SimulationError, compilations
from lsm.encoders import (
    BensSpiker,
    GaussianPopulation,
    IntegrateAndFire,
    LevelCrossing,
    PoissonRate,
    StepForward,
)
from tests.lsm.estimators.data import SENSOR, gestures, pitches, ramps
from tests.lsm.liquids import liquid, part

SPIKES, Y = pitches(30)
SIGNALS, Y_SIGNALS = ramps(30)
EVENTS, Y_EVENTS = gestures(30)
LIQUID = liquid(0)

few_examples = settings(max_examples=8, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def cuts(seed, length):
    """Places from 0 to `length`, some of them neighbours."""
    rng = np.random.default_rng(seed)
    inner = rng.choice(np.arange(1, length), size=rng.integers(0, length), replace=False)
    return pairwise([0, *np.sort(inner), length])


def events_within(events, start_ms, stop_ms):
    """Events of a part of a sample, in microseconds from its start."""
    chosen = events[(events["t"] >= 1000 * start_ms) & (events["t"] < 1000 * stop_ms)].copy()
    chosen["t"] -= 1000 * start_ms
    return chosen


def assert_as_the_whole(live, model, sample):
    np.testing.assert_array_equal(live.state(), states(model, sample))
    assert live.predict() == model.predict(sample)[0]
    for method in ("decision_function", "predict_proba"):
        np.testing.assert_allclose(
            getattr(live, method)(), getattr(model, method)(sample)[0], rtol=1e-12
        )


def states(model, sample):
    """The states that the readout sees of a sample."""
    same = LiquidTransformer(model.reservoir_, state=model.state, dt_ms=model.dt_ms)
    encoded = model.encoder_.transform(sample) if model.input_kind_ == "signals" else sample
    if model.input_kind_ == "events":
        same.set_params(sensor_size=model.sensor_size_)
    return same.fit_transform(encoded)[0]


@pytest.fixture(scope="module")
def of_spikes(cache):
    return LSMClassifier(LIQUID, state="traces").fit(SPIKES, Y)


@pytest.fixture(scope="module")
def of_signals(cache):
    return LSMClassifier(20, state="traces", random_state=0).fit(SIGNALS, Y_SIGNALS)


@pytest.fixture(scope="module")
def of_events(cache):
    return LSMClassifier(20, state="counts", random_state=0).fit(EVENTS, Y_EVENTS)


# The same as the whole


@few_examples
@given(seed=seeds)
def test_chunks_of_spikes(of_spikes, seed):
    with of_spikes.stream() as live:
        for start, stop in cuts(seed, 30):
            live.push(part(SPIKES[3], start, stop))
        assert_as_the_whole(live, of_spikes, SPIKES[3])


@few_examples
@given(seed=seeds)
def test_chunks_of_signals(of_signals, seed):
    with of_signals.stream() as live:
        for start, stop in cuts(seed, SIGNALS.shape[2]):
            live.push(SIGNALS[3][:, start:stop])
        assert_as_the_whole(live, of_signals, SIGNALS[3:4])


@few_examples
@given(seed=seeds)
def test_chunks_of_events(of_events, seed):
    events = EVENTS[3]
    lasts = int(events["t"][-1] // 1000 + 1)
    with of_events.stream() as live:
        for start, stop in cuts(seed, lasts):
            live.push(events_within(events, start, stop), duration_ms=float(stop - start))
        assert_as_the_whole(live, of_events, [events])


@pytest.mark.parametrize(
    "encoder",
    [
        IntegrateAndFire(rate_Hz=700.0, step_ms=0.5, slopes=True),
        GaussianPopulation(step_ms=2.0),
        PoissonRate(max_rate_Hz=500.0, step_ms=3.0, random_state=1),
        StepForward(step_ms=2.0),
        LevelCrossing(step_ms=0.1, silence_ms=5.0),
    ],
    ids=lambda encoder: type(encoder).__name__,
)
def test_every_encoder_that_is_causal(encoder):
    model = LSMClassifier(LIQUID, encoder=encoder, state="traces", dt_ms=0.1).fit(
        SIGNALS, Y_SIGNALS
    )
    with model.stream() as live:
        for sample in SIGNALS[:2]:
            live.restart()
            for start, stop in cuts(7, SIGNALS.shape[2]):
                live.push(sample[:, start:stop])
            live.end()
            assert_as_the_whole(live, model, sample[np.newaxis])


def test_spikes_at_the_very_end_of_a_step():
    """Where the integral is a half when a step ends, the batch must not push it into the next."""
    square = np.where(np.arange(40) // 4 % 2, 1.0, -1.0) * np.ones((4, 1, 1))
    for encoder in (IntegrateAndFire(rate_Hz=100.0, step_ms=5.0), LevelCrossing()):
        model = LSMClassifier(LIQUID, encoder=encoder, state="traces").fit(square, [0, 1, 0, 1])
        with model.stream() as live:
            for value in square[0, 0]:
                live.push([value])
            np.testing.assert_array_equal(live.state(), states(model, square[:1]))


def test_a_sample_can_be_read_at_any_time(of_signals):
    with of_signals.stream() as live:
        for k in range(1, SIGNALS.shape[2] + 1):
            live.push(SIGNALS[0][:, k - 1 : k])
            assert_as_the_whole(live, of_signals, [SIGNALS[0][:, :k]])


def test_one_channel_may_be_pushed_as_a_row():
    table = SIGNALS[:, 0]
    model = LSMClassifier(20, state="traces", random_state=0).fit(table, Y_SIGNALS)
    with model.stream() as live:
        live.push(table[0][:7])
        live.push(table[0][np.newaxis, 7:].tolist())
        assert_as_the_whole(live, model, table[:1])


def test_a_single_step_may_be_pushed_as_a_row_and_no_step_changes_nothing(of_signals):
    with of_signals.stream() as live:
        live.push(SIGNALS[3][:, :0])
        with pytest.raises(ValueError, match="nothing of the sample was pushed yet"):
            live.state()
        for k in range(SIGNALS.shape[2]):
            live.push(SIGNALS[3][:, k])
            live.push(SIGNALS[3][:, k:k])
        assert_as_the_whole(live, of_signals, SIGNALS[3:4])


def test_silence_behind_a_sample():
    encoder = IntegrateAndFire(rate_Hz=500.0, silence_ms=15.0)
    model = LSMClassifier(LIQUID, encoder=encoder, state="traces").fit(SIGNALS, Y_SIGNALS)
    with model.stream() as live:
        live.push(SIGNALS[0])
        before = live.state()
        live.end()
        assert not np.array_equal(live.state(), before)
        assert_as_the_whole(live, model, SIGNALS[:1])


def test_no_silence_is_no_end(of_signals, of_events):
    with of_signals.stream() as live, of_events.stream() as other:
        live.push(SIGNALS[0])
        other.push(EVENTS[0], duration_ms=41.0)
        for one in (live, other):
            before = one.state()
            one.end()
            np.testing.assert_array_equal(one.state(), before)


def test_restarting_forgets_the_sample(of_signals):
    with of_signals.stream() as live:
        live.push(SIGNALS[0][:, :13])
        live.restart()
        with pytest.raises(ValueError, match="nothing of the sample was pushed yet"):
            live.state()
        live.push(SIGNALS[1])
        assert_as_the_whole(live, of_signals, SIGNALS[1:2])


def test_streams_side_by_side(of_signals):
    with of_signals.stream() as first, of_signals.stream() as second:
        for k in range(SIGNALS.shape[2]):
            first.push(SIGNALS[0][:, k : k + 1])
            second.push(SIGNALS[1][:, k : k + 1])
        assert_as_the_whole(first, of_signals, SIGNALS[:1])
        assert_as_the_whole(second, of_signals, SIGNALS[1:2])


def test_regressors_and_transformers_stream_too():
    y = SIGNALS[..., :10].mean(axis=2)
    model = LSMRegressor(LIQUID, state="counts").fit(SIGNALS, y)
    with model.stream() as live:
        live.push(SIGNALS[0])
        np.testing.assert_allclose(live.predict(), model.predict(SIGNALS[:1])[0], rtol=1e-9)
    transformer = LiquidTransformer(LIQUID, state="potentials").fit(SPIKES)
    with transformer.stream() as live:
        live.push(SPIKES[0])
        np.testing.assert_array_equal(live.state(), transformer.transform(SPIKES[0])[0])


def test_nothing_is_built(of_signals):
    built = compilations()
    with of_signals.stream() as live:
        live.push(SIGNALS[0])
    assert compilations() == built


# What can't be


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"encoder": BensSpiker()}, "encoder BensSpiker.* can't be streamed"),
        ({"encoder": make_pipeline(FunctionTransformer(), StepForward())}, "can't be streamed"),
        ({"state": "bins:3"}, r"Bins, the default, .* LSMClassifier\(..., state='traces'\)"),
        ({"state": "traces@0.5,1"}, "read once at the end of a sample"),
        ({"state": "excitatory"}, "of all neurons"),
    ],
)
def test_what_cannot_be_streamed_is_refused(parameters, message):
    parameters = {"reservoir": LIQUID, "state": "traces"} | parameters
    model = LSMClassifier(**parameters).fit(SIGNALS, Y_SIGNALS)
    with pytest.raises(ValueError, match=message):
        model.stream()


@pytest.mark.parametrize(
    ("kind", "chunk", "keywords", "error", "message"),
    [
        ("spikes", SIGNALS[0], {}, TypeError, "chunk must be SpikeTrains.*; got signals"),
        ("spikes", SPIKES, {}, ValueError, "must hold one sample of 4 channels, got 30 of 4"),
        ("spikes", SPIKES[0], {"duration_ms": 30.0}, ValueError, "duration_ms is for chunks of ev"),
        ("signals", SPIKES[0], {}, TypeError, "chunk must be signals.*; got SpikeTrains"),
        ("signals", EVENTS[0], {}, TypeError, "chunk must be signals.*; got a list of structured"),
        ("signals", SIGNALS[0][:1], {}, ValueError, r"chunk must have shape \(2, steps\)"),
        ("signals", SIGNALS[0] * np.nan, {}, ValueError, "chunk must be finite"),
        ("signals", SIGNALS[0][:1, :0], {}, ValueError, r"chunk must have shape \(2, steps\)"),
        ("signals", SIGNALS[0][0], {}, ValueError, r"chunk must have shape \(2, steps\)"),
        ("signals", [["a"], ["b"]], {}, ValueError, "could not convert string to float"),
        ("events", EVENTS[0], {}, ValueError, "duration_ms is for chunks of events, and they need"),
        ("events", SIGNALS[0], {"duration_ms": 9.0}, TypeError, "chunk must be a list of struct"),
        ("events", EVENTS[0][::-1], {"duration_ms": 41.0}, ValueError, "sorted by the field t"),
        ("events", EVENTS[0], {"duration_ms": 3.0}, ValueError, r"times_ms must lie in \[0, dur"),
        (
            "events",
            gestures(1, sensor_size=(6, 3, 2))[0][0],
            {"duration_ms": 41.0},
            ValueError,
            "field x must lie in",
        ),
    ],
)
def test_bad_chunks_are_refused_and_change_nothing(
    kind, chunk, keywords, error, message, of_spikes, of_signals, of_events
):
    model = {"spikes": of_spikes, "signals": of_signals, "events": of_events}[kind]
    good = {"spikes": SPIKES[0], "signals": SIGNALS[0], "events": EVENTS[0]}[kind]
    lasts = {"duration_ms": 41.0} if kind == "events" else {}
    with model.stream() as live, model.stream() as other:
        with pytest.raises(error, match=message):
            live.push(chunk, **keywords)
        for one in (live, other):
            one.push(good, **lasts)
        np.testing.assert_array_equal(live.state(), other.state())


def test_a_chunk_of_broken_steps_is_refused_and_changes_nothing():
    encoder = IntegrateAndFire(rate_Hz=500.0, step_ms=0.5)
    model = LSMClassifier(LIQUID, encoder=encoder, state="traces").fit(SIGNALS, Y_SIGNALS)
    with model.stream() as live:
        with pytest.raises(ValueError, match=r"the chunk's duration must be a multiple of dt_ms"):
            live.push(SIGNALS[0][:, :3])
        for start in range(0, 20, 2):
            live.push(SIGNALS[0][:, start : start + 2])
        assert_as_the_whole(live, model, SIGNALS[:1])


def test_a_closed_one_refuses_to_go_on(of_spikes):
    live = of_spikes.stream()
    live.push(SPIKES[0])
    live.close()
    with pytest.raises(SimulationError, match="the stream is closed"):
        live.push(SPIKES[0])


def test_has_no_scores_where_the_readout_has_none():
    model = LSMClassifier(LIQUID, readout=RidgeClassifier(), state="counts").fit(SPIKES, Y)
    with model.stream() as live:
        live.push(SPIKES[0])
        assert live.decision_function() == pytest.approx(model.decision_function(SPIKES[:1])[0])
        with pytest.raises(AttributeError, match="predict_proba"):
            live.predict_proba()


def test_the_sensor_of_the_fit_is_the_streams(of_events):
    assert of_events.sensor_size_ == SENSOR
    empty = EVENTS[0][:0]
    with of_events.stream() as live:
        live.push(empty, duration_ms=5.0)
        assert not live.state().any()
