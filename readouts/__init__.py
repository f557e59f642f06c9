"""Readouts: 2-D arrays of liquid states in, predictions out.

Every readout is a scikit-learn estimator and knows nothing of spikes; this package imports
nothing of the project. A new readout is one module here and one line in `READOUTS` or
`REGRESSION_READOUTS`.

`ForceReadout` and `ThreeFactorReadout` learn from one row after another; what they do to plain
arrays, :func:`recursive_least_squares` and :func:`three_factor`, serves closed loops too.
"""

from readouts.force import ForceReadout, recursive_least_squares
from readouts.hebbian import ThreeFactorReadout, three_factor
from readouts.online import DivergenceError
from readouts.registry import READOUTS, REGRESSION_READOUTS, fit_each, make_readout
from readouts.ridge import RidgeReadout, RidgeRegressionReadout

__all__ = [
    "READOUTS",
    "REGRESSION_READOUTS",
    "DivergenceError",
    "ForceReadout",
    "RidgeReadout",
    "RidgeRegressionReadout",
    "ThreeFactorReadout",
    "fit_each",
    "make_readout",
    "recursive_least_squares",
    "three_factor",
]
