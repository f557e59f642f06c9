"""Rate network, spiking network and the same without recurrence, on trials of their own noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from lsm.base.steps import whole_steps
from lsm.conversion.sigmoid import Floats, SigmoidNetwork
from lsm.conversion.spiking import SAMPLE_MS, SpikingTrials, run_trials


@short_repr
@dataclass(frozen=True)
class ComparedTrials:
    """Outputs of a rate network and of what was made of it.

    Attributes
    ----------
    rates : array (trials, steps, outputs)
        Of the rate network, in its own steps.
    spiking, without_recurrence : SpikingTrials
        Of the spiking network, and of the same neurons with input and readout alone.
    spiking_outputs : array (trials, steps, outputs)
        Of the spiking network, at the times of `rates`.
    """

    rates: Floats
    spiking: SpikingTrials
    without_recurrence: SpikingTrials
    spiking_outputs: Floats

    @property
    def correlation(self) -> float:
        """Pearson's, of the outputs of the spiking network with those of the rate network."""
        return float(np.corrcoef(self.rates.ravel(), self.spiking_outputs.ravel())[0, 1])


def compare_trials(
    network: SigmoidNetwork,
    scaling_factor: float,
    inputs: ArrayLike,
    *,
    step_ms: float = 5.0,
    noise: float = 0.0,
    random_state: int | SeedSequence | None = None,
    **options: Any,
) -> ComparedTrials:
    """Let a rate network and the spiking one made of it hear the same trials.

    What the second does without its recurrent synapses says how much of it they are good for.

    Parameters
    ----------
    network : SigmoidNetwork
    scaling_factor : float
        As in :func:`lsm.conversion.to_spiking`.
    inputs : array (trials, steps, channels)
    step_ms : float
        Length of a step of the inputs, a multiple of the 1 ms between samples of outputs.
    noise : float
        Of the rate network, as in :meth:`SigmoidNetwork.run`.
    random_state : int, SeedSequence or None
        Each of the three has a stream of its own.
    **options
        For :func:`lsm.conversion.run_trials`.

    Raises
    ------
    ValueError, TypeError
        What :meth:`SigmoidNetwork.run` and :func:`lsm.conversion.run_trials` refuse; steps that
        aren't multiples.
    """
    every = whole_steps(positive(step_ms, "step_ms"), SAMPLE_MS, "step_ms")
    stream = random_state if isinstance(random_state, SeedSequence) else SeedSequence(random_state)
    of_rates, *of_spikes = map(np.random.default_rng, stream.spawn(3))
    rates = network.run(inputs, step_ms=step_ms, noise=noise, random_state=of_rates)
    spiking, alone = (
        run_trials(each, scaling_factor, inputs, step_ms=step_ms, random_state=rng, **options)
        for each, rng in zip((network, network.without_recurrence()), of_spikes, strict=True)
    )
    return ComparedTrials(rates, spiking, alone, spiking.outputs[:, ::every][:, : rates.shape[1]])
