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
    """Whether `n` is the size of that name, which it becomes if there is none yet."""
    return name is None or sizes.setdefault(name, n) == n


def array(kinds: str, *shape: str | None) -> Check:
    """Accept arrays whose type is of these kinds, with a size of that name on each axis."""

    def fits(value: Any, sizes: Sizes) -> bool:
        return (
            isinstance(value, np.ndarray)
            and value.dtype.kind in kinds
            and value.ndim == len(shape)
            and all(agrees(sizes, *pair) for pair in zip(shape, value.shape, strict=True))
        )

    return fits


def floats(*shape: str | None) -> Check:
    """Accept arrays of floats, with a size of that name on each axis."""
    return array("f", *shape)


def none(value: Any, sizes: Sizes) -> bool:
    """Whether a value is None."""
    return value is None


def empty(value: Any, sizes: Sizes) -> bool:
    """Whether a value is an array without elements."""
    return isinstance(value, np.ndarray) and value.size == 0


def list_of(check: Check) -> Check:
    """Accept lists whose items all pass, each by itself."""
    return lambda value, sizes: (
        isinstance(value, list) and all(check(item, dict(sizes)) for item in value)
    )


def whole(size: str | None = None) -> Check:
    """Accept whole numbers, 0 or more, which are the size of that name."""

    def fits(value: Any, sizes: Sizes) -> bool:
        if not isinstance(value, Integral) or isinstance(value, bool):
            return False
        return int(value) >= 0 and agrees(sizes, size, int(value))

    return fits


def places(size: str | None = None) -> Check:
    """Accept numbers of channels, features or outputs, which no array of the file need have."""
    check = whole(size)
    return lambda value, sizes: check(value, sizes) and int(value) <= MOST_PLACES


def number(value: Any, sizes: Sizes) -> bool:
    """Whether a value is a real number."""
    return isinstance(value, Real) and not isinstance(value, bool)


def flag(value: Any, sizes: Sizes) -> bool:
    """Whether a value is True or False."""
    return isinstance(value, bool)


def one_of(*words: str) -> Check:
    """Accept these words."""
    return lambda value, sizes: isinstance(value, str) and value in words


def instance(*classes: type) -> Check:
    """Accept objects of these classes."""
    return lambda value, sizes: isinstance(value, classes)


def arrays(value: Any, sizes: Sizes) -> bool:
    """Whether a value is arrays of numbers by name."""
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(part, np.ndarray) and part.dtype.kind in "fi"
        for name, part in value.items()
    )


def either(*checks: Check) -> Check:
    """Accept what passes any of several checks."""

    def fits(value: Any, sizes: Sizes) -> bool:
        for check in checks:
            own_sizes = dict(sizes)
            if check(value, own_sizes):
                sizes.update(own_sizes)
                return True
        return False

    return fits


def whole_numbers(most: int) -> Check:
    """Accept tuples of at most so many whole numbers, 0 or more."""

    def fits(value: Any, sizes: Sizes) -> bool:
        return (
            isinstance(value, tuple) and len(value) <= most and all(whole()(n, {}) for n in value)
        )

    return fits
