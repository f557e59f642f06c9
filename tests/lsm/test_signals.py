"""Signals: what is taken for what, and how each wrong input is refused."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator

from lsm.encoders import PoissonRate
from lsm.signals import FORMS, validate_signals
from lsm.spikes import SpikeTrains


class Model(BaseEstimator):
    def fit(self, X):
        self.signals = validate_signals(self, X, reset=True)
        return self

    def see(self, X):
        return validate_signals(self, X, reset=False)


def row(n, start=0.0):
    return start + np.arange(float(n))


TABLE = row(12).reshape(3, 4)


def objects(samples):
    array = np.empty(len(samples), dtype=object)
    array[:] = samples
    return array


@pytest.mark.parametrize(
    "X", [TABLE, TABLE.tolist(), tuple(TABLE.tolist()), TABLE.astype(object), TABLE.astype("f4")]
)
def test_a_table_has_a_signal_in_each_row(X):
    model = Model().fit(X)
    assert (model.n_features_in_, model.n_channels_in_) == (4, 1)
    assert [signal.shape for signal in model.signals] == [(1, 4)] * 3
    assert all(signal.dtype == np.float64 for signal in model.signals)
    np.testing.assert_array_equal(np.concatenate(model.signals), TABLE)


def test_columns_of_a_table_keep_their_names():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(TABLE, columns=list("abcd"))
    model = Model().fit(frame)
    assert model.feature_names_in_.tolist() == list("abcd")
    model.see(frame)
    with pytest.raises(ValueError, match="feature names should match"):
        model.see(frame[list("abdc")])
    # What has no columns forgets them.
    assert not hasattr(model.fit([row(3)]), "feature_names_in_")


@pytest.mark.parametrize("X", [TABLE[np.newaxis], TABLE[np.newaxis].tolist(), [TABLE]])
def test_an_array_of_three_dimensions_has_channels(X):
    model = Model().fit(X)
    assert (model.n_features_in_, model.n_channels_in_) == (3, 3)
    (signal,) = model.signals
    np.testing.assert_array_equal(signal, TABLE)


@pytest.mark.parametrize("container", [list, tuple, objects])
def test_samples_may_have_lengths_of_their_own(container):
    model = Model().fit(container([TABLE, TABLE[:, :2]]))
    assert (model.n_features_in_, model.n_channels_in_) == (3, 3)
    assert [signal.shape for signal in model.signals] == [(3, 4), (3, 2)]
    model = Model().fit(container([row(5), row(7)]))
    assert (model.n_features_in_, model.n_channels_in_) == (1, 1)
    assert [signal.shape for signal in model.signals] == [(1, 5), (1, 7)]


def test_a_list_of_arrays_is_no_table_if_by_chance_of_one_length():
    model = Model().fit([row(5), row(5)])
    assert model.n_features_in_ == 1
    for X in ([row(7)], [row(5), row(7)], [[1.0, 2.0], [1.0]], np.ones((2, 9)), np.ones((2, 1, 3))):
        assert all(len(signal) == 1 for signal in model.see(X))


def test_what_was_fitted_on_a_table_sees_other_lengths_as_lists_only():
    model = Model().fit(TABLE)
    assert model.see([row(9)])[0].shape == (1, 9)
    with pytest.raises(ValueError, match="X has 3 features, but Model is expecting 4 features"):
        model.see(TABLE[:, :3])


@pytest.mark.parametrize("other", [np.ones((2, 4, 5)), [np.ones((4, 5))]])
def test_other_channels_than_in_fit_are_refused(other):
    model = Model().fit(np.ones((2, 3, 5)))
    expected = "X has 4 channels, but Model is expecting 3 channels as input"
    with pytest.raises(ValueError, match=expected):
        model.see(other)
    with pytest.raises(ValueError, match=r"X has 1 channels, .* of more X\[np.newaxis\]"):
        model.see(TABLE)
    with pytest.raises(ValueError, match="X has 3 channels, but Model is expecting 1 channels"):
        Model().fit(TABLE).see(np.ones((2, 3, 5)))


def test_errors_of_shape_say_where_channels_outnumber_steps():
    """Arrays (samples, steps, channels), as other packages have them, are a set like any other."""
    hint = r"; 50 channels of 3 steps: are the axes swapped\? A sample is \(channels, steps\)"
    model = Model().fit(np.ones((2, 3, 50)))
    with pytest.raises(ValueError, match="X has 50 channels, but .*" + hint):
        model.see(np.ones((2, 50, 3)))
    with pytest.raises(ValueError, match="50 in sample 0 and 60 in sample 1" + hint):
        Model().fit([np.ones((50, 3)), np.ones((60, 3))])
    with pytest.raises(ValueError, match=r"shape \(3, steps\), got \(50, 3\)" + hint):
        PoissonRate().fit(np.arange(300.0).reshape(2, 3, 50)).stream().push(np.ones((50, 3)))
    Model().fit(np.ones((2, 50, 3)))  # no warning, since such sets exist
    with pytest.raises(
        ValueError, match=r"X has 4 channels, but .* expecting 3 channels as input$"
    ):
        model.see(np.ones((2, 4, 50)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4)])
@pytest.mark.parametrize("container", [np.asarray, list])
def test_what_is_not_finite_is_refused(bad, shape, container):
    X = np.ones(shape)
    X[(-1,) * len(shape)] = bad
    with pytest.raises(ValueError, match=f"Input X contains {'NaN' if np.isnan(bad) else 'inf'}"):
        Model().fit(container(X))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((0, 3)), r"Found array with 0 sample\(s\) \(shape=\(0, 3\)\)"),
        (np.ones((0, 3, 2)), r"Found array with 0 sample\(s\)"),
        ([], r"Found array with 0 sample\(s\)"),
        (np.ones((3, 0)), r"Found array with 0 feature\(s\)"),
        (np.ones((3, 2, 0)), r"Found array with 0 step\(s\) \(shape=\(2, 0\)\) in sample 0"),
        (np.ones((3, 0, 2)), r"Found array with 0 channel\(s\)"),
        ([row(3), row(0)], r"Found array with 0 step\(s\) \(shape=\(1, 0\)\) in sample 1"),
        (row(3), r"got 1D array.* single series is one sample. Reshape your data to \(1, 3\)"),
        ([1.0, np.float64(2)], r"got 1D array.* Reshape your data to \(1, 2\)"),
        (TABLE[:, :1], r"each of 3 samples has one step.* reshape it to \(1, 3\)"),
        (3.0, "Expected 2D array, got scalar array instead"),
        (np.ones((1, 1, 1, 1)), r"array \(channels, steps\).* got shape \(1, 1, 1\) in sample 0"),
        ([TABLE, TABLE[:2]], "same channels, got 3 in sample 0 and 2 in sample 1"),
        (
            [row(3), [[1, 2], [3]]],
            "every channel of a sample .* same steps; .* sample 1",
        ),
        ("text", "X must be signals, arrays of numbers; got strings"),
        (["a.wav", "b.wav"], "X must be signals, arrays of numbers; got strings"),
        (np.array([["1", "2"]]), "X must be signals, arrays of numbers; got strings"),
        ([row(2), np.array(["a"])], "sample 1 of X must be signals, .* got strings"),
        (np.ones((2, 2), complex), "Complex data not supported"),
        ([row(2) * 1j], "Complex data not supported"),
    ],
)
def test_what_is_no_signal_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        Model().fit(X)


@pytest.mark.parametrize(
    "X",
    [
        row(3),
        3.0,
        {"a": 1},
        ["a.wav"],
        [row(3), [[1, 2], [3]]],
        np.ones((1, 1, 1, 1)),
        csr_array(TABLE),
        [SpikeTrains.from_lists([[[1.0]]], duration_ms=2)] * 2,
        [np.zeros(3, dtype=[("x", "i2"), ("t", "i8")])],
    ],
)
def test_refusals_name_what_is_taken(X):
    with pytest.raises((TypeError, ValueError)) as refused:
        Model().fit(X)
    assert FORMS in str(refused.value)


# Nested frames


def test_a_frame_of_arrays_has_a_channel_in_each_column():
    """As sktime and older versions of aeon nest them: rows are samples, cells are series."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"left": [row(4), row(6)], "right": [pandas.Series(row(4, 10.0)), row(6, 20.0)]}
    )
    model = Model().fit(frame)
    assert (model.n_features_in_, model.n_channels_in_) == (2, 2)
    assert model.feature_names_in_.tolist() == ["left", "right"]
    assert [signal.shape for signal in model.signals] == [(2, 4), (2, 6)]
    np.testing.assert_array_equal(model.signals[1], [row(6), row(6, 20.0)])
    with pytest.raises(ValueError, match="feature names should match"):
        model.see(frame[["right", "left"]])
    frame.loc[1, "left"] = row(5)
    with pytest.raises(ValueError, match="same steps; not so in sample 1 of X"):
        Model().fit(frame)


def test_a_series_of_arrays_is_a_list_of_them():
    pandas = pytest.importorskip("pandas")
    samples = [row(5), row(7)]
    series = pandas.Series(samples, index=["b", "a"])
    for found, expected in zip(Model().fit(series).signals, samples, strict=True):
        np.testing.assert_array_equal(found, expected[np.newaxis])
    assert Model().fit(pandas.Series([TABLE, TABLE[:, :2]])).n_channels_in_ == 3


def test_frames_that_hold_no_signals_are_refused():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ValueError, match=r"got 1D array.* Reshape your data to \(1, 3\)"):
        Model().fit(pandas.Series(row(3)))
    with pytest.raises(ValueError, match="each of 3 samples has one step"):
        Model().fit(pandas.DataFrame(TABLE[:, :1]))
    with pytest.raises(ValueError, match="could not convert string") as refused:
        Model().fit(pandas.DataFrame({"a": ["x", "y"], "b": ["x", "y"]}))
    assert FORMS in str(refused.value)


# Rows of events


def rows_of_events(n, seed, *, order="xytp", unit=1, first=0):
    """Events in plain columns, as text files and many converters have them."""
    rng = np.random.default_rng(seed)
    columns = {
        "x": rng.integers(34, size=n),
        "y": rng.integers(34, size=n),
        "t": first + np.sort(rng.integers(300_000, size=n)) * unit,
        "p": rng.integers(2, size=n),
    }
    return np.stack([columns[name] for name in order], axis=1)


@pytest.mark.parametrize(
    "X",
    [
        [rows_of_events(n, n) for n in (50, 60, 70)],
        [rows_of_events(50, n) for n in range(3)],
        np.stack([rows_of_events(50, n) for n in range(3)]),
        [rows_of_events(50, n, order="txyp", unit=1e-6) for n in range(3)],
        [rows_of_events(50, n, first=10**9) * [1, 1, 1, 2] - [0, 0, 0, 1] for n in range(3)],
        rows_of_events(50, 0),
    ],
    ids=["ragged", "list", "array", "seconds first", "signed polarity", "one sample"],
)
def test_rows_of_events_are_taken_for_no_signals(X):
    with pytest.raises(TypeError, match=r"looks like rows of events .*unstructured_to_structured"):
        Model().fit(X)


def test_signals_of_four_steps_are_no_events():
    rng = np.random.default_rng(0)
    rising = np.sort(rng.integers(100, size=(40, 1)), axis=0)
    for X in (
        rng.integers(2, size=(500, 12, 4)),  # spikes of 12 channels
        rng.integers(50, size=(40, 4)),
        np.hstack([rising, rng.integers(50, size=(40, 3))]),  # sorted, but nothing is binary
        np.hstack([rising, rng.integers(2, size=(40, 1)), rng.normal(size=(40, 2))]),
        rows_of_events(7, 0),  # too few to tell
    ):
        assert len(Model().fit(X).signals) == len(X)


EVENTS = np.zeros(3, dtype=[("x", "i2"), ("t", "i8")])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (SpikeTrains.from_lists([[[1.0]]], duration_ms=2), "must be signals, got SpikeTrains"),
        ([EVENTS], r"sample 0 of X must be signals, got events with the fields \('x', 't'\)"),
        ([(EVENTS, 1)], "sample 0 of X must be signals, got events"),
        (EVENTS, "X must be signals, got events"),
        (csr_array(TABLE), "[Ss]parse"),
        (np.array([[1, {}]], dtype=object), "must be a string or a real number"),
    ],
)
def test_other_data_are_refused(X, message):
    with pytest.raises(TypeError, match=message):
        Model().fit(X)
