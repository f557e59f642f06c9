"""What liquids are worth for a family of tasks: members that they have not met."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from evolution.judge import Judge
from evolution.racing import Indices, race
from lsm.base.checks import positive_int
from lsm.reservoir import Reservoir


class Family:
    """Scores reservoirs on several tasks of a family, with a readout trained anew for each.

    Parameters
    ----------
    member : callable
        ``member(number)`` gives the :class:`Judge` of a task of the family, always the same one for
        the same number, such as one with templates of its own.
    members : int
        How many of them are met, from 0 on.

    Raises
    ------
    ValueError
        Fewer members than one.
    """

    def __init__(self, member: Callable[[int], Judge], members: int) -> None:
        self._member, self._members = member, positive_int(members, "members")

    def fitness(self, reservoirs: Sequence[Reservoir]) -> NDArray[np.float64]:
        """Fitness, averaged over members, of which promising reservoirs meet more.

        :func:`evolution.racing.race` says how many.
        """

        def look(number: int, chosen: Indices) -> NDArray[np.float64]:
            return self._member(number).fitness([reservoirs[k] for k in chosen])

        return race(len(reservoirs), look, looks=self._members)

    def test(self, reservoirs: Sequence[Reservoir]) -> NDArray[np.float64]:
        """Test accuracy, averaged over all members."""
        scores = [self._member(number).test(reservoirs) for number in range(self._members)]
        return np.asarray(np.mean(scores, axis=0))
