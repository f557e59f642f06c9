"""Other ways to classify, to set a liquid beside: kernels, MiniRocket, an echo state network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
from joblib import parallel_config
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.linear_model import RidgeClassifierCV
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from readouts import make_readout
from tasks.baselines import FEATURES, SIGNAL_FEATURES, Features, Samples, Signals
from tasks.data import optional
from tasks.online import ONLINE

#: MiniRocket's kernels have so many taps.
MIN_STEPS = 9
_MINIROCKET = "aeon.transformations.collection.convolution_based"
#: Features of a support vector machine by task; for others, 10 time bins of its input.
_SVM_FEATURES = {
    "EMG": "root_mean_absolute",
    "NMNIST": "time_bins_3",
    "Watch": "signal_levels",
} | {f"Bonn{n}": "band_powers_12" for n in (2, 3, 5)}


@dataclass(frozen=True)
class Rival:
    """What is known of a rival before it is trained.

    Parameters
    ----------
    module, extra : str, optional
        The module of an optional package that it needs, and the extra that installs it.
    signals : bool
        Whether it takes the task's signals and nothing else.
    drawn : bool
        Whether chance has a part in it, so that another seed gives another result.
    """

    module: str | None = None
    extra: str = ""
    signals: bool = False
    drawn: bool = False

    def load(self) -> Any:
        """Import the rival's module; None where it needs none.

        Raises
        ------
        ImportError
            Naming the package and the extra to install.
        """
        return None if self.module is None else optional(self.module, self.extra)

    @property
    def missing(self) -> str:
        """Which package it lacks here, and how to install it; empty where it can be trained."""
        try:
            self.load()
        except ImportError as error:
            return str(error)
        return ""


#: Those that have no liquid, by name.
RIVALS: dict[str, Rival] = {
    "svm": Rival(),
    "minirocket": Rival(_MINIROCKET, "aeon", signals=True, drawn=True),
    "esn": Rival("reservoirpy.nodes", "series", signals=True, drawn=True),
    **{name: Rival(drawn=drawn) for name, (_, drawn) in ONLINE.items()},
}


def predict_rival(
    name: str,
    samples: Samples,
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    *,
    features: str = "time_bins_10",
    units: int,
    random_state: int,
    n_members: int = 1,
    n_jobs: int = 1,
) -> NDArray[np.int64]:
    """Labels (test,) that a rival without a liquid, trained on some of the samples, gives others.

    Parameters
    ----------
    name : str
        Of `RIVALS`.
    samples : Task or Samples
        With signals, if the rival takes them; those of `tasks.online` take spikes.
    train, test : array of int
        Indices of the samples.
    features : str
        What the support vector machine sees, of :data:`tasks.baselines.FEATURES` or, of a task with
        signals, :data:`tasks.baselines.SIGNAL_FEATURES`.
    units : int
        Size of an echo state network.
    random_state : int
        For those that are drawn.
    n_members : int
        Of an ensemble (`MeanDecision`), for those that are drawn.
    n_jobs : int
        Threads of the support vector machine's search.
    """
    X: Any = samples.spikes if name in ONLINE else samples.signals
    if name == "svm":
        X = simple_features(samples, features)

    def make(seed: int) -> Any:
        if name in ONLINE:
            return make_pipeline(ONLINE[name][0](units, seed), make_readout("ridge"))
        if name == "svm":
            return support_vector_machine(X.shape[1], n_jobs=n_jobs)
        if name == "minirocket":
            # How long the longest sample is, tests included, isn't learned from labels.
            return minirocket(max(x.shape[1] for x in X), random_state=seed)
        return echo_state_network(units, random_state=seed)

    if n_members == 1:
        model = make(random_state)
    else:
        seeds = np.random.default_rng(random_state).integers(2**31, size=n_members).tolist()
        model = MeanDecision([make(seed) for seed in seeds])
    # MiniRocket seeds NumPy's global random state, which is the caller's.
    state = np.random.get_state()  # noqa: NPY002
    try:
        with parallel_config("threading"):  # most of a fit needs no lock, and no process is left
            model.fit(X[train], samples.labels[train])
            predicted: NDArray[np.int64] = model.predict(X[test])
    finally:
        np.random.set_state(state)  # noqa: NPY002
    return predicted


def svm_features(task: str, *, signals: bool) -> str:
    """What the support vector machine sees of a task, by its name, with its signals or spikes."""
    return _SVM_FEATURES.get(task, "signal_bins_10" if signals else "time_bins_10")


def simple_features(samples: Samples, name: str) -> Features:
    """Features by their name, (samples, features)."""
    if name in FEATURES:
        return FEATURES[name](samples.spikes)
    if samples.signals is None:
        raise ValueError(f"samples must have signals for features {name!r}, got {samples!r}")
    return SIGNAL_FEATURES[name](samples.signals)


def support_vector_machine(n_features: int, *, n_jobs: int = 1) -> GridSearchCV:
    """A support vector machine with radial basis functions on standardised features.

    C and gamma are those with the best accuracy in cross-validation inside the data that it is
    fitted on, three parts with equal shares of the classes.
    """
    return GridSearchCV(
        make_pipeline(StandardScaler(), SVC()),
        {"svc__C": np.logspace(0, 2, 3), "svc__gamma": np.logspace(-1, 1, 5) / n_features},
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
        n_jobs=n_jobs,
    )


def minirocket(n_steps: int, *, random_state: int) -> Pipeline:
    """aeon's MiniRocket with its defaults, on signals padded with zeros to `n_steps`.

    Its classifier's steps one by one, and so with the decision values of its ridge. Source:
    Dempster, Schmidt & Webb, KDD 2021.

    Raises
    ------
    ImportError
        Without aeon.
    """
    return make_pipeline(
        FunctionTransformer(partial(padded, n_steps=max(n_steps, MIN_STEPS))),
        RIVALS["minirocket"].load().MiniRocket(random_state=random_state),
        StandardScaler(with_mean=False),
        RidgeClassifierCV(np.logspace(-3, 3, 10)),
    )


def padded(signals: Signals, n_steps: int) -> NDArray[np.float64]:
    """Signals (channels, steps) with zeros behind, as an array (samples, channels, n_steps)."""
    result = np.zeros((len(signals), len(signals[0]), n_steps))
    for row, signal in zip(result, signals, strict=True):
        row[:, : signal.shape[1]] = signal
    return result


def echo_state_network(units: int, *, random_state: int) -> Pipeline:
    """Ridge classification of the mean and the last state of reservoirpy's echo state network.

    Raises
    ------
    ImportError
        When fitted, without reservoirpy.
    """
    return make_pipeline(EchoStates(units, random_state=random_state), make_readout("ridge"))


class EchoStates(TransformerMixin, BaseEstimator):
    """Mean and last state of an echo state network for each signal.

    Channels are standardised on the training data. Spectral radius and leak are those of
    reservoirpy's tutorial on Japanese vowels (0.9, 0.1); the rest is the package's default.

    Parameters
    ----------
    units : int
    random_state : int
        Draws the weights.

    Attributes
    ----------
    scaler_ : StandardScaler
    network_ : reservoirpy.nodes.Reservoir
    """

    def __init__(self, units: int, *, random_state: int) -> None:
        self.units = units
        self.random_state = random_state

    def fit(self, X: Signals, y: Any = None) -> Self:
        """Learn the channels' scales and draw the network for signals (channels, steps)."""
        # All steps of all signals, (steps, channels).
        self.scaler_ = StandardScaler().fit(np.concatenate([signal.T for signal in X]))
        nodes = RIVALS["esn"].load()
        self.network_ = nodes.Reservoir(self.units, sr=0.9, lr=0.1, seed=self.random_state)
        return self

    def transform(self, X: Signals) -> Features:
        """Features (samples, 2 x units): the mean state, then the last."""
        states = np.empty((len(X), 2 * self.units))
        for row, signal in zip(states, X, strict=True):
            path = self.network_.run(self.scaler_.transform(signal.T))
            row[:] = np.concatenate([path.mean(axis=0), path[-1]])
            self.network_.reset()  # a run goes on where the last one ended
        return states


class MeanDecision(ClassifierMixin, BaseEstimator):
    """Classify by the mean of several classifiers' decision values.

    What :class:`lsm.LSMEnsemble` does with probabilities, for those that have none.

    Parameters
    ----------
    estimators : list of estimator
        Each with ``decision_function``.

    Attributes
    ----------
    estimators_ : list of estimator
    classes_ : array (classes,)
    """

    def __init__(self, estimators: list[Any]) -> None:
        self.estimators = estimators

    def fit(self, X: Any, y: Any) -> Self:
        """Fit every classifier on all samples."""
        self.estimators_ = [clone(each).fit(X, y) for each in self.estimators]
        self.classes_ = self.estimators_[0].classes_
        return self

    def decision_function(self, X: Any) -> Features:
        """Mean decision values (samples, classes), or (samples,) for two classes."""
        return np.asarray(np.mean([e.decision_function(X) for e in self.estimators_], axis=0))

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels (samples,)."""
        values = self.decision_function(X)
        codes = values.argmax(axis=1) if values.ndim == 2 else (values > 0).astype(int)
        return np.asarray(self.classes_[codes])
