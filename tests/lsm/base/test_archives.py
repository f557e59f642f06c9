"""NPZ files of whoever wrote them: bounded before they are inflated."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from lsm import LoadError
from lsm.base import archives
from lsm.base.archives import open_npz
from lsm.conversion import SigmoidNetwork
from tasks.emg import emg, participants

MB = 2**20


def test_arrays_are_read_by_name_compressed_or_not(tmp_path):
    arrays = {"a": np.arange(6).reshape(2, 3), "b": np.array(["x", "yz"]), "c": np.float64(2)}
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", **arrays)
        with open_npz(tmp_path / "a.npz", "some arrays", compressed=True) as file:
            assert list(file) == ["a", "b", "c"]
            for name, array in arrays.items():
                np.testing.assert_array_equal(file[name], array)
                assert file[name].dtype == array.dtype
    with (
        pytest.raises(LoadError, match=r"a\.npz is not some arrays: .*compressed"),
        open_npz(tmp_path / "a.npz", "some arrays"),
    ):
        pass


def write_zeros(path, size):
    """An NPZ file of some kB that would become `size` bytes; well formed."""
    shape = (size // 9, 9)
    head = {"descr": "|i1", "fortran_order": False, "shape": shape}
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("right_hand__ann-1__1.npy", "w") as member,
    ):
        np.lib.format.write_array_header_1_0(member, head)
        for rows in (shape[0] // 8,) * 8 + (shape[0] % 8,):
            member.write(bytes(9 * rows))


@pytest.mark.parametrize(
    "read",
    [
        lambda path: emg(0, path.parent),
        lambda path: participants(path.parent),
        SigmoidNetwork.load,
    ],
    ids=["emg", "participants", "network"],
)
def test_what_would_be_inflated_beyond_measure_is_refused_before(tmp_path, read):
    """Just above the bound, which is 64 MB for a small file."""
    path = tmp_path / "a.npz"
    write_zeros(path, 70 * MB)
    assert path.stat().st_size < MB
    tracemalloc.start()
    try:
        with pytest.raises(LoadError, match=r"a\.npz is not .* bytes claim to be 734"):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 4 * MB
    finally:
        tracemalloc.stop()


def test_large_files_may_become_larger(tmp_path, monkeypatch):
    """Up to 20 times their own size."""
    monkeypatch.setattr(archives, "_SMALL", 10_000)
    rng = np.random.default_rng(0)
    many, few = np.zeros(400_000, np.int8), rng.integers(0, 100, 30_000).astype(np.int8)
    for arrays, taken in [({"a": few, "b": many}, True), ({"a": few[:10], "b": many}, False)]:
        np.savez_compressed(tmp_path / "a.npz", **arrays)
        try:
            with open_npz(tmp_path / "a.npz", "arrays", compressed=True) as file:
                assert len(file["b"]) == 400_000
            assert taken
        except LoadError:
            assert not taken


def test_a_member_is_never_read_beyond_what_it_claims(tmp_path):
    """The directory says 1000 bytes, the stream holds more: these stay compressed."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.zeros(20 * MB, np.uint8))
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.npy", stream.getvalue())
        file.infolist()[0].file_size = 1000
    tracemalloc.start()
    try:
        with (
            pytest.raises(LoadError, match=r"a\.npz is not arrays"),
            open_npz(tmp_path / "a.npz", "arrays", compressed=True) as npz,
        ):
            npz["a"]
        assert tracemalloc.get_traced_memory()[1] < MB
    finally:
        tracemalloc.stop()
