"""Rules that learn from the same states online, and what they said before each trial's outcome.

Each takes states (trials, readings, features) and streams, and gives a `Learned`. A stream is a
sequence of outcomes; what is learned of one doesn't touch another. Where rules do the same to all
streams their outputs are columns of one readout, since the states are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.what_when.settings import WIDTH_MS
from experiments.studies.what_when.states import T_MS
from readouts import DivergenceError, ForceReadout, ThreeFactorReadout
from tasks.what_when import Schedule, bumps

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stream:
    """What comes in each trial.

    Parameters
    ----------
    outcomes : float array (trials, 2)
    latency_ms : float array (trials,)
    switches : collection of int
        Trials before which something has changed, for a rule that is told.
    """

    outcomes: Floats
    latency_ms: Floats
    switches: range = range(0)

    @classmethod
    def of(cls, schedule: Schedule, rng: np.random.Generator) -> Stream:
        """Outcomes drawn from a schedule."""
        return cls(schedule.outcomes(rng), schedule.latency_ms, schedule.switches)

    @property
    def targets(self) -> Floats:
        """What the two outputs should say, (trials, readings, 2)."""
        return bumps(self.outcomes, self.latency_ms, T_MS, width_ms=WIDTH_MS)


@dataclass(frozen=True, eq=False)
class Learned:
    """What a rule said and has learned.

    Parameters
    ----------
    outputs : float array (streams, trials, readings, 2)
        With the weights from before the trial.
    weights : float array (streams, features, 2)
        After the last trial.
    diverged : int or None
        Trial in which it ran away; from there on it has learned nothing.
    identity : float array (streams, features, 2), optional
        Weights of a readout of what comes alone; `weights` are then of when alone, twice the same.
    """

    outputs: Floats
    weights: Floats
    diverged: int | None = None
    identity: Floats | None = None


def learn(
    rule: str, states: Floats, streams: Sequence[Stream], options: Mapping[str, Any]
) -> Learned:
    """What a rule of these options makes of the streams; the first word of its name says how."""
    if rule == "factored":
        return factored(states, streams, **options)
    if rule == "three_factor":
        return three_factor(states, streams, **options)
    if rule.startswith("force"):
        resets = rule == "force_reset"
        return side_by_side(ForceReadout(**options), states, streams, resets=resets)
    return side_by_side(ThreeFactorReadout(**options), states, streams)


def side_by_side(
    readout: ForceReadout | ThreeFactorReadout,
    states: Floats,
    streams: Sequence[Stream],
    *,
    resets: bool = False,
) -> Learned:
    """All streams as columns of one readout; `resets`: P goes back to its start at switches."""
    columns = np.concatenate([stream.targets for stream in streams], axis=2)
    switches = streams[0].switches if resets else ()
    outputs = np.zeros(columns.shape)
    diverged = None
    for k, (x, target) in enumerate(zip(states, columns, strict=True)):
        if k:
            outputs[k] = x @ readout.weights_
        if k in switches and isinstance(readout, ForceReadout):
            readout.reset(keep_weights=True)
        if diverged is None:
            try:
                readout.partial_fit(x, target)
            except DivergenceError:
                diverged = k
    return Learned(_by_stream(outputs), _by_stream(readout.weights_), diverged)


def three_factor(
    states: Floats, streams: Iterable[Stream], *, learning_rate: float, floor: float
) -> Learned:
    """Error-modulated Hebbian learning, gated by attention."""
    said = [
        _gated(ThreeFactorReadout(learning_rate), states, stream.targets, floor)
        for stream in streams
    ]
    outputs, weights = zip(*said, strict=True)
    return Learned(np.stack(outputs), np.stack(weights))


def factored(
    states: Floats,
    streams: Sequence[Stream],
    *,
    learning_rate: float,
    floor: float,
    what_rate: float,
    consolidation: float,
) -> Learned:
    """When something comes, times what comes: timing is learned online, identity offline.

    A readout of one output learns when, whatever comes, as :func:`three_factor` does. Another one
    learns what, whenever: after a trial its states are replayed with the outcome as a constant
    target, and of what that changes a share is consolidated. A constant stands beside the states
    that it sees, whose means are 0. An output is the product of both.
    """
    beside = np.concatenate([states, np.ones((*states.shape[:2], 1))], axis=2)
    timed: dict[bytes, tuple[Floats, Floats]] = {}  # streams of the same latencies share when
    outputs, weights, identity = [], [], []
    for stream in streams:
        key = stream.latency_ms.tobytes()
        if key not in timed:
            target = stream.targets.sum(axis=2, keepdims=True)
            timed[key] = _gated(ThreeFactorReadout(learning_rate), states, target, floor)
        when, to_when = timed[key]
        what = ThreeFactorReadout(what_rate, consolidation=consolidation)
        said = np.zeros((*states.shape[:2], 2))
        for k, (x, outcome) in enumerate(zip(beside, stream.outcomes, strict=True)):
            if k:
                said[k] = x @ what.weights_
            what.partial_fit(x, np.tile(outcome, (len(x), 1))).consolidate()
        outputs.append(when * said)
        weights.append(np.repeat(to_when, 2, axis=1))
        identity.append(what.weights_[:-1])
    return Learned(np.stack(outputs), np.stack(weights), identity=np.stack(identity))


def _gated(
    readout: ThreeFactorReadout, states: Floats, targets: Floats, floor: float
) -> tuple[Floats, Floats]:
    """Outputs of all trials and the last weights, learned where attention is.

    The gate is a floor, more where an outcome comes or is expected, and 1 at most.
    """
    outputs = np.zeros(targets.shape)
    for k, (x, target) in enumerate(zip(states, targets, strict=True)):
        if k:
            outputs[k] = x @ readout.weights_
        comes, expected = target.sum(axis=1), np.abs(outputs[k].sum(axis=1))
        readout.partial_fit(x, target, np.minimum(floor + np.maximum(comes, expected), 1))
    return outputs, readout.weights_


def _by_stream(columns: Floats) -> Floats:
    """(..., 2 streams) as (streams, ..., 2)."""
    return np.moveaxis(columns.reshape(*columns.shape[:-1], -1, 2), -2, 0)
