"""Liquid state machines: reservoirs of spiking neurons, from spikes to liquid states.

:class:`SpikeTrains` holds the input, :class:`Reservoir` describes a liquid, :func:`simulate` gives
its states, :func:`record` shows one sample in detail, and :class:`LSMClassifier` and its siblings
put a readout on top.

==========================  =======================================================================
a reservoir by its name     :mod:`lsm.presets`
what it is made of          :mod:`lsm.neurons`, :mod:`lsm.topology`
fitted to unlabelled input  :mod:`lsm.plasticity`
trained                     :mod:`lsm.learning`
wired from a table          :mod:`lsm.machines`
what goes in, what comes    :mod:`lsm.encoders`, :mod:`lsm.states`
what it bears               :mod:`lsm.perturb`, :mod:`lsm.robustness`
made smaller                :mod:`lsm.pruning`
what it is worth            :mod:`lsm.metrics`, in pictures :mod:`lsm.plots`
kept, and given to others   :mod:`lsm.saving`, :mod:`lsm.nir`
==========================  =======================================================================
"""

from lazy_loader import attach_stub

from lsm.base.siblings import check_sibling

check_sibling("readouts")

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
