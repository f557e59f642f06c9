"""The stages of a conversion: a network is trained, its factor is sought, and both are tested."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.random import SeedSequence

from experiments.lab.errors import InputError
from experiments.lab.experiment import Tick
from experiments.lab.records import Record
from lsm.conversion import (
    SAMPLE_MS,
    SCALING_FACTORS,
    SigmoidNetwork,
    run_trials,
    search_scaling_factor,
    to_spiking,
)
from lsm.conversion.training import TrainingSettings, train_rates
from tasks.cognitive import COGNITIVE, STEP_MS, Trials, make_trials

#: In the order of their streams of random numbers.
STAGES = ("train", "search", "test")


def given_network(path: Path, task: str) -> SigmoidNetwork:
    """A network that was trained elsewhere, for this task.

    Raises
    ------
    InputError
        It can't be converted, or has other channels or outputs than the task.
    """
    try:
        network = SigmoidNetwork.load(path)
        to_spiking(network, SCALING_FACTORS[0])  # if it can't be, it says why
    except ValueError as error:
        raise InputError(f"--network: {error}") from error
    wanted, had = COGNITIVE[task].channels, network.input.shape[1]
    if had != wanted or len(network.output) != 1:
        raise InputError(
            f"--network must have {wanted} channels and 1 output for --task {task}, got "
            f"{had} channels and {len(network.output)} outputs"
        )
    return network


def train(path: Path, task: str, seed: int, settings: TrainingSettings, tick: Tick) -> Record:
    """Train a network and keep it in a file."""

    def show(_: int, accuracy: float, error: float) -> None:
        tick(f"accuracy {100 * accuracy:.0f} %, error {error:.3f}")

    rng = np.random.default_rng(_stream(task, seed, "train"))
    trained = train_rates(partial(_sample, task), settings, rng, show, step_ms=STEP_MS)
    trained.network.save(path)
    return {"steps": trained.steps, "accuracy": trained.accuracy, "error": trained.error}


def search(
    network: SigmoidNetwork, task: str, seed: int, n_trials: int, factors: Sequence[float]
) -> Record:
    """Accuracies of the spiking network by its scaling factor, and the best factor."""
    of_trials, noise = _stream(task, seed, "search").spawn(2)
    trials = make_trials(task, n_trials, random_state=of_trials)
    result = search_scaling_factor(
        network,
        trials.inputs,
        lambda outputs: trials.correct(outputs[..., 0], step_ms=SAMPLE_MS),
        scaling_factors=factors,
        step_ms=STEP_MS,
        random_state=int(noise.generate_state(1)[0]),
    )
    return {
        "scaling_factors": result.scaling_factors.tolist(),
        "accuracies": result.accuracies.tolist(),
        "best": result.best,
    }


def evaluate(
    network: SigmoidNetwork, factor: float, task: str, seed: int, n_trials: int, noise: float
) -> Record:
    """Accuracies on trials that nothing was chosen by, and what pictures show of them."""
    of_trials, *noises = _stream(task, seed, "test").spawn(4)
    trials = make_trials(task, n_trials, random_state=of_trials)
    of_rates, of_spikes, of_control = map(np.random.default_rng, noises)
    rate = network.run(trials.inputs, step_ms=STEP_MS, noise=noise, random_state=of_rates)[..., 0]
    spikes = run_trials(network, factor, trials.inputs, step_ms=STEP_MS, random_state=of_spikes)
    alone = SigmoidNetwork(
        np.zeros_like(network.recurrent), network.input, network.output, network.tau_ms
    )
    control = run_trials(alone, factor, trials.inputs, step_ms=STEP_MS, random_state=of_control)
    every = round(STEP_MS / SAMPLE_MS)
    spiking = spikes.outputs[:, ::every, 0][:, : rate.shape[1]]
    curves = {}
    for condition in sorted(set(trials.conditions)):
        rows = np.array([each == condition for each in trials.conditions])
        curves[condition] = {
            "rate": rate[rows].mean(axis=0).round(4).tolist(),
            "spiking": spiking[rows].mean(axis=0).round(4).tolist(),
            "trial": spiking[np.argmax(rows)].round(4).tolist(),
        }
    shown = spikes.spike_trials == 0
    return {
        "rate": float(trials.correct(rate).mean()),
        "spiking": float(trials.correct(spikes.outputs[..., 0], step_ms=SAMPLE_MS).mean()),
        "without_recurrence": float(
            trials.correct(control.outputs[..., 0], step_ms=SAMPLE_MS).mean()
        ),
        "rate_Hz": float(spikes.rates_Hz.mean()),
        "correlation": float(np.corrcoef(rate.ravel(), spiking.ravel())[0, 1]),
        "curves": curves,
        "raster": {
            "condition": trials.conditions[0],
            "inhibitory": network.inhibitory.tolist(),
            "times_ms": spikes.spike_times_ms[shown].round(2).tolist(),
            "neurons": spikes.spike_neurons[shown].tolist(),
        },
    }


def _sample(task: str, number: int, rng: np.random.Generator) -> Trials:
    return make_trials(task, number, random_state=rng)


def _stream(task: str, seed: int, stage: str) -> SeedSequence:
    return SeedSequence(seed, spawn_key=(list(COGNITIVE).index(task), STAGES.index(stage)))
