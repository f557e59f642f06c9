"""A liquid beside what does without one, on a user's own labelled data, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold
from sklearn.utils import _safe_indexing, check_consistent_length
from threadpoolctl import threadpool_limits

from lsm import LSMClassifier, NoWiring, SpikeTrains
from lsm.base.checks import nearest
from lsm.base.reprs import short_repr
from lsm.estimators.classifier import class_labels
from lsm.estimators.inputs import read
from lsm.metrics.statistics import percentage_points, spread
from lsm.signals import Signals, validate_signals
from lsm.states import features_per_neuron
from tasks.baselines import (
    FEATURES,
    SIGNAL_FEATURES,
    by_readout,
    most_frequent,
    predict_without_liquid,
)
from tasks.rivals import RIVALS, predict_rival

LIQUID, WITHOUT_RECURRENCE, CHANCE = "liquid", "liquid without recurrence", "chance"


@short_repr
@dataclass(frozen=True, eq=False)
class Comparison:
    """Accuracies of a liquid and of what stands beside it; ``print`` shows a table.

    Attributes
    ----------
    accuracies : dict of str to array (folds,)
        Of each method on the samples that each fold held out, the liquid first. Differences that
        are printed are paired by fold, in percentage points with 95 % intervals over folds.
    folds : tuple of str
        What each fold held out: its number, or its group.
    """

    accuracies: Mapping[str, NDArray[np.float64]]
    folds: tuple[str, ...]

    @property
    def best_without_liquid(self) -> str:
        """The method with the highest mean accuracy of those that have no liquid."""
        without_liquid = [
            name for name in self.accuracies if name not in (LIQUID, WITHOUT_RECURRENCE)
        ]
        return max(without_liquid, key=lambda name: self.accuracies[name].mean())

    def __str__(self) -> str:
        width = max(len(name) for name in self.accuracies) + 2
        liquid, best = self.accuracies[LIQUID], self.best_without_liquid
        lines = [f"{f'{len(self.folds)} folds':<{width}}accuracy    sd    liquid less it"]
        for name, values in self.accuracies.items():
            line = f"{name:<{width}}{values.mean():>8.1%}{100 * values.std():>6.1f}"
            if name != LIQUID:
                line += f"    {percentage_points(spread(liquid - values))}"
            lines.append(line + (" <- best without a liquid" if name == best else ""))
        return "\n".join(lines)


@dataclass(frozen=True)
class _Samples:
    """What baselines and rivals see of the samples."""

    spikes: SpikeTrains
    labels: NDArray[Any]
    signals: NDArray[Any] | None


def compare(
    X: Any,
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    liquid: LSMClassifier | None = None,
    baselines: Iterable[str] | None = None,
    rivals: Iterable[str] = ("svm",),
    n_splits: int = 5,
    random_state: int = 0,
) -> Comparison:
    """Cross-validate a liquid, the same without recurrence, and classifiers without a liquid.

    All are trained on the same samples and tested on the same others. What a baseline sees of
    signals are their own statistics, and those of the spikes that the liquid's encoder makes.

    Parameters
    ----------
    X : SpikeTrains, list of structured arrays, or signals
        As :meth:`lsm.LSMClassifier.fit` has it.
    y : array (samples,)
    groups : array (samples,), optional
        Each group, such as a speaker, is held out in turn; otherwise samples are divided at random
        into `n_splits` parts with equal shares of the classes.
    liquid : LSMClassifier, optional
        It is cloned; by default one of 100 neurons.
    baselines : iterable of str, optional
        Of :data:`tasks.baselines.FEATURES`, ``"random_projections"`` and, for signals,
        :data:`tasks.baselines.SIGNAL_FEATURES`; all by default. Each with two linear readouts.
    rivals : iterable of str
        Of :data:`tasks.rivals.RIVALS`; ``"minirocket"`` and ``"esn"`` need signals, and a package.
    n_splits : int
    random_state : int
        Divides the samples, and draws the default liquid, projections and rivals.

    Raises
    ------
    TypeError, ValueError
        Data that are not as described, an unknown name, too few samples or groups; before anything
        is simulated.
    ImportError
        A rival's package is missing; the message names what to install.
    """
    labels = class_labels(X, y)
    model = LSMClassifier(random_state=random_state) if liquid is None else liquid
    if not isinstance(model, LSMClassifier):
        raise TypeError(f"liquid must be an LSMClassifier, got {type(model).__name__}")
    kind, _ = read(X)
    names = _checked_names(baselines, rivals, signals=kind == "signals")
    pairs, folds = _folds(labels, groups, n_splits, random_state)
    accuracies: dict[str, list[float]] = {}
    for train, test in pairs:
        with threadpool_limits(1):  # the last bits of a sum don't depend on the number of cores
            predicted = _predicted(model, X, labels, train, test, *names, random_state)
        for name, predictions in predicted.items():
            accuracies.setdefault(name, []).append(float(np.mean(predictions == labels[test])))
    return Comparison({name: np.array(values) for name, values in accuracies.items()}, folds)


def _checked_names(
    baselines: Iterable[str] | None, rivals: Iterable[str], *, signals: bool
) -> tuple[list[str], list[str]]:
    """Names of baselines and rivals, all of which can be done."""
    possible = [*FEATURES, "random_projections", *(SIGNAL_FEATURES if signals else ())]
    able = [name for name, rival in RIVALS.items() if signals or not rival.signals]
    baseline_names = possible if baselines is None else list(baselines)
    rival_names = list(rivals)
    for argument, names, available in (
        ("baselines", baseline_names, possible),
        ("rivals", rival_names, able),
    ):
        for name in names:
            if name not in available:
                raise ValueError(
                    f"{argument} must be of {', '.join(available)} for such data; got {name!r}, "
                    f"did you mean {nearest(name, available)!r}?"
                )
    for name in rival_names:
        RIVALS[name].load()
    return baseline_names, rival_names


def _folds(
    labels: NDArray[Any], groups: ArrayLike | None, n_splits: int, random_state: int
) -> tuple[list[tuple[NDArray[np.int64], NDArray[np.int64]]], tuple[str, ...]]:
    if groups is None:
        splitter = StratifiedKFold(n_splits, shuffle=True, random_state=random_state)
        return list(splitter.split(labels, labels)), tuple(map(str, range(n_splits)))
    check_consistent_length(labels, groups)
    column = np.asarray(groups)
    pairs = list(LeaveOneGroupOut().split(labels, labels, column))
    return pairs, tuple(str(column[test[0]]) for _, test in pairs)


def _predicted(
    liquid: LSMClassifier,
    X: Any,
    labels: NDArray[Any],
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    baselines: list[str],
    rivals: list[str],
    random_state: int,
) -> dict[str, NDArray[Any]]:
    """Labels (test,) by method."""
    training, tested = _safe_indexing(X, train), _safe_indexing(X, test)
    model = clone(liquid).fit(training, labels[train])
    cut = model.reservoir_.replace(wiring=NoWiring())
    alone = clone(liquid).set_params(reservoir=cut, pretraining=None).fit(training, labels[train])
    is_signals = model.input_kind_ == "signals"
    signals = _ragged(validate_signals(model, X, reset=False)) if is_signals else None
    samples = _Samples(model.encode(X), labels, signals)
    reservoir, state = model.reservoir_, model.state_
    excitatory = state.neurons == "excitatory"
    n_read = int(reservoir.excitatory.sum()) if excitatory else reservoir.n_neurons
    by_name = predict_without_liquid(
        samples,
        train,
        test,
        names=baselines,
        n_features=features_per_neuron(state) * n_read,
        random_state=random_state,
    )
    return {
        LIQUID: model.predict(tested),
        WITHOUT_RECURRENCE: alone.predict(tested),
        CHANCE: np.full(len(test), most_frequent(labels[train])),
        **by_readout(by_name),
        **{
            name: predict_rival(
                name,
                samples,
                train,
                test,
                features="signal_bins_10" if is_signals else "time_bins_10",
                units=reservoir.n_neurons,
                random_state=random_state,
            )
            for name in rivals
        },
    }


def _ragged(signals: Signals) -> NDArray[Any]:
    """Signals as an array (samples,) of arrays (channels, steps)."""
    array = np.empty(len(signals), dtype=object)
    for i, signal in enumerate(signals):
        array[i] = signal
    return array
