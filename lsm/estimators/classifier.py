"""A liquid with a readout on its states, as a scikit-learn classifier."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets

from lsm.encoders import Encoder
from lsm.estimators.early import (
    Decisions,
    EarlyReadouts,
    check_calibrates,
    checked_confidence,
    checked_times,
    early_readouts,
    fit_early,
)
from lsm.estimators.kernel_liquid import KernelLiquid
from lsm.estimators.liquid import RandomState
from lsm.estimators.random_liquid import RandomLiquid
from lsm.estimators.readout import LiquidWithReadout, readout_has
from lsm.estimators.streaming import check_causal
from lsm.estimators.weights import weights_for
from lsm.plasticity.pretraining import Pretraining
from lsm.reservoir import Reservoir
from lsm.simulation.prefixes import prefixes
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize
from lsm.states import State
from readouts.labels import check_two_classes


class LSMClassifier(ClassifierMixin, LiquidWithReadout):
    """Classify spike trains, events or signals by a readout of a liquid's states.

    Parameters
    ----------
    reservoir, pretraining, encoder, state, rate_Hz, sensor_size, dt_ms, target, random_state, \
n_jobs, verbose
        As :class:`LiquidTransformer` has them.
    readout : str or estimator, default="ridge"
        ``"ridge"``, ``"logistic"``, ``"perceptron"`` or any scikit-learn classifier, which is
        cloned.
    decide_every_ms : float, optional
        Let :meth:`predict_when_sure` decide before a sample's end, at multiples of this time: for
        each of them ``fit`` trains a readout more, six times, to calibrate it on samples left out.

    Attributes
    ----------
    early_ : EarlyReadouts
        Only with `decide_every_ms`: the readouts of these times, and what they were worth on
        samples left out.
    readout_ : estimator
        Fitted on the training samples' states.
    classes_ : array (classes,)
    reservoir_, encoder_, state_, sensor_size_, target_, input_kind_, n_features_in_
        As :class:`LiquidTransformer` has them.
    """

    _kind = "classifier"

    def __init__(
        self,
        reservoir: Reservoir | RandomLiquid | KernelLiquid | str | int = 100,
        *,
        pretraining: Pretraining = None,
        readout: Any = "ridge",
        decide_every_ms: float | None = None,
        encoder: str | Encoder = "auto",
        state: str | State = "auto",
        rate_Hz: float = 40.0,
        sensor_size: SensorSize | None = None,
        dt_ms: float = 1.0,
        target: Target = "auto",
        random_state: RandomState = None,
        n_jobs: int | None = None,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            reservoir,
            pretraining=pretraining,
            readout=readout,
            encoder=encoder,
            state=state,
            rate_Hz=rate_Hz,
            sensor_size=sensor_size,
            dt_ms=dt_ms,
            target=target,
            random_state=random_state,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.decide_every_ms = decide_every_ms

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> LSMClassifier:
        """Learn the encoding, calibrate the liquid, simulate, and fit the readout on the states.

        Parameters
        ----------
        X : SpikeTrains, list of structured arrays, or signals
            As :meth:`LiquidTransformer.fit` has it.
        y : array (samples,)
        sample_weight : array (samples,), optional
            Passed to the readout.
        groups : array (samples,), optional
            What must not be torn apart where samples are held out, such as the speaker: by a rule
            of pre-training, and to calibrate decisions in time.

        Raises
        ------
        TypeError, ValueError
            Input that is not as described, a single class, a parameter that doesn't fit; before
            anything is simulated.
        """
        y = class_labels(X, self._check_target(y))
        check_two_classes("y", np.unique(y))
        readout = self._new_readout(sample_weight)
        if self.decide_every_ms is not None:
            check_calibrates(readout, y, self.pretraining, groups)
        spikes, states = self._fitting_states(X, sample_weight, y, groups)
        self.readout_ = readout.fit(states, y, **weights_for(readout, sample_weight))
        self.classes_ = self.readout_.classes_
        if self.decide_every_ms is not None:
            self.early_ = self._early(spikes, states, y, sample_weight, groups)
        return self

    def _settled(self, liquid: Any, spikes: SpikeTrains, **settings: Any) -> Reservoir:
        if self.decide_every_ms is not None:
            check_causal(getattr(self, "encoder_", None))
            checked_times(self.decide_every_ms, spikes.durations_ms, self._dt_ms)
        return super()._settled(liquid, spikes, **settings)

    def _early(
        self,
        spikes: SpikeTrains,
        states: NDArray[np.float64],
        y: NDArray[Any],
        sample_weight: ArrayLike | None,
        groups: ArrayLike | None,
    ) -> EarlyReadouts:
        """Readouts before a sample's end, for training samples and their states at the end."""
        counted = slice(None) if sample_weight is None else np.asarray(sample_weight) > 0
        durations_ms = spikes.durations_ms[counted]
        times_ms = checked_times(self.decide_every_ms, durations_ms, self._dt_ms)
        return fit_early(
            lambda: self._new_readout(sample_weight),
            self._states_at(spikes, times_ms),
            states,
            y,
            every_ms=float(times_ms[0]),
            durations_ms=spikes.durations_ms,
            sample_weight=sample_weight,
            groups=groups,
        )

    def _states_at(self, spikes: SpikeTrains, times_ms: NDArray[np.float64]) -> NDArray[np.float32]:
        """States (times, samples, features) as if samples ended then."""
        return prefixes(
            self.reservoir_,
            spikes,
            times_ms,
            state=self.state_,
            dt_ms=self._dt_ms,
            target=self.target_,
            n_jobs=self.n_jobs,
            progress=self.verbose,
        )

    def _rule_targets(self, y: Any, spikes: SpikeTrains) -> NDArray[Any]:
        return np.unique(y, return_inverse=True)[1]

    @available_if(readout_has("partial_fit"))
    def partial_fit(
        self,
        X: Any,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> LSMClassifier:
        """Learn from one more batch of samples; the first decides encoding and calibration.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.
        classes : array (classes,)
            All labels that will come; needed in the first call.
        """
        if self.decide_every_ms is not None:
            raise ValueError(
                "decide_every_ms needs all samples at once, to leave some of them out: use fit"
            )
        y = class_labels(X, self._check_target(y))
        known_labels(self, y, classes)
        readout, states = self._next_batch(X, sample_weight, y)
        if hasattr(self, "early_"):  # of a fit before, and without this batch
            del self.early_
        self.readout_ = readout.partial_fit(
            states, y, classes=classes, **weights_for(readout, sample_weight)
        )
        self.classes_ = self.readout_.classes_
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels (samples,).

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            Data of another kind, or with another number of channels, than in ``fit``.
        """
        states = self._new_states(X)
        return np.asarray(self.readout_.predict(states))

    def predict_when_sure(self, X: Any, *, confidence: float = 0.95) -> Decisions:
        """Labels, as soon as they are sure enough, and the times at which they were.

        At multiples of `decide_every_ms` the liquid is read as if the sample ended there. A sample
        that stays unsure waits for its end, and is then labelled as by :meth:`predict`.

        Parameters
        ----------
        X : as in :meth:`fit`
        confidence : float
            Between 0 and 1: how many of the decisions before the end are to be right. So many were
            of training samples left out; of samples by other people or devices it may be fewer. At
            a confidence that was never reached all decisions wait for the end.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            A confidence outside (0, 1), a model without `decide_every_ms`, or what :meth:`predict`
            refuses.
        """
        confidence = checked_confidence(confidence)
        spikes = self._new_spikes(X)
        early = early_readouts(self)
        threshold = early.threshold(confidence)
        states = self._states_at(spikes, np.append(early.times_ms, np.inf))
        labels = np.asarray(self.readout_.predict(states[-1].astype(np.float64)))
        times_ms, sure = np.array(spikes.durations_ms), np.zeros(len(spikes), dtype=bool)
        for k, time_ms in enumerate(early.times_ms):
            sureness, early_labels = early.sureness(k, states[k].astype(np.float64))
            new = ~sure & (time_ms <= spikes.durations_ms) & (sureness >= threshold)
            labels[new], times_ms[new] = early_labels[new], time_ms
            sure |= new
        return Decisions(labels, times_ms, sure)

    @available_if(readout_has("decision_function"))
    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The readout's scores (samples, classes), or (samples,) for two classes."""
        states = self._new_states(X)
        return np.asarray(self.readout_.decision_function(states))

    @available_if(readout_has("predict_proba"))
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities of the classes (samples, classes), as the readout gives them."""
        states = self._new_states(X)
        return np.asarray(self.readout_.predict_proba(states))


def known_labels(model: Any, y: NDArray[Any], classes: ArrayLike | None) -> NDArray[Any]:
    """The classes (classes,) of `partial_fit`, given in its first call; errors for other labels."""
    # Not on the model itself: a first call that fails leaves no classes behind.
    holder = SimpleNamespace(classes_=getattr(model, "classes_", None))
    _check_partial_fit_first_call(holder, classes)
    check_two_classes("classes", holder.classes_)
    unknown = np.setdiff1d(y, holder.classes_)
    if len(unknown):
        raise ValueError(
            f"The target label(s) {unknown} in y do not exist in the initial classes "
            f"{holder.classes_}"
        )
    return np.asarray(holder.classes_)


def class_labels(X: Any, y: ArrayLike) -> NDArray[Any]:
    """Labels (samples,) of classes, one for each sample of X; errors as scikit-learn has them."""
    labels = column_or_1d(y, warn=True)
    check_consistent_length(X, labels)
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    return np.asarray(labels)
