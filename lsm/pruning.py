"""Pruning: a model whose liquid does less, with its readout trained again.

:func:`prune` takes neurons or synapses away until a budget is kept: a number of neurons, or of
synaptic operations in a sample as :func:`lsm.metrics.synaptic_operations` counts them.

==============  ====================================================================================
``"readout"``   neurons, first those whose readout weight times rate is least
``"random"``    neurons at random: its control
``"noise"``     synapses at random, sooner those whose ends covary while noise drives the liquid;
                those that stay are strengthened
``"even"``      synapses at random, all as likely: its control
==============  ====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive, positive_int
from lsm.estimators import LSMClassifier, LSMRegressor
from lsm.metrics import poisson_spikes, synaptic_operations
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.spikes import SpikeTrains
from lsm.topology import ListedInputs, Synapses

Floats = NDArray[np.float64]
Model = TypeVar("Model", LSMClassifier, LSMRegressor)
By = Literal["readout", "random", "noise", "even"]

#: Samples that a budget is sought with, and noisy ones that covariances are taken from.
_PROBED, _NOISY = 300, 500
#: Logarithms to base 2 between which the factor of probabilities is sought, and places of it.
_OCTAVES, _PLACES = 12, 1024


def prune(
    model: Model,
    X: Any,
    y: Any,
    *,
    neurons: int | None = None,
    operations: float | None = None,
    by: By | None = None,
    random_state: int | np.random.Generator | None = None,
) -> Model:
    """Take neurons or synapses away until a budget is kept, and train the readout again.

    A budget of operations is kept by simulating what is left, as with fewer synapses the others
    carry other spikes; of more than 300 samples, by its share of the operations of 300. Weights
    stay as they are, but for ``"noise"`` and ``"even"``, which divide each by the probability with
    which it stays.

    Parameters
    ----------
    model : LSMClassifier or LSMRegressor
        Fitted; it stays as it is.
    X, y
        The training data, as `fit` took them.
    neurons : int, optional
        Neurons that stay; for ``"readout"`` and ``"random"``.
    operations : float, optional
        Synaptic operations in a sample, at most, in the mean of `X`.
    by : {"readout", "random", "noise", "even"}, optional
        By default ``"readout"`` for a budget of neurons and ``"noise"`` for one of operations,
        which loses less there. ``"readout"``: by :func:`readout_importance`. ``"noise"``: the
        synapse from i to j stays with a probability in proportion to ``|w| (C_ii + C_jj - 2 sgn(w)
        C_ij)``, C the covariances of spike counts while the channels fire at random at their mean
        rate (Moore & Chaudhuri, NeurIPS 2020, who prune recurrent synapses; here those of the
        channels too).
    random_state : int, Generator or None
        For chance and noise.

    Returns
    -------
    model
        A fitted copy whose parameter ``reservoir`` is what is left.

    Raises
    ------
    NotFittedError
        A model before ``fit``.
    TypeError, ValueError
        Another kind of model; no budget, two, one below a neuron or of more than there are, or of
        operations without spikes; a readout without ``coef_``, or a state of excitatory neurons
        alone, for ``"readout"``.
    """
    if not isinstance(model, LSMClassifier | LSMRegressor):
        raise TypeError(f"model must be an LSMClassifier or LSMRegressor, got {model!r}")
    if by is None:
        by = "readout" if operations is None else "noise"
    if by not in get_args(By):
        raise ValueError(f"by must be one of {', '.join(map(repr, get_args(By)))}, got {by!r}")
    if (neurons is None) == (operations is None):
        raise ValueError(
            f"prune needs neurons or operations, one of them, got {neurons!r} and {operations!r}"
        )
    check_is_fitted(model)
    reservoir, rng = model.reservoir_, np.random.default_rng(random_state)
    if neurons is not None:
        if by in ("noise", "even"):
            raise ValueError(f"neurons is no budget for by={by!r}, which takes synapses away")
        if positive_int(neurons, "neurons") > reservoir.n_neurons:
            raise ValueError(f"neurons must be at most {reservoir.n_neurons}, got {neurons}")
    budget = None if operations is None else positive(operations, "operations")
    if by == "readout":
        _check_weighted(model)
    spikes = model.encode(X)
    if budget is not None and not len(spikes.times_ms):
        raise ValueError("X must hold a spike, to count operations, got none")
    if by in ("noise", "even"):
        smaller, most = _thinning(model, spikes, rng, noise=by == "noise"), _PLACES
    else:
        worth = readout_importance(model, X) if by == "readout" else rng.random(reservoir.n_neurons)
        order = np.argsort(-worth, kind="stable")
        most = reservoir.n_neurons

        def smaller(n: int) -> Reservoir:
            return with_neurons(reservoir, np.sort(order[:n]), spikes.n_channels)

    size = neurons if budget is None else _largest(smaller, most, model, spikes, budget)
    remaining = smaller(size) if size else None
    if remaining is None or (budget and not len(remaining.input_synapses(spikes.n_channels))):
        raise ValueError(f"operations must leave a synapse from a channel, got {operations!r}")
    pruned = clone(model).set_params(
        reservoir=remaining, pretraining=None, state=model.state_, target=model.target_
    )
    if model.input_kind_ == "signals":
        pruned.set_params(encoder=model.encoder_)
    if model.input_kind_ == "events":
        pruned.set_params(sensor_size=model.sensor_size_)
    fitted: Model = pruned.fit(X, y)
    return fitted


def readout_importance(model: LSMClassifier | LSMRegressor, X: Any) -> Floats:
    """What each neuron adds to the outputs of a model's readout, (neurons,).

    The mean size of its readout weights times that of its features, summed over the features: with
    spike counts, weight times rate.

    Raises
    ------
    NotFittedError
        A model before ``fit``.
    TypeError, ValueError
        A readout without ``coef_``, a state of excitatory neurons alone.
    """
    check_is_fitted(model)
    _check_weighted(model)
    weight = np.abs(np.atleast_2d(model.readout_.coef_)).mean(axis=0)
    size = np.abs(model._states(model.encode(X))).mean(axis=0)
    importance: Floats = (weight * size).reshape(-1, model.reservoir_.n_neurons).sum(axis=0)
    return importance


def with_neurons(reservoir: Reservoir, neurons: NDArray[np.intp], n_channels: int) -> Reservoir:
    """The reservoir with these neurons alone, in this order, and the synapses to and among them.

    What is left is :class:`lsm.topology.MatrixWiring` and :class:`lsm.topology.ListedInputs`.
    """
    place = np.full(reservoir.n_neurons, -1, dtype=np.int32)
    place[neurons] = np.arange(len(neurons))

    def kept(synapses: Synapses, source: NDArray[np.int32]) -> Synapses:
        target = place[synapses.target]
        stay = (source >= 0) & (target >= 0)
        return Synapses(
            source[stay], target[stay], synapses.weight_pA[stay], synapses.delay_ms[stay]
        )

    recurrent, inputs = reservoir.synapses, reservoir.input_synapses(n_channels)
    part = {name: getattr(reservoir, name)[neurons] for name in ("excitatory", "positions", "keys")}
    return reservoir.rewired(
        kept(recurrent, place[recurrent.source]),
        inputs=ListedInputs(kept(inputs, inputs.source), n_channels),
        parameters={name: values[neurons] for name, values in reservoir.parameters.items()},
        **part,
    )


def _thinning(
    model: LSMClassifier | LSMRegressor,
    spikes: SpikeTrains,
    rng: np.random.Generator,
    *,
    noise: bool,
) -> Callable[[int], Reservoir]:
    """The reservoir with fewer synapses, by a place from 0 on: the higher, the more stay."""
    reservoir, n_channels = model.reservoir_, spikes.n_channels
    parts = reservoir.synapses, reservoir.input_synapses(n_channels)
    worth = [np.ones(len(synapses)) for synapses in parts]
    if noise:
        covariance = _noisy_covariance(model, spikes, rng)
        firsts = n_channels, 0  # channels come before neurons
        worth = [
            _difference(synapses, covariance, first, n_channels)
            for synapses, first in zip(parts, firsts, strict=True)
        ]
    mean = np.concatenate(worth).mean()
    luck = [rng.random(len(synapses)) for synapses in parts]

    def thinned(place: int) -> Reservoir:
        factor = 2.0 ** (_OCTAVES * (2 * place / _PLACES - 1))
        recurrent, inputs = (
            _thin(synapses, np.minimum(factor * value / mean, 1.0), lot)
            for synapses, value, lot in zip(parts, worth, luck, strict=True)
        )
        return reservoir.rewired(recurrent, inputs=ListedInputs(inputs, n_channels))

    return thinned


def _thin(synapses: Synapses, probability: Floats, luck: Floats) -> Synapses:
    """Those whose luck is below a probability, by which their weights are divided."""
    stay = luck < probability
    weight = synapses.weight_pA[stay] / probability[stay]
    return Synapses(synapses.source[stay], synapses.target[stay], weight, synapses.delay_ms[stay])


def _noisy_covariance(
    model: LSMClassifier | LSMRegressor, spikes: SpikeTrains, rng: np.random.Generator
) -> Floats:
    """Covariances of spike counts of channels, then neurons, while all channels fire at random."""
    mean_ms = float(spikes.durations_ms.mean())
    rates_Hz = 1000 * spikes.counts().mean(axis=0) / mean_ms
    drive = poisson_spikes(
        _NOISY, spikes.n_channels, rate_Hz=rates_Hz, duration_ms=mean_ms, random_state=rng
    )
    counts = simulate(model.reservoir_, drive, **_options(model))[0]
    return np.cov(np.column_stack([drive.counts(), counts]), rowvar=False)


def _difference(synapses: Synapses, covariance: Floats, source: int, target: int) -> Floats:
    """``|w| (C_ii + C_jj - 2 sgn(w) C_ij)`` of synapses, from and to these rows of C on."""
    i, j, weight = synapses.source + source, synapses.target + target, synapses.weight_pA
    variance = np.diag(covariance)
    difference = variance[i] + variance[j] - 2 * np.sign(weight) * covariance[i, j]
    return np.abs(weight) * np.maximum(difference, 0.0)


def _largest(
    smaller: Callable[[int], Reservoir],
    most: int,
    model: LSMClassifier | LSMRegressor,
    spikes: SpikeTrains,
    budget: float,
) -> int:
    """The largest number up to `most` whose reservoir keeps a budget of operations, or 0."""
    probe = spikes[:: -(-len(spikes) // _PROBED)]

    def operations(reservoir: Reservoir, samples: SpikeTrains) -> float:
        return float(synaptic_operations(reservoir, samples, **_options(model))[0])

    whole = model.reservoir_
    share = operations(whole, probe) / operations(whole, spikes)
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        is_within = operations(smaller(middle), probe) <= budget * share
        low, high = (middle, high) if is_within else (low, middle)
    return low


def _options(model: LSMClassifier | LSMRegressor) -> dict[str, Any]:
    """How a model simulates."""
    return {"dt_ms": model._dt_ms, "target": model.target_, "n_jobs": model.n_jobs}


def _check_weighted(model: LSMClassifier | LSMRegressor) -> None:
    """Raise an error where a readout has no weight for every feature of every neuron."""
    if not hasattr(model.readout_, "coef_"):
        raise TypeError(f"model must have a readout with coef_, got {model.readout_!r}")
    if model.state_.neurons != "all":
        raise ValueError(f"model must have a state of all neurons, got {model.state_!r}")
