"""Excitation and inhibition under their public path: tuners, and :func:`measure_balance`.

:mod:`lsm.plasticity.balance` and :mod:`lsm.plasticity.ratios` hold them.
"""

from lsm.plasticity.balance import MeanCurrents, balance, matched, mean_currents, ratio
from lsm.plasticity.ratios import (
    BalanceMeasures,
    calibrate_ratio,
    measure_balance,
    sample_balanced,
)

__all__ = [
    "BalanceMeasures",
    "MeanCurrents",
    "balance",
    "calibrate_ratio",
    "matched",
    "mean_currents",
    "measure_balance",
    "ratio",
    "sample_balanced",
]
