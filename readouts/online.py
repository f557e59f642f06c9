"""What the readouts that learn row by row share: input, weights and what they predict."""

import math
from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from readouts.scale import LARGEST, refuse_scale

Floats = NDArray[np.float64]


class DivergenceError(ArithmeticError):
    """Learning ran away.

    Attributes
    ----------
    what : {"P", "weights"}
        What did.
    row : int
        The row of the call that was too much; what was learned from the rows before it is kept.
    """

    def __init__(self, what: str, why: str, row: int) -> None:
        super().__init__(
            f"{what} diverged: {why} in row {row}; what was learned before that row is kept"
        )
        self.what, self.row = what, row


class OnlineReadout(MultiOutputMixin, RegressorMixin, BaseEstimator, ABC):
    """A linear map ``y = weights_' r`` that learns from one row after another, in their order.

    There is no intercept, as there is none in a closed loop: give a constant feature for one.
    """

    #: What a kind of readout learns beside `weights_`: attributes, and what each of their axes
    #: counts, "features" or "outputs". Files hold these and no others.
    LEARNED: ClassVar[dict[str, tuple[str, ...]]] = {}
    #: Whether it learns by an attention gate too, which a closed loop then passes on.
    GATED: ClassVar[bool] = False
    #: The rule by which a closed loop does what `partial_fit` does, ``package.module:Class``: a
    #: subclass of ``lsm.simulation.loop.Rule``. None of a readout that is for other uses only.
    RULE: ClassVar[str | None] = None

    weights_: Floats
    _y_shape: tuple[int, ...]

    @property
    def coef_(self) -> Floats:
        """Weights as scikit-learn has them, (outputs, features), or (features,) where y has one
        dimension."""
        return self.weights_.T if self._y_shape else self.weights_[:, 0]

    def predict(self, X: ArrayLike) -> Floats:
        """Predicted targets, (n_samples,) or (n_samples, n_outputs) as y was."""
        check_is_fitted(self)
        states: Floats = validate_data(self, X, dtype=np.float64, reset=False)
        outputs = states @ self.weights_
        return outputs if self._y_shape else outputs[:, 0]

    def reset(self) -> Self:
        """Forget everything."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)
        return self

    def start(self, n_features: int, n_outputs: int) -> Self:
        """Forget everything and be as before the first row, whose shapes these will be.

        For whoever goes on with the attributes, such as a closed loop.

        Raises
        ------
        ValueError
            Parameters without a possible value.
        """
        self._validate_params()
        self.reset()
        self.n_features_in_ = n_features
        self._begin(n_features, (n_outputs,))
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "weights_")

    def _rows(self, X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Checked rows (samples, features), (samples, outputs); the first ones make the state."""
        self._validate_params()
        first = not hasattr(self, "weights_")
        states, targets = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=first
        )
        targets = np.asarray(targets, dtype=np.float64)
        # Small rows are near silence, and exact; of large ones the squares are no numbers.
        if (largest := max(states.max(), -states.min())) > LARGEST:
            refuse_scale(largest, "X")
        if first:
            self._begin(states.shape[1], targets.shape[1:])
        elif targets.shape[1:] != self._y_shape:
            raise ValueError(
                f"y has shape {targets.shape}, but {type(self).__name__} is expecting "
                f"{(len(targets), *self._y_shape)}, as before"
            )
        return states, targets.reshape(len(targets), -1)

    def _begin(self, n_features: int, y_shape: tuple[int, ...]) -> None:
        self._y_shape = y_shape
        self.weights_ = np.zeros((n_features, math.prod(y_shape)))
        self._start(n_features)

    @abstractmethod
    def _start(self, n_features: int) -> None:
        """Make the state that goes with the weights."""
