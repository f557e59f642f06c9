"""N-MNIST: a folder of recordings, its table, the official set as tonic leaves it."""

import shutil

import numpy as np
import pytest

from lsm import LoadError
from tasks import make_task
from tasks.data import data_folder
from tasks.events import EVENT
from tasks.nmnist import nmnist
from tests.tasks.test_events import write_atis


def digit_events(digit, rng, n=60):
    """Events on a row that says the digit, over three saccades of 100 ms."""
    events = np.zeros(n, EVENT)
    events["x"], events["y"] = rng.integers(0, 34, n), 3 * digit
    events["t"], events["p"] = np.sort(rng.integers(0, 300_000, n)), rng.integers(0, 2, n)
    return events


def write_folder(folder, *, per_digit=6, split=None):
    rng = np.random.default_rng(0)
    (folder / "recordings").mkdir(parents=True)
    rows = ["recording,digit" + (",split" if split else "")]
    for number in range(10 * per_digit):
        digit = number % 10
        write_atis(folder / "recordings" / f"{number:05}.bin", digit_events(digit, rng))
        rows.append(f"{number:05},{digit}" + (f",{split[number // 10]}" if split else ""))
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path)


def test_a_folder_without_split_has_a_test_set_of_equal_shares(folder):
    task = nmnist(0, folder)
    assert task.spikes.shape == (60, 17 * 17 * 2)
    assert [len(p) for p in (task.train, task.fitness, task.test)] == [30, 12, 18]
    assert set(np.bincount(task.labels[task.test])) <= {1, 2}
    np.testing.assert_array_equal(task.labels, np.arange(60) % 10)
    same, other = nmnist(0, folder), nmnist(1, folder)
    np.testing.assert_array_equal(task.test, same.test)
    assert not np.array_equal(task.test, other.test)
    assert task.spikes == other.spikes
    assert task.groups is None
    assert task.licence == "CC BY-SA 4.0"


def test_rows_of_the_sensor_are_rows_of_channels(folder):
    task = nmnist(0, folder, merge_polarities=True)
    busiest = task.spikes.counts().reshape(60, 17, 17).sum(axis=2).argmax(axis=1)
    np.testing.assert_array_equal(busiest, 3 * task.labels // 2)


def test_a_given_split_is_kept(tmp_path):
    folder = write_folder(tmp_path, split=["train", "test", "train", "train", "test", "train"])
    task = nmnist(0, folder)
    np.testing.assert_array_equal(task.test, np.r_[10:20, 40:50])
    assert "the given test set" in task.description


def test_names_may_have_their_ending(folder):
    text = (folder / "labels.csv").read_text()
    (folder / "labels.csv").write_text(text.replace(",", ".bin,").replace("g.bin,", "g,"))
    assert len(nmnist(0, folder).labels) == 60


def test_few_samples_of_each_class_and_part(tmp_path):
    folder = write_folder(tmp_path, split=["train"] * 4 + ["test"] * 2)
    task = nmnist(0, folder, samples_per_class=1)
    assert (len(task.training), len(task.test)) == (10, 10)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,digit\n", "expected columns recording, digit .*; got name, digit"),
        ("", "expected columns recording, digit .*; got none"),
        ("recording,digit\n00000,ten\n", "got recording '00000', digit 'ten' in line 2"),
        ("recording,digit\n00000\n", "expected 2 fields, recording, digit; got 1 in line 2"),
        ("recording,digit\n00000,1,2\n", "expected 2 fields, recording, digit; got 3 in line 2"),
        ("recording,digit,digit\n00000,1,1\n", "each once; got recording, digit, digit"),
        ("recording,digit,split\n00000,1,valid\n", "split 'valid' in line 2"),
        (
            "recording,digit,split\n00000,1,train\n00001,1\n",
            "expected 3 fields, .*; got 2 in line 3",
        ),
        ("recording,digit\n00000,1\n00000,1\n", "each recording once, got 00000 twice"),
        ("recording,digit\n00099,1\n", "1 are not in .*recordings, the first is 00099.bin"),
        ("digit,recording\n1,../00000\n", r"1 are not in .*, the first is \.\./00000.bin"),
        ("digit,recording\n1,../recordings/00000.bin\n", r"the first is \.\./recordings/00000"),
        ("digit,recording\n1,/etc/00000\n", "1 are not in .*, the first is /etc/00000.bin"),
        ("recording,digit\n00000,1\n", "59 have none, the first is 00001.bin"),
    ],
)
def test_other_tables_are_refused(folder, table, message):
    (folder / "labels.csv").write_text(table)
    with pytest.raises(LoadError, match=rf"labels\.csv.*{message}"):
        nmnist(0, folder)


@pytest.mark.parametrize("content", [b"recording,digit\n\xff,1\n", b'recording,digit\n"00000'])
def test_tables_that_are_none_are_refused(folder, content):
    (folder / "labels.csv").write_bytes(content)
    with pytest.raises(LoadError, match=r"labels\.csv"):
        nmnist(0, folder)


def test_a_table_that_a_spreadsheet_saved_and_endings_in_capitals(folder):
    """Excel's "CSV UTF-8" begins with a byte order mark and ends lines in CR LF."""
    expected = nmnist(0, folder).spikes
    text = (folder / "labels.csv").read_text().replace("\n", "\r\n").replace("00007,", "00007.BIN,")
    (folder / "labels.csv").unlink()
    (folder / "labels.CSV").write_bytes(b"\xef\xbb\xbf" + text.encode())
    for path in list((folder / "recordings").iterdir())[::2]:
        path.rename(path.with_suffix(".BIN"))
    assert nmnist(0, folder).spikes == expected


def test_what_else_is_missing(folder, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(ValueError, match=r"there is no labels\.csv in"):
        nmnist(0, empty)
    (empty / "labels.csv").write_text("recording,digit\n")
    with pytest.raises(ValueError, match="expected recordings, got none"):
        nmnist(0, empty)


@pytest.mark.parametrize("content", [b"", b"\x01\x01\x00\x00", b"\x22\x01\x00\x00\x00"])
def test_a_bad_recording_is_named(folder, content):
    (folder / "recordings" / "00033.bin").write_bytes(content)
    with pytest.raises(ValueError, match=r"00033\.bin: expected"):
        nmnist(0, folder)


def test_the_official_set_is_read_as_tonic_leaves_it(tmp_path, monkeypatch):
    sets = pytest.importorskip("tonic.datasets")
    rng = np.random.default_rng(0)
    for part, number in (("Train", 3), ("Test", 2)):
        for digit in range(10):
            (tmp_path / "NMNIST" / part / str(digit)).mkdir(parents=True)
            for k in range(number):
                path = tmp_path / "NMNIST" / part / str(digit) / f"{10 * k + digit:05}.bin"
                write_atis(path, digit_events(digit, rng))
    with pytest.raises(ValueError, match="folder NMNIST, complete as tonic leaves it"):
        nmnist(0, tmp_path, official=True)
    # tonic counts 10,000 files before it believes that all are there.
    monkeypatch.setattr(sets.NMNIST, "_check_exists", lambda self: True)
    task = nmnist(0, tmp_path, official=True)
    assert (len(task.training), len(task.test)) == (30, 20)
    # Our reader gives what tonic's own gives.
    theirs = sets.NMNIST(str(tmp_path), train=False)
    for i, index in enumerate(task.test):
        events, digit = theirs[i]
        assert task.labels[index] == digit
        np.testing.assert_allclose(task.spikes[index].times_ms, np.sort(events["t"]) * 1e-3)


def test_without_tonic_the_extra_is_named(folder, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("tasks.data.import_module", missing)
    with pytest.raises(ImportError, match=r'tonic: pip install "liquidstate\[events\]"'):
        nmnist(0, folder, official=True)
    assert nmnist(0, folder).name == "NMNIST"  # needs no tonic


def test_real_recordings(tmp_path):
    try:
        folder = data_folder("nmnist", obtain="")
    except ValueError:
        pytest.skip(
            "no N-MNIST recordings: set LSM_DATA to the folder that holds the folder nmnist"
        )
    header, *rows = (folder / "labels.csv").read_text().splitlines()
    rows = rows[:120]
    (tmp_path / "recordings").mkdir()
    (tmp_path / "labels.csv").write_text("\n".join([header, *rows]) + "\n")
    for row in rows:
        name = row.split(",")[0] + ".bin"
        shutil.copy(folder / "recordings" / name, tmp_path / "recordings" / name)
    task = make_task("NMNIST", random_state=0, data=tmp_path)
    assert (task.spikes.durations_ms > 290).all()
    assert (task.spikes.durations_ms < 320).all()
    assert task.spikes.counts().sum(axis=1).min() >= 1000
    # Nearest class by counts alone: far above chance, 10 %.
    counts = np.sqrt(task.spikes.counts())
    known, labels = counts[task.training], task.labels[task.training]
    means = np.stack([known[labels == digit].mean(axis=0) for digit in range(10)])
    distance = ((counts[task.test][:, np.newaxis] - means) ** 2).sum(axis=2)
    assert np.mean(distance.argmin(axis=1) == task.labels[task.test]) > 0.4
