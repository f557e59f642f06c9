"""Liquid state machines: reservoirs of spiking neurons, from spikes to liquid states.

:class:`SpikeTrains` holds the input, :class:`Reservoir` describes a liquid, :func:`simulate` gives
its states, :func:`record` shows one sample in detail, and :class:`LSMClassifier` and its siblings
put a readout on top.

==========================  =======================================================================
a reservoir by its name     :mod:`lsm.presets`
what it is made of          :mod:`lsm.neurons`, :mod:`lsm.topology`
fitted to unlabelled input  :mod:`lsm.plasticity`
what goes in, what comes    :mod:`lsm.encoders`, :mod:`lsm.states`
what it is worth            :mod:`lsm.metrics`, in pictures :mod:`lsm.plots`
kept, and given to others   :mod:`lsm.saving`, :mod:`lsm.nir`
==========================  =======================================================================
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lsm.neurons import LIF, LIF_ALPHA, NeuronModel
from lsm.plasticity.calibration import calibrate
from lsm.presets import PRESETS, make_reservoir
from lsm.reservoir import Reservoir
from lsm.simulation import (
    Recording,
    SimulationError,
    Stream,
    clear_cache,
    compilations,
    record,
    simulate,
    trajectories,
)
from lsm.spikes import SpikeTrains
from lsm.states import FilteredTraces, MembranePotentials, SpikeCounts, TimeBins
from lsm.topology import DistanceWiring, InputWiring, NoWiring
from lsm.topology.short_term import ShortTermPlasticity

if TYPE_CHECKING:
    from lsm.estimators import (
        LiquidTransformer,
        LiveLiquid,
        LSMClassifier,
        LSMEnsemble,
        LSMRegressor,
        LSMSeriesRegressor,
        RandomLiquid,
    )
    from lsm.saving import LoadError, load, save

__all__ = [
    "LIF",
    "LIF_ALPHA",
    "PRESETS",
    "DistanceWiring",
    "FilteredTraces",
    "InputWiring",
    "LSMClassifier",
    "LSMEnsemble",
    "LSMRegressor",
    "LSMSeriesRegressor",
    "LiquidTransformer",
    "LiveLiquid",
    "LoadError",
    "MembranePotentials",
    "NeuronModel",
    "NoWiring",
    "RandomLiquid",
    "Recording",
    "Reservoir",
    "ShortTermPlasticity",
    "SimulationError",
    "SpikeCounts",
    "SpikeTrains",
    "Stream",
    "TimeBins",
    "calibrate",
    "clear_cache",
    "compilations",
    "load",
    "make_reservoir",
    "record",
    "save",
    "simulate",
    "trajectories",
]

#: Packages that come when they are asked for: ``import lsm`` is enough for ``lsm.metrics``.
_PACKAGES = [
    "balance",
    "conversion",
    "encoders",
    "estimators",
    "force",
    "metrics",
    "nir",
    "plasticity",
    "plots",
    "pretraining",
    "saving",
    "signals",
]


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"lsm.{name}")
    if name in __all__:  # scikit-learn takes longer to import than all that is imported above
        home = "saving" if name in ("LoadError", "load", "save") else "estimators"
        return getattr(import_module(f"lsm.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PACKAGES})
