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
from experiments.studies.force.plans import RATE, Plan
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
    plan : Plan
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

    plan: Plan
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
        return self.between(self.plan.settings.learn_ms[1], self.plan.settings.duration_ms)


def train(plan: Plan, *, seed: int, progress: bool = False) -> Course:
    """Train the network of a plan, then let it run alone to the end.

    Where it diverges, records end there, and `Trained.diverged` says so.

    Parameters
    ----------
    plan : Plan
    seed : int
        Of the target, the network, and its feedback, inputs and start.
    progress : bool
        Show a bar.

    Raises
    ------
    InputError
        Nothing of the target happens in the test, or in the second half of learning.
    """
    settings, started = plan.settings, time.perf_counter()
    of_target, of_network, of_loop = SeedSequence(seed).spawn(3)
    times: dict[str, Any] = {"duration_ms": settings.duration_ms, "dt_ms": settings.dt_ms}
    target = make_target(plan.task, random_state=of_target, **times)
    name: Model = plan.spiking  # type: ignore[assignment]
    reservoir: Any = force_reservoir(
        name,
        settings.n_neurons,
        gain=settings.G,
        p=settings.connectivity,
        parameters=settings.neuron,
        random_state=np.random.default_rng(of_network),
    )
    if plan.model == RATE:
        reservoir = RateNetwork(reservoir)
    every = max(1, round(_OUTPUTS_MS / settings.dt_ms))
    clean = target
    if plan.task in _CLEAN:
        clean = make_target(_CLEAN[plan.task], **times)
    wanted = clean.values[::every]
    _check(plan, wanted, settings.dt_ms * (1 + every * np.arange(len(wanted))))
    rng = np.random.default_rng(of_loop)
    watched = np.arange(0, settings.n_neurons, -(-settings.n_neurons // _WATCHED))
    built = time.perf_counter()
    with warnings.catch_warnings():
        if not settings.G:  # the control: nothing needs to keep it going
            warnings.filterwarnings("ignore", ".* fallen silent", RuntimeWarning)
        trained = train_force(
            reservoir,
            target.values,
            readout=ForceReadout(alpha=1 / settings.p0_hz, gain=settings.gain),  # type: ignore[arg-type]
            feedback=settings.Q,
            dt_ms=settings.dt_ms,
            learn=settings.learn_ms,
            every=settings.every,
            inputs=target.inputs,
            input_weights=_input_weights(plan, target, rng),
            probes=Probes(
                every=max(1, round(_WEIGHTS_MS / settings.dt_ms)),
                outputs_every=every,
                spikes=watched,
                filtered=watched if plan.model == RATE else (),
            ),
            random_state=rng,
            progress=progress,
        )
    return Course(
        plan=plan,
        trained=trained,
        wanted=wanted[: len(trained.outputs)],
        dt_ms=every * settings.dt_ms,
        watched=watched,
        seconds={"build": built - started, "run": time.perf_counter() - built},
    )


def _check(plan: Plan, wanted: Floats, t_ms: NDArray[np.floating]) -> None:
    """An error is relative to the target's deviation: there must be some."""
    begin, end = plan.settings.learn_ms
    first, last = np.searchsorted(t_ms, ((begin + end) / 2, end), side="right")
    for part, name in ((wanted[first:last], "second half of learning"), (wanted[last:], "test")):
        if len(part) < 2 or not np.ptp(part, axis=0).any():
            raise InputError(
                f"--learn-s and --duration-s must be such that {plan.task} changes in the {name}, "
                f"got learning from {begin / 1e3:g} to {end / 1e3:g} s of "
                f"{plan.settings.duration_ms / 1e3:g} s"
            )


def _input_weights(plan: Plan, target: Target, rng: Generator) -> Floats | None:
    """As the published programs draw them, (neurons, channels) in pA."""
    if target.inputs is None:
        return None
    n, gain = plan.settings.n_neurons, plan.settings.input_gain
    assert gain is not None
    if plan.task == "classification":
        angle = rng.uniform(0, 2 * np.pi, n)
        return gain * np.column_stack([np.cos(angle), np.sin(angle)])
    return gain * rng.uniform(-1, 1, (n, target.inputs.shape[1]))
