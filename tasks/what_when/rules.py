"""Rules that learn from the same states online, and what they said before each trial's outcome.

Each takes states (trials, readings, features) and streams, and gives a `Learned`. A stream is a
sequence of outcomes; what is learned of one doesn't touch another. Where rules do the same to all
streams their outputs are columns of one readout, since the states are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import nearest
from lsm.base.reprs import short_repr
from readouts import DivergenceError, ForceReadout, ThreeFactorReadout
from tasks.what_when.trials import T_MS, WIDTH_MS, Stream

Floats = NDArray[np.float64]


@short_repr
@dataclass(frozen=True, eq=False)
class Learned:
    """Outputs of a rule, and what it has learned.

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
    rule: str,
    states: Floats,
    streams: Sequence[Stream],
    *,
    t_ms: ArrayLike = T_MS,
    width_ms: float = WIDTH_MS,
    **options: Any,
) -> Learned:
    """Have a rule learn all streams from the same states, trial after trial.

    Parameters
    ----------
    rule : str
        One of :data:`RULES`.
    states : float array (trials, readings, features)
    streams : sequence of Stream
    t_ms : array (readings,)
        From the cue's end.
    width_ms : float
        Of the bumps that are to be said.
    **options
        Of the rule: ``learning_rate`` of three_factor, lms and factored; ``floor`` of the gate of
        three_factor and factored; ``what_rate`` and ``consolidation`` of factored; ``alpha`` and
        ``forgetting`` of those of FORCE.

    Raises
    ------
    ValueError
        No such rule; states of another number of trials or readings.
    """
    if rule not in RULES:
        raise ValueError(
            f"rule must be one of {', '.join(RULES)}; got {rule!r}, did you mean "
            f"{nearest(rule, RULES)!r}?"
        )
    targets = [stream.targets(t_ms, width_ms=width_ms) for stream in streams]
    for target in targets:
        if np.shape(states)[:2] != target.shape[:2]:
            raise ValueError(
                f"states must have the shape {(*target.shape[:2], 'features')}, as streams and "
                f"t_ms have trials and readings, got {np.shape(states)}"
            )
    return RULES[rule](states, streams, targets, **options)


def lms(
    states: Floats, streams: Sequence[Stream], targets: Sequence[Floats], *, learning_rate: float
) -> Learned:
    """Normalised LMS, without a gate."""
    return _side_by_side(ThreeFactorReadout(learning_rate), states, targets)


def force(
    states: Floats, streams: Sequence[Stream], targets: Sequence[Floats], **options: Any
) -> Learned:
    """Recursive least squares."""
    return _side_by_side(ForceReadout(**options), states, targets)


def force_reset(
    states: Floats, streams: Sequence[Stream], targets: Sequence[Floats], **options: Any
) -> Learned:
    """Recursive least squares whose matrix P goes back to its start at switches."""
    return _side_by_side(ForceReadout(**options), states, targets, resets=streams[0].switches)


def _side_by_side(
    readout: ForceReadout | ThreeFactorReadout,
    states: Floats,
    targets: Sequence[Floats],
    *,
    resets: range = range(0),
) -> Learned:
    """All streams as columns of one readout; before trials in `resets` P goes back to its start."""
    columns = np.concatenate(targets, axis=2)
    outputs = np.zeros(columns.shape)
    diverged = None
    for k, (x, target) in enumerate(zip(states, columns, strict=True)):
        if k:
            outputs[k] = x @ readout.weights_
        if k in resets and isinstance(readout, ForceReadout):
            readout.reset(keep_weights=True)
        if diverged is None:
            try:
                readout.partial_fit(x, target)
            except DivergenceError:
                diverged = k
    return Learned(_by_stream(outputs), _by_stream(readout.weights_), diverged)


def three_factor(
    states: Floats,
    streams: Sequence[Stream],
    targets: Sequence[Floats],
    *,
    learning_rate: float,
    floor: float,
) -> Learned:
    """Error-modulated Hebbian learning, gated by attention."""
    learned = [
        _gated(ThreeFactorReadout(learning_rate), states, target, floor) for target in targets
    ]
    outputs, weights = zip(*learned, strict=True)
    return Learned(np.stack(outputs), np.stack(weights))


def factored(
    states: Floats,
    streams: Sequence[Stream],
    targets: Sequence[Floats],
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
    for stream, target in zip(streams, targets, strict=True):
        key = stream.latency_ms.tobytes()
        if key not in timed:
            either = target.sum(axis=2, keepdims=True)
            timed[key] = _gated(ThreeFactorReadout(learning_rate), states, either, floor)
        when, to_when = timed[key]
        readout = ThreeFactorReadout(what_rate, consolidation=consolidation)
        what = np.zeros((*states.shape[:2], 2))
        for k, (x, outcome) in enumerate(zip(beside, stream.outcomes, strict=True)):
            if k:
                what[k] = x @ readout.weights_
            readout.partial_fit(x, np.tile(outcome, (len(x), 1))).consolidate()
        outputs.append(when * what)
        weights.append(np.repeat(to_when, 2, axis=1))
        identity.append(readout.weights_[:-1])
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


#: What learns, by name: functions of states, streams, their targets and options.
RULES: dict[str, Callable[..., Learned]] = {
    "three_factor": three_factor,
    "lms": lms,
    "force": force,
    "force_reset": force_reset,
    "force_forgetting": force,
    "factored": factored,
}
