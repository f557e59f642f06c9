"""What liquids are worth on a task: fitness while one is sought, test accuracy at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lsm import NoWiring, Reservoir, SpikeCounts, SpikeTrains, simulate
from lsm.states import State, features_per_neuron
from lsm.topology import Population, Synapses, Wiring
from readouts import fit_each
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

    def aims(
        self, reservoirs: Sequence[Reservoir], names: Sequence[str], *, places: int
    ) -> NDArray[np.float64]:
        """Values (reservoirs, aims) on the samples that :meth:`fitness` sees.

        Parameters
        ----------
        reservoirs : sequence of Reservoir
            Of any numbers of neurons.
        names : sequence of str
            Of ``accuracy``, ``spikes`` (mean number of the whole liquid in a sample), ``neurons``.
        places : int
            The most neurons of a reservoir: all are simulated together, as if they had so many.
        """
        sizes = [reservoir.n_neurons for reservoir in reservoirs]
        accuracy, spikes = self._accuracies_and_spikes(
            [_padded(reservoir, places) for reservoir in reservoirs],
            sizes,
            self.task.train,
            self.task.fitness,
            count="spikes" in names,
        )
        values = {
            "accuracy": accuracy,
            "spikes": spikes,
            "neurons": np.array(sizes, dtype=np.float64),
        }
        return np.stack([values[name] for name in names], axis=1)

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
        sizes = [reservoir.n_neurons for reservoir in reservoirs]
        return self._accuracies_and_spikes(reservoirs, sizes, train, score)[0]

    def _accuracies_and_spikes(
        self,
        reservoirs: Sequence[Reservoir],
        sizes: Sequence[int],
        train: Indices,
        score: Indices,
        *,
        count: bool = False,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Both for each reservoir, of which only its first neurons matter; spikes if asked for."""
        samples = np.concatenate([train, score])
        heard, labels, n = self.task.spikes[samples], self.task.labels[samples], len(train)
        accuracies, spikes = np.zeros((2, len(reservoirs)))
        for part in _parts(reservoirs, len(samples) * features_per_neuron(self.state)):
            states = self._simulate(reservoirs[part], heard, self.state)
            counts = self._counts(reservoirs[part], heard, states) if count else states
            # One BLAS thread: the last bits of a sum must not depend on the number of cores.
            with threadpool_limits(1):
                within = range(*part.indices(len(sizes)))
                seen = [
                    own[:, self._columns(reservoirs[k], sizes[k])]
                    for k, own in zip(within, states, strict=True)
                ]
                # Double precision for one liquid at a time.
                training = (X[:n].astype(np.float64) for X in seen)
                readouts = fit_each(self.readout, training, labels[:n])
                for k, X, readout, fired in zip(within, seen, readouts, counts, strict=True):
                    labelled = readout.predict(X[n:].astype(np.float64))
                    accuracies[k] = np.mean(labelled == labels[n:])
                    if count:
                        spikes[k] = fired[:, : sizes[k]].sum(dtype=np.float64) / len(samples)
        return accuracies, spikes

    def _simulate(
        self, reservoirs: Sequence[Reservoir], heard: SpikeTrains, state: State
    ) -> NDArray[np.float32]:
        return simulate(reservoirs, heard, state=state, dt_ms=self.dt_ms, n_jobs=self.n_jobs)

    def _counts(
        self, reservoirs: Sequence[Reservoir], heard: SpikeTrains, states: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Spikes (reservoirs, samples, neurons): from the states, if these are counts of all."""
        state = self.state
        if state.rows != ("count",) or state.neurons != "all":
            return self._simulate(reservoirs, heard, SpikeCounts())
        readings = states.reshape(*states.shape[:2], len(state.at), -1)
        return readings.sum(axis=2) if state.restarts else readings[:, :, -1]

    def _columns(self, reservoir: Reservoir, size: int) -> NDArray[np.bool_] | slice:
        """The features that a readout sees of a reservoir's first neurons."""
        if self.state.neurons == "excitatory":  # which padding neurons aren't
            return slice(self.n_features(reservoir))
        if size == reservoir.n_neurons:
            return slice(None)  # and no copy
        first = np.arange(reservoir.n_neurons) < size
        return np.tile(first, features_per_neuron(self.state))


def _parts(reservoirs: Sequence[Reservoir], numbers_a_neuron: int) -> Iterator[slice]:
    each = numbers_a_neuron * reservoirs[0].n_neurons
    at_a_time = max(1, STATES_AT_A_TIME // each)
    for start in range(0, len(reservoirs), at_a_time):
        yield slice(start, min(start + at_a_time, len(reservoirs)))


@dataclass(frozen=True)
class _GivenWiring(Wiring):
    synapses: Synapses

    def connect(self, reservoir: Population) -> Synapses:
        return self.synapses


def _padded(reservoir: Reservoir, places: int) -> Reservoir:
    """The reservoir, followed by neurons that nothing reaches and that reach nothing.

    Reservoirs of different sizes can be simulated together like this; the states of their own
    neurons stay what they are.
    """
    missing = places - reservoir.n_neurons
    if not missing:
        return reservoir

    def repeated(values: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([values, np.repeat(values[-1:], missing, axis=0)])

    return reservoir.replace(
        parameters={name: repeated(value) for name, value in reservoir.parameters.items()},
        excitatory=np.append(reservoir.excitatory, np.zeros(missing, dtype=bool)),
        positions=repeated(reservoir.positions),
        keys=repeated(reservoir.keys),
        wiring=_GivenWiring(reservoir.synapses),
    )


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
