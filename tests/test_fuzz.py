"""A short run of the harness that breaks files, and that it sees what is wrong with a reader."""

import mmap
import re
import time

import numpy as np
import pytest

from lsm import LoadError
from lsm.base.files import refusing
from tests.fuzz import running
from tests.fuzz.mutations import of_text
from tests.fuzz.readers import READERS, Reader
from tests.fuzz.running import Bench


@pytest.mark.parametrize("name", READERS)
def test_broken_files_are_refused_and_named_or_load(name, tmp_path):
    bench = Bench(READERS[name], tmp_path)
    refused = 0
    for number in range(120):
        outcome = bench.tried(number)
        refused += outcome.refused
        assert not outcome.fault, f"{number}: {outcome.fault}"
    assert refused >= 20


def test_a_number_gives_the_same_broken_file_again(tmp_path):
    for name in ("atis", "network", "specification", "trial"):
        bench, other = Bench(READERS[name], tmp_path / "a"), Bench(READERS[name], tmp_path / "b")
        broken = [bench.broken(number) for number in range(20)]
        assert broken == [other.broken(number) for number in range(20)]
        assert len(set(broken)) > 15


def attribute_error(path):
    return path.read_bytes().number


def unnamed(path):
    raise LoadError("it is broken")


def out_of_memory(path):
    with refusing(path, "a text"):
        raise MemoryError


def slow(path):
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass


def large(path):
    with mmap.mmap(-1, 2**26) as taken:  # and not from what was freed before
        np.frombuffer(taken, np.uint8).fill(1)


@pytest.mark.parametrize(
    ("read", "fault"),
    [
        (attribute_error, "AttributeError at test_fuzz.py"),
        (unnamed, "the file isn't named: it is broken"),
        (out_of_memory, "memory ran out: MemoryError"),
        (slow, r"0\.\d s"),
        (large, r"6\d MB"),
    ],
)
def test_a_reader_that_breaks_its_promise_is_seen(read, fault, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "SECONDS", 0.05 if read is slow else 2.0)
    monkeypatch.setattr(running, "MEGABYTES", 20)
    whole = b"1 2 3"
    reader = Reader(
        "fake",
        "a.txt",
        lambda folder: [whole],
        lambda path: None if path.read_bytes() == whole else read(path),
        of_text,
    )
    bench = Bench(reader, tmp_path)
    number = next(number for number in range(9) if bench.broken(number) != whole)
    found = bench.tried(number)
    assert found.content != whole
    assert re.match(fault, found.fault)
