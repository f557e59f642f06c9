"""From trained rate networks to spiking ones, by one number.

A :class:`SigmoidNetwork` is arrays, trained anywhere: ``SigmoidNetwork.load("network.npz")`` reads
``recurrent`` (units, units; rows are targets), ``input`` (units, channels), ``output`` (outputs,
units) and ``tau_ms`` (units,). :func:`to_spiking` makes a reservoir of leaky neurons of it, one
for one, with the weights between them divided by a scaling factor; :func:`run_trials` lets it hear
signals, and :func:`search_scaling_factor` finds the factor. :func:`compare_trials` sets both beside
each other, and :func:`train_rates` trains a network on trials that it is given. Kim, Li & Sejnowski
2019, PNAS 116:22811.
"""

from lsm.conversion.comparing import ComparedTrials, compare_trials
from lsm.conversion.search import SCALING_FACTORS, FactorSearch, search_scaling_factor
from lsm.conversion.sigmoid import SigmoidNetwork
from lsm.conversion.spiking import SAMPLE_MS, SpikingTrials, run_trials, to_spiking
from lsm.conversion.training import TrainedRates, TrainingSettings, train_rates

__all__ = [
    "SAMPLE_MS",
    "SCALING_FACTORS",
    "ComparedTrials",
    "FactorSearch",
    "SigmoidNetwork",
    "SpikingTrials",
    "TrainedRates",
    "TrainingSettings",
    "compare_trials",
    "run_trials",
    "search_scaling_factor",
    "to_spiking",
    "train_rates",
]
