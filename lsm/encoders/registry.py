"""Encoders by name."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from lsm.base.checks import nearest
from lsm.encoders.base import Encoder
from lsm.encoders.bens_spiker import BensSpiker
from lsm.encoders.integrate import GaussianPopulation, IntegrateAndFire
from lsm.encoders.rate import Latency, PoissonRate
from lsm.encoders.signed import SignMagnitude
from lsm.encoders.threshold import LevelCrossing, StepForward
from lsm.signals import Signals

#: Name -> encoder, which takes its defaults.
ENCODERS: dict[str, type[Encoder]] = {
    "poisson": PoissonRate,
    "latency": Latency,
    "step-forward": StepForward,
    "level-crossing": LevelCrossing,
    "integrate-and-fire": IntegrateAndFire,
    "bens-spiker": BensSpiker,
    "gaussian-population": GaussianPopulation,
    "sign-magnitude": SignMagnitude,
}


def make_encoder(encoder: str | Any = "integrate-and-fire") -> Any:
    """Make a new, unfitted encoder.

    Parameters
    ----------
    encoder : str or transformer
        A name in `ENCODERS`, or a transformer from signals to SpikeTrains (an `Encoder`, or a
        pipeline that ends in one), which is cloned.

    Returns
    -------
    transformer
        Unfitted, with ``fit(X)`` and ``transform(X)``.

    Raises
    ------
    ValueError
        The name is unknown.
    TypeError
        Neither a name nor a transformer.
    """
    if isinstance(encoder, str):
        if encoder not in ENCODERS:
            raise ValueError(
                f"encoder must be one of {', '.join(map(repr, ENCODERS))} or a transformer, "
                f"got {encoder!r}; did you mean {nearest(encoder, ENCODERS)!r}?"
            )
        return ENCODERS[encoder]()
    if isinstance(encoder, type) or not (hasattr(encoder, "fit") and hasattr(encoder, "transform")):
        raise TypeError(
            f"encoder must be a name or a transformer with fit and transform, got {encoder!r}"
        )
    return clone(encoder)


def default_encoder(signals: Signals) -> IntegrateAndFire:
    """The encoder of signals where none is chosen: above and below the mean, rise and fall.

    A step lasts so many whole milliseconds, 1 to 50, that the median signal lasts about 400 ms, in
    which a liquid's memory of some tens of milliseconds covers a part of it. A standard deviation
    is 1000 Hz, or less where channels are many, so that all together fire about 20 times a
    millisecond at most.

    Parameters
    ----------
    signals : list of array (channels, steps)
        Training data.
    """
    steps = np.median([signal.shape[1] for signal in signals])
    step_ms = float(np.clip(np.rint(400 / steps), 1, 50))
    rate_Hz = min(1000.0, 20_000 / len(signals[0]))
    return IntegrateAndFire(rate_Hz=rate_Hz, slopes=True, step_ms=step_ms)
