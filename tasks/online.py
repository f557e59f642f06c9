"""Rivals that hear a sample as it comes: what they know at its end is what they have remembered.

Each turns spikes into features that could be kept up to date step by step and are read when the
sample ends, as a liquid's state is, by the same linear readout; and says how many bits it has to
keep from one step to the next (`memory_bits`). `liquid_bits` says the same of a liquid.

A number takes 32 bits, a spike on its way one bit for each step of its delay, and the count of a
step of a delay line as many bits as the largest count in the training data needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import train_test_split

from lsm.base.seeds import numpy_seed
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.states import State, features_per_neuron
from readouts import make_readout
from tasks.baselines import Features, traces

NUMBER_BITS = 32
#: Samples on which an echo state network's leak and radius are chosen.
JUDGED = 1000


class LeakyCounts(TransformerMixin, BaseEstimator):
    """Counts of each channel's spikes that leak with several time constants.

    Parameters
    ----------
    tau_ms : sequence of float
        Each channel has a count for each of them.
    """

    def __init__(self, tau_ms: Sequence[float] = (50.0, 150.0, 500.0, 1500.0)) -> None:
        self.tau_ms = tau_ms

    def fit(self, X: SpikeTrains, y: Any = None) -> Self:
        """Learn nothing."""
        return self

    def transform(self, X: SpikeTrains) -> Features:
        """Features (samples, time constants x channels)."""
        return traces(X, self.tau_ms)

    def memory_bits(self, X: SpikeTrains) -> int:
        """Bits kept from one step to the next, of such samples."""
        return NUMBER_BITS * len(self.tau_ms) * X.n_channels


class DelayLine(TransformerMixin, BaseEstimator):
    """Counts of each channel in the last steps, as a linear model on lags sees them.

    With `units` they go, in units of their root mean square, to so many tanh units of random
    weights and biases, which keep nothing: products of now and then, which no line can draw (an
    extreme learning machine; Huang et al. 2006, Neurocomputing 70:489).

    Parameters
    ----------
    step_ms : float
    units : int, optional
    random_state : int
        Draws the units' weights.

    Attributes
    ----------
    n_steps_ : int
        As far back as the longest training sample.
    """

    def __init__(
        self, step_ms: float = 50.0, *, units: int | None = None, random_state: int = 0
    ) -> None:
        self.step_ms = step_ms
        self.units = units
        self.random_state = random_state

    def fit(self, X: SpikeTrains, y: Any = None) -> Self:
        """Learn how long samples are and, for units, the scale of the counts; draw the units."""
        self.n_steps_ = int(X.n_steps(self.step_ms).max())
        if self.units is not None:
            rng = np.random.default_rng(numpy_seed(self.random_state))
            n = self.n_steps_ * X.n_channels
            size = np.sqrt(np.square(self._lags(X)).sum(axis=1).mean()) or 1.0
            self._weights = rng.normal(scale=1 / size, size=(n, self.units))
            self._biases = rng.normal(size=self.units)
        return self

    def transform(self, X: SpikeTrains) -> Features:
        """Features (samples, steps x channels), the last step first, or (samples, units)."""
        lags = self._lags(X)
        return lags if self.units is None else np.tanh(lags @ self._weights + self._biases)

    def memory_bits(self, X: SpikeTrains) -> int:
        """Bits kept from one step to the next, of such samples."""
        step_counts = [sample.to_dense(self.step_ms).max(initial=1) for sample in X]
        width = int(np.ceil(np.log2(max(step_counts) + 1)))
        return int(X.n_steps(self.step_ms).max()) * X.n_channels * width

    def _lags(self, X: SpikeTrains) -> Features:
        sample = X.sample_indices()
        lag = np.ceil((X.durations_ms[sample] - X.times_ms) / self.step_ms).astype(np.int64) - 1
        within = lag < self.n_steps_
        shape = len(X), self.n_steps_, X.n_channels
        cells = np.ravel_multi_index((sample[within], lag[within], X.channels[within]), shape)
        counted = np.bincount(cells, minlength=int(np.prod(shape)))
        return counted.reshape(len(X), -1).astype(np.float64)


class OnlineEchoState(TransformerMixin, BaseEstimator):
    """An echo state network of leaky tanh units that hears counts of spikes, read at the end.

    Jaeger et al. 2007, Neural Networks 20:335, equation 2, with biases. Counts are divided by their
    root mean square over all channels and steps. What is read is a leaky mean of each unit's state,
    as a liquid's traces are. Leak and spectral radius are those, of the ones given, whose ridge
    readout is best on 30 % of the training samples, or of :data:`JUDGED` of them, after training on
    the others.

    Parameters
    ----------
    units : int
    leaks, radii : sequence of float
        Leak of a step, from 0 to 1; spectral radius of the recurrent weights.
    step_ms, mean_ms : float
        A step of the network; the time constant of the mean.
    at : sequence of float
        When it is read, in parts of the sample's duration.
    random_state : int
        Draws the weights: normal, a tenth of the recurrent ones, all inputs and biases.

    Attributes
    ----------
    leak_, radius_, scale_ : float
    """

    def __init__(
        self,
        units: int,
        *,
        leaks: Sequence[float] = (0.03, 0.1, 0.3),
        radii: Sequence[float] = (0.9, 1.2),
        step_ms: float = 20.0,
        mean_ms: float = 200.0,
        at: Sequence[float] = (0.7, 0.8, 0.9, 1.0),
        random_state: int,
    ) -> None:
        self.units = units
        self.leaks = leaks
        self.radii = radii
        self.step_ms = step_ms
        self.mean_ms = mean_ms
        self.at = at
        self.random_state = random_state

    def fit(self, X: SpikeTrains, y: NDArray[Any]) -> Self:
        """Learn the scale of the counts, and choose leak and radius."""
        rng = np.random.default_rng(numpy_seed(self.random_state))
        n, channels = self.units, X.n_channels
        square = np.square(X[:200].to_dense(self.step_ms), dtype=np.float64)
        self.scale_ = float(np.sqrt(square.mean())) or 1.0
        self._inputs = (rng.normal(size=(channels, n)) / np.sqrt(channels)).astype(np.float32)
        self._biases = rng.normal(size=n).astype(np.float32)
        weights = rng.normal(size=(n, n)) * (rng.random((n, n)) < max(0.1, min(1.0, 5 / n)))
        largest = np.abs(np.linalg.eigvals(weights)).max()
        self._weights = (weights / (largest or 1.0)).astype(np.float32)
        looked_at = rng.permutation(len(X))[:JUDGED]
        X, y = X[looked_at], y[looked_at]
        train, judge = train_test_split(np.arange(len(X)), test_size=0.3, random_state=0)
        best = -1.0
        for leak in self.leaks:
            for radius in self.radii:
                states = self._states(X, leak, radius)
                readout = make_readout("ridge").fit(states[train], y[train])
                score = float(readout.score(states[judge], y[judge]))
                if score > best:
                    best, self.leak_, self.radius_ = score, leak, radius
        return self

    def transform(self, X: SpikeTrains) -> Features:
        """Features (samples, readings x units): the means, the first reading of all units first."""
        return self._states(X, self.leak_, self.radius_)

    def memory_bits(self, X: SpikeTrains) -> int:
        """Bits kept from one step to the next."""
        return NUMBER_BITS * (1 + len(self.at)) * self.units

    def _states(self, X: SpikeTrains, leak: float, radius: float) -> Features:
        n, kept = self.units, np.float32(np.exp(-self.step_ms / self.mean_ms))
        features = np.zeros((len(X), len(self.at), n), np.float32)
        weights = np.float32(radius) * self._weights
        read = np.maximum(np.ceil(np.outer(X.n_steps(self.step_ms), self.at)).astype(np.int64), 1)
        for start in range(0, len(X), 256):  # some samples at a time, each up to its own end
            block = slice(start, start + 256)
            counts = X[block].to_dense(self.step_ms).astype(np.float32) / np.float32(self.scale_)
            state, mean = np.zeros((2, len(counts), n), np.float32)
            for t in range(counts.shape[2]):
                drive = counts[:, :, t] @ self._inputs + state @ weights + self._biases
                state += np.float32(leak) * (np.tanh(drive) - state)
                mean = state + kept * (mean - state)
                sample, reading = np.nonzero(read[block] == t + 1)
                features[start + sample, reading] = mean[sample]
        return features.reshape(len(X), -1).astype(np.float64)


#: Name -> what makes the rival from a number of units and a random state; whether it is drawn.
ONLINE: dict[str, tuple[Callable[[int, int], Any], bool]] = {
    "leaky-counts": (lambda units, seed: LeakyCounts(), False),
    "delay-line": (lambda units, seed: DelayLine(), False),
    "delay-units": (lambda units, seed: DelayLine(units=units, random_state=seed), True),
    "online-esn": (lambda units, seed: OnlineEchoState(units, random_state=seed), True),
}


def liquid_bits(
    reservoir: Reservoir, state: State, *, n_channels: int, dt_ms: float = 1.0
) -> dict[str, int]:
    """Bits that a liquid keeps from one step to the next, by what they are for.

    Returns
    -------
    dict of str to int
        ``"neurons"``: their state variables, and how long each is refractory still;
        ``"spikes in flight"``: one bit for each neuron and step of the longest delay of its
        synapses, beyond the step that every spike takes; ``"delayed inputs"``: the same of
        channels; ``"readout"``: the features that have been read, or are filling.
    """
    n = reservoir.n_neurons
    variables = len(reservoir.model.state) + 1
    if reservoir.short_term is not None:
        variables += 2
    inputs = reservoir.input_synapses(n_channels)
    return {
        "neurons": NUMBER_BITS * variables * n,
        "spikes in flight": _waiting(reservoir.synapses, n, dt_ms),
        "delayed inputs": _waiting(inputs, n_channels, dt_ms),
        "readout": NUMBER_BITS * features_per_neuron(state) * n,
    }


def _waiting(synapses: Any, n_sources: int, dt_ms: float) -> int:
    """Steps, summed over sources, of the longest delay of each."""
    longest = np.zeros(n_sources, np.int64)
    np.maximum.at(longest, synapses.source, synapses.delay_steps(dt_ms))
    return int(longest.sum())
