"""The scale of numbers whose squares are summed: neither too small nor too large for that."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: So far numbers may reach: their squares, and what is summed of these, are numbers still.
SMALLEST, LARGEST = 1e-100, 1e100


def refuse_scale(sizes: ArrayLike, name: str, part: str = "column") -> None:
    """Raise ValueError where numbers are too small or too large for their squares to be summed.

    Parameters
    ----------
    sizes : float, or array (parts,)
        Largest absolute value, of all or of each part; 0 is none.
    name, part : str
        What errors call the numbers, and a part of them.
    """
    values = np.atleast_1d(np.asarray(sizes, dtype=np.float64))
    bad = (values > 0) & ~((values >= SMALLEST) & (values <= LARGEST))
    if bad.any():
        k = int(np.argmax(bad))
        where = f" in {part} {k}" if np.ndim(sizes) else ""
        raise ValueError(
            f"{name} must be of a scale from {SMALLEST:g} to {LARGEST:g}, so that its squares are "
            f"numbers, got {values[k]:.3g}{where}: multiply it by a factor"
        )


def refuse_scales(X: Floats, y: Floats | None = None) -> None:
    """Check the scale of features (rows, features), taken together, and of each target."""
    size = max(X.max(initial=0), -X.min(initial=0))
    if not SMALLEST <= size <= LARGEST:  # many small liquids are fitted: no arrays for a number
        refuse_scale(size, "X")
    if y is not None:
        refuse_scale(np.abs(y).max(axis=0, initial=0), "y", "output")
