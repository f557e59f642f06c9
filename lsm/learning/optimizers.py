"""From gradients to weights: plain gradient descent, and Adam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive

#: Weights, gradients or what an optimizer keeps, by name.
Arrays = dict[str, NDArray[Any]]


class Optimizer(Protocol):
    """How weights follow gradients; what it keeps from step to step is arrays."""

    def start(self, weights: Mapping[str, NDArray[Any]]) -> Arrays:
        """What is kept, before the first step."""
        ...

    def move(self, weights: Arrays, gradients: Mapping[str, NDArray[Any]], kept: Arrays) -> None:
        """Change weights that have a gradient, and what is kept, in place."""
        ...


@dataclass(frozen=True)
class GradientDescent:
    """A step against the gradient.

    Parameters
    ----------
    learning_rate : float
    """

    learning_rate: float = 0.01

    def __post_init__(self) -> None:
        positive(self.learning_rate, "learning_rate")

    def start(self, weights: Mapping[str, NDArray[Any]]) -> Arrays:
        """Nothing is kept."""
        return {}

    def move(self, weights: Arrays, gradients: Mapping[str, NDArray[Any]], kept: Arrays) -> None:
        """Change weights that have a gradient, in place."""
        for name, gradient in gradients.items():
            weights[name] -= self.learning_rate * gradient


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba 2015, arXiv 1412.6980), with its own constants.

    Parameters
    ----------
    learning_rate : float
    corrected : bool
        Whether the root of the mean square is corrected before 1e-8 is added to it, as in algorithm
        1 of the paper, or not, as at the end of its section 2, in TensorFlow and in NEST. Where
        gradients are tiny it matters.
    """

    learning_rate: float = 0.005
    corrected: bool = False

    def __post_init__(self) -> None:
        positive(self.learning_rate, "learning_rate")

    def start(self, weights: Mapping[str, NDArray[Any]]) -> Arrays:
        """Means of gradients and of their squares, and the number of steps."""
        kept: Arrays = {"step": np.zeros((), dtype=np.int64)}
        for name, values in weights.items():
            kept[f"mean.{name}"] = np.zeros_like(values)
            kept[f"square.{name}"] = np.zeros_like(values)
        return kept

    def move(self, weights: Arrays, gradients: Mapping[str, NDArray[Any]], kept: Arrays) -> None:
        """Change weights that have a gradient, and what is kept, in place."""
        kept["step"] += 1
        steps = int(kept["step"])
        for name, g in gradients.items():
            mean, square = kept[f"mean.{name}"], kept[f"square.{name}"]
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            correction = 1 - 0.999**steps
            step = self.learning_rate * mean / (1 - 0.9**steps)
            if self.corrected:
                weights[name] -= step / (np.sqrt(square / correction) + 1e-8)
            else:
                weights[name] -= step * np.sqrt(correction) / (np.sqrt(square) + 1e-8)
