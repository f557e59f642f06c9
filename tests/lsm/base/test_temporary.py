"""Temporary folders: gone with their block, and those of the dead with the next start."""

import pytest

from lsm.base import temporary
from lsm.base.temporary import remove_left, temporary_folder


def test_a_folder_goes_with_its_block_and_no_sooner(tmp_path):
    with temporary_folder("job", tmp_path) as folder:
        (folder / "inside").mkdir()
        remove_left(tmp_path)
        assert list(tmp_path.iterdir()) == [folder]
        assert folder.name.startswith("liquidstate-job-")
    assert not list(tmp_path.iterdir())

    def interrupted():
        with temporary_folder("job", tmp_path):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.iterdir())


def test_only_what_owners_have_left_is_removed(tmp_path):
    """A user's own folders, files and links of like names are left alone."""
    left = tmp_path / "liquidstate-job-abcdefgh.tmp"
    (left / "inside").mkdir(parents=True)
    users = [tmp_path / name for name in ("liquidstate-results", "lsm-job-abcdefgh", "other")]
    for folder in users:
        folder.mkdir()
    (tmp_path / "liquidstate-job-file0000.tmp").touch()
    (tmp_path / "liquidstate-job-link0000.tmp").symlink_to(users[2])
    before = set(tmp_path.iterdir())
    remove_left(tmp_path)
    assert before - set(tmp_path.iterdir()) == {left}


def test_the_first_folder_of_a_process_removes_what_was_left(tmp_path):
    (tmp_path / "liquidstate-trial-abcdefgh.tmp").mkdir()
    with temporary_folder("job", tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_was_taken_for_left_gives_way_to_another(tmp_path, monkeypatch):
    locked, make, tried = temporary._locked, temporary.tempfile.mkdtemp, []
    monkeypatch.setattr(
        temporary.tempfile, "mkdtemp", lambda *a, **k: tried.append(make(*a, **k)) or tried[-1]
    )
    monkeypatch.setattr(temporary, "_locked", lambda *lock: len(tried) > 1 and locked(*lock))
    with temporary_folder("job", tmp_path) as folder:
        assert [str(folder)] == tried[1:]
        assert list(tmp_path.iterdir()) == [folder]
