"""A leaky spiking network and the rate network matched to it, trained on one task, and exchanged.

Newton & Nicola 2025, PLoS Computational Biology: both have the same recurrent weights and the same
encoder, and learn by recursive least squares with the same alpha, where P starts as ``alpha I``.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.studies.force.comparison.settings import (
    ANY_RATE,
    COMPARISONS,
    CONNECTIVITY,
    DT_MS,
    KINDS,
    LEARN_EVERY_MS,
    SETTLE_MS,
    Scale,
)
from lsm.force import Probes, RateNetwork, Trained, force_reservoir, train_force
from lsm.metrics import best_drift, drift_tolerant_nrmse, nrmse
from readouts import ForceReadout
from tasks.targets import Target, make_target

Floats = NDArray[np.float64]

#: From one record of outputs, and of filtered spikes, to the next.
_OUTPUTS_EVERY_MS, _RATES_EVERY_MS = 0.5, 20.0
#: Neurons whose decoder weights a record keeps, for a picture.
_KEPT = 200


class Place(NamedTuple):
    """Of a pair of networks: how fast it learns, G, Q, and what draws it."""

    speed: str
    gain: float
    feedback: float
    seed: int


def measure(
    task: str,
    place: Place,
    alpha: float,
    scale: Scale,
    tick: Callable[[], None],
) -> dict[str, dict[str, Any]]:
    """Train both networks, test them, exchange their decoders, and test them again.

    Of a seed, G, Q and alpha change nothing that is drawn: weights, encoder, potentials at the
    start and pulses are the same, but for their strength.

    Parameters
    ----------
    place : Place
        Its speed is a name for alpha.
    tick : callable
        Called for each network that has been trained and each that has been tested.

    Returns
    -------
    dict of str to dict
        For each kind of network errors in each of `TESTS` (``nrmse``,
        ``nrmse_drift_tolerant``, and ``nrmse_any_tempo`` with the ``tempo``, in parts of the
        target's, at which it is least; None after divergence, and where nothing drifts),
        ``correlation`` of the two decoders, ``rate_Hz``, ``diverged``, ``seconds`` of training and
        the ``decoder`` of some neurons.
    """
    comparison = COMPARISONS[task]
    begin, end = (round(scale.learning * at) for at in comparison.learn_ms)
    trained, targets, seconds = {}, {}, {}
    for kind in KINDS:
        before = time.perf_counter()
        targets[kind] = make_target(
            task,
            duration_ms=end + SETTLE_MS + comparison.test_ms,
            dt_ms=DT_MS[kind],
            random_state=place.seed,
        )
        trained[kind] = _train(kind, targets[kind], place, alpha, scale.neurons, (begin, end))
        seconds[kind] = time.perf_counter() - before
        tick()
    correlation = _correlation(*(trained[kind].decoder for kind in KINDS))
    results = {}
    for kind, other in zip(KINDS, KINDS[::-1], strict=True):
        network, target, decoder = trained[kind], targets[kind], trained[other].decoder
        errors, rate = _test(network, target)
        results[kind] = {
            "own": errors,
            "exchanged": _test(network, target, decoder)[0],
            "exchanged_taught": _test(network, target, decoder, taught=True)[0],
            "correlation": correlation,
            "rate_Hz": rate,
            "diverged": network.diverged,
            "seconds": seconds[kind],
            "decoder": [float(f"{w:.4g}") for w in network.decoder[:_KEPT, 0]],
        }
        tick()
    return results


def _train(
    kind: str,
    target: Target,
    place: Place,
    alpha: float,
    neurons: int,
    learn: tuple[float, float],
) -> Trained:
    reservoir = force_reservoir(
        "lif", neurons, gain=place.gain, p=CONNECTIVITY, random_state=place.seed
    )
    rng = np.random.default_rng([place.seed, 1])
    encoder = place.feedback * rng.uniform(-1, 1, (neurons, target.values.shape[1]))
    driven: dict[str, Any] = {}
    if target.inputs is not None:
        strength = target.task.settings["lif"].input_gain or 0.0
        shape = (neurons, target.inputs.shape[1])
        driven = {"inputs": target.inputs, "input_weights": strength * rng.uniform(-1, 1, shape)}
    dt = DT_MS[kind]
    probes = Probes(
        every=round(_RATES_EVERY_MS / dt),
        weights=(),
        filtered=None,
        spikes=(),
        outputs_every=round(_OUTPUTS_EVERY_MS / dt),
    )
    with _without_warnings():
        return train_force(
            reservoir if kind == "lif" else RateNetwork(reservoir),
            target.values,
            readout=ForceReadout(alpha=1 / alpha, gain="textbook"),
            feedback=encoder,
            dt_ms=dt,
            learn=learn,
            every=round(LEARN_EVERY_MS / dt),
            duration_ms=learn[1],
            probes=probes,
            random_state=place.seed,
            progress=False,
            **driven,
        )


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Leave out warnings of what errors and rates show."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* (diverged|fallen silent)", RuntimeWarning)
        yield


def _test(
    trained: Trained, target: Target, decoder: Floats | None = None, *, taught: bool = False
) -> tuple[dict[str, float | None], float | None]:
    """Errors and mean rate of a network that goes on without learning.

    Parameters
    ----------
    decoder : array (neurons, outputs), optional
        Instead of its own.
    taught : bool
        Whether the target is fed back instead of the output, so that the decoder is judged alone.
    """
    names = ("nrmse", "nrmse_drift_tolerant", "nrmse_any_tempo", "tempo")
    errors: dict[str, float | None] = dict.fromkeys(names)
    if trained.diverged or not (decoder is None or np.isfinite(decoder).all()):
        return errors, None
    dt, now = target.dt_ms, trained.time_ms
    left = slice(round(now / dt), None)
    with _without_warnings():
        after = trained.run(
            target=target.values[left],
            inputs=None if target.inputs is None else target.inputs[left],
            teach=(now, len(target.values) * dt) if taught else None,
            decoder=decoder,
        )
    judged = after.t_ms > now + SETTLE_MS
    outputs = after.outputs[judged]
    wanted = target.values[np.rint(after.t_ms[judged] / dt).astype(int) - 1]
    errors["nrmse"] = nrmse(outputs, wanted)
    if target.period_ms is not None and not taught:  # what is taught has nothing to drift from
        times = {"dt_ms": _OUTPUTS_EVERY_MS, "period_ms": target.period_ms}
        errors["nrmse_drift_tolerant"] = drift_tolerant_nrmse(outputs, wanted, **times)
        drift = best_drift(outputs, wanted, max_rate=ANY_RATE, **times)
        errors |= {"nrmse_any_tempo": drift.nrmse, "tempo": 1 + drift.rate}
    return errors, float(after.filtered[after.probe_t_ms > now + SETTLE_MS].mean())


def _correlation(decoder: Floats, other: Floats) -> float | None:
    """Pearson's, over the weights of all neurons and outputs."""
    if not (np.isfinite(decoder).all() and np.isfinite(other).all()):
        return None
    if not (decoder.std() and other.std()):
        return None
    return float(np.corrcoef(decoder.ravel(), other.ravel())[0, 1])
