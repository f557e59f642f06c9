"""Liquid states: what a readout sees of a sample.

A state is read once or several times in a sample. Each time it has some numbers of every neuron,
its *rows*: traces that a spike raises by one and that decay (a count is a trace that doesn't),
measures of when the neuron has fired, and variables of its model. Features are made of these.

==================== ============================ ==================================================
name                 state                        features of a neuron
==================== ============================ ==================================================
counts, excitatory   :class:`SpikeCounts`         its spikes
bins:5               :class:`TimeBins`            its spikes in equal parts of the sample
traces:10,30         :class:`FilteredTraces`      its spikes filtered with these time constants
proportion           :class:`SpikeTiming`         proportion of time above threshold
first, last          :class:`SpikeTiming`         time of the first and of the last spike
silence              :class:`SpikeTiming`         longest time without a spike
potentials           :class:`MembranePotentials`  its potential
variables:I          :class:`ModelVariables`      any variables of its model
bins:5+first         :class:`CombinedState`       those of several states
==================== ============================ ==================================================

:func:`make_state` makes a state of a name. A new one is one more class like those in ``kinds``, and
a line in `STATES`.
"""

from lsm.states.combined import CombinedState
from lsm.states.kinds import (
    FilteredTraces,
    MembranePotentials,
    ModelVariables,
    SpikeCounts,
    SpikeTiming,
    TimeBins,
)
from lsm.states.registry import STATE_FORMS, STATES, make_state
from lsm.states.rows import (
    Feature,
    Measure,
    Neurons,
    Row,
    State,
    Timing,
    Trace,
    Variable,
    feature_names,
    features_per_neuron,
    read_steps,
)

__all__ = [
    "STATES",
    "STATE_FORMS",
    "CombinedState",
    "Feature",
    "FilteredTraces",
    "Measure",
    "MembranePotentials",
    "ModelVariables",
    "Neurons",
    "Row",
    "SpikeCounts",
    "SpikeTiming",
    "State",
    "TimeBins",
    "Timing",
    "Trace",
    "Variable",
    "feature_names",
    "features_per_neuron",
    "make_state",
    "read_steps",
]
