"""A network trains on a target, and then runs alone."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray

from lsm.base.quantities import number
from lsm.base.reprs import short_repr
from lsm.force import Probes, RateNetwork, Trained, force_reservoir, train_force
from lsm.force.reservoirs import Model
from readouts import ForceReadout
from tasks.targets import Protocol, Target, make_target
from tasks.targets.protocols import RATE

Floats = NDArray[np.float64]

#: From one kept output to the next, and from one record of decoder weights to the next.
_OUTPUTS_MS, _WEIGHTS_MS = 0.5, 20.0
#: Neurons whose spikes (of a rate network: rates) are kept, at most.
_WATCHED = 500
#: What a noisy target is tested against.
_CLEAN = {"product-noisy": "product"}


@short_repr
@dataclass(frozen=True, eq=False)
class Course:
    """A training and the test behind it.

    Attributes
    ----------
    protocol : Protocol
    trained : lsm.force.Trained
        Its outputs, (records, outputs), are of every `dt_ms`.
    wanted : array (records, outputs)
        The target at these times; without noise.
    """

    protocol: Protocol
    trained: Trained
    wanted: Floats

    @property
    def dt_ms(self) -> float:
        """From one kept output to the next."""
        return _outputs_every(self.protocol) * self.protocol.settings.dt_ms

    @property
    def watched(self) -> NDArray[np.int_]:
        """Neurons whose spikes or rates are kept, (neurons,)."""
        return _watched(self.protocol)

    def between(self, begin_ms: float, end_ms: float) -> slice:
        """Records of a time."""
        times = number(begin_ms, "begin_ms"), number(end_ms, "end_ms")
        first, last = np.searchsorted(self.trained.t_ms, times, side="right")
        return slice(int(first), int(last))

    @property
    def test(self) -> slice:
        """Records from the end of learning on."""
        return self.between(self.protocol.settings.learn_ms[1], self.protocol.settings.duration_ms)

    @property
    def rate_Hz(self) -> float:  # noqa: N802
        """Mean firing rate in the test, of the neurons that are watched."""
        begin, trained = self.protocol.settings.learn_ms[1], self.trained
        if self.protocol.model == RATE:
            return float(trained.filtered[trained.probe_t_ms > begin].mean())
        spikes = np.count_nonzero(trained.spike_times_ms >= begin)
        return float(spikes / len(self.watched) / (trained.time_ms - begin) * 1e3)


def sample_target(protocol: Protocol, *, random_state: int) -> tuple[Target, Floats]:
    """The target of a training, and what outputs are compared with, (records, outputs).

    Raises
    ------
    ValueError
        Nothing of the target happens in the test, or in the second half of learning.
    """
    settings = protocol.settings
    times: dict[str, Any] = {"duration_ms": settings.duration_ms, "dt_ms": settings.dt_ms}
    of_target, *_ = SeedSequence(random_state).spawn(3)
    target = clean = make_target(protocol.task, random_state=of_target, **times)
    if protocol.task in _CLEAN:
        clean = make_target(_CLEAN[protocol.task], **times)
    every = _outputs_every(protocol)
    wanted = clean.values[::every]
    _check(protocol, wanted, settings.dt_ms * (1 + every * np.arange(len(wanted))))
    return target, wanted


def train_target(
    protocol: Protocol,
    *,
    random_state: int,
    sampled: tuple[Target, Floats] | None = None,
    progress: bool = False,
) -> Course:
    """Train the network of a protocol on its target, then let it run alone to the end.

    Where it diverges, records end there, and `Trained.diverged` says so.

    Parameters
    ----------
    protocol : Protocol
        As :func:`tasks.make_protocol` gives it.
    random_state : int
        Of the target, the network, and its feedback, inputs and start.
    sampled : tuple, optional
        What :func:`sample_target` gives for this seed, where that is there already.
    progress : bool
        Show a bar.

    Raises
    ------
    ValueError
        Nothing of the target happens in the test, or in the second half of learning.
    """
    settings = protocol.settings
    target, wanted = sampled or sample_target(protocol, random_state=random_state)
    _, of_network, of_loop = SeedSequence(random_state).spawn(3)
    rng = np.random.default_rng(of_loop)
    watched = _watched(protocol)
    with warnings.catch_warnings():
        if not settings.G:  # the control: nothing needs to keep it going
            warnings.filterwarnings("ignore", ".* fallen silent", RuntimeWarning)
        trained = train_network(
            protocol,
            target,
            network=np.random.default_rng(of_network),
            input_weights=input_weights(protocol, target, rng),
            probes=Probes(
                every=max(1, round(_WEIGHTS_MS / settings.dt_ms)),
                outputs_every=_outputs_every(protocol),
                spikes=watched,
                filtered=watched if protocol.model == RATE else (),
            ),
            random_state=rng,
            progress=progress,
        )
    return Course(protocol, trained, wanted[: len(trained.outputs)])


def train_network(
    protocol: Protocol,
    target: Target,
    *,
    network: int | Generator,
    feedback: ArrayLike | None = None,
    **options: Any,
) -> Trained:
    """Train a protocol's network on a target, with options of :func:`lsm.force.train_force`.

    Parameters
    ----------
    protocol : Protocol
    target : Target
        At steps of the protocol's `dt_ms`.
    network : int or Generator
        Draws the recurrent weights.
    feedback : array (neurons, outputs), optional
        The encoder in pA; by default drawn from U(-Q, Q).
    **options
        Such as `input_weights`, which a target with inputs needs, `probes` and `random_state`.
    """
    settings = protocol.settings
    name: Model = protocol.spiking  # type: ignore[assignment]
    reservoir = force_reservoir(
        name,
        settings.n_neurons,
        gain=settings.G,
        p=settings.connectivity,
        parameters=settings.neuron,
        random_state=network,
    )
    return train_force(
        RateNetwork(reservoir) if protocol.model == RATE else reservoir,
        target.values,
        readout=ForceReadout(alpha=1 / settings.p0_hz, gain=settings.gain),  # type: ignore[arg-type]
        feedback=settings.Q if feedback is None else feedback,
        dt_ms=settings.dt_ms,
        learn=settings.learn_ms,
        every=settings.every,
        inputs=target.inputs,
        **options,
    )


@contextmanager
def without_warnings() -> Iterator[None]:
    """Leave out warnings of divergence and silence, which errors and rates show as well."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* (diverged|fallen silent)", RuntimeWarning)
        yield


def input_weights(protocol: Protocol, target: Target, rng: Generator) -> Floats | None:
    """As the published programs draw them, (neurons, channels) in pA; None without inputs."""
    if target.inputs is None:
        return None
    n, gain = protocol.settings.n_neurons, protocol.settings.input_gain
    assert gain is not None
    if protocol.task == "classification":
        angle = rng.uniform(0, 2 * np.pi, n)
        return gain * np.column_stack([np.cos(angle), np.sin(angle)])
    return gain * rng.uniform(-1, 1, (n, target.inputs.shape[1]))


def _outputs_every(protocol: Protocol) -> int:
    """Steps from one kept output to the next."""
    return max(1, round(_OUTPUTS_MS / protocol.settings.dt_ms))


def _watched(protocol: Protocol) -> NDArray[np.int_]:
    n = protocol.settings.n_neurons
    return np.arange(0, n, -(-n // _WATCHED))


def _check(protocol: Protocol, wanted: Floats, t_ms: NDArray[np.floating]) -> None:
    """An error is relative to the target's deviation: there must be some."""
    begin, end = protocol.settings.learn_ms
    first, last = np.searchsorted(t_ms, ((begin + end) / 2, end), side="right")
    for part, name in ((wanted[first:last], "second half of learning"), (wanted[last:], "test")):
        if len(part) < 2 or not np.ptp(part, axis=0).any():
            raise ValueError(
                f"learn_ms and duration_ms must be such that {protocol.task} changes in the "
                f"{name}, got learning from {begin / 1e3:g} to {end / 1e3:g} s of "
                f"{protocol.settings.duration_ms / 1e3:g} s"
            )
