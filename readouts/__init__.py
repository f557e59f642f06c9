"""Readouts: 2-D arrays of liquid states in, predictions out.

Every readout is a scikit-learn estimator and knows nothing of spikes; this package imports
nothing of the project. A new readout is one module here and one line in `READOUTS` or
`REGRESSION_READOUTS`.

`ForceReadout` and `ThreeFactorReadout` learn from one row after another; what they do to plain
arrays, :func:`recursive_least_squares` and :func:`three_factor`, serves closed loops too.
"""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
