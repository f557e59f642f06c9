"""A trained network goes on without learning, with its own decoder or another's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lsm.base.quantities import number
from lsm.force import Trained
from lsm.metrics import best_drift, drift_tolerant_nrmse, nrmse
from tasks.closed_loop.training import without_warnings
from tasks.targets import Target

Floats = NDArray[np.float64]


def run_alone(
    trained: Trained,
    target: Target,
    *,
    settle_ms: float,
    max_rate: float = 0.5,
    decoder: Floats | None = None,
    taught: bool = False,
) -> tuple[dict[str, float | None], float | None]:
    """Errors and mean rate of a network that goes on without learning.

    Parameters
    ----------
    trained : lsm.force.Trained
    target : Target
        From the very beginning to the end of the test.
    settle_ms : float
        The network runs so long before errors are taken.
    max_rate : float
        Another tempo is forgiven by one of the errors, as far as this part of the target's.
    decoder : array (neurons, outputs), optional
        Instead of its own.
    taught : bool
        Whether the target is fed back instead of the output, so that the decoder is judged alone.

    Returns
    -------
    errors : dict
        ``nrmse``; for targets with a period ``nrmse_drift_tolerant``, and ``nrmse_any_tempo`` with
        the ``tempo``, in parts of the target's, at which it is least. None after divergence, of a
        decoder that is not finite, and where nothing drifts.
    rate_Hz : float or None
        Mean of the filtered spikes that are recorded; None where none are.
    """
    names = ("nrmse", "nrmse_drift_tolerant", "nrmse_any_tempo", "tempo")
    errors: dict[str, float | None] = dict.fromkeys(names)
    settled = trained.time_ms + number(settle_ms, "settle_ms")
    if trained.diverged or not (decoder is None or np.isfinite(decoder).all()):
        return errors, None
    dt, now = target.dt_ms, trained.time_ms
    left = slice(round(now / dt), None)
    with without_warnings():
        after = trained.run(
            target=target.values[left],
            inputs=None if target.inputs is None else target.inputs[left],
            teach=(now, len(target.values) * dt) if taught else None,
            decoder=decoder,
        )
    judged = after.t_ms > settled
    outputs = after.outputs[judged]
    wanted = target.values[np.rint(after.t_ms[judged] / dt).astype(int) - 1]
    errors["nrmse"] = nrmse(outputs, wanted)
    if target.period_ms is not None and not taught:  # what is taught has nothing to drift from
        times = {"dt_ms": trained.loop.output_every * dt, "period_ms": target.period_ms}
        errors["nrmse_drift_tolerant"] = drift_tolerant_nrmse(outputs, wanted, **times)
        drift = best_drift(outputs, wanted, max_rate=max_rate, **times)
        errors |= {"nrmse_any_tempo": drift.nrmse, "tempo": 1 + drift.rate}
    rates = after.filtered[after.probe_t_ms > settled]
    return errors, float(rates.mean()) if rates.size else None
