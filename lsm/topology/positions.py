"""Places of neurons: arrays (neurons, dimensions) of coordinates from 0 on."""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, exp, pi, sqrt

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import in_unit

#: Side of the square in which the evolved paper puts 20 neurons.
PAPER_SIDE, PAPER_NEURONS = 6.0, 20


def side_for(n: int, *, dimensions: int = 2) -> float:
    """Side of the square (cube) in which ``n`` neurons have the in-degree of 20 in 6 x 6.

    The mean in-degree of the paper's kernel, and exactly so where all pairs connect alike: a square
    of the same density has less border and so more synapses (3.2 a neuron for 300 neurons instead
    of 2.5). Fewer than 20 neurons keep the density of 20.
    """
    positive_int(dimensions, "dimensions")
    in_degree = (PAPER_NEURONS - 1) * _mean_kernel(PAPER_SIDE, 2)

    def side(n: int) -> float:
        return float(
            scipy.optimize.brentq(
                lambda side: (n - 1) * _mean_kernel(side, dimensions) - in_degree,
                1,
                10 * n ** (1 / dimensions),
            )
        )

    if n > PAPER_NEURONS:
        return side(n)
    of_20 = PAPER_SIDE if dimensions == 2 else side(PAPER_NEURONS)
    return of_20 * float((n / PAPER_NEURONS) ** (1 / dimensions))


def _mean_kernel(side: float, dimensions: int) -> float:
    """Mean of exp(-d^2/2) over pairs of points in a cube."""
    a = side / sqrt(2)
    along_one_axis = (sqrt(pi) * a * erf(a) + exp(-(a**2)) - 1) / a**2
    return float(along_one_axis**dimensions)


def box(
    n: int,
    side: float | Sequence[float] | None = None,
    *,
    dimensions: int = 2,
    random_state: int | np.random.Generator | None = None,
) -> NDArray[np.float64]:
    """Draw positions uniformly in a box.

    Parameters
    ----------
    n : int
    side : float or sequence of float, optional
        Length along every dimension, or along each; by default that of :func:`side_for`.
    dimensions : int
        Where ``side`` doesn't say.
    random_state : int, Generator or None

    Returns
    -------
    array (n, dimensions)
    """
    positive_int(n, "n")
    if side is None:
        side = side_for(n, dimensions=dimensions)
    lengths = in_unit(side, "side")
    if lengths.ndim == 0:
        lengths = np.full(positive_int(dimensions, "dimensions"), lengths)
    if lengths.ndim != 1:
        raise ValueError(f"side must be one length, or one for each dimension, got {side!r}")
    for length in lengths.tolist():
        positive(length, "side")
    rng = np.random.default_rng(random_state)
    return rng.uniform(0, lengths, size=(n, len(lengths)))


def sphere(
    n: int,
    radius: float,
    *,
    dimensions: int = 3,
    random_state: int | np.random.Generator | None = None,
) -> NDArray[np.float64]:
    """Draw positions uniformly within a sphere (``dimensions=2``: a disc).

    Parameters
    ----------
    n : int
    radius : float
        The centre is as far from 0 along each dimension.
    dimensions : int
    random_state : int, Generator or None

    Returns
    -------
    array (n, dimensions)
    """
    positive_int(n, "n")
    radius = positive(radius, "radius")
    rng = np.random.default_rng(random_state)
    direction = rng.normal(size=(n, positive_int(dimensions, "dimensions")))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    # The volume within r grows as r^dimensions. Clipped: rounding may leave 0..2 radius by an ulp.
    r = radius * rng.random((n, 1)) ** (1 / dimensions)
    return np.clip(radius + r * direction, 0, 2 * radius)


def grid(shape: Sequence[int], *, spacing: float = 1.0) -> NDArray[np.float64]:
    """All points of a grid, such as the 15 x 3 x 3 neurons of Maass' liquid.

    Parameters
    ----------
    shape : sequence of int
        Number of points along each dimension.
    spacing : float
        Distance of neighbours.

    Returns
    -------
    array (product of shape, dimensions)
        The last coordinate changes fastest; the first point is the origin.
    """
    spacing = positive(spacing, "spacing")
    axes = [np.arange(positive_int(length, "shape")) for length in shape]
    if not axes:
        raise ValueError("shape must have one dimension at least, got none")
    return spacing * np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def checked_side(
    side: float | Sequence[float], positions: NDArray[np.float64]
) -> float | tuple[float, ...]:
    """The sides of a space that holds the positions: one length, or several where they differ."""
    lengths = in_unit(side, "side")
    dimensions = positions.shape[1]
    if lengths.shape not in ((), (dimensions,)):
        raise ValueError(
            f"side must be one length, or one for each of {dimensions} dimensions, got {side!r}"
        )
    if not (np.all(positions >= 0) and np.all(positions <= lengths)):
        space = " x ".join(f"[0, {length:g}]" for length in np.atleast_1d(lengths))
        raise ValueError(
            f"positions must lie in the space {space}, got values from "
            f"{positions.min():g} to {positions.max():g}"
        )
    unique = np.unique(lengths).tolist()
    return unique[0] if len(unique) == 1 else tuple(lengths.tolist())
