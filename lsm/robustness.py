"""Robustness: what a trained model is worth on devices that are not perfect.

:func:`disturbed_scores` says it; :func:`harden` trains one readout for all devices.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive_int, whole_from_0
from lsm.estimators import LSMClassifier
from lsm.estimators.classifier import class_labels
from lsm.perturb import Disturbance, checked_disturbances
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.spikes import SpikeTrains
from readouts import RidgeReadout
from readouts.threads import blas_threads_for

Floats = NDArray[np.float64]

#: Keeps copies that train apart from those that score, of the same seed.
_HARDENED = 1


def disturbed_scores(
    model: LSMClassifier,
    X: Any,
    y: Any,
    disturbances: Sequence[Disturbance],
    *,
    X_train: Any = None,
    y_train: Any = None,
    draws: int = 10,
    random_state: int = 0,
) -> Floats:
    """Accuracies of disturbed copies of a model's liquid, as many as draws, simulated together.

    The readout is the model's, which was trained on the liquid as it was. With `X_train` alone each
    copy is calibrated: its features get the mean and the deviation over these samples that they
    have in the liquid as it was. With `y_train` too a readout is trained for each copy.

    Parameters
    ----------
    model : LSMClassifier
        Fitted; it stays as it is.
    X, y
        Samples that score, as the model's ``score`` takes them.
    disturbances : sequence of Disturbance
        ``Disturbance()`` gives the accuracy of what is not disturbed.
    X_train, y_train : optional
        Samples that `fit` was given, or others that each copy hears before it is scored.
    draws : int
        Copies for each disturbance. Draw k has the same chance in all disturbances.
    random_state : int

    Returns
    -------
    array (disturbances, draws)

    Raises
    ------
    NotFittedError
        A model before ``fit``.
    TypeError, ValueError
        Another kind of model, no disturbances, labels without samples or none that the model knows,
        data that don't fit; what :meth:`lsm.perturb.Disturbance.copy_of` refuses.
    """
    several = _checked(model, disturbances)
    if X_train is None and y_train is not None:
        raise ValueError("y_train needs its samples, X_train; got None")
    draws, seed = positive_int(draws, "draws"), whole_from_0(random_state, "random_state")
    labels, spikes = class_labels(X, y), model.encode(X)
    training_spikes = None if X_train is None else model.encode(X_train)
    training_labels = None if y_train is None else class_labels(X_train, y_train)
    for name, given in (("y", labels), ("y_train", training_labels)):
        if given is not None and not np.isin(given, model.classes_).any():
            raise ValueError(
                f"{name} must hold labels that model knows, {', '.join(map(str, model.classes_))}; "
                f"got {given[0]}"
            )
    undisturbed = None
    if training_spikes is not None and training_labels is None:
        undisturbed = _states(model, [model.reservoir_], training_spikes)[0]

    accuracies = np.zeros((len(several), draws))
    for i, disturbance in enumerate(several):
        copies = [_copy(model, disturbance, (seed, k), spikes.n_channels) for k in range(draws)]
        scored = _states(model, copies, spikes)
        before: Any = [None] * draws
        if training_spikes is not None:
            before = _states(model, copies, training_spikes)
        for k, (states, training_states) in enumerate(zip(scored, before, strict=True)):
            readout, features = model.readout_, states.astype(np.float64)
            if training_labels is not None:
                readout = clone(readout).fit(training_states.astype(np.float64), training_labels)
            elif undisturbed is not None:
                features = _calibrated(features, training_states, undisturbed)
            accuracies[i, k] = np.mean(readout.predict(features) == labels)
    return accuracies


def harden(
    model: LSMClassifier,
    X: Any,
    y: Any,
    disturbances: Sequence[Disturbance],
    *,
    random_state: int = 0,
) -> LSMClassifier:
    """Train a model's readout so that it takes no notice of what devices change.

    Each disturbance makes a copy of the liquid; the mean products of the differences that the
    copies make to the states are the noise that the readout's penalty has the shape of
    (:mod:`readouts.noise`). It is still one readout, trained on the liquid as it is, for devices
    that none of these copies is. The penalty's strength is chosen on undisturbed samples left out:
    where features are few beside samples it is small, and changes hardly anything.

    Parameters
    ----------
    model : LSMClassifier
        Fitted, with the readout ``"ridge"``; it stays as it is.
    X, y
        The training data, as `fit` took them.
    disturbances : sequence of Disturbance
        Each makes a copy: ``[Disturbance(weight_noise=0.1)] * 8`` makes eight.
    random_state : int
        For the copies.

    Returns
    -------
    LSMClassifier
        A copy of the model with another readout.

    Raises
    ------
    NotFittedError
        A model before ``fit``.
    TypeError, ValueError
        Another kind of model or readout, one with `decide_every_ms`, no disturbances, data that
        don't fit; what :meth:`lsm.perturb.Disturbance.copy_of` refuses.

    Examples
    --------
    >>> from lsm import LSMClassifier
    >>> from lsm.perturb import Disturbance
    >>> from tasks import make_task
    >>> task = make_task("TPR4", random_state=0, samples_per_class=20)
    >>> X, y = task.spikes[task.training], task.labels[task.training]
    >>> model = LSMClassifier(20, random_state=0).fit(X, y)
    >>> hardened = harden(model, X, y, [Disturbance(bits=4, weight_noise=0.1)] * 8)
    """
    several, seed = _checked(model, disturbances), whole_from_0(random_state, "random_state")
    if not isinstance(model.readout_, RidgeReadout):
        raise TypeError(f"model must have the readout 'ridge', got {model.readout_!r}")
    if model.decide_every_ms is not None:
        raise ValueError(
            "model must not have decide_every_ms, whose readouts would stay what they are; got "
            f"{model.decide_every_ms!r}"
        )
    labels, spikes = class_labels(X, y), model.encode(X)
    copies = [
        _copy(model, disturbance, (seed, k, _HARDENED), spikes.n_channels)
        for k, disturbance in enumerate(several)
    ]
    undisturbed, *disturbed = _states(model, [model.reservoir_, *copies], spikes)
    noise = np.zeros(2 * undisturbed.shape[1:])
    with blas_threads_for(1):  # the last bits must not depend on the number of cores
        for states in disturbed:
            difference = states.astype(np.float64) - undisturbed
            noise += difference.T @ difference / (len(labels) * len(several))
    hardened = copy(model)
    readout = clone(model.readout_)
    hardened.readout_ = readout.fit(undisturbed.astype(np.float64), labels, noise=noise)
    return hardened


def _checked(model: LSMClassifier, disturbances: Sequence[Disturbance]) -> tuple[Disturbance, ...]:
    """The disturbances; errors where there is none, or a model that isn't a fitted classifier."""
    if not isinstance(model, LSMClassifier):
        raise TypeError(f"model must be an LSMClassifier, got {model!r}")
    check_is_fitted(model)
    several = checked_disturbances(disturbances)
    if not several:
        raise ValueError("disturbances must hold at least one Disturbance, got none")
    return several


def _copy(
    model: LSMClassifier, disturbance: Disturbance, key: tuple[int, ...], n_channels: int
) -> Reservoir:
    """A disturbed copy of the model's liquid by the chance of a key."""
    rng = np.random.default_rng(key)
    return disturbance.copy_of(model.reservoir_, rng, n_channels=n_channels)


def _states(
    model: LSMClassifier, reservoirs: list[Reservoir], spikes: SpikeTrains
) -> NDArray[np.float32]:
    return simulate(
        reservoirs,
        spikes,
        state=model.state_,
        dt_ms=model._dt_ms,
        target=model.target_,
        n_jobs=model.n_jobs,
    )


def _calibrated(features: Floats, own: NDArray[Any], undisturbed: NDArray[Any]) -> Floats:
    """Features (samples, features) with the means and deviations that they had undisturbed.

    Features that are constant become the mean.
    """
    mean, wanted_mean = (each.mean(axis=0, dtype=np.float64) for each in (own, undisturbed))
    deviation, wanted = (each.std(axis=0, dtype=np.float64) for each in (own, undisturbed))
    gain = np.divide(wanted, deviation, out=np.zeros_like(wanted), where=deviation > 0)
    return wanted_mean + gain * (features - mean)
