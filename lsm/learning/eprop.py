"""E-prop: gradients from eligibility traces and learning signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import not_negative, positive, whole_from_0
from lsm.base.quantities import in_unit
from lsm.base.reprs import short_repr
from lsm.learning.activity import Activity, run_batch
from lsm.learning.backward import sensitivities
from lsm.learning.network import PARTS, Network, Weights, checked_parts
from lsm.learning.synaptic import synapse_gradients, target_places
from lsm.learning.targets import Comparison, Targets
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains

Feedback = Literal["symmetric", "random"]


@short_repr
@dataclass(frozen=True)
class Gradients:
    """What a rule makes of a batch.

    Attributes
    ----------
    weights : dict of str to array
        Gradients of the mean loss by part, as :meth:`Network.weights` has the weights; no entry for
        what stays as it is.
    comparison : Comparison
        Of the batch's outputs with its targets.
    counts : array (samples, neurons)
        Spikes.
    """

    weights: Weights
    comparison: Comparison
    counts: NDArray[np.int64]


class Rule(Protocol):
    """A learning rule: from a batch to gradients, or to what stands for them."""

    def gradients(
        self,
        network: Network,
        spikes: SpikeTrains,
        targets: Targets,
        *,
        dt_ms: float,
        target: Target,
        rng: np.random.Generator,
    ) -> Gradients:
        """Gradients of the mean loss of a batch.

        Parameters
        ----------
        network : Network
        spikes : SpikeTrains
        targets : Targets
        dt_ms, target
            As in :func:`lsm.simulate`.
        rng : numpy Generator
            Of this batch.
        """
        ...


@short_repr
@dataclass(frozen=True)
class EProp:
    """E-prop (Bellec et al. 2020, Nature Communications 11:3625), by a sweep back in time.

    Parameters
    ----------
    trains : sequence of {"inputs", "recurrent", "readout", "delays"}
        What is trained; the rest stays as it is.
    feedback : {"symmetric", "random"} or array (outputs, neurons)
        By which errors become learning signals: the readout's weights as they are, weights from
        N(0, 1) that stay, or given ones.
    feedback_seed : int
        Of random feedback.
    dampening : float
        Height of the pseudo-derivative, gamma.
    rate_strength, rate_target_Hz : float
        Adds ``rate_strength / 2 (f - f_target)^2`` of each neuron and sample to the loss of a
        sample as a sum over the steps of its window, with f in spikes a step.

    Raises
    ------
    ValueError, TypeError
        An unknown part or feedback, numbers that are negative.
    """

    trains: tuple[str, ...] = PARTS
    feedback: Feedback | NDArray[np.float64] = "symmetric"
    feedback_seed: int = 0
    dampening: float = 0.3
    rate_strength: float = 0.0
    rate_target_Hz: float = 10.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "trains", checked_parts(self.trains))
        if isinstance(self.feedback, str) and self.feedback not in ("symmetric", "random"):
            raise ValueError(
                f"feedback must be 'symmetric', 'random' or an array, got {self.feedback!r}"
            )
        whole_from_0(self.feedback_seed, "feedback_seed")
        positive(self.dampening, "dampening")
        not_negative(self.rate_strength, "rate_strength")
        rate_target_Hz = not_negative(self.rate_target_Hz, "rate_target_Hz")
        object.__setattr__(self, "rate_target_Hz", rate_target_Hz)

    def feedback_weights(self, network: Network) -> NDArray[np.float64]:
        """The feedback (outputs, neurons) of a network; ValueError for a wrong shape."""
        weights = network.readout.weights
        if isinstance(self.feedback, str):
            if self.feedback == "symmetric":
                return weights
            return np.random.default_rng(self.feedback_seed).normal(size=weights.shape)
        feedback = in_unit(self.feedback, "feedback")
        if feedback.shape != weights.shape:
            raise ValueError(f"feedback must have the shape {weights.shape}, got {feedback.shape}")
        if not np.isfinite(feedback).all():
            raise ValueError("feedback must be finite")
        return feedback

    def gradients(
        self,
        network: Network,
        spikes: SpikeTrains,
        targets: Targets,
        *,
        dt_ms: float,
        target: Target,
        rng: np.random.Generator,
    ) -> Gradients:
        """Gradients of the mean loss of a batch, as :class:`Rule` has it."""
        dt_ms = positive(dt_ms, "dt_ms")
        activity = run_batch(network.reservoir, spikes, dt_ms=dt_ms, target=target)
        return self.of_activity(network, activity, targets, dt_ms=dt_ms)

    def of_activity(
        self, network: Network, activity: Activity, targets: Targets, *, dt_ms: float
    ) -> Gradients:
        """Gradients from what a batch has left."""
        dt_ms = positive(dt_ms, "dt_ms")
        outputs = network.readout.outputs(activity.neurons, dt_ms)
        comparison = targets.compare(outputs, activity.n_steps, dt_ms)
        counts = activity.neurons.counts()
        errors = network.readout.back(comparison.errors / len(counts), dt_ms)
        gradients: Weights = {}
        if "readout" in self.trains:
            gradients["readout"] = activity.neurons.correlated(errors).T
        if set(self.trains) - {"readout"}:
            gradients |= self._of_synapses(network, activity, comparison, errors, counts, dt_ms)
        return Gradients(gradients, comparison, counts)

    def _of_synapses(
        self,
        network: Network,
        activity: Activity,
        comparison: Comparison,
        errors: NDArray[np.float64],
        counts: NDArray[np.int64],
        dt_ms: float,
    ) -> Weights:
        n_steps = activity.n_steps[:, None]
        excess = counts / n_steps - self.rate_target_Hz * dt_ms / 1000
        shared = comparison.window_steps[:, None] * len(counts) * n_steps
        after = self._sensitivities(network, activity, errors, self.rate_strength * excess / shared)
        return synapse_gradients(network, activity, after, self.trains, dt_ms)

    def _sensitivities(
        self,
        network: Network,
        activity: Activity,
        errors: NDArray[np.float64],
        constant: NDArray[np.float64],
    ) -> list[NDArray[Any]]:
        return sensitivities(
            activity,
            errors,
            self.feedback_weights(network),
            constant,
            target_places(network),
            dampening=self.dampening,
        )
