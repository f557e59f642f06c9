"""What liquids are worth on labelled spikes: fitness in a search, test accuracy at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evolution.padding import padded
from lsm.base.quantities import convert_fields
from lsm.base.reprs import short_repr
from lsm.perturb import Disturbance, checked_disturbances
from lsm.plasticity.pretraining import Pretraining, make_pretraining, pretrain
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.spikes import SpikeTrains
from lsm.states import SpikeCounts, State, TimeBins, features_per_neuron
from readouts import fit_each
from readouts.threads import blas_threads_for

#: Numbers of the states held at a time.
STATES_AT_A_TIME = 40_000_000
#: For rules of pre-training, as estimators have it by default.
_RATE_HZ = 40.0

Indices = NDArray[np.int64]


@short_repr
@dataclass(frozen=True)
class Judge:
    """Scores reservoirs on labelled spikes: simulate, train a readout, count what it gets right.

    Parameters
    ----------
    spikes : SpikeTrains
    labels : array (samples,)
    train_samples, fitness_samples : array of int
        Indices of the samples that train readouts, and of those that liquids are chosen by.
    test_samples : array of int, optional
        Indices of the samples that are used once, at the end.
    folds : sequence of (array of int, array of int), optional
        Samples that train and samples that score, all of them for training or fitness: fitness is
        then the mean over folds, such as one for each speaker that is left out.
    state : State
        What the readout sees; the spike counts of all neurons by default.
    readout, dt_ms, n_jobs
        As :class:`lsm.LSMClassifier` has them.
    pretraining : str, callable or list of these, optional
        Rules (:mod:`lsm.plasticity.pretraining`) by which each reservoir settles on the samples
        that train its readout, before it is scored; what it has become isn't inherited. A rate
        they strive for is the default one, 40 Hz.
    disturbances : sequence of Disturbance
        Each makes a copy of a reservoir, always the same one, that is scored in fitness by the
        readout that was trained on the reservoir itself: fitness is then the mean over copies.
        ``[Disturbance(weight_noise=0.1)] * 4`` makes four. A test is of the reservoir itself.

    Raises
    ------
    TypeError
        Disturbances that are none.
    ValueError
        Another number of labels than of samples; pre-training together with folds, each of which
        would need a reservoir of its own.
    """

    spikes: SpikeTrains
    labels: NDArray[Any]
    _: KW_ONLY
    train_samples: Indices
    fitness_samples: Indices
    test_samples: Indices | None = None
    folds: Sequence[tuple[Indices, Indices]] = ()
    state: State = field(default_factory=SpikeCounts)
    readout: Any = "ridge"
    dt_ms: float = 1.0
    n_jobs: int | None = None
    pretraining: Pretraining = None
    disturbances: Sequence[Disturbance] = ()

    def __post_init__(self) -> None:
        convert_fields(self)
        object.__setattr__(self, "disturbances", checked_disturbances(self.disturbances))
        if make_pretraining(self.pretraining) and self.folds:
            raise ValueError(f"pretraining can't be with folds, got {self.pretraining!r}")
        if np.shape(self.labels) != (len(self.spikes),):
            raise ValueError(
                f"labels must have shape ({len(self.spikes)},), one a sample; got "
                f"{np.shape(self.labels)}"
            )

    @classmethod
    def of_task(cls, task: Any, **options: Any) -> Judge:
        """A judge with the samples and the split of a task, as :func:`tasks.make_task` makes it.

        Parameters
        ----------
        task : tasks.Task
        **options
            The state and what follows on it.
        """
        return cls(
            task.spikes,
            task.labels,
            train_samples=task.train,
            fitness_samples=task.fitness,
            test_samples=task.test,
            **options,
        )

    def fitness(self, reservoirs: Sequence[Reservoir]) -> NDArray[np.float64]:
        """Accuracy on the fitness samples, readouts trained on the training samples.

        With folds their mean; each sample is simulated once for all of them.
        """
        if not self.folds:
            return self._scores(
                reservoirs, self.train_samples, self.fitness_samples, disturbed=True
            )
        place = np.full(len(self.spikes), -1)
        place[self.training] = np.arange(len(self.training))
        folds = [(place[train], place[score]) for train, score in self.folds]
        sizes = [reservoir.n_neurons for reservoir in reservoirs]
        copies = self._copies(reservoirs)
        return self._accuracies_and_spikes(reservoirs, sizes, self.training, folds, copies)[0]

    def aims(
        self, reservoirs: Sequence[Reservoir], names: Sequence[str], *, places: int
    ) -> NDArray[np.float64]:
        """Values (reservoirs, aims) on the samples that :meth:`fitness` sees.

        Parameters
        ----------
        reservoirs : sequence of Reservoir
            Of any numbers of neurons.
        names : sequence of str
            Of :data:`evolution.aims.AIMS`: ``spikes`` is the mean number of the whole liquid in a
            sample.
        places : int
            The most neurons of a reservoir: all are simulated together, as if they had so many.
        """
        sizes = [reservoir.n_neurons for reservoir in reservoirs]
        reservoirs = self._pretrained(reservoirs, self.train_samples)
        accuracy, spikes = self._accuracies_and_spikes(
            [padded(reservoir, places) for reservoir in reservoirs],
            sizes,
            *_one_fold(self.train_samples, self.fitness_samples),
            [[padded(copy, places) for copy in copies] for copies in self._copies(reservoirs)],
            count="spikes" in names,
        )
        values = {
            "accuracy": accuracy,
            "spikes": spikes,
            "neurons": np.array(sizes, dtype=np.float64),
        }
        return np.stack([values[name] for name in names], axis=1)

    def test(self, reservoirs: Sequence[Reservoir]) -> NDArray[np.float64]:
        """Accuracy on the test samples, readouts trained on training and fitness samples.

        Raises
        ------
        ValueError
            There are no test samples.
        """
        if self.test_samples is None:
            raise ValueError("test_samples must be given to be tested on, got None")
        return self._scores(reservoirs, self.training, self.test_samples)

    def n_features(self, reservoir: Reservoir) -> int:
        """Number of features that the readout sees of a reservoir."""
        excitatory = self.state.neurons == "excitatory"
        neurons = int(reservoir.excitatory.sum()) if excitatory else reservoir.n_neurons
        return features_per_neuron(self.state) * neurons

    @property
    def training(self) -> Indices:
        """The samples that may train what is tested."""
        return np.concatenate([self.train_samples, self.fitness_samples])

    def _scores(
        self,
        reservoirs: Sequence[Reservoir],
        train: Indices,
        score: Indices,
        *,
        disturbed: bool = False,
    ) -> NDArray[np.float64]:
        sizes = [reservoir.n_neurons for reservoir in reservoirs]
        reservoirs = self._pretrained(reservoirs, train)
        copies = self._copies(reservoirs) if disturbed else []
        return self._accuracies_and_spikes(reservoirs, sizes, *_one_fold(train, score), copies)[0]

    def _copies(self, reservoirs: Sequence[Reservoir]) -> list[list[Reservoir]]:
        """For each disturbance a copy of each reservoir."""
        n_channels = self.spikes.n_channels
        return [
            [
                disturbance.copy_of(each, np.random.default_rng(k), n_channels=n_channels)
                for each in reservoirs
            ]
            for k, disturbance in enumerate(self.disturbances)
        ]

    def _pretrained(self, reservoirs: Sequence[Reservoir], train: Indices) -> Sequence[Reservoir]:
        rules = make_pretraining(self.pretraining)
        if not rules:
            return reservoirs
        spikes, codes = self.spikes[train], np.unique(self.labels[train], return_inverse=True)[1]
        return [
            pretrain(
                reservoir,
                spikes,
                rules,
                y=codes,
                rate_Hz=_RATE_HZ,
                dt_ms=self.dt_ms,
                random_state=0,
            )
            for reservoir in reservoirs
        ]

    def _accuracies_and_spikes(
        self,
        reservoirs: Sequence[Reservoir],
        sizes: Sequence[int],
        samples: Indices,
        folds: Sequence[tuple[Indices | slice, Indices | slice]],
        copies: Sequence[Sequence[Reservoir]] = (),
        *,
        count: bool = False,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Accuracies, and spikes if `count`, of reservoirs whose first neurons alone matter.

        Folds are places among the samples. Where there are copies, their mean accuracies.
        """
        spikes, labels = self.spikes[samples], self.labels[samples]
        accuracies, numbers = np.zeros((2, len(reservoirs)))
        for part in _parts(reservoirs, len(samples) * features_per_neuron(self.state)):
            states = self._simulate(reservoirs[part], spikes, self.state)
            counts = self._counts(reservoirs[part], spikes, states) if count else states
            # One BLAS thread: the last bits of a sum must not depend on the number of cores.
            with blas_threads_for(1):
                within = range(*part.indices(len(sizes)))
                columns = [self._columns(reservoirs[k], sizes[k]) for k in within]
                features = [own[:, seen] for own, seen in zip(states, columns, strict=True)]
                for train, score in folds:
                    # Double precision for one liquid at a time.
                    training = (X[train].astype(np.float64) for X in features)
                    readouts = fit_each(self.readout, training, labels[train])
                    looks = [
                        self._simulate(each[part], spikes[score], self.state) for each in copies
                    ]
                    for i, (k, readout) in enumerate(zip(within, readouts, strict=True)):
                        scored = [look[i][:, columns[i]] for look in looks] or [features[i][score]]
                        for X in scored:
                            predicted = readout.predict(X.astype(np.float64))
                            right = np.mean(predicted == labels[score])
                            accuracies[k] += right / len(folds) / len(scored)
                if count:
                    for k, fired in zip(within, counts, strict=True):
                        numbers[k] = fired[:, : sizes[k]].sum(dtype=np.float64) / len(samples)
        return accuracies, numbers

    def _simulate(
        self, reservoirs: Sequence[Reservoir], spikes: SpikeTrains, state: State
    ) -> NDArray[np.float32]:
        return simulate(reservoirs, spikes, state=state, dt_ms=self.dt_ms, n_jobs=self.n_jobs)

    def _counts(
        self, reservoirs: Sequence[Reservoir], spikes: SpikeTrains, states: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Spikes (reservoirs, samples, neurons): from the states, if these are counts of all."""
        state = self.state
        if not isinstance(state, SpikeCounts | TimeBins) or state.neurons != "all":
            return self._simulate(reservoirs, spikes, SpikeCounts())
        readings = states.reshape(*states.shape[:2], len(state.at), -1)
        return readings.sum(axis=2) if isinstance(state, TimeBins) else readings[:, :, -1]

    def _columns(self, reservoir: Reservoir, size: int) -> NDArray[np.bool_] | slice:
        """The features that a readout sees of a reservoir's first neurons."""
        if self.state.neurons == "excitatory":  # which padding neurons aren't
            return slice(self.n_features(reservoir))
        if size == reservoir.n_neurons:
            return slice(None)  # and no copy
        first = np.arange(reservoir.n_neurons) < size
        return np.tile(first, features_per_neuron(self.state))


def _one_fold(train: Indices, score: Indices) -> tuple[Indices, list[tuple[slice, slice]]]:
    """Samples, and the places among them of those that train and those that score."""
    n = len(train)
    return np.concatenate([train, score]), [(slice(n), slice(n, None))]


def _parts(reservoirs: Sequence[Reservoir], numbers_a_neuron: int) -> Iterator[slice]:
    numbers_a_reservoir = numbers_a_neuron * reservoirs[0].n_neurons
    at_a_time = max(1, STATES_AT_A_TIME // numbers_a_reservoir)
    for start in range(0, len(reservoirs), at_a_time):
        yield slice(start, min(start + at_a_time, len(reservoirs)))
