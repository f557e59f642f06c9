"""SpikeTrains: what is kept, what is refused, and the way to other forms and back."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.utils import check_array

from lsm.spikes import SpikeTrains, arrays

small = settings(max_examples=40, deadline=None)


@st.composite
def lists_of_trains(draw):
    """Samples of up to three channels, with times that collide often; a duration for each."""
    n_channels = draw(st.integers(1, 3))
    time = st.integers(0, 9) | st.floats(0, 9, allow_nan=False)
    sample = st.lists(st.lists(time, max_size=5), min_size=n_channels, max_size=n_channels)
    samples = draw(st.lists(sample, min_size=1, max_size=5))
    durations = draw(st.lists(st.floats(9.5, 99.0), min_size=len(samples), max_size=len(samples)))
    return samples, durations


@pytest.fixture
def spikes():
    """Three samples on two channels: 4 spikes (one double), none, 1 spike."""
    return SpikeTrains.from_lists(
        [[[3.0, 1.0, 3.0], [1.0]], [[], []], [[], [4.5]]], duration_ms=[10, 5, 20]
    )


def test_fields_are_sorted_by_time_and_channel(spikes):
    np.testing.assert_array_equal(spikes.times_ms, [1, 1, 3, 3, 4.5])
    np.testing.assert_array_equal(spikes.channels, [0, 1, 0, 0, 1])
    np.testing.assert_array_equal(spikes.offsets, [0, 4, 4, 5])
    np.testing.assert_array_equal(spikes.durations_ms, [10, 5, 20])
    assert (spikes.times_ms.dtype, spikes.channels.dtype) == (np.float64, np.int32)
    assert spikes.shape == (3, 2)
    assert len(spikes) == 3
    assert repr(spikes) == "SpikeTrains(3 samples, 2 channels, 5 spikes, 5..20 ms)"


def test_several_spikes_at_one_time_are_kept(spikes):
    np.testing.assert_array_equal(spikes.counts(), [[3, 1], [0, 0], [0, 1]])
    assert spikes.to_dense(1.0)[0, 0, 3] == 2


def test_is_immutable_and_keeps_its_own_copy():
    times = np.array([1.0, 2.0])
    spikes = SpikeTrains(times, [0, 0], [0, 2], [5.0], 1)
    times[0] = 4
    assert spikes.times_ms[0] == 1
    for made in (spikes, spikes[:], pickle.loads(pickle.dumps(spikes))):
        with pytest.raises(ValueError, match="read-only"):
            made.times_ms[0] = 0
    with pytest.raises(AttributeError):
        spikes.n_channels = 3


def test_pickles_and_compares(spikes):
    assert pickle.loads(pickle.dumps(spikes)) == spikes
    assert spikes != spikes[:2]
    assert spikes != "spikes"
    assert spikes != SpikeTrains(
        spikes.times_ms, spikes.channels, spikes.offsets, spikes.durations_ms, 3
    )


@small
@given(lists_of_trains())
def test_lists_there_and_back(case):
    samples, durations = case
    back = SpikeTrains.from_lists(samples, duration_ms=durations).to_lists()
    assert [[train.tolist() for train in sample] for sample in back] == [
        [sorted(train) for train in sample] for sample in samples
    ]


@small
@given(lists_of_trains(), st.data())
def test_indexing_equals_indexing_of_lists(case, data):
    samples, durations = case
    n = len(samples)
    spikes = SpikeTrains.from_lists(samples, duration_ms=durations)
    chosen = data.draw(st.lists(st.integers(-n, n - 1), min_size=1, max_size=6))
    mask = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    start, stop = data.draw(st.integers(-n, n)), data.draw(st.integers(-n, n))
    cases = [
        (chosen[0], [chosen[0]]),
        (np.int32(chosen[0]), [chosen[0]]),
        (chosen, chosen),
        (np.array(chosen), chosen),
        ((np.array(chosen), ...), chosen),
        (slice(start, stop), range(n)[start:stop]),
        (slice(None, None, -2), range(n)[::-2]),
        (np.array(mask), np.flatnonzero(mask)),
    ]
    for index, expected in cases:
        if len(expected):
            assert spikes[index] == SpikeTrains.from_lists(
                [samples[i] for i in expected], duration_ms=[durations[i] for i in expected]
            )
        else:
            assert spikes[index].shape == (0, spikes.n_channels)


def test_chosen_samples_cannot_be_written_to_and_slices_are_no_copies(spikes):
    for chosen in (spikes[:2], spikes[[1, 0]]):
        for array in (chosen.times_ms, chosen.channels, chosen.offsets, chosen.durations_ms):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
    assert np.shares_memory(spikes[:2].times_ms, spikes.times_ms)
    assert not np.shares_memory(spikes[::2].times_ms, spikes.times_ms)


def test_indices_that_are_refused(spikes):
    for index in (3, -4, [0, 3], np.array([True, False])):
        with pytest.raises(IndexError):
            spikes[index]
    for index in ((0, 1), [[0, 1]], None):
        with pytest.raises(TypeError, match="ind"):
            spikes[index]
    with pytest.raises(TypeError, match="channels are no columns"):
        spikes[:, [0]]
    assert [len(sample) for sample in spikes] == [1, 1, 1]


def test_scikit_learn_splits_them():
    y = np.arange(40) % 2
    spikes = SpikeTrains.from_lists([[[i / 2], []] for i in range(40)], duration_ms=50)
    train, test, y_train, _ = train_test_split(spikes, y, random_state=0, stratify=y)
    assert (len(train), len(test)) == (30, 10)
    np.testing.assert_array_equal(train.times_ms * 2 % 2, y_train)
    for fold, _ in KFold(4).split(spikes):
        assert len(spikes[fold]) == 30
    assert len(cross_val_score(DummyClassifier(), spikes, y, error_score="raise")) == 5


@pytest.mark.parametrize(
    "use",
    [
        np.asarray,
        lambda spikes: np.array(spikes, dtype=np.float32),
        lambda spikes: np.array([spikes, spikes]),
        lambda spikes: np.add(spikes, 1),
        lambda spikes: np.hstack([np.zeros((2, 1)), spikes]),
        lambda spikes: np.array_equal(spikes, spikes),  # of what is no array it says False
        check_array,
        lambda spikes: pytest.importorskip("pandas").DataFrame(spikes),
    ],
)
def test_they_become_no_array_that_would_lose_their_times(use):
    spikes = SpikeTrains.from_lists([[[0.5, 0.5], []], [[], [1.0]]], duration_ms=2)
    with pytest.raises(TypeError, match=r"can't become an array.*counts\(\).*LiquidTransformer"):
        use(spikes)


@small
@given(st.integers(0, 10**6), st.sampled_from([0.1, 0.25, 0.3, 1.0, 1e-3]), st.floats(-1e-7, 1e-7))
def test_a_multiple_of_dt_belongs_to_its_own_step(step, dt, error):
    time, end = max(0.0, (step + error) * dt), (step + 1) * dt
    spikes = SpikeTrains([time], [0], [0, 1], [end], 1)
    assert spikes.steps(dt) == [step]
    assert spikes.n_steps(dt) == [step + 1]


def test_a_step_never_reaches_the_end():
    spikes = SpikeTrains([np.nextafter(3, 0), 0], [0, 0], [0, 1, 2], [3, 1e-9], 1)
    np.testing.assert_array_equal(spikes.steps(1.0), [2, 0])
    np.testing.assert_array_equal(spikes.n_steps(1.0), [3, 1])
    np.testing.assert_array_equal(spikes.n_steps(2.0), [2, 1])


@small
@given(
    lengths=st.lists(st.integers(0, 9), min_size=1, max_size=6),
    at_a_time=st.integers(1, 7),
    dtype=st.sampled_from([np.int64, np.int32]),
    seed=st.integers(0, 99),
)
def test_steps_are_those_of_each_spike_by_itself(lengths, at_a_time, dtype, seed):
    rng = np.random.default_rng(seed)
    durations = rng.choice([1.0, 2.5, 3.0], len(lengths))
    ends = [np.nextafter(end, 0) * np.array([1, 1, 0.5, 0.1]) for end in durations]
    times = [np.sort(rng.choice(end, n)) for end, n in zip(ends, lengths, strict=True)]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    spikes = SpikeTrains(np.concatenate(times), np.zeros(offsets[-1], int), offsets, durations, 1)
    expected = [
        min(int(time / 0.5 + 1e-6), int(np.ceil(end / 0.5)) - 1)
        for own, end in zip(times, durations, strict=True)
        for time in own
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_AT_A_TIME", at_a_time)
        steps = spikes.steps(0.5, dtype=dtype)
    assert steps.dtype == dtype
    assert steps.tolist() == expected


def test_stretches_of_a_sample_have_channels_of_their_own(spikes):
    stretched = spikes.stretches(3)
    assert stretched.n_channels == 3 * spikes.n_channels
    for before, after, duration in zip(
        spikes.to_lists(), stretched.to_lists(), spikes.durations_ms, strict=True
    ):
        for stretch, channel in np.ndindex(3, spikes.n_channels):
            times = before[channel]
            start, stop = stretch * duration / 3, (stretch + 1) * duration / 3
            own = times[(times >= start) & (times < stop)]
            np.testing.assert_array_equal(after[stretch * spikes.n_channels + channel], own)
    assert spikes.stretches(1) == spikes
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        spikes.stretches(0)


def test_digests_are_those_of_the_content():
    lists = [[[1.0, 2.0], []], [[1.0, 2.0], []], [[], [1.0, 2.0]], [[1.0], [2.0]], [[], []]]
    spikes = SpikeTrains.from_lists(lists, duration_ms=3)
    assert spikes.digests[0] == spikes.digests[1]
    assert len(set(spikes.digests)) == 4
    assert spikes[1:3].digests == spikes.digests[1:3]
    longer = SpikeTrains.from_lists(lists, duration_ms=4)
    assert not set(longer.digests) & set(spikes.digests)


@small
@given(st.integers(0, 3), st.integers(1, 3), st.integers(1, 12), st.integers(0, 99))
def test_dense_there_and_back(n_samples, n_channels, n_steps, seed):
    dense = np.random.default_rng(seed).poisson(0.5, (n_samples, n_channels, n_steps))
    for dt in (0.1, 1.0):
        spikes = SpikeTrains.from_dense(dense, dt_ms=dt)
        np.testing.assert_array_equal(spikes.n_steps(dt), n_steps)
        if n_samples:
            np.testing.assert_array_equal(spikes.to_dense(dt), dense)
        assert SpikeTrains.from_dense(dense.astype(float), dt_ms=dt) == spikes


def test_dense_of_samples_of_different_length_is_padded(spikes):
    assert spikes.to_dense(0.5).shape == (3, 2, 40)
    np.testing.assert_array_equal(spikes.to_dense(0.5).sum(axis=2), spikes.counts())


def test_more_steps_than_can_be_told_apart_are_refused():
    # 1e-310 ms made infinitely many, and of these 1.
    spikes = SpikeTrains.from_lists([[[1.0]], [[2.0]]], duration_ms=[3.0, 5.0])
    for count in (spikes.n_steps, spikes.steps, spikes.to_dense):
        for dt_ms in (1e-16, 1e-310):
            with pytest.raises(ValueError, match=r"sample 1 lasts 5 ms, .* can be counted"):
                count(dt_ms)


GOOD = {
    "times_ms": [1.0, 2.0],
    "channels": [0, 1],
    "offsets": [0, 2],
    "durations_ms": [5.0],
    "n_channels": 2,
}


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ({"times_ms": [1.0, 5.0]}, ValueError, r"times_ms must lie .* got 5.0 in sample 0"),
        ({"times_ms": [-0.1, 2.0]}, ValueError, "times_ms must lie"),
        ({"times_ms": [1.0, np.nan]}, ValueError, "times_ms must lie .* got nan"),
        ({"times_ms": [1.0]}, ValueError, "channels must be as many"),
        ({"times_ms": ["a", "b"]}, TypeError, "times_ms must hold numbers"),
        ({"times_ms": [[1.0, 2.0]]}, ValueError, "times_ms must have one dimension"),
        ({"channels": [0, 2]}, ValueError, r"channels must lie in 0\.\.1, got 2"),
        ({"channels": [-1, 0]}, ValueError, "channels must lie"),
        ({"channels": [0.5, 0]}, ValueError, "channels must hold whole numbers"),
        ({"offsets": [0, 1]}, ValueError, "offsets must rise"),
        ({"offsets": [1, 2]}, ValueError, "offsets must rise"),
        ({"offsets": [0, 2, 2]}, ValueError, "offsets must be one more"),
        ({"offsets": [0, 3, 2], "durations_ms": [5, 5]}, ValueError, "offsets must rise"),
        ({"durations_ms": [0.0]}, ValueError, "durations_ms must be finite and above 0"),
        ({"durations_ms": [np.inf]}, ValueError, "durations_ms must be finite and above 0"),
        ({"n_channels": 0}, ValueError, "n_channels must be at least 1"),
        ({"n_channels": 2.0}, TypeError, "n_channels must be an integer"),
    ],
)
def test_bad_input_is_named(bad, error, message):
    assert len(SpikeTrains(**GOOD)) == 1
    with pytest.raises(error, match=message):
        SpikeTrains(**(GOOD | bad))


def test_bad_lists_and_dense_arrays_are_named():
    with pytest.raises(ValueError, match="at least one sample"):
        SpikeTrains.from_lists([], duration_ms=1)
    with pytest.raises(ValueError, match="got 1 in sample 0 and 2 in sample 1"):
        SpikeTrains.from_lists([[[]], [[], []]], duration_ms=1)
    with pytest.raises(ValueError, match=r"samples\[1\]\[0\] must be a list"):
        SpikeTrains.from_lists([[[0.5]], [0.5]], duration_ms=1)
    with pytest.raises(ValueError, match="duration_ms must be one number, or 2"):
        SpikeTrains.from_lists([[[]], [[]]], duration_ms=[1, 2, 3])
    with pytest.raises(ValueError, match="got nan"):
        SpikeTrains.from_lists([[[np.nan]]], duration_ms=1)
    with pytest.raises(ValueError, match=r"shape \(samples, channels, steps\), got \(2, 2\)"):
        SpikeTrains.from_dense(np.zeros((2, 2)), dt_ms=1)
    with pytest.raises(ValueError, match="from 0 on, got -1"):
        SpikeTrains.from_dense(-np.ones((1, 1, 1)), dt_ms=1)
    with pytest.raises(ValueError, match=r"whole numbers, got 0\.5"):
        SpikeTrains.from_dense(np.full((1, 1, 1), 0.5), dt_ms=1)
    for dt in (0, -1, np.nan):
        with pytest.raises(ValueError, match="dt_ms must be finite and above 0"):
            SpikeTrains.from_dense(np.zeros((1, 1, 1)), dt_ms=dt)


@pytest.mark.parametrize("ties", [500, 2**50])
def test_any_number_of_spikes_is_sorted_within_each_sample(ties):
    rng = np.random.default_rng(0)
    counts = np.array([0, 3, 40_000, 0, 5000, 1, 32_768, 0, 12, 0])  # sorted some 30,000 at a time
    n, offsets = counts.sum(), np.concatenate([[0], np.cumsum(counts)])
    times, channels = rng.integers(0, ties, n) / ties * 50, rng.integers(0, 7, n)
    trains = SpikeTrains(times, channels, offsets, np.full(len(counts), 50.0), 7)
    order = np.lexsort((channels, times, np.repeat(np.arange(len(counts)), counts)))
    np.testing.assert_array_equal(trains.times_ms, times[order])
    np.testing.assert_array_equal(trains.channels, channels[order])
    np.testing.assert_array_equal(trains.offsets, offsets)
    assert trains == SpikeTrains(times[order], channels[order], offsets, trains.durations_ms, 7)
    by_time = np.lexsort((times, np.repeat(np.arange(len(counts)), counts)))  # but not by channel
    assert trains == SpikeTrains(times[by_time], channels[by_time], offsets, trains.durations_ms, 7)


def test_the_sample_of_a_misplaced_spike_is_named():
    counts = np.array([40_000, 0, 3, 40_000, 0])
    offsets = np.concatenate([[0], np.cumsum(counts)])
    times, channels = np.arange(counts.sum()) % 40_000.0, np.zeros(counts.sum(), np.int64)
    for array, name in ((times, r"times_ms must lie in \[0"), (channels, "channels must lie in")):
        for place, sample in ((0, 0), (40_001, 2), (80_002, 3)):
            correct, array[place] = array[place], -1
            with pytest.raises(ValueError, match=f"{name}.* got -1(.0)? in sample {sample}"):
                SpikeTrains(times, channels, offsets, np.full(5, 1e5), 1)
            array[place] = correct
