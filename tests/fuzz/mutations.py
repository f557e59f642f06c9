"""Ways to break a file: its bytes, its text, its JSON, the members of its archive.

All take a `random.Random`, so that a number gives the same broken file again.
"""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]

_NUMBERS = [b"0", b"-1", b"1", b"2", b"7", b"255", b"65536", b"2147483648", b"9223372036854775808"]
_NUMBERS += [b"1e308", b"1e999", b"-0.5", b"nan", b"inf", b"9" * 30, b"1e-300", b"true", b"", b"x"]
_INTEGERS = (0, 1, 2, 3, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TEXTS = [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b"\r", b"\n\n", b",,,,", b": ", b"- "]
_TEXTS += [b"[" * 50, b"{" * 50, b"[" * 3000, b"%", b"@", b"\t", b"null", "é😀".encode(), b"../"]
_VALUES = (None, True, False, 0, -1, 3, 2**40, 2**70, 0.5, -1e308, float("nan"), float("inf"), "")
_VALUES += ("x", "nan", [], {}, [[]], [1, 2], {"a": 1}, {"array": "a0"}, {"tuple": []}, "é" * 9)
_NAMES = ("", "header", "header.npy", "a0", "a0.npy", "../a.npy", "/a", "x" * 300, "é.npy")
_ARRAYS = (
    np.zeros(0),
    np.zeros((3, 5)),
    np.zeros((0, 5)),
    np.full((2, 2), np.nan),
    np.array([1e308, -1e308]),
    np.float64(2),
    np.arange(4),
    np.array(["a", "b"]),
    np.array(json.dumps({"format": 1})),
    np.array([True, False]),
    np.zeros((1,) * 20),
    np.array([2**63], np.uint64),
    np.zeros(3, np.float16),
)


def of_bytes(rng: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Cut off, turned bits, other bytes, integers of headers, pieces moved or of another file."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        n = len(data)
        at, to = sorted((rng.randint(0, n), rng.randint(0, n)))
        kind = rng.randrange(8)
        if kind == 0:
            del data[at:]
        elif kind == 1 and n:
            data[at - 1] ^= 1 << rng.randrange(8)
        elif kind == 2 and n:
            data[at - 1] = rng.randrange(256)
        elif kind == 3:
            data[at:at] = rng.randbytes(rng.randint(1, 9))
        elif kind == 4:
            del data[at : min(to, at + 40)]
        elif kind == 5:
            data[at:at] = data[at:to]
        elif kind == 6:
            other = rng.choice(others)
            data[at:] = other[rng.randint(0, len(other)) :]
        else:
            size = rng.choice((2, 4))
            number = rng.choice(_INTEGERS) & (256**size - 1)
            # Headers stand at the start.
            at = rng.randint(0, min(n, 64)) if rng.random() < 0.5 else at
            data[at : at + size] = number.to_bytes(size, "little")
    return bytes(data)


def of_text(rng: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Other numbers and words, lines gone, moved or twice; now and then as bytes."""
    if rng.random() < 0.2:
        return of_bytes(rng, content, others)
    for _ in range(rng.choice((1, 1, 2, 4))):
        kind = rng.randrange(5)
        if kind == 0:
            content = _replaced(rng, content, rb"-?\d+(\.\d+)?", rng.choice(_NUMBERS))
        elif kind == 1:
            words = re.findall(rb"\w+", rng.choice((content, *others))) or [b""]
            content = _replaced(rng, content, rb"\w+", rng.choice(words))
        elif kind == 2:
            content = _replaced(rng, content, rb"[^\w\s]", rng.choice(_TEXTS))
        elif kind == 3:
            at = rng.randint(0, len(content))
            content = content[:at] + rng.choice(_TEXTS) + content[at:]
        else:
            lines = content.split(b"\n")
            at = rng.randrange(len(lines))
            changed = ([], [lines[at]] * 2, [rng.choice(lines)], [lines[at] + b" " + lines[at]])
            lines[at : at + 1] = rng.choice(changed)
            content = b"\n".join(lines)
    return content


def of_json(rng: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Values gone, in place of others, or of another kind; now and then as text.

    Each line is JSON of its own, or all of them together.
    """
    if rng.random() < 0.3:
        return of_text(rng, content, others)
    try:
        lines, whole = [json.loads(content)], True
    except ValueError:
        lines, whole = [json.loads(line) for line in content.splitlines()], False
    at = rng.randrange(len(lines))
    for _ in range(rng.choice((1, 1, 2))):
        lines[at] = _changed(rng, lines[at])
    return b"\n".join(json.dumps(line).encode() for line in lines) + (b"" if whole else b"\n")


def of_npz(rng: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Members swapped, gone, renamed, of another file or array, each whole by its checksum."""
    if rng.random() < 0.25:
        return of_bytes(rng, content, others)
    members = _members(content)
    for _ in range(rng.choice((1, 1, 2))):
        if not members:
            break
        name = rng.choice(sorted(members))
        other = _members(rng.choice(others))
        kind = rng.randrange(8)
        if kind == 0:
            members[name] = members[rng.choice(sorted(members))]
        elif kind == 1:
            del members[name]
        elif kind == 2:
            members[rng.choice((*_NAMES, *other))] = members.pop(name)
        elif kind == 3:
            members[name] = other[rng.choice(sorted(other))]
        elif kind == 4:
            members[name] = _npy(_ARRAYS[rng.randrange(len(_ARRAYS))])
        elif kind == 5:
            members[name] = of_bytes(rng, members[name], list(other.values()))
        elif kind == 6:  # the shape and the type that the array claims
            head, found, rest = members[name].partition(b"\n")
            members[name] = _replaced(rng, head, rb"\d+|<|\w+", rng.choice(_NUMBERS)) + found + rest
        else:
            members[name] = _values(rng, members[name], others)
    return _npz(rng, members)


def of_skops(rng: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The schema and the arrays in the bytes that skops made; now and then what is around them."""
    members = _members(content)
    inner = {name: np.load(io.BytesIO(one)) for name, one in members.items()}
    name = next(name for name, one in inner.items() if one.dtype == np.uint8)
    if rng.random() < 0.1:
        return of_npz(rng, content, others)
    parts = _members(inner[name].tobytes())
    part = rng.choice((*parts, "schema.json", "schema.json"))
    mutate = of_json if part.endswith(".json") else of_bytes
    parts[part] = mutate(rng, parts[part], [parts[part]])
    members[name] = _npy(np.frombuffer(_npz(rng, parts), np.uint8))
    return _npz(rng, members)


def _values(rng: Random, member: bytes, others: Sequence[bytes]) -> bytes:
    """An array with other values, or a header with another content."""
    try:
        array = np.load(io.BytesIO(member))
    except Exception:  # a member that is broken already
        return member
    if array.dtype.kind == "U" and not array.ndim:
        try:
            text = of_json(rng, str(array).encode(), [b'{"a": 1}']).decode(errors="replace")
        except ValueError:
            text = of_text(rng, str(array).encode(), [b"a 1"]).decode(errors="replace")
        return _npy(np.array(text))
    if not array.size:
        return member
    kind = rng.randrange(4)
    if kind == 0:
        return _npy(array.reshape(-1)[: rng.randint(0, array.size)])
    if kind == 1:
        return _npy(array.astype(rng.choice(("f8", "i8", "u1", "U3", "f4", "?"))))
    if kind == 2:
        return _npy(array[np.newaxis] if rng.random() < 0.5 else array.T)
    changed = array.copy().reshape(-1)
    odd: tuple[Any, ...] = (0, 1, 3)
    if array.dtype.kind == "i":
        odd += (-1, np.iinfo(array.dtype).max)
    elif array.dtype.kind == "f":
        odd += (-1.5, 1e4, np.finfo(array.dtype).max, np.nan, np.inf)
    changed[rng.randrange(array.size)] = rng.choice(odd)
    return _npy(changed.reshape(array.shape))


def _changed(rng: Random, tree: Any) -> Any:
    """A JSON tree with one place changed."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, one in items:
            places.append((node, key))
            if isinstance(one, dict | list):
                walk(one)

    if not isinstance(tree, dict | list):
        return rng.choice(_VALUES)
    walk(tree)
    if not places:
        return rng.choice(_VALUES)
    node, key = rng.choice(places)
    kind = rng.randrange(4)
    if kind == 0:
        del node[key]
    elif kind == 1:
        other, place = rng.choice(places)
        try:
            node[key] = json.loads(json.dumps(other[place]))
        except (KeyError, IndexError):  # gone with what it stood in
            node[key] = None
    elif kind == 2 and isinstance(node, dict):
        node[rng.choice(("", "x", "format", "object"))] = node.pop(key)
    elif isinstance(node[key], str) and rng.random() < 0.5:
        node[key] = of_text(rng, node[key].encode(), [b"a 1 b"]).decode(errors="replace")
    else:
        node[key] = copy.deepcopy(rng.choice(_VALUES))
    return tree


def _replaced(rng: Random, content: bytes, pattern: bytes, new: bytes) -> bytes:
    found = list(re.finditer(pattern, content))
    if not found:
        return content + new
    one = rng.choice(found)
    return content[: one.start()] + new + content[one.end() :]


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def _npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array), allow_pickle=False)
    return stream.getvalue()


def _npz(rng: Random, members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if rng.random() < 0.1 else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", kind) as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content, compress_type=kind)
    return stream.getvalue()
