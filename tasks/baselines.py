"""What a task's accuracy is without a liquid: what any liquid has to beat.

Each baseline is a simple statistic of a sample's spikes or signals, (samples, features), with two
linear readouts. They are trained on the training and fitness data, or on a fold's training part,
and tested once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import nearest
from lsm.spikes import SpikeTrains
from readouts import make_readout
from tasks.base import Task

Features = NDArray[np.float64]
Signals = Sequence[NDArray[Any]] | NDArray[Any]


def counts(spikes: SpikeTrains) -> Features:
    """Number of spikes of each channel."""
    return spikes.counts().astype(np.float64)


def first_spikes(spikes: SpikeTrains) -> Features:
    """Time of the first spike of each channel in ms; of a silent one, the sample's duration."""
    first = np.repeat(spikes.durations_ms, spikes.n_channels)
    np.minimum.at(first, _cells(spikes), spikes.times_ms)
    return first.reshape(spikes.shape)


def mean_spikes(spikes: SpikeTrains) -> Features:
    """Mean time of the spikes of each channel in ms; of a silent one, the sample's duration."""
    number = counts(spikes)
    total = _sums(spikes, spikes.times_ms)
    return np.where(number > 0, total / np.maximum(number, 1), spikes.durations_ms[:, np.newaxis])


def time_bins(spikes: SpikeTrains, n_bins: int) -> Features:
    """Number of spikes of each channel in `n_bins` equal parts of the sample's own duration."""
    bins = (spikes.times_ms / spikes.durations_ms[spikes.sample_indices()] * n_bins).astype(
        np.int64
    )
    cells = _cells(spikes) * n_bins + np.minimum(bins, n_bins - 1)
    n_samples, n_channels = spikes.shape
    binned = np.bincount(cells, minlength=n_samples * n_channels * n_bins)
    return binned.reshape(n_samples, n_channels * n_bins).astype(np.float64)


def traces(spikes: SpikeTrains, taus_ms: Iterable[float]) -> Features:
    """Exponential traces of each channel at the sample's end, for each time constant in ms."""
    age = spikes.durations_ms[spikes.sample_indices()] - spikes.times_ms
    return np.hstack([_sums(spikes, np.exp(-age / tau)) for tau in taus_ms])


def random_projections(spikes: SpikeTrains, n_features: int, rng: np.random.Generator) -> Features:
    """Linear projections of 10 time bins a channel with normally distributed weights."""
    bins = time_bins(spikes, 10)
    return bins @ rng.normal(scale=bins.shape[1] ** -0.5, size=(bins.shape[1], n_features))


def signal_levels(signals: Signals) -> Features:
    """Mean and standard deviation of each channel."""
    return np.array([np.concatenate([x.mean(axis=1), x.std(axis=1)]) for x in signals])


def signal_bins(signals: Signals, n_bins: int) -> Features:
    """Mean of each channel in `n_bins` equal parts of the sample's own duration.

    A signal holds each value for a step, so there may be more parts than steps.
    """
    return np.array([_bin_means(np.asarray(x, np.float64), n_bins).ravel() for x in signals])


def root_mean_absolute(signals: Signals) -> Features:
    """Root of the mean absolute value of each channel: the amplitude of an electromyogram."""
    return np.sqrt(np.array([np.abs(x).mean(axis=1) for x in signals], dtype=np.float64))


def band_powers(signals: Signals, n_bands: int) -> Features:
    """Logarithm of the power of each channel in bands of frequency, as of an electroencephalogram.

    From .003 of the rate of steps to half of it, in equal parts on a logarithmic scale, of a Hann
    window as long as the sample, whose mean is taken away; less than 1e-12 counts as that.
    """
    edges = np.geomspace(0.003, 0.5, n_bands + 1)
    return np.array([_log_powers(np.asarray(x, np.float64), edges).ravel() for x in signals])


def _log_powers(signal: Features, edges: Features) -> Features:
    """Log powers (channels, bands) of a signal (channels, steps); edges in cycles a step."""
    n_steps = signal.shape[1]
    levelled = signal - signal.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(levelled * np.hanning(n_steps))) ** 2
    # Each frequency's power is spread evenly from half a frequency below to half a one above.
    integral = np.cumsum(np.pad(power, ((0, 0), (1, 0))), axis=1)
    borders = (np.arange(integral.shape[1]) - 0.5) / n_steps
    sums = np.array([np.diff(np.interp(edges, borders, channel)) for channel in integral])
    return np.log(np.maximum(sums / np.diff(edges), 1e-12))


def _bin_means(signal: Features, n_bins: int) -> Features:
    """Means (channels, bins) of a signal (channels, steps)."""
    steps = np.arange(signal.shape[1] + 1)
    edges = np.linspace(0, steps[-1], n_bins + 1)
    integral = np.cumsum(np.pad(signal, ((0, 0), (1, 0))), axis=1)
    return (
        np.array([np.diff(np.interp(edges, steps, channel)) for channel in integral]) / (edges[1])
    )


def _cells(spikes: SpikeTrains) -> NDArray[np.int64]:
    """Place of each spike's sample and channel in a flat (samples, channels) array."""
    return spikes.sample_indices() * spikes.n_channels + spikes.channels


def _sums(spikes: SpikeTrains, values: NDArray[np.float64]) -> Features:
    """Sum of a value of each spike over each channel of each sample."""
    n_samples, n_channels = spikes.shape
    sums = np.bincount(_cells(spikes), weights=values, minlength=n_samples * n_channels)
    return sums.reshape(spikes.shape).astype(np.float64, copy=False)


#: Name -> features that need neither a random number nor the liquid's size.
FEATURES: dict[str, Callable[[SpikeTrains], Features]] = {
    "raw_counts": counts,
    "first_spikes": first_spikes,
    "mean_spikes": mean_spikes,
    "time_bins_2": partial(time_bins, n_bins=2),
    "time_bins_3": partial(time_bins, n_bins=3),
    "time_bins_10": partial(time_bins, n_bins=10),
    "trace_30ms": partial(traces, taus_ms=(30.0,)),
    "traces_10_30_100ms": partial(traces, taus_ms=(10.0, 30.0, 100.0)),
}

#: Name -> features of the signals, for tasks that have them.
SIGNAL_FEATURES: dict[str, Callable[[Signals], Features]] = {
    "signal_levels": signal_levels,
    "signal_bins_10": partial(signal_bins, n_bins=10),
    "root_mean_absolute": root_mean_absolute,
    "band_powers_12": partial(band_powers, n_bands=12),
}

#: The two readouts of every baseline.
LINEAR = ("ridge", "logistic")


def baselines(
    task: Task,
    *,
    n_features: int,
    random_state: int | np.random.SeedSequence | np.random.Generator,
    names: Iterable[str] | None = None,
) -> dict[str, Any]:
    """Accuracies on the task's test samples without a liquid.

    Parameters
    ----------
    task : Task
        Its training and fitness samples train, its test samples are predicted once.
    n_features : int
        Number of random projections: the number of features that the liquid's readout sees.
    random_state : int, SeedSequence or Generator
        Draws the random projections.
    names : iterable of str, optional
        Which features, of `FEATURES` and ``"random_projections"``; all by default.

    Returns
    -------
    dict
        ``"chance"``: accuracy of always answering the most frequent training class;
        for each name ``{"ridge": accuracy, "logistic": accuracy}``;
        ``"best_without_liquid"``: ``{"name", "readout", "accuracy"}`` of the best on the test
        samples, which favours the rival of the liquid;
        ``"ceiling"``, where the task knows it: accuracy of Bayes' rule on the same test samples.

    Raises
    ------
    ValueError
        A name is unknown, or `n_features` is below 1.
    """
    y_test = task.labels[task.test]
    chance = most_frequent(task.labels[task.training])
    result: dict[str, Any] = {"chance": _accuracy(chance, y_test)}
    best = {"name": "chance", "readout": None, "accuracy": result["chance"]}
    methods = [*FEATURES, "random_projections"] if names is None else names
    predicted = predict_without_liquid(
        task,
        task.training,
        task.test,
        names=methods,
        n_features=n_features,
        random_state=random_state,
    )
    for name, of_features in predicted.items():
        result[name] = {}
        for readout, labels in of_features.items():
            accuracy = result[name][readout] = _accuracy(labels, y_test)
            if accuracy > best["accuracy"]:
                best = {"name": name, "readout": readout, "accuracy": accuracy}
    result["best_without_liquid"] = best
    if task.ceiling is not None:
        result["ceiling"] = _accuracy(task.ceiling[task.test], y_test)
    return result


class Samples(Protocol):
    """Labelled samples, such as a :class:`tasks.Task`: spikes and, for some, signals."""

    @property
    def spikes(self) -> SpikeTrains:
        """The spikes of all samples."""

    @property
    def labels(self) -> NDArray[Any]:
        """The class of each sample, (samples,)."""

    @property
    def signals(self) -> NDArray[Any] | None:
        """Signals of each sample, (samples,) or (samples, channels, steps), or None."""


def predict_without_liquid(
    samples: Samples,
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    *,
    names: Iterable[str],
    n_features: int,
    random_state: int | np.random.SeedSequence | np.random.Generator,
) -> dict[str, dict[str, NDArray[np.int64]]]:
    """Labels that each baseline, trained on some of the samples, gives others.

    Parameters
    ----------
    samples : Task or Samples
    train, test : array of int
        Indices of the samples.
    names : iterable of str
        Which features, of `FEATURES`, ``"random_projections"`` and, where there are signals,
        `SIGNAL_FEATURES`.
    n_features, random_state
        As :func:`baselines` has them.

    Returns
    -------
    dict
        For each name ``{"ridge": labels, "logistic": labels}``, each of shape (test,).

    Raises
    ------
    ValueError
        A name is unknown, or `n_features` is below 1.
    """
    if n_features < 1:
        raise ValueError(f"n_features must be at least 1, got {n_features}")
    projections = partial(
        random_projections, n_features=n_features, rng=np.random.default_rng(random_state)
    )
    of_spikes: dict[str, Callable[[SpikeTrains], Features]] = {
        **FEATURES,
        "random_projections": projections,
    }
    features_of: dict[str, Callable[[], Features]] = {
        name: partial(features, samples.spikes) for name, features in of_spikes.items()
    }
    if samples.signals is not None:
        features_of |= {
            name: partial(features, samples.signals) for name, features in SIGNAL_FEATURES.items()
        }
    methods = list(names)
    for name in methods:
        if name not in features_of:
            raise ValueError(
                f"names must be of {', '.join(features_of)}; got {name!r}, did you mean "
                f"{nearest(name, features_of)!r}?"
            )
    y = samples.labels[train]
    result: dict[str, dict[str, NDArray[np.int64]]] = {}
    for name in methods:
        X = features_of[name]()
        result[name] = {
            readout: make_readout(readout).fit(X[train], y).predict(X[test]) for readout in LINEAR
        }
    return result


def by_readout(
    predicted: Mapping[str, Mapping[str, NDArray[np.int64]]],
) -> dict[str, NDArray[np.int64]]:
    """What :func:`predict_without_liquid` gives, by ``"features, readout"``."""
    return {
        f"{name}, {readout}": labels
        for name, of_features in predicted.items()
        for readout, labels in of_features.items()
    }


def most_frequent(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The most frequent label, shape (); of equals, the smallest."""
    classes, frequencies = np.unique(labels, return_counts=True)
    return np.asarray(classes[frequencies.argmax()])


def _accuracy(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    return float(np.mean(predicted == labels))
