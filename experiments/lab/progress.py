"""What a person sees of a run while it goes on: bars, and a line for what has none."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import Any

from tqdm.auto import tqdm

from experiments.lab.interrupts import raise_if_interrupted


def note(text: str) -> None:
    """Write a line to stderr, above the bars."""
    tqdm.write(text, file=sys.stderr)


class SearchBar(AbstractContextManager["SearchBar"]):
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

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
