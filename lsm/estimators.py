"""A liquid with a readout on its states, as a scikit-learn classifier."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.simulation.programs import Target, resolve_target
from lsm.spikes import SpikeTrains
from lsm.states import State
from readouts import make_readout


class LSMClassifier(ClassifierMixin, BaseEstimator):
    """Classify spike trains by a linear readout of a fixed liquid's states.

    Parameters
    ----------
    reservoir : Reservoir or int, default=100
        The liquid, or the number of neurons of one that is drawn when fitted.
    state : str or State, default="counts"
        What the readout sees (:mod:`lsm.states`).
    readout : str or estimator, default="ridge"
        ``"ridge"``, ``"logistic"``, ``"perceptron"`` or any scikit-learn classifier, which is
        cloned.
    dt_ms : float, default=1.0
        Time step.
    target : {"auto", "cpp", "numpy"}, default="auto"
        As :func:`lsm.simulate` has it; what ``auto`` means is settled by ``fit``.
    random_state : int, Generator or None
        Draws the reservoir, where it is given as a number.
    n_jobs : int, optional
        Processes at a time.

    Attributes
    ----------
    reservoir_ : Reservoir
    readout_ : estimator
        Fitted on the training samples' states.
    target_ : {"cpp", "numpy"}
    classes_ : array (classes,)
    n_features_in_ : int
        Number of input channels.
    """

    def __init__(
        self,
        reservoir: Reservoir | int = 100,
        *,
        state: str | State = "counts",
        readout: Any = "ridge",
        dt_ms: float = 1.0,
        target: Target = "auto",
        random_state: int | np.random.Generator | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.reservoir = reservoir
        self.state = state
        self.readout = readout
        self.dt_ms = dt_ms
        self.target = target
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: SpikeTrains, y: ArrayLike) -> LSMClassifier:
        """Simulate the samples and fit the readout on their states.

        Parameters
        ----------
        X : SpikeTrains (samples, channels)
        y : array (samples,)

        Raises
        ------
        TypeError, ValueError
            X is not SpikeTrains, y has another length, or a parameter doesn't fit.
        """
        _check_spikes(X)
        y = np.asarray(y)
        if y.shape != (len(X),):
            raise ValueError(f"y must have shape ({len(X)},), one label a sample; got {y.shape}")
        readout = make_readout(self.readout)
        if isinstance(self.reservoir, Reservoir):
            self.reservoir_ = self.reservoir
        elif isinstance(self.reservoir, Integral) and self.reservoir >= 1:
            self.reservoir_ = Reservoir.random(int(self.reservoir), random_state=self.random_state)
        else:
            raise TypeError(
                "reservoir must be a Reservoir or a number of neurons from 1 on, "
                f"got {self.reservoir!r}"
            )
        self.target_ = resolve_target(self.target)
        self.n_features_in_ = X.n_channels
        states = self._states(X)
        if not states.any():
            warnings.warn(
                f"no neuron of {self.reservoir_!r} fires in any of the samples: the readout can "
                "only guess; a liquid needs stronger inputs or lower thresholds",
                stacklevel=2,
            )
        self.readout_ = readout.fit(states, y)
        self.classes_ = self.readout_.classes_
        return self

    def predict(self, X: SpikeTrains) -> NDArray[Any]:
        """Labels (samples,) of spike trains.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            X is not SpikeTrains, or has another number of channels than in ``fit``.
        """
        check_is_fitted(self)
        _check_spikes(X)
        if X.n_channels != self.n_features_in_:
            raise ValueError(
                f"X has {X.n_channels} channels, but LSMClassifier is expecting "
                f"{self.n_features_in_} channels as input"
            )
        return np.asarray(self.readout_.predict(self._states(X)))

    def _states(self, X: SpikeTrains) -> NDArray[np.float64]:
        states = simulate(
            self.reservoir_,
            X,
            state=self.state,
            dt_ms=self.dt_ms,
            target=self.target_,
            n_jobs=self.n_jobs,
        )
        return states[0].astype(np.float64)


def _check_spikes(X: SpikeTrains) -> None:
    if not isinstance(X, SpikeTrains):
        raise TypeError(f"X must be SpikeTrains, got {type(X).__name__}")
