"""Paths as users write them, and files that are there whole or not at all."""

from pathlib import Path

import pytest

from lsm.base.files import LoadError, atomic_path, ending_in, expanded, named, refusing


def test_file_appears_when_the_block_ends_well(tmp_path):
    path = tmp_path / "result.txt"
    path.write_text("old")
    with atomic_path(path) as temporary:
        temporary.write_text("new")
        assert temporary.parent == tmp_path  # a rename across file systems is a copy
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_file_stays_as_it_was_when_the_block_fails(tmp_path):
    path = tmp_path / "result.txt"
    path.write_text("old")

    def half_a_file():
        with atomic_path(path) as temporary:
            temporary.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half_a_file()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expanded("~/a/b.npz") == expanded(Path("~/a/b.npz")) == tmp_path / "a" / "b.npz"
    assert expanded("a/~b") == Path("a/~b")
    assert expanded("~nobody-of-this-name/a") == Path("~nobody-of-this-name/a")
    with atomic_path("~/here.txt") as temporary:
        temporary.write_text("here")
    assert (tmp_path / "here.txt").read_text() == "here"


def test_endings_are_found_in_any_case(tmp_path):
    for name in ("b.WAV", "a.wav", "c.Wav", "d.wave", "wav", "labels.CSV"):
        (tmp_path / name).touch()
    assert [path.name for path in ending_in(tmp_path, ".wav")] == ["a.wav", "b.WAV", "c.Wav"]
    assert ending_in(tmp_path / "none", ".wav") == []
    assert named(tmp_path, "labels.csv") == tmp_path / "labels.CSV"
    assert named(tmp_path, "LABELS.csv") is None
    assert named(tmp_path, "a.wav") == tmp_path / "a.wav"


def test_whatever_goes_wrong_with_a_file_names_it():
    for error, said in [
        (ValueError("too\n  short"), "x.npz is not a model: too short"),
        (KeyError("seed"), "x.npz is not a model: 'seed' is missing"),
        (MemoryError(), "x.npz is not a model: MemoryError"),
        (LoadError("as it is"), "as it is"),
    ]:
        with pytest.raises(LoadError) as found, refusing("x.npz", "a model"):
            raise error
        assert str(found.value) == said
