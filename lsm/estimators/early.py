"""Decisions before a sample's end: readouts at several times, and how sure they must be.

A readout for each time learns from the states as they are then. Decision values of samples that it
was not trained on, by cross-validation, tell two things: the temperature by which they become
logarithms of probabilities (Guo et al., ICML 2017), and how often a decision is right that is made
as soon as the odds of a label have come up to a threshold. A confidence takes the lowest threshold
at which decisions are right so often. Dynamic Confidence (Li, Jones & Furber, ICCV 2023) has one
temperature for all times, and chooses the threshold by the accuracy of all decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from lsm.base.checks import positive
from lsm.base.quantities import number
from lsm.base.reprs import short_repr
from lsm.base.steps import whole_steps
from lsm.estimators.groups import checked_groups
from lsm.estimators.weights import weights_for
from lsm.plasticity.pretraining import Pretraining, make_pretraining, needs_targets

Floats = NDArray[np.float64]

#: Parts of the training samples, of which one after the other is left out.
N_FOLDS = 5
#: Of training samples, in percent, so many end before there are no more decision times.
_ENDED = 90
#: Thresholds that are tried, at most, as quantiles of what samples come to.
_THRESHOLDS = 1000


@short_repr
class Decisions(NamedTuple):
    """Labels of samples, and when they were known, (samples,) each.

    Attributes
    ----------
    labels : array
    times_ms : array
        Since a sample's start; its duration where the decision waited for the end.
    sure : bool array
        Whether the confidence was reached; False where the decision was forced by the end.
    """

    labels: NDArray[Any]
    times_ms: Floats
    sure: NDArray[np.bool_]


@short_repr
@dataclass(frozen=True, eq=False)
class EarlyReadouts:
    """What decides before a sample's end, and what it was worth on samples left out.

    Attributes
    ----------
    every_ms : float
        Decision times are its multiples.
    readouts : list of estimators, (times,)
        Trained on states at these times.
    temperatures : array (times,)
        What decision values are divided by to be logarithms of probabilities.
    accuracies, mean_times_ms : array (times,)
        Share of right decisions if all were made at one time, or at the end of samples that are
        over by then, and their mean time.
    thresholds : array (thresholds,)
        Ascending log odds of the label from which on it could be decided; the last is infinite.
    confidences : array (thresholds,)
        With a threshold, how often an early decision is right: less than the share of right ones by
        one that might have been wrong.
    policy_accuracies, policy_times_ms : array (thresholds,)
        With a threshold, share of right decisions, early or at the end, and their mean time; the
        last of decisions at the end alone.
    """

    every_ms: float
    readouts: list[Any]
    temperatures: Floats
    accuracies: Floats
    mean_times_ms: Floats
    thresholds: Floats
    confidences: Floats
    policy_accuracies: Floats
    policy_times_ms: Floats

    @property
    def times_ms(self) -> Floats:
        """The decision times (times,)."""
        return _multiples(self.every_ms, len(self.readouts))

    def threshold(self, confidence: float) -> float:
        """The lowest log odds with which early decisions are right so often.

        Raises
        ------
        ValueError
            A confidence outside (0, 1).
        """
        enough = self.confidences >= checked_confidence(confidence)
        return float(self.thresholds[enough].min(initial=np.inf))

    def sureness(self, k: int, states: Floats) -> tuple[Floats, NDArray[Any]]:
        """Log odds of the most probable label at decision time k, and it, (samples,) each."""
        readout = self.readouts[k]
        values = _decision_values(readout, states) / self.temperatures[k]
        codes, sureness = _most_probable(values)
        return sureness, readout.classes_[codes]


def fit_early(
    new_readout: Callable[[], Any],
    states: NDArray[np.float32],
    at_the_end: Floats,
    y: NDArray[Any],
    *,
    every_ms: float,
    durations_ms: Floats,
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> EarlyReadouts:
    """Train a readout for each decision time, and calibrate them on samples left out.

    Parameters
    ----------
    new_readout : function without arguments
        Makes readouts.
    states : array (times, samples, features)
        At each decision time, or at the end of a sample that is shorter.
    at_the_end : array (samples, features)
    y : array (samples,)
    every_ms : float
    durations_ms : array (samples,)
    sample_weight : array (samples,), optional
        For the readouts; samples without weight do not calibrate.
    groups : array (samples,), optional
        Left out as a whole, such as a speaker; five at least.
    """
    weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)

    def fitted(X: Floats, rows: Any) -> Any:
        readout = new_readout()
        weights = weights_for(readout, None if weight is None else weight[rows])
        return readout.fit(X[rows], y[rows], **weights)

    classes, codes = np.unique(y, return_inverse=True)
    folds = _folds(codes, groups)
    counted = np.ones(len(y), dtype=bool) if weight is None else weight > 0
    times = _multiples(every_ms, len(states))
    running = times[:, np.newaxis] <= durations_ms
    readouts, temperatures = [], np.ones(len(states))
    sureness = np.zeros((len(states) + 1, len(y)))
    right = np.zeros(sureness.shape, dtype=bool)
    for k, X in enumerate([*states, at_the_end]):
        X = X.astype(np.float64)
        values = np.empty((len(y), len(classes)))
        for train, held_out in folds:
            values[held_out] = _decision_values(fitted(X, train), X[held_out])
        if k < len(states):
            calibrating = counted & running[k]
            temperatures[k] = _temperature(values[calibrating], codes[calibrating])
            readout = fitted(X, slice(None))
            readouts.append(readout.forget() if hasattr(readout, "forget") else readout)
            values /= temperatures[k]
        label, sureness[k] = _most_probable(values)
        right[k] = label == codes
    return EarlyReadouts(
        every_ms,
        readouts,
        temperatures,
        np.where(running, right[:-1], right[-1])[:, counted].mean(axis=1),
        np.minimum.outer(times, durations_ms[counted]).mean(axis=1),
        *_policies(sureness[:-1, counted], right[:, counted], times, durations_ms[counted]),
    )


def _folds(codes: NDArray[np.intp], groups: ArrayLike | None) -> list[tuple[Any, Any]]:
    """Places of samples that train, and of those left out, in turn."""
    splitter = (StratifiedKFold if groups is None else StratifiedGroupKFold)(
        N_FOLDS, shuffle=True, random_state=0
    )
    return list(splitter.split(codes, codes, groups))


def _policies(
    sureness: Floats, right: NDArray[np.bool_], times_ms: Floats, durations_ms: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """What decisions come to by thresholds: these, confidences, accuracies and mean times.

    Parameters
    ----------
    sureness : array (times, samples)
    right : bool array (times + 1, samples)
        The last of decisions at the end.
    times_ms : array (times,)
    durations_ms : array (samples,)
    """
    running = times_ms[:, np.newaxis] <= durations_ms
    sureness = np.where(running, sureness, -np.inf)
    most = sureness[:, running.any(axis=0)].max(axis=0)
    thresholds = np.unique(np.quantile(most, np.linspace(0, 1, _THRESHOLDS), method="nearest"))
    sample = np.arange(len(durations_ms))
    rows = []
    for threshold in thresholds:
        sure = sureness >= threshold
        early = sure.any(axis=0)
        when = np.where(early, sure.argmax(axis=0), len(times_ms))
        correct = right[when, sample]
        time = np.where(early, np.append(times_ms, 0.0)[when], durations_ms)
        share_wrong = (1 + (early & ~correct).sum()) / early.sum()
        rows.append((1 - share_wrong, correct.mean(), time.mean()))
    rows.append((0.0, right[-1].mean(), durations_ms.mean()))
    confidences, accuracies, mean_times = np.array(rows).T
    return np.append(thresholds, np.inf), confidences, accuracies, mean_times


def checked_times(every_ms: Any, durations_ms: Floats, dt_ms: float) -> Floats:
    """Decision times in ms, multiples of every_ms within all but the longest samples.

    Raises
    ------
    ValueError
        No multiple of ``dt_ms``, or so long that there is none.
    """
    every = whole_steps(positive(every_ms, "decide_every_ms"), dt_ms, "decide_every_ms") * dt_ms
    last = np.percentile(durations_ms, _ENDED)
    times = _multiples(every, int(last / every * (1 + 1e-9)))
    times = times[times < durations_ms.max() * (1 - 1e-9)]
    if not len(times):
        raise ValueError(
            f"decide_every_ms must be shorter than samples, of which {_ENDED} % last at most "
            f"{last:g} ms; got {every_ms!r}"
        )
    return times


def check_calibrates(
    readout: Any, y: NDArray[Any], pretraining: Pretraining, groups: ArrayLike | None
) -> None:
    """Raise an error where no readout can be calibrated on samples left out.

    Raises
    ------
    TypeError
        A readout without decision values.
    ValueError
        Decision values of pairs of classes; a class of fewer samples, or fewer groups, than there
        are folds, or a class that is gone with the groups that are left out together; a liquid that
        learns from labels.
    """
    if not hasattr(readout, "decision_function"):
        raise TypeError(f"decide_every_ms needs a readout with decision_function, got {readout!r}")
    if getattr(readout, "decision_function_shape", None) == "ovo":
        raise ValueError(
            "decide_every_ms needs a decision value for each class, not for pairs of them: take "
            f"decision_function_shape='ovr', got {readout!r}"
        )
    labels, codes, n = np.unique(y, return_inverse=True, return_counts=True)
    if n.min() < N_FOLDS:
        raise ValueError(
            f"decide_every_ms needs at least {N_FOLDS} samples of each class in y, got {n.min()} "
            f"of {labels[n.argmin()]}"
        )
    if groups is not None and len(np.unique(checked_groups(groups, y))) < N_FOLDS:
        raise ValueError(
            f"decide_every_ms needs at least {N_FOLDS} groups, got {len(np.unique(groups))}"
        )
    for train, held_out in _folds(codes, groups):
        without = np.setdiff1d(codes[held_out], codes[train])
        if len(without):
            names = ", ".join(map(str, np.unique(np.asarray(groups)[held_out])))
            raise ValueError(
                "decide_every_ms leaves groups out in turn, and needs samples of each class in the "
                f"others; of {labels[without[0]]} there is none without {names}"
            )
    if any(map(needs_targets, make_pretraining(pretraining))):
        raise ValueError(
            f"decide_every_ms needs samples that the liquid hasn't learned from, and pretraining "
            f"{pretraining!r} learns from all labels"
        )


def early_readouts(model: Any) -> EarlyReadouts:
    """Those of a fitted classifier; ValueError where it has none."""
    early = getattr(model, "early_", None)
    if not isinstance(early, EarlyReadouts):
        raise ValueError(
            f"{type(model).__name__} has no readouts before a sample's end to be sure with: fit "
            "LSMClassifier(..., decide_every_ms=50)"
        )
    return early


def checked_confidence(confidence: Any) -> float:
    """A number between 0 and 1."""
    value = number(confidence, "confidence")
    if not 0 < value < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence!r}")
    return value


def _decision_values(readout: Any, states: Floats) -> Floats:
    """Decision values (samples, classes); of two classes that of the first is 0."""
    values: Floats = readout.decision_function(states)
    return np.column_stack([np.zeros_like(values), values]) if values.ndim == 1 else values


def _most_probable(values: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The class of the largest decision value, and its log odds, (samples,) each."""
    best = values.argmax(axis=1)
    others = np.where(np.arange(values.shape[1]) == best[:, np.newaxis], -np.inf, values)
    return best, values.max(axis=1) - scipy.special.logsumexp(others, axis=1)


def _temperature(values: Floats, codes: NDArray[np.intp]) -> float:
    """The temperature at which the classes of samples are most probable."""
    own = values[np.arange(len(codes)), codes]

    def surprise(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        return float(np.mean(scipy.special.logsumexp(scale * values, axis=1) - scale * own))

    best = scipy.optimize.minimize_scalar(surprise, bounds=(-15.0, 15.0), method="bounded")
    return float(np.exp(best.x))


def _multiples(every_ms: float, n: int) -> Floats:
    return every_ms * np.arange(1, n + 1, dtype=np.float64)
