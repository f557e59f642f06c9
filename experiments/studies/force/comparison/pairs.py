"""A leaky spiking network and the rate network matched to it, trained on one task, and exchanged.

Newton & Nicola 2025, PLoS Computational Biology: both have the same recurrent weights and the same
encoder, and learn by recursive least squares with the same alpha, where P starts as ``alpha I``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.studies.force.comparison import settings as numbers
from experiments.studies.force.comparison.settings import KINDS, Scale
from lsm.force import Probes, Trained
from tasks.closed_loop import input_weights, run_alone, train_network, without_warnings
from tasks.targets import Protocol, Target, make_protocol, make_target

Floats = NDArray[np.float64]

#: From one record of outputs, and of filtered spikes, to the next.
_OUTPUTS_EVERY_MS, _RATES_EVERY_MS = 0.5, 20.0
#: Neurons whose decoder weights a record keeps, for a picture.
_KEPT = 200


#: Errors and mean rate of a network that goes on without learning.
errors_of = partial(run_alone, settle_ms=numbers.SETTLE_MS, max_rate=numbers.ANY_RATE)


class Place(NamedTuple):
    """Of a pair of networks: how fast it learns, G, Q, and what draws it."""

    speed: str
    gain: float
    feedback: float
    seed: int


def measure(
    task: str, place: Place, scale: Scale, tick: Callable[[], None]
) -> dict[str, dict[str, Any]]:
    """Train both networks, test them, exchange their decoders, and test them again.

    Of a seed, G, Q and alpha change nothing that is drawn: weights, encoder, potentials at the
    start and pulses are the same, but for their strength.

    Parameters
    ----------
    place : Place
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
    networks: dict[str, tuple[Trained, Target]] = {}
    seconds = {}
    for kind in KINDS:
        before = time.perf_counter()
        networks[kind] = train(kind, task, place, scale)
        seconds[kind] = time.perf_counter() - before
        tick()
    decoders = {kind: trained.decoder for kind, (trained, _) in networks.items()}
    correlation = _correlation(*decoders.values())
    results = {}
    for kind, other in zip(KINDS, KINDS[::-1], strict=True):
        (trained, target), decoder = networks[kind], decoders[other]
        errors, rate = errors_of(trained, target)
        results[kind] = {
            "own": errors,
            "exchanged": errors_of(trained, target, decoder=decoder)[0],
            "exchanged_taught": errors_of(trained, target, decoder=decoder, taught=True)[0],
            "correlation": correlation,
            "rate_Hz": rate,
            "diverged": trained.diverged,
            "seconds": seconds[kind],
            "decoder": [float(f"{weight:.4g}") for weight in decoders[kind][:_KEPT, 0]],
        }
        tick()
    return results


def protocol_of(kind: str, task: str, place: Place, scale: Scale) -> Protocol:
    """How a kind of network learns a task at a place."""
    comparison = numbers.COMPARISONS[task]
    begin, end = (round(scale.learning * at) for at in comparison.learn_ms)
    return make_protocol(
        task,
        kind,
        published=True,
        n_neurons=scale.neurons,
        G=place.gain,
        Q=place.feedback,
        p0=comparison.alphas[place.speed],
        gain="textbook",
        connectivity=numbers.CONNECTIVITY,
        every=round(numbers.LEARN_EVERY_MS / numbers.DT_MS[kind]),
        learn_ms=(begin, end),
        duration_ms=end + numbers.SETTLE_MS + comparison.test_ms,
    )


def train(kind: str, task: str, place: Place, scale: Scale) -> tuple[Trained, Target]:
    """A network that has learned, and its target, which goes on for the tests."""
    protocol = protocol_of(kind, task, place, scale)
    dt_ms = numbers.DT_MS[kind]
    target = make_target(
        task, duration_ms=protocol.settings.duration_ms, dt_ms=dt_ms, random_state=place.seed
    )
    rng = np.random.default_rng([place.seed, 1])
    encoder = place.feedback * rng.uniform(-1, 1, (scale.neurons, target.values.shape[1]))
    with without_warnings():
        trained = train_network(
            protocol,
            target,
            network=place.seed,
            feedback=encoder,
            input_weights=input_weights(protocol, target, rng),
            duration_ms=protocol.settings.learn_ms[1],
            probes=Probes(
                every=round(_RATES_EVERY_MS / dt_ms),
                weights=(),
                filtered=None,
                spikes=(),
                outputs_every=round(_OUTPUTS_EVERY_MS / dt_ms),
            ),
            random_state=place.seed,
            progress=False,
        )
    return trained, target


def _correlation(decoder: Floats, other: Floats) -> float | None:
    """Pearson's, over the weights of all neurons and outputs."""
    if not (np.isfinite(decoder).all() and np.isfinite(other).all()):
        return None
    if not (decoder.std() and other.std()):
        return None
    return float(np.corrcoef(decoder.ravel(), other.ravel())[0, 1])
