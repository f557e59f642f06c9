"""How results are shown: every part by its name, arrays by their type and shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
import scipy

#: Numbers of an array, entries of a sequence and letters of a text that are shown as they are.
_FEW, _LETTERS = 6, 100


Kind = TypeVar("Kind", bound=type)


def short_repr(kind: Kind) -> Kind:
    """Give a dataclass or a named tuple a ``repr`` on one line, whatever it holds."""
    kind.__repr__ = _repr  # type: ignore[assignment]
    return kind


def _repr(result: Any) -> str:
    names = (
        [one.name for one in fields(result) if one.repr]
        if is_dataclass(result)
        else list(result._fields)
    )
    shown = ", ".join(f"{name}={_shown(getattr(result, name))}" for name in names)
    return f"{type(result).__name__}({shown})"


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray) and (value.ndim != 1 or len(value) > _FEW):
        return f"<{value.dtype} {value.shape}>"
    if scipy.sparse.issparse(value):
        return f"<{type(value).__name__} {value.shape}, {value.nnz} values>"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_shown(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple) and len(value) > _FEW and not hasattr(value, "_fields"):
        return f"<{type(value).__name__} of {len(value)}>"
    if type(value) in (list, tuple):
        opening, closing = "[]" if isinstance(value, list) else "()"
        return opening + ", ".join(map(_shown, value)) + closing
    text = " ".join(repr(value).split())
    long = isinstance(value, str) and len(text) > _LETTERS
    return f"{text[:_LETTERS]}..." if long else text
