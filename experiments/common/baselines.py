"""What a task's accuracy is without a liquid: what any liquid has to beat.

Each baseline is a simple statistic of a sample's spikes, (samples, features), with two linear
readouts. They are trained on the training and fitness data and tested once.
"""

import difflib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.spikes import SpikeTrains
from readouts import make_readout
from tasks import Task

Features = NDArray[np.float64]


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
    if n_features < 1:
        raise ValueError(f"n_features must be at least 1, got {n_features}")
    projections = partial(
        random_projections, n_features=n_features, rng=np.random.default_rng(random_state)
    )
    known: dict[str, Callable[[SpikeTrains], Features]] = {
        **FEATURES,
        "random_projections": projections,
    }
    chosen = list(known) if names is None else list(names)
    for name in chosen:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"names must be of {', '.join(known)}; got {name!r}, did you mean {nearest!r}?"
            )

    training = np.concatenate([task.train, task.fitness])
    y, y_test = task.labels[training], task.labels[task.test]
    classes, frequencies = np.unique(y, return_counts=True)
    result: dict[str, Any] = {"chance": _accuracy(classes[frequencies.argmax()], y_test)}
    best = {"name": "chance", "readout": None, "accuracy": result["chance"]}
    for name in chosen:
        X = known[name](task.spikes)
        result[name] = {}
        for readout in ("ridge", "logistic"):
            model = make_readout(readout)
            accuracy = _accuracy(model.fit(X[training], y).predict(X[task.test]), y_test)
            result[name][readout] = accuracy
            if accuracy > best["accuracy"]:
                best = {"name": name, "readout": readout, "accuracy": accuracy}
    result["best_without_liquid"] = best
    if task.ceiling is not None:
        result["ceiling"] = _accuracy(task.ceiling[task.test], y_test)
    return result


def _accuracy(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    return float(np.mean(predicted == labels))
