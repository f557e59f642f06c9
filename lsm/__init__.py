"""Liquid state machines: reservoirs of spiking neurons, from spikes to liquid states.

:class:`SpikeTrains` holds the input, :class:`Reservoir` describes a liquid, :func:`simulate` gives
its states, :func:`record` shows one sample in detail, and :class:`LSMClassifier` and its siblings
put a readout on top. Neuron models are in :mod:`lsm.neurons`, wiring in :mod:`lsm.topology`,
encoders in :mod:`lsm.encoders`, states in :mod:`lsm.states`.
"""

from lsm.calibration import calibrate
from lsm.estimators import (
    LiquidTransformer,
    LiveLiquid,
    LSMClassifier,
    LSMRegressor,
    LSMSeriesRegressor,
)
from lsm.neurons import LIF, LIF_ALPHA, NeuronModel
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

__all__ = [
    "LIF",
    "LIF_ALPHA",
    "DistanceWiring",
    "FilteredTraces",
    "InputWiring",
    "LSMClassifier",
    "LSMRegressor",
    "LSMSeriesRegressor",
    "LiquidTransformer",
    "LiveLiquid",
    "MembranePotentials",
    "NeuronModel",
    "NoWiring",
    "Recording",
    "Reservoir",
    "SimulationError",
    "SpikeCounts",
    "SpikeTrains",
    "Stream",
    "TimeBins",
    "calibrate",
    "clear_cache",
    "compilations",
    "record",
    "simulate",
    "trajectories",
]
