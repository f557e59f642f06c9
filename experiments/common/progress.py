"""What a person sees of a run while it goes on: bars, and a line for what has none."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Timer
from typing import Any

from tqdm.auto import tqdm

#: What takes longer than this, in seconds, is said.
PATIENCE_S = 1.0


_interrupted = Event()


@contextmanager
def interruptible() -> Iterator[None]:
    """Remember Ctrl-C beside raising it.

    Python drops a KeyboardInterrupt that meets a finalizer; whoever shows a bar raises it again
    after each piece of work, by `raise_if_interrupted`.
    """

    def remember(*_: object) -> None:
        _interrupted.set()
        raise KeyboardInterrupt

    _interrupted.clear()
    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def raise_if_interrupted() -> None:
    """Raise the KeyboardInterrupt of a Ctrl-C that a finalizer has swallowed."""
    if _interrupted.is_set():
        raise KeyboardInterrupt


def note(text: str) -> None:
    """Write a line to stderr, above the bars."""
    tqdm.write(text, file=sys.stderr)


@contextmanager
def note_if_long(text: str) -> Iterator[None]:
    """Write the line only if what the block does takes its time."""
    timer = Timer(PATIENCE_S, note, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class SearchBar:
    """A bar over the generations (or batches) of a search, from the first that is still to do.

    Parameters
    ----------
    title : str
    total : int
        Generations of the whole search.
    target : float
        The best fitness that ends the search.
    unit : str
    """

    def __init__(self, title: str, total: int, *, target: float = 1.0, unit: str) -> None:
        self._options = {"desc": title, "total": total, "unit": unit}
        self._target = target
        self._bar: tqdm | None = None

    def start(self, generation: int) -> tqdm:
        """Show the bar at this generation, so that the time left is that of the others."""
        if self._bar is None:
            self._bar = tqdm(initial=generation, **self._options)
        return self._bar

    def show(self, row: dict[str, Any]) -> None:
        """A generation has ended with this row of the logbook."""
        bar = self.start(row["generation"])
        text = f"best={row['best']:.4f}, mean={row['mean']:.4f}"
        if row["best"] >= self._target:
            text += f", fitness {self._target} reached"
        bar.set_postfix_str(text, refresh=False)
        bar.update()
        raise_if_interrupted()

    def __enter__(self) -> SearchBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
