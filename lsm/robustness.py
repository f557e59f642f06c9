"""Robustness: what a trained model is worth on devices that are not perfect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive_int, whole_from_0
from lsm.estimators import LSMClassifier
from lsm.estimators.classifier import class_labels
from lsm.perturb import Disturbance, checked_disturbances
from lsm.simulation import simulate
from lsm.spikes import SpikeTrains


def disturbed_scores(
    model: LSMClassifier,
    X: Any,
    y: Any,
    disturbances: Sequence[Disturbance],
    *,
    training: tuple[Any, Any] | None = None,
    draws: int = 10,
    random_state: int = 0,
) -> NDArray[np.float64]:
    """Accuracies of disturbed copies of a model's liquid, as many as draws, simulated together.

    The readout is the model's, which was trained on the liquid as it was; with `training` one is
    trained for each copy, as where a device is trained in its place.

    Parameters
    ----------
    model : LSMClassifier
        Fitted; it stays as it is.
    X, y
        Samples that score, as the model's ``score`` takes them.
    disturbances : sequence of Disturbance
        ``Disturbance()`` gives the accuracy of what is not disturbed.
    training : (X, y), optional
        Samples that train a readout for each copy: those that `fit` was given.
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
        Another kind of model, no disturbances, data that don't fit; what
        :meth:`lsm.perturb.Disturbance.copy_of` refuses.
    """
    if not isinstance(model, LSMClassifier):
        raise TypeError(f"model must be an LSMClassifier, got {model!r}")
    check_is_fitted(model)
    several = checked_disturbances(disturbances)
    if not several:
        raise ValueError("disturbances must hold at least one Disturbance, got none")
    draws, seed = positive_int(draws, "draws"), whole_from_0(random_state, "random_state")
    labels, spikes = class_labels(X, y), model.encode(X)
    if training is not None:
        training_labels, training_spikes = class_labels(*training), model.encode(training[0])

    def states(copies: list[Any], driven_by: SpikeTrains) -> NDArray[np.float32]:
        return simulate(
            copies,
            driven_by,
            state=model.state_,
            dt_ms=model._dt_ms,
            target=model.target_,
            n_jobs=model.n_jobs,
        )

    accuracies = np.zeros((len(several), draws))
    for i, disturbance in enumerate(several):
        copies = [
            disturbance.copy_of(
                model.reservoir_, np.random.default_rng((seed, k)), n_channels=spikes.n_channels
            )
            for k in range(draws)
        ]
        readouts = [model.readout_] * draws
        if training is not None:
            readouts = [
                clone(model.readout_).fit(own.astype(np.float64), training_labels)
                for own in states(copies, training_spikes)
            ]
        for k, own in enumerate(states(copies, spikes)):
            accuracies[i, k] = np.mean(readouts[k].predict(own.astype(np.float64)) == labels)
    return accuracies
