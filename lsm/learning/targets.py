"""What a network's outputs are to be, and how far they are from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, whole
from lsm.base.reprs import short_repr

Loss = Literal["cross_entropy", "squared_error"]


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
@dataclass(frozen=True, eq=False)
class Targets:
    """What outputs are to be, of a sample or at each of its steps, and where it counts.

    ``targets[task.train]`` are those of some samples.

    Parameters
    ----------
    values : int array (samples,) or (samples, steps), or array (samples, steps, outputs)
        The class of a sample; the class at each step, -1 where none is asked for; or the outputs
        at each step, NaN where none are. What stands at step k is to be known once it has passed.
    loss : {"cross_entropy", "squared_error"}
        Of classes, by the softmax of the outputs; of outputs, half of the sum of squares.
    window_ms : float, optional
        The last part of each sample, over which the loss is averaged where something is asked for;
        all of it by default.

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
        if self.are_classes:
            values = whole(self.values, "targets")
            if values.ndim not in (1, 2) or values.min(initial=0) < 1 - values.ndim:
                raise ValueError(
                    "targets must be classes 0, 1, 2, ..., one a sample, or one a step and -1 "
                    f"where none is asked for; got an array of shape {values.shape} with "
                    f"{values.min(initial=0)} in it"
                )
        else:
            values = np.asarray(self.values, dtype=np.float64)
            if values.ndim != 3 or np.isinf(values).any():
                raise ValueError(
                    "targets must be finite and have the shape (samples, steps, outputs), got the "
                    f"shape {values.shape}; some of a sample's steps may be NaN"
                )
        object.__setattr__(self, "values", values)

    def check(
        self, n_steps: NDArray[np.int64], dt_ms: float, *, n_outputs: int | None = None
    ) -> None:
        """Raise ValueError where these targets don't fit samples or outputs.

        Parameters
        ----------
        n_steps : int array (samples,)
            Steps of each sample, of `dt_ms`.
        n_outputs : int, optional
            Of the readout; by default one for each class, which must all be asked for somewhere.
        """
        if len(self) != len(n_steps):
            raise ValueError(f"targets must be {len(n_steps)}, one a sample, got {len(self)}")
        if self.at_each_step and self.values.shape[1] < n_steps.max():
            raise ValueError(
                f"targets must have {n_steps.max()} steps, as the longest sample, got "
                f"{self.values.shape[1]}"
            )
        if n_outputs is None and self.are_classes:
            present = np.unique(self.values[self.values >= 0])
            missing = np.flatnonzero(present != np.arange(len(present)))
            if len(missing):
                raise ValueError(f"targets: no sample is of class {missing[0]}")
        most = self.n_outputs if n_outputs is None else n_outputs
        if self.n_outputs > most or (not self.are_classes and self.n_outputs != most):
            raise ValueError(f"targets ask for {self.n_outputs} outputs, the readout has {most}")
        silent = np.flatnonzero(~self.counted(n_steps, dt_ms).any(axis=0))
        if len(silent):
            raise ValueError(f"targets ask for nothing in sample {silent[0]}, or its window")

    @property
    def are_classes(self) -> bool:
        """Whether a class is to be named, rather than outputs to be given."""
        return self.loss == "cross_entropy"

    @property
    def at_each_step(self) -> bool:
        """Whether there is one a step, rather than one a sample."""
        return self.values.ndim > 1

    @property
    def n_outputs(self) -> int:
        """How many outputs they take."""
        if self.are_classes:
            return int(self.values.max(initial=0)) + 1
        return int(self.values.shape[2])

    @cached_property
    def variance(self) -> float:
        """Of outputs, summed over them."""
        return float(np.nanvar(self.values, axis=(0, 1)).sum())

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, samples: Any) -> Targets:
        return replace(self, values=self.values[samples])

    def __str__(self) -> str:
        text = "a class" if self.are_classes else f"{self.values.shape[2]} values"
        if self.at_each_step:
            text += f" at {self._asked.any(axis=0).sum()} of {self.values.shape[1]} steps"
        return text if self.window_ms is None else f"{text} in the last {self.window_ms:g} ms"

    def steps(self, n_steps: int) -> NDArray[Any]:
        """The values at the first steps, (samples, steps) or (samples, steps, outputs)."""
        if self.at_each_step:
            return self.values[:, :n_steps]
        return np.broadcast_to(self.values[:, None], (len(self), n_steps))

    def counted(self, n_steps: NDArray[np.int64], dt_ms: float) -> NDArray[np.bool_]:
        """Where something is asked for within the windows of samples, (steps, samples)."""
        within = window(n_steps, self.window_ms, positive(dt_ms, "dt_ms"))
        return within & self._asked[:, : len(within)].T if self.at_each_step else within

    @property
    def _asked(self) -> NDArray[np.bool_]:
        """At which steps something is asked for, (samples, steps)."""
        return self.values >= 0 if self.are_classes else ~np.isnan(self.values).any(axis=2)

    def compare(
        self, outputs: NDArray[np.float64], n_steps: NDArray[np.int64], dt_ms: float
    ) -> Comparison:
        """Losses of outputs (steps, samples, outputs), and their gradients."""
        counted = self.counted(n_steps, dt_ms)
        length = np.maximum(1, counted.sum(axis=0))
        last = slice(int(counted.any(axis=1).argmax()), len(outputs))
        weights = counted[last] / length
        values, errors = self.steps(len(outputs)).swapaxes(0, 1)[last], np.zeros(outputs.shape)
        compared = _cross_entropy if self.are_classes else _squared_error
        losses, errors[last] = compared(outputs[last], values)
        errors[last] *= weights[..., None]
        losses = np.sum(weights * losses, axis=0)
        if not self.are_classes:
            predicted, wrong = outputs.swapaxes(0, 1), 2 * losses
        elif self.at_each_step:
            predicted = outputs.argmax(axis=2).T
            wrong = np.sum(counted[last] & (predicted.T[last] != values), axis=0) / length
        else:
            predicted = np.einsum("tb,tbk->bk", weights, outputs[last]).argmax(axis=1)
            wrong = (predicted != self.values).astype(np.float64)
        return Comparison(losses, errors, predicted, wrong, length)

    def error(self, wrong: NDArray[np.float64]) -> float:
        """How wrong outputs are that were compared with these targets, or with some of them.

        The share of classes that are wrong, or the root of the mean square error by the deviation
        of the targets: infinite where these are all the same.
        """
        mean = float(np.mean(wrong))
        if self.are_classes:
            return mean
        return float(np.sqrt(mean / self.variance)) if self.variance else np.inf


@short_repr
@dataclass(frozen=True)
class Comparison:
    """How outputs compare with targets.

    Attributes
    ----------
    losses : array (samples,)
        Of each sample, averaged over the steps that count.
    errors : array (steps, samples, outputs)
        By how much one more of an output adds to its sample's loss.
    predicted : array (samples,), (samples, steps) or (samples, steps, outputs)
        As targets have it: the class whose output is largest, over the window or at each step; or
        the outputs.
    wrong : array (samples,)
        Share of a sample's classes that are wrong; of outputs the mean square error, summed over
        them.
    window_steps : array (samples,)
        How many steps count.
    """

    losses: NDArray[np.float64]
    errors: NDArray[np.float64]
    predicted: NDArray[Any]
    wrong: NDArray[np.float64]
    window_steps: NDArray[np.int64]


def _cross_entropy(
    outputs: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    total = np.exp(shifted).sum(axis=-1, keepdims=True)
    right = labels[..., None] == np.arange(outputs.shape[-1])
    losses = np.log(total[..., 0]) - shifted.sum(axis=-1, where=right)
    return losses, np.exp(shifted) / total - right


def _squared_error(
    outputs: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    errors = np.where(np.isnan(values), 0.0, outputs - values)
    return 0.5 * np.sum(errors**2, axis=-1), errors
