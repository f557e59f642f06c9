"""What must agree within an object that a file describes, beside types and sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from math import prod
from numbers import Integral
from typing import Any

import numpy as np
from joblib import cpu_count
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive, whole_from_0
from lsm.encoders import AudioFrontEnd, Encoder, EnvelopeFrontEnd, PoissonRate
from lsm.encoders.signed import SignedEncoder
from lsm.estimators import (
    GroupCentring,
    LiquidTransformer,
    LSMClassifier,
    LSMEnsemble,
    LSMSeriesRegressor,
)
from lsm.estimators.early import EarlyReadouts
from lsm.estimators.liquid import BaseLiquid
from lsm.estimators.rsnn import BaseRSNN, RSNNClassifier
from lsm.learning import Trainer
from lsm.saving.kinds import MOST_PLACES, whole
from lsm.states import features_per_neuron
from readouts import RidgeReadout, RidgeRegressionReadout
from readouts.base import RidgeBase
from readouts.gcv import NormalEquations
from readouts.moments import Moments
from readouts.online import OnlineReadout


def is_fitted(value: Any) -> bool:
    """Whether an object has learned something; a dataclass is what it is."""
    try:
        check_is_fitted(value)
    except (NotFittedError, TypeError):  # no estimator at all
        return is_dataclass(value)
    return True


def must(holds: bool, value: Any, what: str) -> None:
    """Raise ValueError, with the name of the value's class, unless something holds."""
    if not holds:
        raise ValueError(f"{type(value).__name__}: {what}")


def at_most_cores(jobs: Any) -> Any:
    """The number of processes, at most one a core of this machine; any other value as it is."""
    return min(jobs, cpu_count()) if isinstance(jobs, Integral) else jobs


def _ridge(value: RidgeBase) -> None:
    solution, equations = value._solution, value._equations or value._moments
    if solution is not None:
        must(solution.coef.ndim == 1 + np.ndim(solution.intercept), value, "coef and intercept")
    if not is_fitted(value):
        return
    if isinstance(value, RidgeReadout):
        n = targets = len(value.classes_)
        shape: tuple[int, ...] = (1 if n == 2 else n,)
        rows = value._rows
        counted = rows is None or bool((rows.weight > 0).all() and (abs(rows.Y) == 1).all())
        must(counted, value, "samples have weights above 0 and indicators of -1 and 1")
    else:
        shape = value._y_shape
        targets = prod(shape)
    must(solution is None or solution.coef.shape[:-1] == shape, value, f"outputs are not {shape}")
    cross = {NormalEquations: "cross", Moments: "xy"}.get(type(equations))
    if cross:
        must(getattr(equations, cross).shape[1] == targets, value, f"targets are not {targets}")


def _ridge_regression(value: RidgeRegressionReadout) -> None:
    must(value.n_blocks is None or whole()(value.n_blocks, {}), value, "n_blocks")


def _online(value: OnlineReadout) -> None:
    value._validate_params()
    if is_fitted(value):
        outputs = value.weights_.shape[1]
        must(prod(value._y_shape) == outputs, value, f"{outputs} outputs, not {value._y_shape}")


def _encoder(value: Encoder) -> None:
    value._check_parameters()
    if is_fitted(value):
        out = value._kinds * value.n_channels_in_
        must(value.n_channels_out_ == out, value, f"n_channels_out_ is not {out}")
        must(hasattr(value, "seed_") == isinstance(value, PoissonRate), value, "seed_")
        slopes = isinstance(value, SignedEncoder) and value.slopes
        must(hasattr(value, "slope_scale_") == slopes, value, "slope_scale_")


def _envelopes(value: EnvelopeFrontEnd) -> None:
    value.check_parameters()
    if is_fitted(value):
        positive(value.scale_, "scale_")


def _pipeline(value: Pipeline) -> None:
    # A folder to keep results in is one to read pickles from.
    must(value.memory is None, value, "memory can't be saved: set it to None")
    steps = value.steps
    listed = isinstance(steps, list) and bool(steps)
    paired = listed and all(isinstance(step, tuple) and len(step) == 2 for step in steps)
    must(paired and all(isinstance(name, str) for name, _ in steps), value, "steps")
    for place, (name, step) in enumerate(steps, 1):
        does = "fit" if place == len(steps) else "transform"
        must(step in (None, "passthrough") or hasattr(step, does), value, f"{name} can't {does}")


def _liquid(value: BaseLiquid) -> None:
    positive(value.dt_ms, "dt_ms")
    positive(value.rate_Hz, "rate_Hz")
    for size in (value.sensor_size, getattr(value, "sensor_size_", None)):
        must(size is None or prod(size) <= MOST_PLACES, value, f"sensor_size can't be {size!r}")
    jobs = value.n_jobs
    must(jobs is None or isinstance(jobs, Integral), value, f"n_jobs can't be {jobs!r}")
    verbose = value.verbose
    must(isinstance(verbose, bool | Integral), value, f"verbose can't be {verbose!r}")
    if not hasattr(value, "reservoir_"):
        return
    for name, kind in (("encoder_", "signals"), ("sensor_size_", "events")):
        must(hasattr(value, name) == (value.input_kind_ == kind), value, f"{name} and {kind}")
    if isinstance(getattr(value, "encoder_", None), Encoder):
        channels = getattr(value.encoder_, "n_channels_in_", None)
        must(channels == getattr(value, "n_channels_in_", 0), value, "channels of encoder_")
    readout = getattr(value, "readout_", None)
    if readout is not None and hasattr(value, "state_"):
        read = value.reservoir_.excitatory
        neurons = int(read.sum()) if value.state_.neurons == "excitatory" else len(read)
        features = features_per_neuron(value.state_) * neurons
        n_features = getattr(readout, "n_features_in_", features)
        must(n_features == features, value, f"a readout of {n_features} features for {features}")


def _rsnn(value: BaseRSNN) -> None:
    positive(value.tau_out_ms, "tau_out_ms")
    must(value.trainer is None or isinstance(value.trainer, Trainer), value, "trainer")
    if not is_fitted(value):
        return
    shape = value.readout_.weights.shape
    outputs = value.classes_ if isinstance(value, RSNNClassifier) else value.target_scale_
    wanted = (len(outputs), value.reservoir_.n_neurons)
    must(shape == wanted, value, f"a readout of shape {shape} for {wanted}")
    kept = value.progress_.weights.get("readout")
    must(kept is not None and kept.shape == shape, value, "progress_ of another readout")
    must(value.start_.n_neurons == wanted[1], value, "start_ of another size")


def _classifier(value: LSMClassifier) -> None:
    readout = getattr(value, "readout_", None)
    if readout is not None:
        must(np.array_equal(readout.classes_, value.classes_), value, "classes_")
        early = hasattr(value, "early_")
        must(early == (value.decide_every_ms is not None), value, "early_ and decide_every_ms")
        for earlier in value.early_.readouts if early else ():
            alike = np.array_equal(earlier.classes_, value.classes_)
            must(alike, value, "classes_ of an early readout")
            must(earlier.n_features_in_ == readout.n_features_in_, value, "features of early_")


def _early(value: EarlyReadouts) -> None:
    positive(value.every_ms, "every_ms")
    must(len(value.readouts) == len(value.temperatures), value, "a temperature for each readout")
    must(bool((value.temperatures > 0).all()), value, "temperatures above 0")


def _series(value: LSMSeriesRegressor) -> None:
    whole_from_0(value.washout, "washout")
    if hasattr(value, "_target_range"):
        must(value._target_range.shape == (2, value.n_outputs_), value, "_target_range")


def _ensemble(value: LSMEnsemble) -> None:
    together = hasattr(value, "readout_")
    for member in [value.readout_] if together else getattr(value, "estimators_", []):
        must(np.array_equal(member.classes_, value.classes_), value, "classes_")
    for member in getattr(value, "estimators_", []):
        must(isinstance(member, LiquidTransformer) == together, value, "readout_ and members")


#: Class -> what raises ValueError or TypeError for objects that can't be.
def _group_centring(value: GroupCentring) -> None:
    if is_fitted(value):
        ordered = np.array_equal(np.unique(value.groups_), value.groups_)
        must(ordered, value, "groups_ must be sorted, each there once")


RULES: dict[type, Callable[[Any], None]] = {
    RidgeBase: _ridge,
    RidgeRegressionReadout: _ridge_regression,
    OnlineReadout: _online,
    Encoder: _encoder,
    AudioFrontEnd: AudioFrontEnd.check_parameters,
    EnvelopeFrontEnd: _envelopes,
    Pipeline: _pipeline,
    BaseLiquid: _liquid,
    BaseRSNN: _rsnn,
    LSMClassifier: _classifier,
    EarlyReadouts: _early,
    LSMSeriesRegressor: _series,
    LSMEnsemble: _ensemble,
    GroupCentring: _group_centring,
}
