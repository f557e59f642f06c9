"""Thresholds from what input drives neurons to: each neuron at a quantile of its potential."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import one_for_each
from lsm.plasticity.calibration import subset_indices
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.states import MembranePotentials
from lsm.topology import NoWiring

#: Times in a sample at which potentials are read, and samples that are heard.
READINGS, SAMPLES = 64, 32

GOLDEN = (np.sqrt(5) - 1) / 2


def fit_thresholds(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    quantiles: ArrayLike,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> Reservoir:
    """Put the threshold of each neuron at a quantile of the potentials that input drives it to.

    The potentials are those of neurons that don't fire and hear nothing but their inputs. They are
    read at :data:`READINGS` times of at most :data:`SAMPLES` of the samples, which are chosen by
    their content: neither their order nor how often one is repeated matters. A neuron without
    memory (a membrane and a current that are faster than a step) then fires in a share of
    1 - quantile of all steps, as the biases of MiniRocket have it (Dempster, Schmidt & Webb 2021,
    KDD, 248).

    A neuron that nothing drives, such as one whose channels are constant, has a threshold that it
    never reaches.

    Parameters
    ----------
    reservoir : Reservoir
        With the parameters ``v_threshold_mV`` and ``v_reset_mV``; neurons whose threshold falls
        below their reset are reset to it.
    spikes : SpikeTrains
        Input of the kind that the reservoir will hear, from the training data alone.
    quantiles : float or array (neurons,)
        In (0, 1).
    dt_ms, target
        As in :func:`lsm.simulate`.

    Returns
    -------
    Reservoir
        The same but for these two parameters.

    Raises
    ------
    TypeError, ValueError
        Quantiles that are none, neurons without a threshold to be set, what
        :func:`lsm.simulate` refuses.
    """
    p = one_for_each(quantiles, "quantiles", reservoir.n_neurons, "neuron")
    if not np.all((p > 0) & (p < 1)):
        raise ValueError("quantiles must lie between 0 and 1")
    bounds = reservoir.model.parameters
    if not {"v_threshold_mV", "v_reset_mV", "v_rest_mV"} <= set(bounds):
        raise ValueError(
            f"reservoir must have neurons with v_threshold_mV, v_reset_mV and v_rest_mV; "
            f"{reservoir.model.name!r} has {', '.join(bounds)}"
        )
    highest = bounds["v_threshold_mV"].high
    rest, reset = reservoir.parameters["v_rest_mV"], reservoir.parameters["v_reset_mV"]
    silent = reservoir.replace(
        wiring=NoWiring(),
        parameters={**reservoir.parameters, "v_threshold_mV": highest},
    )
    potentials = simulate(
        silent,
        spikes[subset_indices(spikes)[:SAMPLES]],
        state=MembranePotentials(at=tuple(np.sort((np.arange(READINGS) + 1) * GOLDEN % 1))),
        dt_ms=dt_ms,
        target=target,
    )[0].reshape(-1, reservoir.n_neurons)
    thresholds = rest + _quantiles(potentials, p)
    driven = potentials.max(axis=0) > potentials.min(axis=0)
    thresholds = np.where(driven, thresholds, highest)
    return reservoir.replace(
        parameters={
            **reservoir.parameters,
            "v_threshold_mV": thresholds,
            "v_reset_mV": np.minimum(reset, thresholds),
        }
    )


def _quantiles(values: NDArray[np.float32], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quantile p of each column, in the middle between two values (as NumPy's "linear")."""
    ranked = np.sort(values, axis=0).astype(np.float64)
    place = p * (len(ranked) - 1)
    below = np.floor(place).astype(np.intp)
    column = np.arange(ranked.shape[1])
    low, high = ranked[below, column], ranked[np.minimum(below + 1, len(ranked) - 1), column]
    return np.asarray(low + (place - below) * (high - low))
