"""Sets of aeon's archive: those that come with it, those in a folder, those that are nowhere."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from lsm import LoadError
from lsm.encoders import default_encoder
from tasks import bundled, make_task
from tasks.aeon_sets import aeon_set

aeon = pytest.importorskip("aeon.datasets")


def test_japanese_vowels_has_the_official_split_and_ragged_series():
    task = make_task("aeon:JapaneseVowels", random_state=0)
    assert (len(task.training), len(task.test)) == (270, 370)
    X, y = aeon.load_classification("JapaneseVowels", split="test")
    for signal, label, theirs, named in zip(
        task.signals[task.test], task.labels[task.test], X, y, strict=True
    ):
        np.testing.assert_array_equal(signal, theirs)
        assert task.classes[label] == named
    lengths = [signal.shape[1] for signal in task.signals]
    assert (min(lengths), max(lengths)) == (7, 29)
    assert np.bincount(task.labels[task.fitness]).min() >= 8  # of 9 classes with 30 each
    assert task.groups is None


def test_series_of_one_length_are_one_array():
    task = make_task("aeon:BasicMotions", random_state=0)
    assert task.signals.shape == (80, 6, 100)
    assert task.classes == ("badminton", "running", "standing", "walking")


def test_scaling_is_learned_on_the_training_part_alone():
    task = aeon_set("UnitTest", 0)
    training = list(task.signals[np.sort(task.training)])
    encoder = default_encoder(training).fit(training)
    assert encoder.step_ms == 17.0  # 24 steps last 400 ms or so
    assert task.spikes == encoder.transform(list(task.signals))


def test_the_time_of_a_step_can_be_chosen():
    assert set(aeon_set("UnitTest", 0, step_ms=2.0).spikes.durations_ms) == {24 * 2.0}
    with pytest.raises(ValueError, match="step_ms must be finite and above 0, got 0"):
        aeon_set("UnitTest", 0, step_ms=0)


def test_few_samples_of_each_class_and_part():
    task = make_task("aeon:JapaneseVowels", samples_per_class=6)
    assert (len(task.training), len(task.test)) == (54, 54)


def test_bundled_sets_are_there_without_network(monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("downloaded"))
    names = bundled()
    assert {"JapaneseVowels", "BasicMotions", "GunPoint", "UnitTest"} <= set(names)
    assert "CardanoSentiment" not in names  # numbers to predict, not classes
    for name in ("UnitTest", "PickupGestureWiimoteZ"):
        assert len(make_task(f"aeon:{name}", random_state=0).test)


@pytest.fixture
def folder(tmp_path):
    """A set of one's own, in a folder as the archive has them."""
    (tmp_path / "Mine").mkdir()
    for part in ("TRAIN", "TEST"):
        shutil.copy(
            Path(aeon.__file__).parent / "data" / "UnitTest" / f"UnitTest_{part}.ts",
            tmp_path / "Mine" / f"Mine_{part}.ts",
        )
    return tmp_path


def test_a_folder_of_ones_own(folder):
    task = make_task("aeon:Mine", random_state=0, data=folder)
    theirs = make_task("aeon:UnitTest", random_state=0)
    assert task.name == "aeon:Mine"
    assert task.spikes == theirs.spikes


def test_missing_values_are_refused(folder):
    path = folder / "Mine" / "Mine_TEST.ts"
    lines = path.read_text().splitlines()
    lines[-1] = "NaN," + lines[-1].split(",", 1)[1]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match=r"Mine_TEST\.ts is .* some are missing in series 21"):
        make_task("aeon:Mine", data=folder)


def test_files_that_are_none_are_refused_and_name_themselves(tmp_path):
    folder = shutil.copytree(
        Path(aeon.__file__).parent / "data" / "UnitTest", tmp_path / "UnitTest"
    )
    train, test = folder / "UnitTest_TRAIN.ts", folder / "UnitTest_TEST.ts"
    whole = train.read_bytes()
    # A byte order mark before it and an ending in capitals make no difference.
    train.unlink()
    train.with_suffix(".TS").write_bytes(b"\xef\xbb\xbf" + whole)
    assert (
        make_task("aeon:UnitTest", random_state=0, data=tmp_path).spikes
        == aeon_set("UnitTest", 0).spikes
    )
    head, rows = whole.split(b"@data\n")
    for content, why in [
        (b"", "its labels are no classes"),
        (whole.replace(b"@data\n", b"@data\n\xff"), "can't decode byte 0xff"),
        (head + b"@data\n" + rows[:30], ""),
        (head + b"@data\n", "at least 4 series, got 0"),
        (head + b"@data\n1e300," + rows.partition(b",")[2], "its series must be of a scale"),
    ]:
        test.write_bytes(whole)
        train.write_bytes(content)
        with pytest.raises(LoadError, match=rf"UnitTest_TRAIN\.ts is not .*{why}"):
            make_task("aeon:UnitTest", data=tmp_path)


def test_what_there_is_not(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="such as aeon:GunPoint; got 'aeon:Gunpoint'"):
        make_task("aeon:Gunpoint")
    with pytest.raises(ValueError, match=r"CardanoSentiment.* labels are no classes"):
        make_task("aeon:CardanoSentiment")
    monkeypatch.setattr("aeon.datasets.load_classification", lambda *_: pytest.fail("downloaded"))
    with pytest.raises(ValueError, match=r"Adiac/Adiac_TRAIN\.ts .* download=True"):
        make_task("aeon:Adiac", data=tmp_path)


def test_no_network(tmp_path, monkeypatch):
    def unreachable(*_, **__):
        raise ValueError("Could not download files for Adiac")

    monkeypatch.setattr("aeon.datasets.load_classification", unreachable)
    with pytest.raises(OSError, match=r"aeon:Adiac cannot be downloaded .*: Could not download"):
        make_task("aeon:Adiac", data=tmp_path, download=True)


def test_without_aeon_the_extra_is_named(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("tasks.data.import_module", missing)
    with pytest.raises(ImportError, match=r'aeon: pip install "liquidstate\[aeon\]"'):
        make_task("aeon:JapaneseVowels")
