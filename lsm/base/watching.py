"""Whether a person watches what goes on, who is then told why it takes its time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_verbose = ContextVar("verbose", default=False)


def is_watched() -> bool:
    """Whether stderr is a terminal, Python is interactive, or `verbose` was asked for."""
    interactive = hasattr(sys, "ps1") or bool(sys.flags.interactive)
    return _verbose.get() or interactive or (sys.stderr is not None and sys.stderr.isatty())


@contextmanager
def telling(verbose: bool) -> Iterator[None]:
    """Tell what goes on in the block, if `verbose`, whoever watches."""
    token = _verbose.set(_verbose.get() or bool(verbose))
    try:
        yield
    finally:
        _verbose.reset(token)
