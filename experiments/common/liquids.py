"""What liquids are worth on a task: fitness while one is sought, test accuracy at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lsm import NoWiring, Reservoir, simulate
from lsm.states import State, features_per_neuron
from readouts import make_readout
from tasks import Task

#: Numbers of the states held at a time.
STATES_AT_A_TIME = 40_000_000

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Judge:
    """Scores reservoirs on a task: simulate, train a readout, count what it gets right.

    Parameters
    ----------
    task : Task
    state, readout, dt_ms, n_jobs
        As :class:`lsm.LSMClassifier` has them.
    """

    task: Task
    state: State
    readout: Any
    dt_ms: float
    n_jobs: int | None

    def fitness(
        self, reservoirs: Sequence[Reservoir], *, split: tuple[Indices, Indices] | None = None
    ) -> NDArray[np.float64]:
        """Accuracy on the fitness samples, readouts trained on the training samples.

        ``split`` gives other training and fitness samples than the task's own.
        """
        return self._scores(reservoirs, *(split or (self.task.train, self.task.fitness)))

    def test(self, reservoirs: Sequence[Reservoir]) -> NDArray[np.float64]:
        """Accuracy on the test samples, readouts trained on all others."""
        return self._scores(reservoirs, self.training, self.task.test)

    def n_features(self, reservoir: Reservoir) -> int:
        """Number of features that the readout sees of a reservoir."""
        excitatory = self.state.neurons == "excitatory"
        neurons = int(reservoir.excitatory.sum()) if excitatory else reservoir.n_neurons
        return features_per_neuron(self.state) * neurons

    @property
    def training(self) -> Indices:
        """The samples that may train what is tested."""
        return np.concatenate([self.task.train, self.task.fitness])

    def _scores(
        self, reservoirs: Sequence[Reservoir], train: Indices, score: Indices
    ) -> NDArray[np.float64]:
        samples = np.concatenate([train, score])
        spikes, labels, n = self.task.spikes[samples], self.task.labels[samples], len(train)
        accuracies = []
        for part in _parts(reservoirs, len(samples) * features_per_neuron(self.state)):
            states = simulate(part, spikes, state=self.state, dt_ms=self.dt_ms, n_jobs=self.n_jobs)
            # One BLAS thread: the last bits of a sum must not depend on the number of cores.
            with threadpool_limits(1):
                for reservoir, liquid_states in zip(part, states, strict=True):
                    X = liquid_states[:, : self.n_features(reservoir)].astype(np.float64)
                    readout = make_readout(self.readout).fit(X[:n], labels[:n])
                    accuracies.append(float(np.mean(readout.predict(X[n:]) == labels[n:])))
        return np.array(accuracies)


def _parts(reservoirs: Sequence[Reservoir], numbers_a_neuron: int) -> Iterator[list[Reservoir]]:
    each = numbers_a_neuron * reservoirs[0].n_neurons
    at_a_time = max(1, STATES_AT_A_TIME // each)
    for start in range(0, len(reservoirs), at_a_time):
        yield list(reservoirs[start : start + at_a_time])


def _cut_recurrence(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    return reservoir.replace(wiring=NoWiring())


def _permute_positions(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    return reservoir.replace(positions=rng.permutation(reservoir.positions))


def _redraw_keys(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    return reservoir.replace(keys=rng.integers(2**64, size=reservoir.n_neurons, dtype=np.uint64))


def _permute_parameters(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    order = rng.permutation(reservoir.n_neurons)
    return reservoir.replace(
        parameters={name: value[order] for name, value in reservoir.parameters.items()}
    )


#: What is taken from an evolved liquid, to see what carried it. Keys decide the synapses among
#: neurons and those from the inputs; permuted parameters stay with neither polarity nor place.
ABLATIONS: dict[str, Callable[[Reservoir, np.random.Generator], Reservoir]] = {
    "recurrence_cut": _cut_recurrence,
    "positions_permuted": _permute_positions,
    "keys_redrawn": _redraw_keys,
    "parameters_permuted": _permute_parameters,
}


def ablations(
    judge: Judge, reservoir: Reservoir, *, rng: np.random.Generator, draws: int = 10
) -> dict[str, dict[str, float]]:
    """Test accuracy of an evolved reservoir with a part of it spoilt, over ``draws`` draws.

    Returns
    -------
    dict
        For each of :data:`ABLATIONS` ``{"mean", "std"}``.
    """
    result = {}
    for name, ablate in ABLATIONS.items():
        n = 1 if name == "recurrence_cut" else draws
        scores = judge.test([ablate(reservoir, rng) for _ in range(n)])
        result[name] = {"mean": float(scores.mean()), "std": float(scores.std())}
    return result
