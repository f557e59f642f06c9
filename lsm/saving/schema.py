"""What a file may hold: the classes, and of each what it learns, in which types and shapes.

Sizes that must agree have one name: the ``features`` of a readout's coefficients are those of its
moments and the ``n_features_in_`` that it was fitted on.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import is_dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from lsm.base.checks import MOST_NEURONS
from lsm.encoders import AudioFrontEnd, Encoder, EnvelopeFrontEnd, MelFrontEnd
from lsm.encoders.registry import ENCODERS
from lsm.estimators import (
    ActivityThreshold,
    GroupCentring,
    KernelLiquid,
    LiquidTransformer,
    LSMClassifier,
    LSMEnsemble,
    LSMRegressor,
    LSMSeriesRegressor,
    RandomLiquid,
    RSNNClassifier,
    RSNNRegressor,
    SeriesLiquid,
)
from lsm.estimators.early import EarlyReadouts
from lsm.estimators.liquid import BaseLiquid
from lsm.learning import Adam, Devices, EProp, GradientDescent, LeakyReadout, Progress, Trainer
from lsm.neurons import MODELS
from lsm.reservoir import Reservoir
from lsm.saving.kinds import (
    Check,
    Sizes,
    array,
    arrays,
    either,
    flag,
    floats,
    instance,
    list_of,
    none,
    number,
    one_of,
    places,
    whole,
    whole_numbers,
)
from lsm.saving.rules import RULES, is_fitted
from lsm.states import (
    CombinedState,
    FilteredTraces,
    MembranePotentials,
    ModelVariables,
    SpikeCounts,
    SpikeTiming,
    TimeBins,
)
from lsm.states.registry import STATES_APART
from lsm.topology import (
    WIRINGS,
    InputWiring,
    KernelInputs,
    MatrixWiring,
    PartitionedInputs,
    ReceptiveFieldInputs,
)
from readouts import (
    ForceReadout,
    RidgeReadout,
    RidgeRegressionReadout,
    ThreeFactorReadout,
)
from readouts.gcv import NormalEquations, Solution
from readouts.left_out import Rows
from readouts.moments import Moments
from readouts.online import OnlineReadout

_STATES = (
    *(SpikeCounts, TimeBins, FilteredTraces, SpikeTiming, MembranePotentials, ModelVariables),
    CombinedState,
)
_WIRINGS = tuple(rule for rule in WIRINGS.values() if rule is not MatrixWiring)
_INPUTS = (InputWiring, KernelInputs, ReceptiveFieldInputs, PartitionedInputs)
_ESTIMATORS = (
    *(LiquidTransformer, LSMClassifier, LSMRegressor, LSMSeriesRegressor, LSMEnsemble),
    *(ActivityThreshold, GroupCentring),
    *(RSNNClassifier, RSNNRegressor, RandomLiquid, KernelLiquid, SeriesLiquid),
    *ENCODERS.values(),
    *(AudioFrontEnd, EnvelopeFrontEnd, MelFrontEnd, Pipeline),
    *(RidgeReadout, RidgeRegressionReadout, ForceReadout, ThreeFactorReadout),
)

_LEARNING = (Trainer, EProp, Adam, GradientDescent, Devices, LeakyReadout, Progress)

#: Name -> class. No other one is made from a file, but for what skops trusts.
CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        *(*_ESTIMATORS, *_STATES, *_WIRINGS, *_INPUTS, *_LEARNING),
        *(Solution, NormalEquations, Moments, Rows, EarlyReadouts),
    )
}

#: Numbers by which memory is taken, whatever else the file holds.
_LIMITS = {
    **{"bins": 10**5, "n_fields": 10**5, "n_taps": 10**5, "n_bands": 10**4, "n_liquids": 10**4},
    "n_filters": 10**5,
    **{"reservoir": MOST_NEURONS, "n_neurons": MOST_NEURONS, "dimensions": 100},
}
#: Bands times samples of a filter of a front end: at most some of a window and a second.
_MOST_WEIGHTS = 10**8


def check_arguments(cls: type, arguments: dict[str, Any]) -> None:
    """Raise ValueError where arguments of a constructor ask for more than any model needs."""
    if arguments.get("checkpoint") is not None:
        raise ValueError(f"{cls.__name__}.checkpoint can't be in a file")
    for name, value in arguments.items():
        if name == "model" and isinstance(value, str) and value not in MODELS:
            raise ValueError(f"{cls.__name__}.model can't be {short(value)}: no model's name")
        # A state or a preset, with a number or without: "bins:5", "bins:5+first".
        for part in STATES_APART.split(value) if isinstance(value, str) else (value,):
            kind, size = name, part
            if isinstance(part, str):
                kind, _, size = part.partition(":")
                with suppress(ValueError):
                    size = int(size)
            most = _LIMITS.get(kind, _LIMITS.get(name, math.inf))
            if isinstance(size, Integral) and int(size) > most:
                raise ValueError(f"{cls.__name__}.{name} can't be {short(value)}: at most {most}")
    if cls in (AudioFrontEnd, MelFrontEnd):
        longest_s = 1 + arguments.get("window_ms", 40.0) / 1000
        if not 0 < arguments.get("n_bands", 32) * arguments["rate_Hz"] * longest_s <= _MOST_WEIGHTS:
            raise ValueError(f"{cls.__name__} can't have filters so long, or so many")


def check(value: Any) -> None:
    """Raise ValueError where an object isn't one that its class could have become."""
    _fits(value, {})
    for cls, rule in RULES.items():
        if isinstance(value, cls):
            rule(value)


def _fits(value: Any, sizes: Sizes) -> bool:
    """True, or the error that says which attribute is wrong."""
    table = _learned_by(type(value))
    if is_dataclass(value):  # its constructor has seen the others
        learned = {name: getattr(value, name) for name in table}
    else:
        parameters = value.get_params(deep=False)
        learned = {name: part for name, part in vars(value).items() if name not in parameters}
    for name, part in learned.items():
        if name not in table:
            raise ValueError(f"{type(value).__name__} learns no {name!r}")
        if not table[name](part, sizes):
            raise ValueError(f"{type(value).__name__}.{name} can't be {short(part)}, of {sizes}")
    missing = table.keys() - learned.keys() - _OPTIONAL
    if missing and is_fitted(value):
        raise ValueError(f"{type(value).__name__} lacks {', '.join(sorted(missing))}")
    return True


def _learned_by(cls: type) -> dict[str, Check]:
    if issubclass(cls, OnlineReadout):
        return _ONLINE | {name: floats(*axes) for name, axes in cls.LEARNED.items()}
    return next((_LEARNED[base] for base in cls.__mro__ if base in _LEARNED), {})


def register(cls: type[OnlineReadout]) -> type[OnlineReadout]:
    """Let files hold a readout of one's own that learns online, until the process ends.

    What it learns is what its ``LEARNED`` says, and nothing else is read; a file names no module,
    and imports none.

    Parameters
    ----------
    cls : subclass of :class:`readouts.online.OnlineReadout`

    Returns
    -------
    type
        The class, so that this can stand above it as a decorator.

    Raises
    ------
    TypeError
        Another kind of class.
    ValueError
        Another class of that name is known; axes that are neither features nor outputs.

    Examples
    --------
    >>> from lsm.saving import register
    >>> register(MyReadout)  # doctest: +SKIP
    >>> register("MyReadout")
    Traceback (most recent call last):
    TypeError: cls must be a subclass of readouts.online.OnlineReadout, got 'MyReadout'
    """
    if not (isinstance(cls, type) and issubclass(cls, OnlineReadout)):
        raise TypeError(f"cls must be a subclass of readouts.online.OnlineReadout, got {cls!r}")
    if CLASSES.get(cls.__name__, cls) is not cls:
        raise ValueError(f"cls must have a name of its own, got another {cls.__name__}")
    for name, axes in cls.LEARNED.items():
        if not set(axes) <= {"features", "outputs"}:
            raise ValueError(
                f"{cls.__name__}.LEARNED must count features and outputs, got {axes} for {name!r}"
            )
    CLASSES[cls.__name__] = cls
    return cls


def short(value: Any) -> str:
    """The text of a value for an error, cut if it is long."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    return repr(value)[:100]


def _part(cls: type) -> Check:
    """None, or an object of the class whose sizes are those of the whole."""
    return lambda value, sizes: value is None or (type(value) is cls and _fits(value, sizes))


def _predicts(value: Any, sizes: Sizes) -> bool:
    return hasattr(value, "predict") and not isinstance(value, BaseLiquid | LSMEnsemble)


def _members(value: Any, sizes: Sizes) -> bool:
    kinds = {*map(type, value)} if isinstance(value, list) else set()
    return kinds in ({LSMClassifier}, {LiquidTransformer})


_TABLE = {"n_features_in_": places("features"), "feature_names_in_": array("OU", "features")}
_SIGNALS = {
    "n_features_in_": places(),
    "feature_names_in_": array("OU", None),
    "n_channels_in_": places("channels"),
    "_fitted_on_table": flag,
}
_RIDGE = _TABLE | {
    "_solution": _part(Solution),
    "_equations": _part(NormalEquations),
    "_moments": _part(Moments),
}
_ONLINE = _TABLE | {"weights_": floats("features", "outputs"), "_y_shape": whole_numbers(1)}
_CONTAINERS = [{"transform": container} for container in ("default", "pandas", "polars")]
_LIQUID = _SIGNALS | {
    "reservoir_": instance(Reservoir),
    "state_": instance(*_STATES),
    "encoder_": instance(Encoder, Pipeline),
    "sensor_size_": whole_numbers(3),
    "target_": one_of("cpp", "numpy"),
    "input_kind_": one_of("spikes", "events", "signals"),
    "_sklearn_output_config": lambda value, sizes: value in _CONTAINERS,  # of `set_output`
}
_WITH_READOUT = _LIQUID | {"readout_": _predicts}
_CLASSES = {"classes_": array("biufUO", "classes")}
_RSNN = {name: check for name, check in _LIQUID.items() if name != "state_"} | {
    "start_": instance(Reservoir),
    "readout_": _part(LeakyReadout),
    "progress_": _part(Progress),
    "window_ms_": either(none, number),
    **{"state": one_of("auto"), "n_jobs": none},  # of their parents, and not their own
}

#: Class -> what it learns. Of a dataclass: its fields, where its constructor doesn't look at them.
_LEARNED: dict[type, dict[str, Check]] = {
    Solution: {
        "coef": either(floats("outputs", "features"), floats("features")),
        "intercept": either(floats("outputs"), number),
        "alpha": either(floats("outputs"), number),
    },
    NormalEquations: {
        **dict.fromkeys(("n", "weight_scale"), number),
        "n_rows": whole(),
        **dict.fromkeys(("x_mean", "inverse_scale"), floats("features")),
        **dict.fromkeys(("y_mean", "yy"), floats("targets")),
        "eigenvalues": floats("rank"),
        "V": floats("features", "rank"),
        "cross": floats("features", "targets"),
    },
    Moments: {
        "n": number,
        "n_rows": whole(),
        **dict.fromkeys(("x_origin", "x_mean"), floats("features")),
        **dict.fromkeys(("y_origin", "y_mean", "yy"), floats("targets")),
        "xx": floats("features", "features"),
        "xy": floats("features", "targets"),
    },
    Rows: {
        "X": floats("samples", "features"),
        "Y": floats("samples", "classes"),
        "weight": floats("samples"),
    },
    RidgeReadout: _RIDGE | _CLASSES | {"_class_weight": floats("classes"), "_rows": _part(Rows)},
    RidgeRegressionReadout: _RIDGE | {"_y_shape": whole_numbers(1)},
    Encoder: _SIGNALS
    | {
        "n_channels_out_": places(),
        **dict.fromkeys(("offset_", "scale_", "slope_scale_"), floats("channels")),
        "seed_": whole(),
    },
    AudioFrontEnd: _SIGNALS | {"n_channels_out_": places()},
    EnvelopeFrontEnd: _SIGNALS
    | {
        "n_channels_out_": places("filters"),
        "filters_": floats("filters", "channels"),
        "scale_": number,
    },
    LiquidTransformer: _LIQUID,
    LSMClassifier: _WITH_READOUT | _CLASSES | {"early_": _part(EarlyReadouts)},
    EarlyReadouts: {
        "every_ms": number,
        "readouts": list_of(_predicts),
        **dict.fromkeys(("temperatures", "accuracies", "mean_times_ms"), floats("times")),
        **dict.fromkeys(
            ("thresholds", "confidences", "policy_accuracies", "policy_times_ms"),
            floats("thresholds"),
        ),
    },
    LSMRegressor: _WITH_READOUT,
    LSMSeriesRegressor: _WITH_READOUT
    | {
        "n_outputs_": places(),
        "_flat": flag,
        "_target_range": floats("bounds", "outputs"),
        "sensor_size": none,  # of its parents, and not its own
    },
    RSNNClassifier: _RSNN | _CLASSES,
    RSNNRegressor: _RSNN
    | {"_flat": flag, **dict.fromkeys(("target_mean_", "target_scale_"), floats("outputs"))},
    Trainer: {
        "rule": instance(EProp),
        "optimizer": instance(Adam, GradientDescent),
        "devices": either(none, instance(Devices)),
    },
    LeakyReadout: {"weights": floats("outputs", "neurons")},
    Progress: {
        **dict.fromkeys(("exact", "held", "earlier", "best", "kept", "devices"), arrays),
        **dict.fromkeys(("losses", "errors", "rates_Hz", "validated"), list_of(number)),
        **dict.fromkeys(("validation_losses", "validation_errors"), list_of(number)),
        "stopped": one_of("", "iterations", "goal", "patience", "diverged"),
    },
    LSMEnsemble: _CLASSES
    | {"estimators_": _members, "n_features_in_": places(), "readout_": _predicts},
    ActivityThreshold: _TABLE | {"activity_": floats("features")},
    GroupCentring: {
        "n_features_in_": places("features"),
        "groups_": array("biufUO", "groups"),
        "means_": floats("groups", "features"),
    },
}
#: Not every fitted object has them; :data:`RULES` says which must.
_OPTIONAL = {
    *("feature_names_in_", "_solution", "_equations", "_moments", "_rows", "slope_scale_", "seed_"),
    *("_target_range", "readout_", "early_"),
    *("encoder_", "sensor_size_", "n_channels_in_", "_fitted_on_table", "_sklearn_output_config"),
}
