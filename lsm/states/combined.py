"""Several states in one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from lsm.states.rows import Feature, Neurons, Row, Rows, State

#: Of a :class:`CombinedState`.
MOST_PARTS = 20


@dataclass(frozen=True)
class CombinedState(Rows):
    """The features of several states, one state after another, from one simulation.

    Raises
    ------
    TypeError, ValueError
        Parts that are no states, of different neurons, or that have a feature of the same name.
    """

    parts: tuple[State, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        if not 2 <= len(self.parts) <= MOST_PARTS:
            raise ValueError(f"parts must be 2 to {MOST_PARTS} states, got {len(self.parts)}")
        for part in self.parts:
            if not isinstance(part, State) or isinstance(part, CombinedState):
                raise TypeError(f"parts must be liquid states, none combined, got {part!r}")
        if len({part.neurons for part in self.parts}) > 1:
            raise ValueError(f"parts must be of the same neurons, got {self.parts}")
        rows = self.rows
        names = Counter((rows[feature.row].name, feature.reading) for feature in self.features)
        (name, reading), times = names.most_common(1)[0]
        if times > 1:
            raise ValueError(
                f"parts must differ in their features, got {name!r} at {self.at[reading]:g} of the "
                f"duration {times} times"
            )

    @property
    def neurons(self) -> Neurons:
        """Those of all parts."""
        return self.parts[0].neurons

    @cached_property
    def at(self) -> tuple[float, ...]:  # type: ignore[override]
        """Reading times of all parts."""
        return tuple(sorted({time for part in self.parts for time in part.at}))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Rows of all parts."""
        return tuple(dict.fromkeys(row for part in self.parts for row in part.rows))

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Those of each part, by the numbers that its readings and rows have here."""
        number = {time: k for k, time in enumerate(self.at)}
        features = []
        for part in self.parts:
            readings = [number[time] for time in part.at]
            rows = [self.rows.index(row) for row in part.rows]
            features += [
                Feature(readings[k], rows[row], None if since is None else readings[since])
                for k, row, since in part.features
            ]
        return tuple(features)
