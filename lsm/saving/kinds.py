"""Kinds of values that may stand in a file: types, and shapes whose sizes agree by their names."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np

#: Of channels, features or outputs: eight times those of the largest event cameras.
MOST_PLACES = 10**7
#: Of a mapping: whole numbers can be chosen so that each key is compared with all others.
MOST_KEYS = 10_000

Sizes = dict[str, int]
#: Whether a value may stand there; it notes, or compares, sizes by their names.
Check = Callable[[Any, Sizes], bool]


def agrees(sizes: Sizes, name: str | None, n: int) -> bool:
    return name is None or sizes.setdefault(name, n) == n


def array(kinds: str, *shape: str | None) -> Check:
    def fits(value: Any, sizes: Sizes) -> bool:
        return (
            isinstance(value, np.ndarray)
            and value.dtype.kind in kinds
            and value.ndim == len(shape)
            and all(agrees(sizes, *pair) for pair in zip(shape, value.shape, strict=True))
        )

    return fits


def floats(*shape: str | None) -> Check:
    return array("f", *shape)


def none(value: Any, sizes: Sizes) -> bool:
    return value is None


def empty(value: Any, sizes: Sizes) -> bool:
    return isinstance(value, np.ndarray) and value.size == 0


def each(check: Check) -> Check:
    """A list of what passes, each by itself."""
    return lambda value, sizes: (
        isinstance(value, list) and all(check(one, dict(sizes)) for one in value)
    )


def whole(size: str | None = None) -> Check:
    def fits(value: Any, sizes: Sizes) -> bool:
        if not isinstance(value, Integral) or isinstance(value, bool):
            return False
        return int(value) >= 0 and agrees(sizes, size, int(value))

    return fits


def places(size: str | None = None) -> Check:
    """A number of channels, features or outputs, which no array of the file need have."""
    check = whole(size)
    return lambda value, sizes: check(value, sizes) and int(value) <= MOST_PLACES


def number(value: Any, sizes: Sizes) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def flag(value: Any, sizes: Sizes) -> bool:
    return isinstance(value, bool)


def one_of(*known: str) -> Check:
    return lambda value, sizes: isinstance(value, str) and value in known


def instance(*classes: type) -> Check:
    return lambda value, sizes: isinstance(value, classes)


def either(*checks: Check) -> Check:
    def fits(value: Any, sizes: Sizes) -> bool:
        for one in checks:
            tried = dict(sizes)
            if one(value, tried):
                sizes.update(tried)
                return True
        return False

    return fits


def whole_numbers(most: int) -> Check:
    def fits(value: Any, sizes: Sizes) -> bool:
        return (
            isinstance(value, tuple) and len(value) <= most and all(whole()(n, {}) for n in value)
        )

    return fits
