"""Rate networks that answer a cognitive task, and the spiking networks that are made of them.

:func:`train_network` trains rate units on trials of a task, :func:`search_factor` seeks the number
that their weights are divided by, and :func:`evaluate_conversion` has both networks, and the
spiking one without recurrence, answer new trials. Kim, Li & Sejnowski 2019, PNAS 116:22811.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.conversion import (
    SAMPLE_MS,
    SCALING_FACTORS,
    ComparedTrials,
    FactorSearch,
    SigmoidNetwork,
    SpikingTrials,
    TrainedRates,
    TrainingSettings,
    compare_trials,
    search_scaling_factor,
    to_spiking,
    train_rates,
)
from tasks.cognitive import COGNITIVE, STEP_MS, Trials, make_trials

Floats = NDArray[np.float64]


@short_repr
@dataclass(frozen=True, eq=False)
class ConversionTest:
    """Answers of a rate network and of the spiking one made of it.

    Attributes
    ----------
    trials : Trials
    compared : ComparedTrials
        Outputs of both in these trials, and of the spiking one without recurrence.
    """

    trials: Trials
    compared: ComparedTrials

    @property
    def accuracies(self) -> dict[str, float]:
        """Share of the trials that ``rate``, ``spiking`` and ``without_recurrence`` answer."""
        compared = self.compared
        return {
            "rate": float(self.trials.correct(compared.rates[..., 0]).mean()),
            "spiking": self._accuracy(compared.spiking),
            "without_recurrence": self._accuracy(compared.without_recurrence),
        }

    @property
    def curves(self) -> dict[str, dict[str, Floats]]:
        """Outputs (steps,) by condition: means of ``rate`` and ``spiking``, and one ``trial``."""
        rates, spiking = self.compared.rates[..., 0], self.compared.spiking_outputs[..., 0]
        curves = {}
        for condition in sorted(set(self.trials.conditions)):
            rows = np.array(self.trials.conditions) == condition
            curves[condition] = {
                "rate": rates[rows].mean(axis=0),
                "spiking": spiking[rows].mean(axis=0),
                "trial": spiking[rows][0],
            }
        return curves

    def _accuracy(self, spiking: SpikingTrials) -> float:
        return float(self.trials.correct(spiking.outputs[..., 0], step_ms=SAMPLE_MS).mean())


def check_network(task: str, network: SigmoidNetwork) -> None:
    """Refuse a network that can't be converted, or has other channels or outputs than a task.

    Parameters
    ----------
    task : {"go-nogo", "xor", "context"}
    network : SigmoidNetwork

    Raises
    ------
    ValueError
        Saying what it has and what it must have.
    """
    to_spiking(network, SCALING_FACTORS[0])  # if it can't be, it says why
    expected, channels = COGNITIVE[task].channels, network.input.shape[1]
    if channels != expected or len(network.output) != 1:
        raise ValueError(
            f"network must have {expected} channels and 1 output for {task}, got {channels} "
            f"channels and {len(network.output)} outputs"
        )


def train_network(
    task: str,
    settings: TrainingSettings,
    *,
    random_state: int | SeedSequence | None = None,
    tick: Callable[[int, float, float], None] = lambda *_: None,
) -> TrainedRates:
    """Train rate units on trials of a task, by backpropagation through time.

    Parameters
    ----------
    task : {"go-nogo", "xor", "context"}
    settings : TrainingSettings
    random_state : int, SeedSequence or None
    tick : callable
        As in :func:`lsm.conversion.train_rates`.
    """
    return train_rates(
        lambda number, rng: make_trials(task, number, random_state=rng),
        settings,
        np.random.default_rng(random_state),
        tick,
        step_ms=STEP_MS,
    )


def search_factor(
    task: str,
    network: SigmoidNetwork,
    n_trials: int,
    *,
    scaling_factors: Sequence[float] = SCALING_FACTORS,
    random_state: int | SeedSequence | None = None,
) -> FactorSearch:
    """Accuracies of the spiking network by its scaling factor, and the best factor.

    Parameters
    ----------
    task : {"go-nogo", "xor", "context"}
    network : SigmoidNetwork
    n_trials : int
        That each factor is tried on, the same for all.
    scaling_factors : sequence of float
        As in :func:`lsm.conversion.search_scaling_factor`.
    random_state : int, SeedSequence or None
    """
    of_trials, noise = _stream(random_state).spawn(2)
    trials = make_trials(task, n_trials, random_state=of_trials)
    return search_scaling_factor(
        network,
        trials.inputs,
        lambda outputs: trials.correct(outputs[..., 0], step_ms=SAMPLE_MS),
        scaling_factors=scaling_factors,
        step_ms=STEP_MS,
        random_state=int(noise.generate_state(1)[0]),
    )


def evaluate_conversion(
    task: str,
    network: SigmoidNetwork,
    scaling_factor: float,
    n_trials: int,
    *,
    noise: float = 0.0,
    random_state: int | SeedSequence | None = None,
) -> ConversionTest:
    """Let both networks answer trials that nothing was chosen by.

    Parameters
    ----------
    task : {"go-nogo", "xor", "context"}
    network : SigmoidNetwork
    scaling_factor : float
        As :func:`search_factor` gives it, on other trials.
    n_trials : int
    noise : float
        Of the rate network, as in :meth:`lsm.conversion.SigmoidNetwork.run`.
    random_state : int, SeedSequence or None
    """
    stream = _stream(random_state)
    trials = make_trials(task, n_trials, random_state=stream.spawn(1)[0])
    compared = compare_trials(
        network, scaling_factor, trials.inputs, step_ms=STEP_MS, noise=noise, random_state=stream
    )
    return ConversionTest(trials, compared)


def _stream(random_state: int | SeedSequence | None) -> SeedSequence:
    return random_state if isinstance(random_state, SeedSequence) else SeedSequence(random_state)
