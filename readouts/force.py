"""Recursive least squares: the readout of FORCE learning.

With ``r`` the states, ``z = w' r`` the outputs and ``d`` what they should be, a row does

    c = P r,    e = z - d,
    w <- w - c e' / (lambda + r'c),
    P <- (P - c c' / (lambda + r'c)) / lambda

(Haykin, Adaptive Filter Theory; for lambda = 1 Sussillo & Abbott 2009, Neuron 63:544).
:func:`recursive_least_squares` does it to plain arrays, for a simulation that feeds ``z`` back;
`ForceReadout` is the same as an estimator.
"""

from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import solve_triangular
from scipy.linalg.blas import dger
from sklearn.utils._param_validation import Interval, StrOptions

from readouts.online import DivergenceError, Floats, OnlineReadout

Gain = Literal["textbook", "nicola-clopath"]

# Rows whose changes of P are done in one pass over it: P is large, and reading it is what costs.
_BLOCK = 32


def recursive_least_squares(
    P: Floats,
    weights: Floats,
    rows: Floats,
    targets: Floats,
    *,
    gain: Gain = "textbook",
    forgetting: float = 1.0,
) -> Floats:
    """Learn from rows one after another; P and weights change in place.

    Parameters
    ----------
    P : float array (features, features)
        Symmetric, such as ``np.eye(n) / alpha`` at the start. It stays symmetric to the last bit.
    weights : float array (features, outputs)
    rows, targets : float array (rows, features), (rows, outputs)
        A closed loop gives one row at a time.
    gain, forgetting
        As `ForceReadout` has them.

    Returns
    -------
    float array (rows, outputs)
        Errors ``z - d`` of each row before it was learned.

    Raises
    ------
    DivergenceError
        P is not finite or has lost its positive diagonal, or the weights are not finite. Both
        arrays are as the rows before have left them.
    """
    errors = np.empty(targets.shape)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        try:
            errors[block] = _learn(P, weights, rows[block], targets[block], gain, forgetting)
        except np.linalg.LinAlgError:
            # P is indefinite in this block: row by row, to the row at which it shows.
            for k in range(start, min(start + _BLOCK, len(rows))):
                row = slice(k, k + 1)
                try:
                    errors[row] = _learn(P, weights, rows[row], targets[row], gain, forgetting)
                except _DivergingError as error:
                    what, why = error.args
                    raise DivergenceError(what, why, k) from None
    return errors


#: Numbers that a kernel of BLAS takes at once, at most.
_VECTORS = 64


class _DivergingError(np.linalg.LinAlgError):
    """The quantity that diverges, and why; several rows may meet Cholesky's own error instead."""


def _learn(
    P: Floats, weights: Floats, rows: Floats, targets: Floats, gain: Gain, forgetting: float
) -> Floats:
    """Learn from some rows, or raise LinAlgError and change nothing.

    The rows' changes of P sum to ``U U'``, where the columns of U are those of ``P R'`` made
    orthogonal in P's own metric: a Cholesky factor L of ``R P R' + diag(lambda^1, lambda^2, ...)``
    does that (Woodbury's identity). Of row i, L and U hold ``L_ii^2 = lambda^i (lambda + r'c)`` and
    ``U_i = lambda^i c / L_ii``.
    """
    k = np.arange(len(rows))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        columns = P @ rows.T
        inner = rows @ columns
        # Of a single row Cholesky would let a negative r'Pr pass where it is above -lambda.
        if not (np.isfinite(inner).all() and (inner.diagonal() >= 0).all()):
            raise _DivergingError("P", "r'Pr is not finite or is negative")
        L = np.linalg.cholesky(inner + np.diag(forgetting ** (k + 1.0)))
        U = solve_triangular(L, columns.T, lower=True).T
        scale = forgetting ** len(rows)
        diagonal = (P.diagonal() - (U**2).sum(axis=1)) / scale
        if not (np.isfinite(diagonal).all() and (diagonal >= 0).all()):
            raise _DivergingError("P", "its diagonal is not finite or is negative")

        learned, errors = weights.copy(), np.empty(targets.shape)
        pivots = L.diagonal()
        step = U * (1 / pivots if gain == "textbook" else pivots / forgetting**k)
        for i, row in enumerate(rows):
            errors[i] = row @ learned - targets[i]
            learned -= np.outer(step[:, i], errors[i])
    if not np.isfinite(learned).all():
        raise _DivergingError("weights", "they are not finite")
    if U.shape[1] == 1 and P.flags.c_contiguous:
        # In place, which is several times as fast; P' is P, in the order that BLAS wants.
        dger(-1.0, U[:, 0], U[:, 0], a=P.T, overwrite_a=True)
        _mirror_end(P)
    else:
        P -= U @ U.T
    if forgetting != 1:
        P /= scale
    weights[...] = learned
    return errors


def _mirror_end(P: Floats) -> None:
    """Make P symmetric again: some of BLAS's kernels round the rest of a column, where no whole
    vector is left, otherwise (OpenBLAS 0.3.30 for Haswell)."""
    end = len(P) - len(P) % _VECTORS
    P[:end, end:] = P[end:, :end].T
    corner = P[end:, end:]
    corner[...] = np.tril(corner) + np.tril(corner, -1).T


class ForceReadout(OnlineReadout):
    """Recursive least squares: ridge regression that has learned from each row once it has come.

    After any rows, the textbook gain leaves the weights that minimise

        sum_i lambda^(n-i) ||d_i - w' r_i||^2 + lambda^n alpha ||w||^2,

    where n is the number of rows: ridge regression of strength alpha, whose prior fades together
    with old rows.

    Parameters
    ----------
    alpha : float
        Strength of the regularisation: P starts as ``I / alpha``, as Sussillo & Abbott have it, and
        scikit-learn's ridge means the same by it. It is the inverse of the "alpha" of Nicola &
        Clopath's and Newton & Nicola's programs, whose P starts as ``alpha I`` and who call it the
        learning rate.
    gain : {"textbook", "nicola-clopath"}
        The second leaves the division by ``lambda + r'Pr`` out of the change of the weights, as the
        program of Nicola & Clopath 2017 does (ModelDB 190565). That is the same where ``r'Pr`` is
        small, and oversteps where it is not: above 2 a row's error grows by being learned.
    forgetting : float
        lambda in (0, 1]: a row's weight after each further row. Without rows that excite a
        direction, P grows there like ``lambda^-n``, until it diverges.

    Attributes
    ----------
    weights_ : float array (n_features, n_outputs)
    P_ : float array (n_features, n_features)
        The inverse of ``sum_i lambda^(n-i) r_i r_i' + lambda^n alpha I``.
    coef_ : float array (n_features,), or (n_outputs, n_features) where y has two dimensions
    n_features_in_ : int
    """

    LEARNED: ClassVar[dict[str, tuple[str, ...]]] = {"P_": ("features", "features")}
    RULE: ClassVar[str | None] = "lsm.simulation.loop.least_squares:LeastSquares"

    P_: Floats
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "gain": [StrOptions({"textbook", "nicola-clopath"})],
        "forgetting": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self, alpha: float = 1.0, *, gain: Gain = "textbook", forgetting: float = 1.0
    ) -> None:
        self.alpha = alpha
        self.gain = gain
        self.forgetting = forgetting

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Forget everything, then learn as `partial_fit` does."""
        return self.reset().partial_fit(X, y)

    def partial_fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from more rows, in their order.

        Parameters
        ----------
        X : array (n_samples, n_features)
            Liquid states.
        y : array (n_samples,) or (n_samples, n_outputs)
            Targets.

        Raises
        ------
        ValueError, TypeError
            Not finite, shapes that don't match or are others than before, parameters without a
            possible value.
        DivergenceError
            P has diverged; what was learned before that row is kept.
        """
        rows, targets = self._rows(X, y)
        recursive_least_squares(
            self.P_, self.weights_, rows, targets, gain=self.gain, forgetting=self.forgetting
        )
        return self

    def reset(self, *, keep_weights: bool = False) -> Self:
        """Forget everything; or put P alone back to its start, and learn fast what comes next."""
        if not keep_weights:
            super().reset()
        elif hasattr(self, "P_"):
            self._start(len(self.P_))
        return self

    def _start(self, n_features: int) -> None:
        self.P_ = np.eye(n_features) / self.alpha
