"""What comes out of a training: a network and a learning curve."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.learning.checkpoint import Progress
from lsm.learning.network import Network
from lsm.learning.readout import LeakyReadout
from lsm.reservoir import Reservoir


@short_repr
@dataclass(frozen=True)
class LearningCurve:
    """What a training went through.

    Attributes
    ----------
    losses, errors : arrays (iterations,)
        Mean loss of each batch before its update, and share of its classes that were wrong (of
        outputs: the root of the mean square error by the deviation of all targets).
    rates_Hz : array (iterations,)
        Mean firing rate.
    validated : int array (validations,)
        After how many iterations the part that was held out was looked at.
    validation_losses, validation_errors : arrays (validations,)
    """

    losses: NDArray[np.float64]
    errors: NDArray[np.float64]
    rates_Hz: NDArray[np.float64]
    validated: NDArray[np.int64]
    validation_losses: NDArray[np.float64]
    validation_errors: NDArray[np.float64]

    @classmethod
    def of(cls, progress: Progress) -> LearningCurve:
        """The curve of a training that has come so far."""
        return cls(**{field.name: np.array(getattr(progress, field.name)) for field in fields(cls)})


@short_repr
@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes
    ----------
    network : Network
        With the weights that were best on the part held out, or the last ones without one.
    curve : LearningCurve
    stopped : {"iterations", "goal", "patience", "diverged"}
        Why training ended: all iterations done, the goal reached, no better loss for long, or a
        loss or weight that was no number; the weights are then the last ones whose loss was one.
    progress : Progress
        To go on from.
    """

    network: Network
    curve: LearningCurve
    stopped: str
    progress: Progress

    @property
    def reservoir(self) -> Reservoir:
        """The trained reservoir."""
        return self.network.reservoir

    @property
    def readout(self) -> LeakyReadout:
        """The trained readout."""
        return self.network.readout
