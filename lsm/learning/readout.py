"""Leaky readouts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.reprs import short_repr
from lsm.learning.events import Events


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
