"""What a state reads, as the arrays of a job that ``rows.h`` reads, and the features made of it."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from lsm.neurons import NeuronModel
from lsm.states import Feature, Measure, State, Trace, Variable

#: Kinds of rows, in the order of their numbers in ``rows.h``.
KINDS = ("trace", "variable", *get_args(Measure))


def rows_of(state: State, model: NeuronModel, dt_ms: float) -> dict[str, NDArray[Any]]:
    """The rows as (kind, number of the trace or variable), and what traces and times need.

    Raises
    ------
    ValueError
        A variable that the model doesn't have.
    """
    traces = [row for row in state.rows if isinstance(row, Trace)]
    rows = []
    for row in state.rows:
        if isinstance(row, Trace):
            rows.append((KINDS.index("trace"), traces.index(row)))
        elif isinstance(row, Variable):
            name = row.variable or model.state[0]
            if name not in model.state:
                raise ValueError(
                    f"state: neurons of the model {model.name!r} have no variable {name!r}; they "
                    f"have {', '.join(model.state)}"
                )
            rows.append((KINDS.index("variable"), model.state.index(name)))
        else:
            rows.append((KINDS.index(row.name), 0))
    return {
        "rows": np.array(rows, dtype=np.int32),
        "decay_powers": powers(state.decays(dt_ms)),
        "ms_per_step": np.array([dt_ms], dtype=np.float64),
    }


def powers(factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Powers of each factor, (factors, 256 + 23): 0 to 255, then 256, 512, ... 2^30."""
    exponents = np.concatenate([np.arange(256), 2.0 ** np.arange(8, 31)])
    return np.asarray(factors[:, None] ** exponents)


def features_of(readings: NDArray[np.float32], state: State) -> NDArray[np.float32]:
    """Features (reservoirs, samples, features x neurons) of all readings of each sample.

    Parameters
    ----------
    readings : float32 array (reservoirs, samples, readings x rows x neurons)
    """
    n_rows, features = len(state.rows), state.features
    n_read = len(state.at) * n_rows
    in_order = [Feature(*divmod(k, n_rows)) for k in range(n_read)]
    if [*features] == in_order:  # the numbers that were read
        return readings
    numbers = readings.reshape(*readings.shape[:2], n_read, -1)
    out = np.empty((*numbers.shape[:2], len(features), numbers.shape[3]), dtype=np.float32)
    for k, (reading, row, since) in enumerate(features):
        out[:, :, k] = numbers[:, :, reading * n_rows + row]
        if since is not None:
            out[:, :, k] -= numbers[:, :, since * n_rows + row]
    return out.reshape(*readings.shape[:2], -1)
