"""Leaky readouts, and losses of what they give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int, whole
from lsm.base.reprs import short_repr
from lsm.learning.events import Events

Loss = Literal["cross_entropy", "squared_error"]


@short_repr
@dataclass(frozen=True, eq=False)
class LeakyReadout:
    """Outputs that follow spikes, ``y^t = kappa y^(t-1) + (1 - kappa) W s^t``.

    Bellec et al. 2020, Nature Communications 11:3625, equation 11, without a bias.

    Parameters
    ----------
    weights : array (outputs, neurons)
    tau_ms : float
        kappa = exp(-dt / tau).
    """

    weights: NDArray[np.float64]
    tau_ms: float = 20.0

    def __post_init__(self) -> None:
        weights = np.array(self.weights, dtype=np.float64)
        if weights.ndim != 2 or not np.all(np.isfinite(weights)):
            raise ValueError(f"weights must be a finite matrix, got the shape {weights.shape}")
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "tau_ms", positive(self.tau_ms, "tau_ms"))

    @classmethod
    def random(
        cls,
        n_outputs: int,
        n_neurons: int,
        *,
        tau_ms: float = 20.0,
        random_state: int | np.random.Generator | None = None,
    ) -> LeakyReadout:
        """Weights drawn from N(0, 1 / neurons)."""
        shape = positive_int(n_outputs, "n_outputs"), positive_int(n_neurons, "n_neurons")
        rng = np.random.default_rng(random_state)
        return cls(rng.normal(0, 1 / np.sqrt(n_neurons), shape), tau_ms)

    def with_weights(self, weights: NDArray[np.float64]) -> LeakyReadout:
        """The same with other weights."""
        return replace(self, weights=weights)

    def outputs(self, spikes: Events, dt_ms: float) -> NDArray[np.float64]:
        """Outputs after each step, (steps, samples, outputs)."""
        return self._follow(spikes.weighted(self.weights), dt_ms)

    def back(self, errors: NDArray[np.float64], dt_ms: float) -> NDArray[np.float64]:
        """Errors filtered back in time: what one more unit of ``W s^t`` adds to the loss."""
        return self._follow(errors[::-1], dt_ms)[::-1]

    def _follow(self, values: NDArray[np.float64], dt_ms: float) -> NDArray[np.float64]:
        kappa = np.exp(-positive(dt_ms, "dt_ms") / self.tau_ms)
        followed = (1 - kappa) * values
        for t in range(1, len(followed)):
            followed[t] += kappa * followed[t - 1]
        return followed


def window(n_steps: NDArray[np.int64], window_ms: float | None, dt_ms: float) -> NDArray[np.bool_]:
    """The last part of each sample, (steps, samples); all of it without a `window_ms`."""
    step, length = np.arange(n_steps.max())[:, None], n_steps
    if window_ms is not None:
        length = np.minimum(length, max(1, round(window_ms / dt_ms)))
    return (step < n_steps) & (step >= n_steps - length)


def check_loss(loss: object) -> None:
    """Raise ValueError for what is no loss."""
    if loss not in get_args(Loss):
        raise ValueError(f"loss must be one of {', '.join(get_args(Loss))}, got {loss!r}")


@short_repr
@dataclass(frozen=True)
class Targets:
    """What a batch's outputs are to be.

    Parameters
    ----------
    values : int array (samples,), or array (samples, steps, outputs)
        Classes, or the outputs of every step, NaN where none is asked for.
    loss : {"cross_entropy", "squared_error"}
        Of classes, by the softmax of the outputs; of outputs, half of the sum of squares.
    window_ms : float, optional
        The last part of each sample, over which the loss is averaged; all of it by default.

    Raises
    ------
    ValueError, TypeError
        Another loss, classes that aren't 0, 1, 2, ..., outputs that are neither finite nor NaN.
    """

    values: NDArray[Any]
    loss: Loss = "cross_entropy"
    window_ms: float | None = None

    def __post_init__(self) -> None:
        check_loss(self.loss)
        if self.window_ms is not None:
            object.__setattr__(self, "window_ms", positive(self.window_ms, "window_ms"))
        if self.loss == "cross_entropy":
            values = whole(self.values, "targets")
            if values.ndim != 1 or values.min(initial=0) < 0:
                raise ValueError(
                    "targets must be classes 0, 1, 2, ..., one a sample, got an array of shape "
                    f"{values.shape} with {values.min(initial=0)} in it"
                )
        else:
            values = np.asarray(self.values, dtype=np.float64)
            valid = values.ndim == 3 and not np.isinf(values).any()
            if not valid or np.isnan(values).all(axis=(1, 2)).any():
                raise ValueError(
                    "targets must be finite and have the shape (samples, steps, outputs), got the "
                    f"shape {values.shape}; some of a sample's steps may be NaN"
                )
        object.__setattr__(self, "values", values)

    def check(self, n_steps: NDArray[np.int64], n_outputs: int | None = None) -> None:
        """Raise ValueError where these targets don't fit samples or outputs.

        Parameters
        ----------
        n_steps : int array (samples,)
            Steps of each sample.
        n_outputs : int, optional
            Of the readout; by default one for each class, of all of which there must be samples.
        """
        if len(self.values) != len(n_steps):
            raise ValueError(
                f"targets must be {len(n_steps)}, one a sample, got {len(self.values)}"
            )
        if self.loss == "squared_error" and self.values.shape[1] < n_steps.max():
            raise ValueError(
                f"targets must have {n_steps.max()} steps, as the longest sample, got "
                f"{self.values.shape[1]}"
            )
        if n_outputs is None and self.loss == "cross_entropy":
            present = np.unique(self.values)
            missing = np.flatnonzero(present != np.arange(len(present)))
            if len(missing):
                raise ValueError(f"targets: no sample is of class {missing[0]}")
        most = self.n_outputs if n_outputs is None else n_outputs
        if self.n_outputs > most or (self.loss == "squared_error" and self.n_outputs != most):
            raise ValueError(f"targets ask for {self.n_outputs} outputs, the readout has {most}")

    @property
    def n_outputs(self) -> int:
        """How many outputs they take."""
        if self.loss == "cross_entropy":
            return int(self.values.max(initial=0)) + 1
        return int(self.values.shape[2])

    def __getitem__(self, samples: Any) -> Targets:
        return replace(self, values=self.values[samples])

    def compare(
        self, outputs: NDArray[np.float64], n_steps: NDArray[np.int64], dt_ms: float
    ) -> Comparison:
        """Losses of outputs (steps, samples, outputs), and their gradients."""
        within = window(n_steps, self.window_ms, positive(dt_ms, "dt_ms"))
        if self.loss == "squared_error":
            within &= ~np.isnan(self.values[:, : len(outputs)]).any(axis=2).T
        length = np.maximum(1, within.sum(axis=0))
        counted = slice(int(within.any(axis=1).argmax()), len(outputs))
        weights = within[counted] / length
        errors = np.zeros(outputs.shape)
        if self.loss == "cross_entropy":
            losses, errors[counted] = _cross_entropy(outputs[counted], self.values)
        else:
            wanted = self.values[:, counted].swapaxes(0, 1)
            losses, errors[counted] = _squared_error(outputs[counted], wanted)
        errors[counted] *= weights[..., None]
        return Comparison(
            np.sum(weights * losses, axis=0),
            errors,
            np.einsum("tb,tbk->bk", weights, outputs[counted]),
            length,
        )

    def error(self, comparison: Comparison) -> float:
        """How wrong outputs are: the share of samples whose largest score is another class's, or
        the root of the mean square error by the deviation of the targets."""
        if self.loss == "cross_entropy":
            return float(np.mean(comparison.scores.argmax(axis=1) != self.values))
        variance = np.nanvar(self.values, axis=(0, 1)).sum()
        return float(np.sqrt(2 * comparison.losses.mean() / variance))


@short_repr
@dataclass(frozen=True)
class Comparison:
    """How outputs compare with targets.

    Attributes
    ----------
    losses : array (samples,)
        Of each sample, averaged over its window.
    errors : array (steps, samples, outputs)
        By how much one more of an output adds to its sample's loss.
    scores : array (samples, outputs)
        Outputs averaged over the window.
    window_steps : array (samples,)
    """

    losses: NDArray[np.float64]
    errors: NDArray[np.float64]
    scores: NDArray[np.float64]
    window_steps: NDArray[np.int64]


def _cross_entropy(
    outputs: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    total = np.exp(shifted).sum(axis=-1, keepdims=True)
    errors = np.exp(shifted) / total
    samples = np.arange(len(labels))
    losses = np.log(total[..., 0]) - shifted[:, samples, labels]
    errors[:, samples, labels] -= 1
    return losses, errors


def _squared_error(
    outputs: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    errors = np.where(np.isnan(values), 0.0, outputs - values)
    return 0.5 * np.sum(errors**2, axis=-1), errors
