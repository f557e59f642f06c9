"""Checkpoint: complete at every moment, intact or refused."""

import os

import numpy as np
import pytest

from evolution import Checkpoint

CONFIGURATION = {"seed": [1, 2], "space": {"n_neurons": 20, "box": (6.0, 6.0)}, "task": "PR12"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "checkpoint.npz"


def state(generation):
    return {"generation": np.array(generation), "keys": np.arange(50, dtype=np.uint64) + generation}


def generation_of(path, configuration=CONFIGURATION):
    arrays = Checkpoint(path, configuration).load()
    assert np.array_equal(arrays["keys"], state(int(arrays["generation"]))["keys"])
    assert sorted(arrays) == ["generation", "keys"]
    return int(arrays["generation"])


def saved(path, generations):
    checkpoint = Checkpoint(path, CONFIGURATION)
    for generation in range(generations):
        checkpoint.save(state(generation))
    return checkpoint


def test_there_is_none_before_the_first(path):
    assert Checkpoint(path, CONFIGURATION).load() is None
    assert list(path.parent.iterdir()) == []


def test_the_last_one_is_loaded_and_holds_no_pickle(path):
    saved(path, 3)
    assert generation_of(path) == 2
    with np.load(path, allow_pickle=False) as archive:
        assert all(not archive[name].dtype.hasobject for name in archive.files)
    assert {p.name for p in path.parent.iterdir()} == {
        "checkpoint.npz",
        "checkpoint.npz.previous",
    }


@pytest.mark.parametrize("function", ["fsync", "replace"])
@pytest.mark.parametrize("call", [0, 1])
@pytest.mark.parametrize("after", [False, True])
def test_an_interruption_at_any_step_leaves_a_complete_one(
    path, monkeypatch, function, call, after
):
    checkpoint = saved(path, 2)
    original, calls = getattr(os, function), []

    def interrupted(*args):
        calls.append(args)
        if len(calls) - 1 == call:
            if after:
                original(*args)
            raise KeyboardInterrupt
        original(*args)

    with monkeypatch.context() as patch:
        patch.setattr(os, function, interrupted)
        if function == "fsync" and call == 1:
            checkpoint.save(state(2))  # only one fsync: not interrupted
        else:
            with pytest.raises(KeyboardInterrupt):
                checkpoint.save(state(2))
    assert generation_of(path) in (1, 2)
    saved(path, 4)  # a run that goes on finds nothing in its way
    assert generation_of(path) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: b"",
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: b"not a checkpoint",
    ],
    ids=["half", "last byte", "empty", "one bit", "something else"],
)
def test_a_damaged_one_falls_back_to_the_one_before_and_says_so(path, damage):
    checkpoint = saved(path, 3)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(UserWarning, match=r"damaged .*going on from the one before, .*previous"):
        assert generation_of(path) == 1
    # The next save must not put the damaged file in the place of the good one.
    checkpoint.save(state(2))
    assert generation_of(path) == 2
    path.unlink()
    assert generation_of(path) == 1


def test_two_damaged_ones_are_refused(path):
    saved(path, 3)
    for file in path.parent.iterdir():
        file.write_bytes(b"PK")
    with pytest.raises(ValueError, match="no complete checkpoint"):
        Checkpoint(path, CONFIGURATION).load()


def test_another_configuration_is_refused_with_what_differs(path):
    saved(path, 2)
    other = {"seed": [1, 2], "space": {"n_neurons": 64, "box": [6.0, 6.0]}, "gap_ms": 30}
    with pytest.raises(ValueError, match="another configuration") as refusal:
        Checkpoint(path, other).load()
    message = str(refusal.value)
    assert "space.n_neurons was 20, now 64" in message
    assert 'task was "PR12", now null' in message
    assert "gap_ms was null, now 30" in message
    assert "seed" not in message
    assert "box" not in message
    assert generation_of(path) == 1  # and it is still there


def test_an_earlier_run_is_set_aside_not_lost(path):
    checkpoint = saved(path, 3)
    checkpoint.set_aside()
    assert checkpoint.load() is None
    assert generation_of(path.with_name("checkpoint.npz.old")) == 2


def test_a_folder_that_cannot_be_written_is_refused_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="can't be written"):
        Checkpoint(tmp_path / "file" / "checkpoint.npz", {})


def test_a_full_disk_keeps_the_last_one(path, monkeypatch):
    checkpoint = saved(path, 2)

    def full(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"checkpoint .* can't be written: .*No space left"):
            checkpoint.save(state(2))
    assert generation_of(path) == 1
    assert len(list(path.parent.iterdir())) == 2


def test_a_configuration_that_is_not_json_is_refused(path):
    with pytest.raises(TypeError, match="ready for JSON"):
        Checkpoint(path, {"task": np.arange(3)})
