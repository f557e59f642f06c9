"""A network trains on a target, and then runs alone."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from experiments.studies.force.protocols import RATE, Protocol
from lsm.force import Probes, RateNetwork, Trained, force_reservoir, train_force
from lsm.force.reservoirs import Model
from readouts import ForceReadout
from tasks.targets import Target, make_target

Floats = NDArray[np.float64]

#: From one kept output to the next, and from one record of decoder weights to the next.
_OUTPUTS_MS, _WEIGHTS_MS = 0.5, 20.0
#: Neurons whose spikes (of a rate network: rates) are kept, at most.
_WATCHED = 500
#: What a noisy target is tested against.
_CLEAN = {"product-noisy": "product"}


@dataclass(frozen=True, eq=False)
class Course:
    """A training and the test behind it.

    Attributes
    ----------
    protocol : Protocol
    trained : Trained
        Its outputs, (records, outputs), are of every `dt_ms`.
    wanted : array (records, outputs)
        The target at these times; without noise.
    dt_ms : float
    watched : array (neurons,)
        Neurons whose spikes or rates are kept.
    seconds : mapping of str to float
        To make ("build") and to run ("run") it.
    """

    protocol: Protocol
    trained: Trained
    wanted: Floats
    dt_ms: float
    watched: NDArray[np.int_]
    seconds: Mapping[str, float]

    def between(self, begin_ms: float, end_ms: float) -> slice:
        """Records of a time."""
        first, last = np.searchsorted(self.trained.t_ms, (begin_ms, end_ms), side="right")
        return slice(int(first), int(last))

    @property
    def test(self) -> slice:
        """Records from the end of learning on."""
        return self.between(self.protocol.settings.learn_ms[1], self.protocol.settings.duration_ms)


def sample_target(protocol: Protocol, *, seed: int) -> tuple[Target, Floats]:
    """The target of a training, and what outputs are compared with, (records, outputs).

    Raises
    ------
    InputError
        Nothing of the target happens in the test, or in the second half of learning.
    """
    settings = protocol.settings
    times: dict[str, Any] = {"duration_ms": settings.duration_ms, "dt_ms": settings.dt_ms}
    of_target, *_ = SeedSequence(seed).spawn(3)
    target = clean = make_target(protocol.task, random_state=of_target, **times)
    if protocol.task in _CLEAN:
        clean = make_target(_CLEAN[protocol.task], **times)
    every = _outputs_every(protocol)
    wanted = clean.values[::every]
    _check(protocol, wanted, settings.dt_ms * (1 + every * np.arange(len(wanted))))
    return target, wanted


def train(
    protocol: Protocol,
    *,
    seed: int,
    target: tuple[Target, Floats] | None = None,
    progress: bool = False,
) -> Course:
    """Train the network of a protocol, then let it run alone to the end.

    Where it diverges, records end there, and `Trained.diverged` says so.

    Parameters
    ----------
    protocol : Protocol
    seed : int
        Of the target, the network, and its feedback, inputs and start.
    target : tuple, optional
        What :func:`sample_target` gives for this seed, where that is there already.
    progress : bool
        Show a bar.

    Raises
    ------
    InputError
        As :func:`sample_target` does.
    """
    settings, started = protocol.settings, time.perf_counter()
    _, of_network, of_loop = SeedSequence(seed).spawn(3)
    aimed, wanted = target or sample_target(protocol, seed=seed)
    every = _outputs_every(protocol)
    name: Model = protocol.spiking  # type: ignore[assignment]
    reservoir: Any = force_reservoir(
        name,
        settings.n_neurons,
        gain=settings.G,
        p=settings.connectivity,
        parameters=settings.neuron,
        random_state=np.random.default_rng(of_network),
    )
    if protocol.model == RATE:
        reservoir = RateNetwork(reservoir)
    rng = np.random.default_rng(of_loop)
    watched = np.arange(0, settings.n_neurons, -(-settings.n_neurons // _WATCHED))
    built = time.perf_counter()
    with warnings.catch_warnings():
        if not settings.G:  # the control: nothing needs to keep it going
            warnings.filterwarnings("ignore", ".* fallen silent", RuntimeWarning)
        trained = train_force(
            reservoir,
            aimed.values,
            readout=ForceReadout(alpha=1 / settings.p0_hz, gain=settings.gain),  # type: ignore[arg-type]
            feedback=settings.Q,
            dt_ms=settings.dt_ms,
            learn=settings.learn_ms,
            every=settings.every,
            inputs=aimed.inputs,
            input_weights=_input_weights(protocol, aimed, rng),
            probes=Probes(
                every=max(1, round(_WEIGHTS_MS / settings.dt_ms)),
                outputs_every=every,
                spikes=watched,
                filtered=watched if protocol.model == RATE else (),
            ),
            random_state=rng,
            progress=progress,
        )
    return Course(
        protocol=protocol,
        trained=trained,
        wanted=wanted[: len(trained.outputs)],
        dt_ms=every * settings.dt_ms,
        watched=watched,
        seconds={"build": built - started, "run": time.perf_counter() - built},
    )


def _outputs_every(protocol: Protocol) -> int:
    """Steps from one kept output to the next."""
    return max(1, round(_OUTPUTS_MS / protocol.settings.dt_ms))


def _check(protocol: Protocol, wanted: Floats, t_ms: NDArray[np.floating]) -> None:
    """An error is relative to the target's deviation: there must be some."""
    begin, end = protocol.settings.learn_ms
    first, last = np.searchsorted(t_ms, ((begin + end) / 2, end), side="right")
    for part, name in ((wanted[first:last], "second half of learning"), (wanted[last:], "test")):
        if len(part) < 2 or not np.ptp(part, axis=0).any():
            raise InputError(
                f"--learn-s and --duration-s must be such that {protocol.task} changes in the "
                f"{name}, got learning from {begin / 1e3:g} to {end / 1e3:g} s of "
                f"{protocol.settings.duration_ms / 1e3:g} s"
            )


def _input_weights(protocol: Protocol, target: Target, rng: Generator) -> Floats | None:
    """As the published programs draw them, (neurons, channels) in pA."""
    if target.inputs is None:
        return None
    n, gain = protocol.settings.n_neurons, protocol.settings.input_gain
    assert gain is not None
    if protocol.task == "classification":
        angle = rng.uniform(0, 2 * np.pi, n)
        return gain * np.column_stack([np.cos(angle), np.sin(angle)])
    return gain * rng.uniform(-1, 1, (n, target.inputs.shape[1]))
