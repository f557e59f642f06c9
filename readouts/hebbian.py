"""A three-factor rule: Hebbian learning, modulated by the error and gated by attention.

    dw_kj = eta g(t) (y*_k - y_k) e_j,    e' = -e / tau_e + r

A synapse's eligibility e_j remembers that its neuron was active; the error of the output says in
which direction to change it, and the gate g whether to. Without a memory and with the gate open
this is the LMS rule (Widrow & Hoff 1960). The form is ours, after what Yamada & Chao (arXiv
2510.14382) say of theirs, whose equations were not at hand.
"""

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils._param_validation import Interval

from readouts.online import DivergenceError, Floats, OnlineReadout

#: Squared length up to which a trace counts as one of zeros, where lengths are divided by.
SILENCE = 1e-250


def three_factor(
    weights: Floats,
    trace: Floats,
    rows: Floats,
    targets: Floats,
    gate: Floats,
    *,
    learning_rate: float,
    trace_decay: float = 0.0,
    normalize: bool = False,
) -> Floats:
    """Learn from rows one after another; weights and trace change in place.

    Parameters
    ----------
    weights : float array (features, outputs)
    trace : float array (features,)
        Eligibility, 0 at the start.
    rows, targets : float array (rows, features), (rows, outputs)
        A closed loop gives one row at a time.
    gate : float array (rows,)
    learning_rate, trace_decay, normalize
        As `ThreeFactorReadout` has them.

    Returns
    -------
    float array (rows, outputs)
        Errors ``y* - y`` of each row before it was learned.

    Raises
    ------
    DivergenceError
        The weights are not finite. Both arrays are as the rows before have left them.
    """
    errors = np.empty(targets.shape)
    for i, row in enumerate(rows):
        with np.errstate(over="ignore", invalid="ignore"):
            eligible = trace_decay * trace + row
            errors[i] = targets[i] - row @ weights
            rate = learning_rate * gate[i]
            if normalize:
                length = eligible @ eligible
                # A row of zeros changes nothing, and is no reason to divide by zero.
                rate = rate / length if length > SILENCE else 0.0
            learned = weights + np.outer(eligible, rate * errors[i])
        if not np.isfinite(learned).all():
            raise DivergenceError("weights", "learning_rate is too large", i)
        weights[...], trace[...] = learned, eligible
    return errors


class ThreeFactorReadout(OnlineReadout):
    """Error-modulated Hebbian learning with an eligibility trace and an attention gate.

    **Consolidation.** With `consolidation` below 1, what a trial changes is labile: outputs follow
    it at once, but only this share of it outlasts the trial, when `consolidate` moves it into the
    slow weights and lets go of the rest. Within a trial such a readout adapts as fast as any, and
    over trials it averages, which is what an outcome's probability takes. A readout of timing that
    learns online (``consolidation=1``) beside a readout of identity that consolidates between
    trials is our form, after Yamada & Chao, of what their abstract calls online learning of timing
    and offline consolidation of identity.

    Parameters
    ----------
    learning_rate : float
        eta. Normalised, the share of a row's error that learning it takes away (where there is no
        memory and the gate is 1); stable below 2. Otherwise stable below ``2 / ||r||^2``.
    normalize : bool
        Divide by the trace's squared length: the normalised LMS rule.
    trace_decay : float
        What is left of the trace at the next row, in [0, 1): ``exp(-dt / tau_e)``; 0 is no memory.
    consolidation : float
        Share in (0, 1] of a trial's change that `consolidate` makes last.

    Attributes
    ----------
    weights_ : float array (n_features, n_outputs)
        What outputs are made with.
    slow_weights_ : float array (n_features, n_outputs)
        What outlasted the trials so far.
    trace_ : float array (n_features,)
    coef_ : float array (n_features,), or (n_outputs, n_features) where y has two dimensions
    n_features_in_ : int
    """

    LEARNED: ClassVar[dict[str, tuple[str, ...]]] = {
        "slow_weights_": ("features", "outputs"),
        "trace_": ("features",),
    }
    GATED: ClassVar[bool] = True
    RULE: ClassVar[str | None] = "lsm.simulation.loop.three_factor:ThreeFactor"

    slow_weights_: Floats
    trace_: Floats
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "normalize": ["boolean"],
        "trace_decay": [Interval(Real, 0, 1, closed="left")],
        "consolidation": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self,
        learning_rate: float = 0.1,
        *,
        normalize: bool = True,
        trace_decay: float = 0.0,
        consolidation: float = 1.0,
    ) -> None:
        self.learning_rate = learning_rate
        self.normalize = normalize
        self.trace_decay = trace_decay
        self.consolidation = consolidation

    def fit(self, X: ArrayLike, y: ArrayLike, gate: ArrayLike | None = None) -> Self:
        """Forget everything, then learn as `partial_fit` does: each row once."""
        return self.reset().partial_fit(X, y, gate)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, gate: ArrayLike | None = None) -> Self:
        """Learn from more rows, in their order; the trace goes on from the last call.

        Parameters
        ----------
        X : array (n_samples, n_features)
            Liquid states.
        y : array (n_samples,) or (n_samples, n_outputs)
            Targets.
        gate : array (n_samples,), optional
            Attention, not below 0; 1 by default. Where it is 0 nothing is learned, and the trace
            goes on.

        Raises
        ------
        ValueError, TypeError
            Not finite, shapes that don't match or are others than before, a gate below 0,
            parameters without a possible value.
        DivergenceError
            The weights ran away; what was learned before that row is kept.
        """
        opened = None if gate is None else _checked_gate(X, gate)
        rows, targets = self._rows(X, y)
        three_factor(
            self.weights_,
            self.trace_,
            rows,
            targets,
            np.ones(len(rows)) if opened is None else opened,
            learning_rate=self.learning_rate,
            trace_decay=self.trace_decay,
            normalize=self.normalize,
        )
        return self

    def consolidate(self) -> Self:
        """End a trial: keep the share `consolidation` of what it changed, and clear the trace."""
        if hasattr(self, "weights_"):
            self.slow_weights_ += self.consolidation * (self.weights_ - self.slow_weights_)
            self.weights_[...] = self.slow_weights_
            self.trace_[...] = 0
        return self

    def _start(self, n_features: int) -> None:
        self.slow_weights_ = np.zeros_like(self.weights_)
        self.trace_ = np.zeros(n_features)


def _checked_gate(X: ArrayLike, gate: ArrayLike) -> Floats:
    opened: Floats = check_array(gate, ensure_2d=False, dtype=np.float64, input_name="gate")
    if opened.ndim != 1:
        raise ValueError(f"gate must have one dimension, (n_samples,); got shape {opened.shape}")
    check_consistent_length(X, opened)
    if (opened < 0).any():
        raise ValueError(f"gate must not be below 0, got {opened.min():g}")
    return opened
