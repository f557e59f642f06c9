"""Pickles of arrays and plain values are read, and nothing that others name is run."""

import os
import pickle
from functools import partial

import numpy as np
import pytest

from lsm import LoadError
from tasks.pickled import loads, read_pickled

PLAIN = {
    "X": [np.arange(12.0).reshape(3, 4), np.asfortranarray(np.ones((2, 5), np.float32))],
    "y": np.array([1, 2], ">i2"),
    "names": ["a", "b"],
    "nested": (1, 2.5, None, True, b"bytes", np.float64(3.0), {"deep": np.array([3, 4], np.uint8)}),
    "empty": [np.zeros((0, 3)), np.array(4, np.uint8)],
    "alike": np.frompyfunc(lambda k: np.full(2, k), 1, 1)(np.arange(6).reshape(2, 3).T),
    "ragged": np.array([np.zeros(2), [1, "text"]], dtype=object),
}


def equal(one, other):
    if isinstance(one, np.ndarray) and one.dtype != object:
        return one.dtype == other.dtype.newbyteorder("=") and np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple | np.ndarray):
        return type(one) is type(other) and len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and one == other


def write(path, content):
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|O", "fortran_order": False, "shape": ()}
        )
        file.write(content)
    return path


@pytest.mark.parametrize("protocol", [2, 3])
def test_arrays_and_plain_values_come_as_they_were(protocol):
    assert equal(loads(pickle.dumps(PLAIN, protocol)), PLAIN)


def test_a_file_of_numpy_is_read(tmp_path):
    np.save(tmp_path / "one.npy", np.array(PLAIN, dtype=object), allow_pickle=True)
    assert equal(read_pickled(tmp_path / "one.npy", "a thing"), PLAIN)


class Harmless:
    """Makes a folder when it is unpickled, were it let."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_what_a_file_names_is_not_run(tmp_path, protocol):
    made = tmp_path / "made"
    for call in ((os.mkdir, (str(made),)), (eval, (f"__import__('os').mkdir({str(made)!r})",))):
        content = pickle.dumps({"X": [Harmless(*call)]}, protocol)
        path = write(tmp_path / "bad.npy", content)
        with pytest.raises(LoadError, match=r"bad\.npy is not a thing: it names .*mkdir|eval"):
            read_pickled(path, "a thing")
        assert not made.exists()
        pickle.loads(content)  # which the guard is for
        made.rmdir()


@pytest.mark.parametrize("named", [Harmless, print, np.fromfile, np.memmap, pickle.loads, partial])
def test_no_other_name_is_known(named):
    with pytest.raises(ValueError, match="and may hold arrays and plain values only"):
        loads(pickle.dumps(named))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"cnumpy\nndarray\n.", "holds partial"),
        (b"cnumpy\ndtype\n(S'U8'\ntR.", "neither numbers nor objects"),
        (b"cnumpy\ndtype\n(S'?'\ntR.", "neither numbers nor objects"),
        (b"c_codecs\nencode\n(S'abc'\nS'zlib'\ntR.", "bytes in zlib"),
        (b"\x80\x02Nr\xff\xff\xff\x7f.", "it remembers 2147483647 objects in 9 bytes"),
        (b"\x80\x02]q\x00h\x00a.", "recursion"),
        (
            b"cnumpy.core.multiarray\n_reconstruct\n(tR(I1\n(I5\nI5\ntcnumpy\ndtype\n(S'f8'\ntR"
            b"I0\nB\x08\x00\x00\x0012345678tb.",
            r"shape \(5, 5\), for 1 entries",
        ),
    ],
)
def test_what_is_made_up_is_refused(content, message):
    with pytest.raises((ValueError, RecursionError), match=message):
        loads(content)


def test_what_is_there_again_and_again_is_read_once():
    nested = [1.0]
    for _ in range(60):
        nested = [nested, nested]
    read = loads(pickle.dumps(nested, 2))
    assert read[0] is read[1]


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"not one"])
def test_what_is_no_such_file_is_refused(tmp_path, content):
    (tmp_path / "bad.npy").write_bytes(content)
    with pytest.raises(LoadError, match=r"bad\.npy is not a thing: "):
        read_pickled(tmp_path / "bad.npy", "a thing")
    np.save(tmp_path / "bad.npy", np.arange(3))
    with pytest.raises(LoadError, match=r"expected one object, got int64 of shape \(3,\)"):
        read_pickled(tmp_path / "bad.npy", "a thing")
