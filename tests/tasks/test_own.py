"""Samples of one's own: NPZ files, tables and folders of sounds, and what is wrong with them."""

import numpy as np
import pytest
from scipy.io import wavfile

from lsm.base.files import LoadError
from lsm.encoders import default_encoder, integrate_and_fire
from lsm.spikes import SpikeTrains
from tasks import group_names, make_task, task_from
from tasks.fsdd import SILENCE_MS, SPIKES_PER_MS, front_end

N = 20


def labels():
    return np.arange(N) % 2


def signals():
    return np.random.default_rng(0).normal(size=(N, 3, 40)) + labels()[:, None, None]


def spikes():
    """Flat arrays of spikes, in no order of samples; the last sample has none."""
    rng = np.random.default_rng(1)
    samples = rng.integers(0, N - 1, 200)
    return {
        "times_ms": np.round(rng.uniform(0, 90, 200), 2),
        "channels": rng.integers(0, 4, 200),
        "samples": samples,
        "y": labels(),
    }


def by_sample(flat, *, n_channels=4, duration_ms):
    trains = [
        [
            flat["times_ms"][(flat["samples"] == k) & (flat["channels"] == c)]
            for c in range(n_channels)
        ]
        for k in range(N)
    ]
    return SpikeTrains.from_lists(trains, duration_ms=duration_ms)


def table(path, lines):
    path.write_text("\n".join(",".join(map(str, line)) for line in lines))
    return path


def test_signals_of_an_npz_file(tmp_path):
    np.savez(tmp_path / "a.npz", X=signals(), y=labels(), groups=np.arange(N) // 5)
    task = task_from(tmp_path / "a.npz", random_state=0)
    assert (task.name, task.classes, task.step_ms) == ("own", ("0", "1"), None)
    np.testing.assert_array_equal(task.signals, signals())
    np.testing.assert_array_equal(task.labels, labels())
    training = list(signals()[np.setdiff1d(np.arange(N), task.test)])
    encoder = default_encoder(training).fit(training)
    assert task.spikes == encoder.transform(list(signals()))
    assert [len(part) for part in (task.train, task.fitness, task.test)] == [10, 4, 6]
    np.testing.assert_array_equal(np.bincount(task.labels[task.test]), [3, 3])
    again, other = (make_task("own", data=tmp_path / "a.npz", random_state=k) for k in (0, 1))
    np.testing.assert_array_equal(again.test, task.test)
    assert not np.array_equal(other.test, task.test)
    assert "own samples, a.npz" in str(task)


def test_a_step_of_the_file_is_that_of_the_spikes(tmp_path):
    np.savez(tmp_path / "a.npz", X=signals(), y=labels(), step_ms=2.5)
    task = task_from(tmp_path / "a.npz", random_state=0)
    assert task.step_ms == 2.5
    np.testing.assert_array_equal(task.spikes.durations_ms, 100)


@pytest.mark.parametrize("given", [{}, {"n_channels": 6}, {"duration_ms": 120.0}])
def test_spikes_of_an_npz_file(tmp_path, given):
    flat = spikes()
    np.savez_compressed(tmp_path / "a.npz", **flat | given)
    task = task_from(tmp_path / "a.npz", random_state=0)
    duration = given.get("duration_ms", np.floor(flat["times_ms"].max()) + 1)
    expected = by_sample(flat, n_channels=given.get("n_channels", 4), duration_ms=duration)
    assert task.spikes == expected
    assert task.signals is None


def test_groups_are_left_out(tmp_path):
    people = np.array(["ann", "bob", "eve", "kim"])[np.arange(N) // 5]
    np.savez(tmp_path / "a.npz", X=signals(), y=np.array(["no", "yes"])[labels()], groups=people)
    assert group_names("own", tmp_path / "a.npz") == ["ann", "bob", "eve", "kim"]
    task = task_from(tmp_path / "a.npz", random_state=0, group="eve")
    assert {*task.groups[task.test]} == {"eve"}
    assert task.classes == ("no", "yes")
    assert len(task.folds("group")) == 4
    small = task_from(tmp_path / "a.npz", random_state=0, samples_per_class=4)
    np.testing.assert_array_equal(np.bincount(small.labels), [4, 4])
    assert len(small.signals) == len(small.groups) == len(small.spikes) == 8


def test_spikes_of_a_table(tmp_path):
    flat = spikes()
    names = np.array(["left", "right"])[labels()]
    rows = [
        (f"s{k}", flat["times_ms"][i], flat["channels"][i], names[k])
        for k in range(N)
        for i in np.flatnonzero(flat["samples"] == k)
    ]
    lines = [("sample", "time_ms", "channel", "label"), *rows, (f"s{N - 1}", "", "", names[-1])]
    task = task_from(table(tmp_path / "a.csv", lines), random_state=0)
    assert task.spikes == by_sample(flat, duration_ms=np.floor(flat["times_ms"].max()) + 1)
    assert task.classes == ("left", "right")
    np.testing.assert_array_equal(task.labels, labels())
    lines = [(*line, "duration_ms" if k == 0 else 95) for k, line in enumerate(lines)]
    task = task_from(table(tmp_path / "a.csv", lines), random_state=0)
    assert task.spikes == by_sample(flat, duration_ms=95)


def test_signals_of_a_table_may_differ_in_length(tmp_path):
    X = [signal[:2, : 10 + k] for k, signal in enumerate(signals())]
    lines = [("sample", "time_ms", "x", "y", "label", "group")]
    lines += [
        (k, 5 + 0.5 * step, *values, labels()[k] * 7 + 3, k // 5)
        for k, signal in enumerate(X)
        for step, values in enumerate(signal.T)
    ]
    task = task_from(table(tmp_path / "a.csv", lines), random_state=0)
    assert task.step_ms == 0.5
    assert task.classes == ("3", "10")  # by number, not by letter
    for signal, given in zip(task.signals, X, strict=True):
        np.testing.assert_array_equal(signal, given)
    without = [line[:1] + line[2:] for line in lines]
    task = task_from(table(tmp_path / "b.csv", without), random_state=0)
    assert task.step_ms is None
    np.testing.assert_array_equal(task.groups, [str(k // 5) for k in range(N)])


def sounds(folder, rate=8000):
    """Five tones of each of two classes; their samples in the order of their files."""
    waves = []
    for name, pitch in (("high", 1500), ("low", 300)):
        (folder / name).mkdir(parents=True)
        for take in range(5):
            t = np.arange(rate // 5) / rate
            wave = np.sin(2 * np.pi * (pitch + 10 * take) * t) * np.hanning(len(t))
            waves.append(np.round(20000 * wave).astype(np.int16))
            wavfile.write(folder / name / f"{take}.wav", rate, waves[-1])
    return waves


def test_sounds_of_a_folder_for_each_class(tmp_path):
    waves = sounds(tmp_path)
    task = task_from(tmp_path, random_state=0)
    assert (task.classes, task.step_ms) == (("high", "low"), 0.125)
    np.testing.assert_array_equal(task.labels, np.repeat([0, 1], 5))
    np.testing.assert_array_equal(task.signals[:, 0], np.array(waves) / np.float32(2**15))
    assert task.spikes == integrate_and_fire(
        [front_end()(wave.astype(float)) for wave in waves],
        step_ms=front_end().step_ms,
        spikes_per_ms=SPIKES_PER_MS,
        silence_ms=SILENCE_MS,
    )


def test_sounds_of_other_rates_are_resampled(tmp_path):
    sounds(tmp_path, rate=16000)
    assert task_from(tmp_path, random_state=0).signals.shape == (10, 1, 1600)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y": None}, "a.npz is not an NPZ file of samples: 'y' is missing"),
        ({"y": labels() / 2}, "y must be whole numbers or text of shape .*float64"),
        ({"y": labels()[1:]}, r"X must be numbers of shape \(19, channels, steps\)"),
        ({"y": np.zeros(N, int)}, "a.npz: expected two or more classes, got 0$"),
        ({"X": signals()[:, 0]}, r"\(20, channels, steps\), as many as y; got .* \(20, 40\)"),
        ({"X": np.where(labels()[:, None, None], signals(), np.nan)}, "X must be finite, sample 0"),
        ({"X": None, "group": labels()}, "expected arrays of y, groups, .* did you mean groups"),
        ({"X": None}, "'times_ms' is missing"),
        ({"groups": labels()[1:]}, r"groups must be .* shape \(20,\), got int64 .*\(19,\)"),
        ({"step_ms": 0.0}, "step_ms must be"),
    ],
)
def test_an_npz_file_that_is_wrong(tmp_path, changed, message):
    arrays = {"X": signals(), "y": labels()} | changed
    np.savez(tmp_path / "a.npz", **{k: v for k, v in arrays.items() if v is not None})
    with pytest.raises(LoadError, match=message):
        task_from(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"samples": spikes()["samples"] + 10}, "samples must be below 20"),
        ({"channels": spikes()["channels"] - 1}, "channels must be whole numbers from 0 on"),
        ({"channels": spikes()["channels"][1:]}, r"one shape \(spikes,\), got \(200,\), \(199,\)"),
        ({"duration_ms": 10.0}, "times_ms"),
        ({"n_channels": 2**30}, "there may be 2097152 channels at most, got 1073741824"),
        ({"n_channels": 0}, "n_channels must be at least 1, got 0"),
    ],
)
def test_spikes_that_are_wrong(tmp_path, changed, message):
    np.savez(tmp_path / "a.npz", **spikes() | changed)
    with pytest.raises(LoadError, match=message):
        task_from(tmp_path / "a.npz")


SPIKES = [("sample", "time_ms", "channel", "label"), ("a", 3, 0, "x"), ("b", 4, 1, "y")]
SIGNALS = [
    ("sample", "time_ms", "u", "label"),
    *[(name, t, t, name) for name in "ab" for t in range(3)],
]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([SPIKES[0], ("a", "soon", 0, "x")], "line 2: time_ms must be a number, got 'soon'"),
        ([*SPIKES, ("b", -1, 1, "y")], "line 4: time_ms must be from 0 on, got -1"),
        ([*SPIKES, ("b", 1e30, 1, "y")], "is not a table of samples: times_ms must lie in"),
        ([*SPIKES, ("a", 5, 1, "y")], "line 4: label of sample a was 'x', now 'y'"),
        ([*SPIKES, ("a", 5)], "got 2 in line 4"),
        ([SPIKES[0], ("a", "", "", "x")], "line 2: expected spikes, got none"),
        ([SPIKES[0]], "expected rows with samples, got none"),
        ([(*line, "value") for line in SPIKES], "line 1: columns of spikes are .* got 'value'"),
        ([line[:1] + line[2:] for line in SPIKES], "line 1: spikes need a column time_ms"),
        (
            [(*line, end) for line, end in zip(SPIKES, ("duration_ms", 9, 4), strict=True)],
            "line 3: duration_ms must be above the sample's last time_ms, 4; got 4",
        ),
        ([line[1:] for line in SPIKES], "expected columns sample, label"),
        ([*SIGNALS, ("b", 5, 1, "b")], "line 8: time_ms must be one step of 1 .* at 3; got 5"),
        ([*SIGNALS, ("b", 1, 1, "b")], "line 8: time_ms .* got 1"),
        ([*SIGNALS, ("b", 3, "", "b")], "line 8: u must be a number, as all but .*, got ''"),
        ([line[:2] + line[3:] for line in SIGNALS], "line 1: expected a column channel, or one"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_line(tmp_path, lines, message):
    with pytest.raises(LoadError, match=f"a.csv.*{message}"):
        task_from(table(tmp_path / "a.csv", lines))


def test_a_folder_that_is_wrong(tmp_path):
    with pytest.raises(LoadError, match="expected a folder of WAV files for each class, got none"):
        task_from(tmp_path)
    sounds(tmp_path)
    (tmp_path / "other").mkdir()
    with pytest.raises(LoadError, match="other: expected WAV files of class other, got none"):
        task_from(tmp_path)
    (tmp_path / "other" / "a.wav").write_text("text")
    with pytest.raises(LoadError, match=r"a\.wav is not a WAV file"):
        task_from(tmp_path)
    (tmp_path / "high" / "0.wav").rename(tmp_path / "0.wav")
    with pytest.raises(LoadError, match=r"for each class, got 0\.wav beside them"):
        task_from(tmp_path)


def test_what_is_no_such_file(tmp_path):
    with pytest.raises(ValueError, match=r"must be an NPZ file, .*got .*a\.txt, which isn't there"):
        task_from(tmp_path / "a.txt")
    with pytest.raises(OSError, match=r"a\.npz"):
        task_from(tmp_path / "a.npz")
    with pytest.raises(ValueError, match="task own needs data"):
        make_task("own")
    np.savez(tmp_path / "a.npz", X=signals(), y=labels())
    with pytest.raises(ValueError, match="expected groups, of which 'ann' tests; got none"):
        task_from(tmp_path / "a.npz", group="ann")
    with pytest.raises(ValueError, match="expected groups, got none"):
        group_names("own", tmp_path / "a.npz")
    with pytest.raises(ValueError, match="data must have some samples to test and four others"):
        task_from(tmp_path / "a.npz", samples_per_class=1)
