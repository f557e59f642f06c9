"""Ways to predict a series at every step, all with the same readout: liquids and their rivals.

A series is an array (steps,), its targets and predictions are arrays (steps, outputs).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin

from lsm import LSMSeriesRegressor
from readouts.blocks import errors_on, regression
from tasks.data import optional

Floats = NDArray[np.float64]

#: Steps at the start that train nothing: until what came before is forgotten.
WASHOUT = 200
#: Candidate strengths in units of the mean eigenvalue. From rounding errors on: a reservoir without
#: noise predicts a series without noise best with hardly any.
STRENGTHS: Floats = np.logspace(-14, 2, 33)
#: The last part of the training steps, by whose errors the strength is chosen.
HELD_OUT = 0.25


class HeldOutRidge(MultiOutputMixin, RegressorMixin, BaseEstimator):
    """Ridge regression, each output of the strength with the least error at the end of the series.

    It is then fitted on all. Rows are in the order of time.

    Attributes
    ----------
    strength_ : float array (outputs,)
        Of `STRENGTHS`.
    """

    def fit(self, X: Floats, y: Floats) -> Self:
        """Choose the strengths, then fit targets (steps,) or (steps, outputs) of all steps."""
        Y = y.reshape(len(y), -1)
        at_the_end = np.arange(len(X)) >= round(len(X) * (1 - HELD_OUT))
        errors = errors_on(at_the_end, X, Y, STRENGTHS)
        self.strength_ = STRENGTHS[np.argmin(errors, axis=0)]
        self.solution_ = regression(X, Y, len(X) * self.strength_)
        self.y_shape_ = y.shape[1:]
        return self

    def predict(self, X: Floats) -> Floats:
        """Predictions in the form of the targets."""
        return self.solution_(X).reshape(len(X), *self.y_shape_)


class Forecaster(ABC):
    """What predicts a series at every step, and goes on by itself."""

    @abstractmethod
    def fit(self, u: Floats, y: Floats) -> Self:
        """Learn targets (steps, outputs) of a series (steps,)."""

    @abstractmethod
    def predict(self, u: Floats) -> Floats:
        """Predictions (steps, outputs) after each step of a series."""

    @abstractmethod
    def go_on(self, past: Floats, n_steps: int) -> Floats:
        """Forecasts (starts, n_steps) that follow on a past (starts, steps), each from itself.

        For a forecaster that has learned the next value.
        """

    @property
    @abstractmethod
    def n_features(self) -> int:
        """Features that the readout sees; known once it is fitted."""


class Liquid(Forecaster):
    """A regressor on a liquid, with the readout that all have.

    Parameters
    ----------
    model : LSMSeriesRegressor
    """

    def __init__(self, model: LSMSeriesRegressor) -> None:
        self._model = model.set_params(readout=HeldOutRidge(), washout=WASHOUT)

    def fit(self, u: Floats, y: Floats) -> Self:
        """Fit the regressor to a series (steps,) and its targets (steps, outputs)."""
        self._model.fit(u[np.newaxis, np.newaxis], y.T[np.newaxis])
        return self

    def predict(self, u: Floats) -> Floats:
        """Predictions (steps, outputs) after each step of a series."""
        return np.asarray(self._model.predict(u[np.newaxis, np.newaxis]))[0].T

    def go_on(self, past: Floats, n_steps: int) -> Floats:
        """Forecasts (starts, n_steps) by :meth:`lsm.LSMSeriesRegressor.forecast`."""
        return np.asarray(self._model.forecast(past[:, np.newaxis], n_steps))[:, 0]

    @property
    def n_features(self) -> int:
        """Features of the liquid's states that the readout sees."""
        return int(self._model.readout_.solution_.coef.shape[1])


class Rival(Forecaster):
    """A readout on states that are made step by step, of a series that is standardised."""

    def fit(self, u: Floats, y: Floats) -> Self:
        """Fit the readout to the states of a series, after the washout."""
        self._mean, self._sd = u.mean(), u.std()
        self._bounds = 2 * u.min() - u.max(), 2 * u.max() - u.min()
        self._readout = HeldOutRidge().fit(self._states(self._scaled(u))[WASHOUT:], y[WASHOUT:])
        return self

    def predict(self, u: Floats) -> Floats:
        """Predictions (steps, outputs) after each step of a series."""
        return self._readout.predict(self._states(self._scaled(u)))

    def go_on(self, past: Floats, n_steps: int) -> Floats:
        """Forecasts (starts, n_steps), each value from those before it."""
        # What runs away is held a range of the training data above or below it.
        futures = np.empty((len(past), n_steps))
        for future, series in zip(futures, past, strict=True):
            state = self._states(self._scaled(series))[-1]
            for step in range(n_steps):
                predicted = self._readout.predict(state[np.newaxis])[0, 0]
                future[step] = np.clip(predicted, *self._bounds)
                state = self._next(self._scaled(future[step]))
        return futures

    @property
    def n_features(self) -> int:
        """Features of the states that the readout sees."""
        return int(self._readout.solution_.coef.shape[1])

    @abstractmethod
    def _states(self, u: Floats) -> Floats:
        """States (steps, features) after each step of a scaled series; the last one is kept."""

    @abstractmethod
    def _next(self, value: float) -> Floats:
        """State (features,) after one more step."""

    def _scaled(self, u: Any) -> Any:
        return (u - self._mean) / self._sd


class Lags(Rival):
    """A linear model on the last values, the present one included; before the first they are 0.

    Parameters
    ----------
    n_lags : int
    n_products : int
        Of so many of the last values all products of two are features too, their squares included.
    """

    def __init__(self, n_lags: int, *, n_products: int = 0) -> None:
        self._n_lags = n_lags
        self._pairs = np.triu_indices(n_products)

    def _states(self, u: Floats) -> Floats:
        before = np.concatenate([np.zeros(self._n_lags - 1), u])
        lags = np.lib.stride_tricks.sliding_window_view(before, self._n_lags)[:, ::-1]
        self._last = lags[-1]
        return self._features(lags)

    def _next(self, value: float) -> Floats:
        self._last = np.concatenate([[value], self._last[:-1]])
        return self._features(self._last[np.newaxis])[0]

    def _features(self, lags: Floats) -> Floats:
        first, second = self._pairs
        return np.hstack([lags, lags[:, first] * lags[:, second]])


class RandomUnits(Lags):
    """Hyperbolic tangents of random sums of the last values: delays and nothing that comes back.

    An extreme learning machine (Huang, Zhu & Siew 2006, Neurocomputing 70:489): weights are normal
    with variance 1 / `n_lags`, biases normal with variance 1.

    Parameters
    ----------
    n_units, n_lags : int
    random_state : int
    """

    def __init__(self, n_units: int, n_lags: int, *, random_state: int) -> None:
        super().__init__(n_lags)
        rng = np.random.default_rng(random_state)
        self._weights = rng.normal(size=(n_lags, n_units)) / np.sqrt(n_lags)
        self._biases = rng.normal(size=n_units)

    def _features(self, lags: Floats) -> Floats:
        return np.tanh(lags @ self._weights + self._biases)


class EchoStateNetwork(Rival):
    """reservoirpy's echo state network.

    Parameters
    ----------
    units : int
    random_state : int
    **options
        As ``reservoirpy.nodes.Reservoir`` has them.

    Raises
    ------
    ImportError
        Without reservoirpy.
    """

    def __init__(self, units: int, *, random_state: int, **options: Any) -> None:
        nodes = optional("reservoirpy.nodes", "series")
        self._network = nodes.Reservoir(units, seed=random_state, **options)

    def _states(self, u: Floats) -> Floats:
        if self._network.initialized:
            self._network.reset()  # A run goes on where the last one ended.
        return np.asarray(self._network.run(u[:, np.newaxis]))

    def _next(self, value: float) -> Floats:
        return np.asarray(self._network.step(np.array([value])))
