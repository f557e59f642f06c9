"""What two sets of states have in common."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from readouts.threads import blas_threads_for

Floats = NDArray[np.float64]


@short_repr
class CanonicalCorrelations(NamedTuple):
    """Directions of two sets of states that go together.

    Attributes
    ----------
    correlations : array (components,)
        The largest first; as many as the smaller set has features.
    first, second : array (features, components)
        Times centred states, they are what is correlated.
    """

    correlations: Floats
    first: Floats
    second: Floats


def canonical_correlations(
    first: ArrayLike, second: ArrayLike, *, ridge: float = 0.1
) -> CanonicalCorrelations:
    """Correlate two sets of states of the same samples along the directions that fit best.

    Hotelling (1936, Biometrika 28:321), with a ridge, so that there may be more features than
    samples: of two liquids it tells how much of what one of them holds is held by the other.

    Parameters
    ----------
    first, second : array (samples, features)
        Row by row of the same samples, or of samples that belong together.
    ridge : float
        Share of a set's mean variance that is added to that of each of its features; it makes
        correlations smaller.

    Raises
    ------
    ValueError
        Other shapes, values that aren't finite, fewer than two samples, a ridge that isn't above 0.
    """
    sets = [np.asarray(states, dtype=np.float64) for states in (first, second)]
    for name, states in zip(("first", "second"), sets, strict=True):
        if states.ndim != 2 or len(states) < 2 or not np.isfinite(states).all():
            raise ValueError(
                f"{name} must be finite, of shape (samples, features), with two samples at least, "
                f"got the shape {states.shape}"
            )
    if len(sets[0]) != len(sets[1]):
        raise ValueError(
            f"first and second must have as many samples, got {len(sets[0])} and {len(sets[1])}"
        )
    ridge = positive(ridge, "ridge")
    widths = [states.shape[1] for states in sets]
    both = np.cov(np.hstack(sets), rowvar=False, bias=True)
    in_second = np.repeat([False, True], widths)
    own = np.where(in_second[:, None] == in_second, both, 0.0)
    variances = [own.diagonal()[in_second == which].mean() for which in (False, True)]
    # Where nothing varies nothing is correlated, whatever is added.
    added = np.repeat([ridge * variance or 1.0 for variance in variances], widths)
    with blas_threads_for(len(both)):
        values, vectors = eigh(
            both - own,
            own + np.diag(added),
            subset_by_index=(len(both) - min(widths), len(both) - 1),
        )
    maps = np.split(np.sqrt(2) * vectors[:, ::-1], widths[:1])
    return CanonicalCorrelations(values[::-1], *maps)
