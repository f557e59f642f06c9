"""What a batch's forward pass leaves for gradients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.base.steps import rounded
from lsm.learning.events import Events
from lsm.neurons.linear import LinearStep, linear_step
from lsm.reservoir import Reservoir
from lsm.simulation import record_batch
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains


@short_repr
@dataclass(frozen=True)
class Activity:
    """Spikes of a batch, and how far neurons were from their thresholds.

    Attributes
    ----------
    step : LinearStep
        Of the neurons.
    n_steps : int array (samples,)
    inputs, neurons : Events
        Spikes of channels and of neurons.
    closeness : array (steps, samples, neurons)
        Where neurons are on their way from rest, 0, to the threshold, 1; 0 while refractory.
    refractory_steps : int array (neurons,)
        After the step of a spike.
    """

    step: LinearStep
    n_steps: NDArray[np.int64]
    inputs: Events
    neurons: Events
    closeness: NDArray[Any]
    refractory_steps: NDArray[np.int64]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The precision in which gradients are computed."""
        return self.closeness.dtype

    @cached_property
    def held(self) -> list[NDArray[np.int64]]:
        """Of each step the places in (samples, neurons) of neurons that are refractory."""
        steps = self.neurons.shape[0]
        step, place = self._spike_places
        longest = int(self.refractory_steps.max(initial=0))
        after = np.arange(1, longest + 1)[:, None]
        late = (after <= self.refractory_steps[self.neurons.source]) & (step + after < steps)
        return _by_step((step + after)[late], np.broadcast_to(place, late.shape)[late], steps)

    @cached_property
    def fired(self) -> list[NDArray[np.int64]]:
        """Of each step the places in (samples, neurons) of neurons that fire."""
        return _by_step(*self._spike_places, self.neurons.shape[0])

    @cached_property
    def _spike_places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        n = self.neurons.shape[2]
        return (
            self.neurons.step.astype(np.int64),
            self.neurons.sample.astype(np.int64) * n + self.neurons.source,
        )

    def pseudo_derivatives(
        self, first: int, last: int, dampening: float, *, out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Pseudo-derivatives of spikes by the distance, of some steps: (steps, samples, neurons).

        ``(dampening / threshold) max(0, 1 - |distance / threshold|)``, 0 at rest and while a neuron
        is refractory (Bellec et al. 2020, Nature Communications 11:3625, Methods).
        """
        height = (dampening / self.step.threshold).astype(self.dtype)
        psi = np.subtract(self.closeness[first:last], 1, out=out)
        np.abs(psi, out=psi)
        np.clip(psi, 0, 1, out=psi)
        np.subtract(1, psi, out=psi)
        psi *= height
        return psi


def _by_step(
    step: NDArray[np.int64], place: NDArray[np.int64], steps: int
) -> list[NDArray[np.int64]]:
    order = np.argsort(step, kind="stable")
    bounds = np.searchsorted(step[order], np.arange(1, steps))
    return np.split(place[order], bounds)


def trainable_step(reservoir: Reservoir, dt_ms: float) -> LinearStep:
    """The step of a reservoir's neurons, as gradients go back along it.

    Raises
    ------
    ValueError
        A model without a linear step (:func:`lsm.neurons.linear.linear_step`), or short-term
        plasticity.
    """
    if reservoir.short_term is not None:
        raise ValueError("short_term: plastic synapses can't be trained by gradients")
    return linear_step(reservoir.model, dict(reservoir.parameters), dt_ms)


def run_batch(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    dt_ms: float = 1.0,
    target: Target = "auto",
    noise_seeds: NDArray[np.integer[Any]] | None = None,
) -> Activity:
    """Drive a reservoir with a batch in its compiled program, and keep what gradients need.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains (samples, channels)
    dt_ms, target, noise_seeds
        As in :func:`lsm.simulation.record_batch`.

    Raises
    ------
    ValueError
        What :func:`trainable_step` or :func:`lsm.simulation.record_batch` refuses.
    """
    step = trainable_step(reservoir, dt_ms)
    closeness = {
        name: reading / step.threshold
        for name, reading in zip(reservoir.model.state, step.reading, strict=True)
        if np.any(reading)
    }
    recording = record_batch(
        reservoir, spikes, closeness, dt_ms=dt_ms, target=target, noise_seeds=noise_seeds
    )
    n_steps = spikes.n_steps(dt_ms)
    longest, samples = int(n_steps.max()), len(spikes)
    return Activity(
        step,
        n_steps,
        Events(
            spikes.steps(dt_ms),
            spikes.sample_indices(),
            spikes.channels,
            (longest, samples, spikes.n_channels),
        ),
        Events(
            recording.spike_steps,
            recording.spike_samples,
            recording.spike_neurons,
            (longest, samples, reservoir.n_neurons),
        ),
        recording.values,
        rounded(reservoir.parameters["t_ref_ms"], dt_ms).astype(np.int64),
    )
