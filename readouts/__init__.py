"""Readouts: 2-D arrays of liquid states in, predictions out.

Every readout is a scikit-learn estimator and knows nothing of spikes; this package imports
nothing of the project. A new readout is one module here and one line in `READOUTS`.
"""

from readouts.registry import READOUTS, make_readout
from readouts.ridge import RidgeReadout

__all__ = ["READOUTS", "RidgeReadout", "make_readout"]
