"""A leaky spiking network and the rate network matched to it, trained on one task, and exchanged.

Newton & Nicola 2025, PLoS Computational Biology: both have the same recurrent weights and the same
encoder, and learn by recursive least squares with the same alpha, where P starts as ``alpha I``.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsm.force import Probes, RateNetwork, Trained, force_reservoir, train_force
from lsm.metrics import best_drift, drift_tolerant_nrmse, nrmse
from readouts import ForceReadout
from tasks.targets import TARGETS, Target, make_target

Floats = NDArray[np.float64]

#: Networks and their steps; rates are smooth, and need fewer.
DT_MS = {"lif": 0.05, "rate": 0.5}
KINDS = tuple(DT_MS)
#: What each network is tested with: its own decoder, the other's, and the other's while the target
#: is fed back.
TESTS = ("own", "exchanged", "exchanged_taught")
#: Share of the pairs of neurons that have a synapse; from one learning step to the next.
CONNECTIVITY, LEARN_EVERY_MS = 0.4, 5.0
#: After learning, or with another decoder, networks run so long before errors are taken.
SETTLE_MS = 500.0
#: From one record of outputs, and of filtered spikes, to the next.
_OUTPUTS_EVERY_MS, _RATES_EVERY_MS = 0.5, 20.0
#: Another tempo than the target's is forgiven by one of the errors, as far as this.
ANY_RATE = 0.5
#: Neurons whose decoder weights a record keeps, for a picture.
_KEPT = 200


@dataclass(frozen=True)
class Protocol:
    """How the networks learn a task.

    Parameters
    ----------
    alphas : dict
        P at the start is alpha I, with r in Hz; by speed of learning.
    learn_ms : tuple of two float
        When learning begins and ends.
    test_ms : float
        Over which errors are taken, once networks have settled.
    gains, feedbacks : tuples of float
        The part of the grid of G and Q that is tried by default.
    point : tuple of two float
        (G, Q) of it at which errors are judged.
    """

    alphas: dict[str, float]
    learn_ms: tuple[float, float]
    test_ms: float
    gains: tuple[float, ...]
    feedbacks: tuple[float, ...]
    point: tuple[float, float]


def _published(task: str, slow: float, fast: float, test_ms: float) -> Protocol:
    """At the point of the published program alone."""
    known = TARGETS[task].settings["lif"]
    point = (known.G, known.Q)
    alphas = {"slow": slow, "fast": fast}
    return Protocol(alphas, known.learn_ms, test_ms, (known.G,), (known.Q,), point)


PROTOCOLS = {
    "sine": Protocol(
        {"slow": 5e-6, "fast": 5e-4},
        (5000.0, 10_000.0),
        1000.0,
        (0.05, 0.125, 0.2),
        (10.0, 20.0, 30.0),
        (0.125, 20.0),
    ),
    "ode-to-joy-timed": _published("ode-to-joy-timed", 5e-8, 5e-3, 8000.0),
    "pitchfork": _published("pitchfork", 5e-6, 5.0, 12_000.0),
}


class Place(NamedTuple):
    """Of a pair of networks: how fast it learns, G, Q, and what draws it."""

    speed: str
    gain: float
    feedback: float
    seed: int


@dataclass(frozen=True)
class Scale:
    """Sizes that a run has.

    Parameters
    ----------
    neurons : int
    learning : float
        Part of the protocol's time before and of learning.
    """

    neurons: int = 2000
    learning: float = 1.0


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
        Its speed is said by alpha.
    tick : callable
        Called for each network that has been trained and each that has been tested.

    Returns
    -------
    dict of str to dict
        For each kind of network errors in each of :data:`TESTS` (``nrmse``,
        ``nrmse_drift_tolerant``, and ``nrmse_any_tempo`` with the ``tempo``, in parts of the
        target's, at which it is least; None after divergence, and where nothing drifts),
        ``correlation`` of the two decoders, ``rate_Hz``, ``diverged``, ``seconds`` of training and
        the ``decoder`` of some neurons.
    """
    protocol = PROTOCOLS[task]
    begin, end = (round(scale.learning * at) for at in protocol.learn_ms)
    trained, targets, seconds = {}, {}, {}
    for kind in KINDS:
        before = time.perf_counter()
        targets[kind] = make_target(
            task,
            duration_ms=end + SETTLE_MS + protocol.test_ms,
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
        own, rate = _test(network, target)
        results[kind] = {
            "own": own,
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
    heard: dict[str, Any] = {}
    if target.inputs is not None:
        strength = target.task.settings["lif"].input_gain or 0.0
        shape = (neurons, target.inputs.shape[1])
        heard = {"inputs": target.inputs, "input_weights": strength * rng.uniform(-1, 1, shape)}
    dt = DT_MS[kind]
    probes = Probes(
        every=round(_RATES_EVERY_MS / dt),
        weights=(),
        filtered=None,
        spikes=(),
        outputs_every=round(_OUTPUTS_EVERY_MS / dt),
    )
    with _records_say_it():
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
            **heard,
        )


@contextmanager
def _records_say_it() -> Iterator[None]:
    """Without warnings of what errors and rates show."""
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
    with _records_say_it():
        after = trained.run(
            target=target.values[left],
            inputs=None if target.inputs is None else target.inputs[left],
            teach=(now, len(target.values) * dt) if taught else None,
            decoder=decoder,
        )
    judged = after.t_ms > now + SETTLE_MS
    said = after.outputs[judged]
    wanted = target.values[np.rint(after.t_ms[judged] / dt).astype(int) - 1]
    errors["nrmse"] = nrmse(said, wanted)
    if target.period_ms is not None and not taught:  # what is taught has nothing to drift from
        times = {"dt_ms": _OUTPUTS_EVERY_MS, "period_ms": target.period_ms}
        errors["nrmse_drift_tolerant"] = drift_tolerant_nrmse(said, wanted, **times)
        drift = best_drift(said, wanted, max_rate=ANY_RATE, **times)
        errors |= {"nrmse_any_tempo": drift.nrmse, "tempo": 1 + drift.rate}
    return errors, float(after.filtered[after.probe_t_ms > now + SETTLE_MS].mean())


def _correlation(one: Floats, other: Floats) -> float | None:
    """Pearson's, over the weights of all neurons and outputs."""
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return None
    if not (one.std() and other.std()):
        return None
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
