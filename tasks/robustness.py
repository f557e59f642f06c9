"""What liquids bear: accuracy of readouts that were trained without what is spoilt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.perturb import lost_neurons, lost_spikes, noisy_input, noisy_weights, quantised
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.spikes import SpikeTrains
from lsm.states import State
from readouts import make_readout
from tasks.base import Task
from tasks.baselines import most_frequent

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

#: What is done to the input of a liquid that was trained without, by name.
SPOILT_INPUTS: Mapping[str, Callable[[SpikeTrains, np.random.Generator], SpikeTrains]] = {
    "5 % spikes added": partial(noisy_input, share=0.05),
    "20 % spikes added": partial(noisy_input, share=0.2),
    "5 % spikes lost": partial(lost_spikes, share=0.05),
    "20 % spikes lost": partial(lost_spikes, share=0.2),
}

#: What is done to the liquid.
SPOILT_LIQUIDS: Mapping[str, Callable[[Reservoir, np.random.Generator], Reservoir]] = {
    "5 % neurons lost": partial(lost_neurons, share=0.05),
    "20 % neurons lost": partial(lost_neurons, share=0.2),
    "weight noise of 10 %": partial(noisy_weights, sd=0.1),
    "weight noise of 30 %": partial(noisy_weights, sd=0.3),
    "weights of 5 bits": partial(quantised, bits=5),
    "weights of 3 bits": partial(quantised, bits=3),
}

#: An accuracy no further above chance than this has nothing to retain.
LEAST_ABOVE_CHANCE = 0.05


@short_repr
class Robustness(NamedTuple):
    """Accuracies of liquids, (reservoirs,) each.

    Attributes
    ----------
    accuracy : array
        Of what isn't spoilt.
    spoilt : dict of str to array
        By what is done to inputs or liquids.
    mean : array
        Of what is spoilt, over all that is done.
    retained : array
        That over the accuracy of what isn't spoilt, both above chance; NaN where there is hardly
        any.
    """

    accuracy: Floats
    spoilt: dict[str, Floats]
    mean: Floats
    retained: Floats


def robustness(
    reservoirs: Sequence[Reservoir],
    task: Task,
    train: Indices,
    test: Indices,
    *,
    state: str | State = "counts",
    random_state: int | Sequence[int] | SeedSequence = 0,
    tick: Callable[[], object] = lambda: None,
) -> Robustness:
    """Train a readout on each liquid, and test it on what isn't spoilt and on what is.

    Inputs are spoilt by :data:`SPOILT_INPUTS`, liquids by :data:`SPOILT_LIQUIDS`.

    Parameters
    ----------
    reservoirs : sequence of Reservoir
        Of one model and one number of neurons.
    task : Task
    train, test : int array
        Samples of the task.
    state : str or State
        What a readout sees.
    random_state : int, sequence of int or SeedSequence
        Of what spoils, anew for each liquid, so that in all the same neurons are lost.
    tick : callable
        Called after each test, of which there are as many as things that spoil, and one.
    """
    spikes, y = task.spikes[test], task.labels
    trained = simulate(reservoirs, task.spikes[train], state=state)
    readouts = [make_readout("ridge").fit(X.astype(np.float64), y[train]) for X in trained]

    def accuracy(liquids: Sequence[Reservoir], inputs: SpikeTrains) -> Floats:
        states = simulate(liquids, inputs, state=state)
        tick()
        pairs = zip(readouts, states, strict=True)
        return np.array([np.mean(r.predict(X.astype(np.float64)) == y[test]) for r, X in pairs])

    clean = accuracy(reservoirs, spikes)
    spoilt = {
        name: accuracy(reservoirs, of_input(spikes, np.random.default_rng(random_state)))
        for name, of_input in SPOILT_INPUTS.items()
    }
    for name, of_liquid in SPOILT_LIQUIDS.items():
        liquids = [of_liquid(each, np.random.default_rng(random_state)) for each in reservoirs]
        spoilt[name] = accuracy(liquids, spikes)
    mean = np.mean(list(spoilt.values()), axis=0)
    chance = float(np.mean(y[test] == most_frequent(y[train])))
    above = np.where(clean - chance > LEAST_ABOVE_CHANCE, clean - chance, np.nan)
    return Robustness(clean, spoilt, mean, (mean - chance) / above)
