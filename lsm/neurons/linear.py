"""A neuron's step as the matrix that gradients go back along.

Between spikes the integrate-and-fire models are linear: the variables after a step are a matrix
times those before it, and numbers that don't depend on them. The matrix is read off the model's own
statements, those that Brian2 compiles, by running them on unit vectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.neurons.model import MODELS, NeuronModel
from lsm.neurons.parameters import Arrays

Floats = NDArray[np.float64]


@short_repr
@dataclass(frozen=True)
class LinearStep:
    """A step of n neurons with k variables, ``x' = M x + c``, and what a spike does.

    Attributes
    ----------
    matrix : array (k, k, n)
        M of each neuron; row: a variable after the step.
    reading : array (k, n)
        The distance to the threshold is this times the variables, less `threshold`.
    jumps : array (k, n)
        What a spike of its own adds to each variable.
    threshold : array (n,)
        At rest, without any spikes.
    hard : bool
        Whether a spike sets the potential, and holds it while the neuron is refractory.
    """

    matrix: Floats
    reading: Floats
    jumps: Floats
    threshold: Floats
    hard: bool


def linear_step(model: NeuronModel, parameters: Arrays, dt_ms: float) -> LinearStep:
    """Read a model's step as a matrix.

    Parameters
    ----------
    model : NeuronModel
    parameters : dict of str to array (n,)
        As :meth:`NeuronModel.complete` gives them.
    dt_ms : float

    Raises
    ------
    ValueError
        A model that doesn't say how far a neuron is from its threshold, an update that isn't linear
        in the variables, a threshold that isn't above rest.
    """
    if not model.distance:
        trained = ", ".join(name for name, known in MODELS.items() if known.distance)
        raise ValueError(
            f"model {model.name!r} has no pseudo-derivative: gradients need a linear update, and "
            "the field `distance` of NeuronModel, how far a neuron is above its threshold (LIF has "
            f"'u - theta'), which equations of one's own can't have; take one of {trained}"
        )
    constants = model.constants(parameters, dt_ms)
    n, names = len(parameters["t_ref_ms"]), model.state
    offset = _after(model.update, constants, np.zeros((len(names), n)), names)
    units = np.broadcast_to(np.eye(len(names))[:, :, None], (len(names), len(names), n))
    matrix = np.stack(
        [_after(model.update, constants, unit, names) - offset for unit in units], axis=1
    )
    _check_linear(model, constants, matrix, offset)
    for row, column in model.detached:
        matrix[names.index(row), names.index(column)] = 0.0
    threshold = -_distance(model, constants, np.zeros((len(names), n)))
    if np.any(threshold <= 0):
        k = int(np.argmax(threshold <= 0))
        raise ValueError(
            "v_threshold_mV must lie above v_rest_mV in every neuron that is trained, got a "
            f"threshold {threshold[k]:g} mV above rest in neuron {k}"
        )
    jumps = _after(model.reset, constants, np.zeros((len(names), n)), names)
    raised = _after(model.reset, constants, np.ones((len(names), n)), names) - jumps
    return LinearStep(
        matrix,
        np.stack([_distance(model, constants, unit) + threshold for unit in units]),
        np.where(raised > 0, jumps, 0.0),  # what is set, not added to, is no jump
        threshold,
        hard=bool(np.all(raised[0] == 0)),
    )


def _after(statements: str, constants: Arrays, values: Floats, names: tuple[str, ...]) -> Floats:
    """The variables (k, n) after the statements of a package's own model."""
    scope: dict[str, object] = {**constants, **dict(zip(names, values, strict=True))}
    exec(statements, {"select": np.where}, scope)
    scope[names[0]] = scope.get(f"{names[0]}_new", scope[names[0]])
    return np.stack([np.broadcast_to(np.asarray(scope[name]), values[0].shape) for name in names])


def _distance(model: NeuronModel, constants: Arrays, values: Floats) -> Floats:
    scope = {**constants, **dict(zip(model.state, values, strict=True))}
    return np.asarray(eval(model.distance, {}, scope))


def _check_linear(
    model: NeuronModel, constants: Mapping[str, Floats], matrix: Floats, offset: Floats
) -> None:
    some = np.random.default_rng(0).normal(0, 100, offset.shape)
    expected = np.einsum("jkn,kn->jn", matrix, some) + offset
    if not np.allclose(_after(model.update, dict(constants), some, model.state), expected):
        raise ValueError(f"model {model.name!r}: its update is not linear in {model.state}")
