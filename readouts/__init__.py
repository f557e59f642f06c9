"""Readouts: 2-D arrays of liquid states in, predictions out.

Every readout is a scikit-learn estimator and knows nothing of spikes; this package imports
nothing of the project. A new readout is one module here and one line in `READOUTS` or
`REGRESSION_READOUTS`.
"""

from readouts.registry import READOUTS, REGRESSION_READOUTS, make_readout
from readouts.ridge import RidgeReadout, RidgeRegressionReadout

__all__ = [
    "READOUTS",
    "REGRESSION_READOUTS",
    "RidgeReadout",
    "RidgeRegressionReadout",
    "make_readout",
]
