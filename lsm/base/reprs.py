"""How results are shown: every part by its name, arrays by their type and shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any, TypeVar

import numpy as np
import scipy

#: Numbers of an array, entries of a sequence and letters of a text that are shown as they are.
_FEW, _LETTERS = 6, 100


Kind = TypeVar("Kind", bound=type)


def short_repr(kind: Kind) -> Kind:
    """Give a dataclass or a named tuple a ``repr`` on one line, and a table for notebooks."""
    kind.__repr__ = _repr  # type: ignore[assignment]
    if "_repr_html_" not in vars(kind):
        kind._repr_html_ = _repr_html  # type: ignore[attr-defined]
    return kind


def html_table(title: str, rows: Mapping[str, str]) -> str:
    """A small table for notebooks: a line for each name, all text escaped."""
    lines = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(text)}</td></tr>'
        for name, text in rows.items()
    )
    return f"<table><caption>{escape(title)}</caption>{lines}</table>"


def _repr(result: Any) -> str:
    shown = ", ".join(f"{name}={text}" for name, text in _parts(result).items())
    return f"{type(result).__name__}({shown})"


def _repr_html(result: Any) -> str:
    return html_table(type(result).__name__, _parts(result))


def _parts(result: Any) -> dict[str, str]:
    """Text that is shown of each part, by its name."""
    names = (
        [part.name for part in fields(result) if part.repr]
        if is_dataclass(result)
        else list(result._fields)
    )
    return {name: _shown(getattr(result, name)) for name in names}


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
