"""Drawing a reservoir at random, and the ranges to draw it from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lsm.base.checks import number_of_neurons, probability
from lsm.base.quantities import in_unit
from lsm.neurons import NeuronModel
from lsm.topology import box, side_for

#: Ranges of liquids for any input (:func:`lsm.plasticity.calibration.liquid_for`): membranes that
#: remember for 10 to 100 ms, thresholds that few spikes reach.
VARIED_RANGES = {
    "t_ref_ms": (1.0, 4.0),
    "tau_m_ms": (10.0, 100.0),
    "v_threshold_mV": (-69.5, -65.0),
}

#: Ranges from which :meth:`Reservoir.random` draws: those of the evolved liquid (Lopez-Herrera et
#: al. 2026, Math. Comput. Appl. 31(2):65), but with thresholds that a few input spikes reach.
DRIVEN_RANGES = {"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -50.0)}


def sample_parameters(
    n: int,
    *,
    random_state: int | np.random.Generator | None,
    model: NeuronModel,
    ranges: Mapping[str, tuple[float, float]] | None,
    parameters: Mapping[str, ArrayLike] | None,
    excitatory_fraction: float,
    excitatory: ArrayLike | None,
    positions: ArrayLike | None,
    dimensions: int,
) -> dict[str, Any]:
    """The fields of the reservoir that :meth:`lsm.Reservoir.random` returns, but for its wiring."""
    number_of_neurons(n, "n")
    excitatory_fraction = probability(excitatory_fraction, "excitatory_fraction")
    if ranges is None:
        ranges = DRIVEN_RANGES if set(DRIVEN_RANGES) <= set(model.parameters) else model.ranges
    bounds = {name: _range(name, values) for name, values in ranges.items()}
    rng = np.random.default_rng(random_state)
    values = {name: rng.uniform(low, high, size=n) for name, (low, high) in bounds.items()}
    if excitatory is None:
        excitatory = rng.random(n) < excitatory_fraction
    side: float | tuple[float, ...]
    if positions is None:
        side = side_for(n, dimensions=dimensions)
        positions = box(n, side, dimensions=dimensions, random_state=rng)
    else:
        positions = in_unit(positions, "positions")
        side = tuple(positions.max(axis=0, initial=0)) if positions.ndim == 2 else 0.0
    return {
        "model": model,
        "parameters": {**values, **(parameters or {})},
        "excitatory": np.asarray(excitatory),
        "positions": positions,
        "keys": rng.integers(2**64, size=n, dtype=np.uint64),
        "side": side,
        "seed": int(rng.integers(2**31)),
    }


def _range(name: str, bounds: Any) -> tuple[float, float]:
    """Lowest and highest value of a parameter to draw."""
    values = in_unit(bounds, name, f"the range of {name!r}")
    if values.shape != (2,) or not (np.isfinite(values).all() and values[0] <= values[1]):
        raise ValueError(f"the range of {name!r} must be (low, high), got {bounds!r}")
    return float(values[0]), float(values[1])
