"""Files that are there whole or not at all."""

import pytest

from lsm.files import atomic_path


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
