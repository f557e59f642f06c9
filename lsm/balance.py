"""The tuner of excitation and inhibition under its public path; :mod:`lsm.plasticity.balance`."""

from lsm.plasticity.balance import MeanCurrents, balance, matched, mean_currents, ratio

__all__ = ["MeanCurrents", "balance", "matched", "mean_currents", "ratio"]
