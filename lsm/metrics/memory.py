"""Capacities of reservoirs: a signal is encoded, heard, and read after each of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive_int
from lsm.encoders import GaussianPopulation, make_encoder
from lsm.metrics.capacity import (
    TEST_SIZE,
    ProcessingCapacity,
    Term,
    capacities,
    product_terms,
    used_steps,
)
from lsm.metrics.inputs import RandomState
from lsm.metrics.options import Options
from lsm.reservoir import Reservoir
from lsm.simulation import trajectories
from lsm.states import State

Floats = NDArray[np.float64]

#: How a signal becomes spikes where nothing else is asked for: eight Gaussian fields, each of which
#: fires at up to 200 Hz without chance, and steps of 10 ms.
ENCODER = GaussianPopulation(step_ms=10.0)


def input_responses(
    reservoirs: Reservoir | Sequence[Reservoir],
    inputs: ArrayLike,
    *,
    encoder: Any = ENCODER,
    state: str | State = "traces:30",
    **options: Unpack[Options],
) -> NDArray[np.float32]:
    """States after each step of a signal, (reservoirs, steps, features).

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons; simulated in one call.
    inputs : array (steps,)
    encoder : Encoder or str
        Turns the signal into spikes, after it has learned the signal's scale; by default
        :data:`ENCODER`. Its ``step_ms``, a multiple of dt, is how long a step of the signal lasts.
    state, options
        As in :func:`lsm.trajectories`.

    Raises
    ------
    ValueError
        A signal of another shape, an encoder's step that isn't a multiple of dt.
    """
    signal = np.asarray(inputs, dtype=np.float64)
    if signal.ndim != 1 or not len(signal):
        raise ValueError(f"inputs must have the shape (steps,), got {signal.shape}")
    encoder = make_encoder(encoder)
    spikes = encoder.fit_transform(signal[np.newaxis, np.newaxis])
    (path,) = trajectories(reservoirs, spikes, every_ms=encoder.step_ms, state=state, **options)
    return path[:, : len(signal)]


def memory_capacities(
    reservoirs: Reservoir | Sequence[Reservoir],
    *,
    n_steps: int = 2000,
    max_delay: int = 30,
    washout: int = 100,
    encoder: Any = ENCODER,
    state: str | State = "traces:30",
    random_state: RandomState = None,
    **options: Unpack[Options],
) -> Floats:
    """Memory capacity of each reservoir, (reservoirs,).

    The sum over delays of :func:`lsm.metrics.memory_capacity`, for a signal of independent uniform
    numbers in [-1, 1], each of which lasts a step of the encoder (10 ms). All reservoirs hear the
    same, in one call. The encoder and the filter of the state remember too: compare with the same
    reservoir without recurrence (:class:`lsm.NoWiring`).

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons.
    n_steps : int
        Steps of the signal: some times as many as there are features.
    max_delay, washout : int
        In steps, as :func:`lsm.metrics.memory_capacity` has them.
    encoder, state, options
        As in :func:`input_responses`.
    random_state : int, Generator or None
        Draws the signal, and shuffles it.
    """
    terms = product_terms({1: max_delay})
    inputs, seed = _signal(n_steps, terms, washout, random_state)
    states = input_responses(reservoirs, inputs, encoder=encoder, state=state, **options)
    return capacities(states, inputs, terms, washout, TEST_SIZE, seed).sum(axis=1)


def processing_capacities(
    reservoirs: Reservoir | Sequence[Reservoir],
    *,
    max_delays: Mapping[int, int],
    n_steps: int = 4000,
    washout: int = 100,
    encoder: Any = ENCODER,
    state: str | State = "traces:30",
    random_state: RandomState = None,
    **options: Unpack[Options],
) -> list[ProcessingCapacity]:
    """Information processing capacity of each reservoir, as :func:`memory_capacities` has it.

    Parameters
    ----------
    max_delays : mapping of int to int
        Total degree -> largest delay, as :func:`lsm.metrics.processing_capacity` has it.
    reservoirs, n_steps, washout, encoder, state, random_state, options
        As in :func:`memory_capacities`.
    """
    terms = product_terms(max_delays)
    inputs, seed = _signal(n_steps, terms, washout, random_state)
    states = input_responses(reservoirs, inputs, encoder=encoder, state=state, **options)
    values = capacities(states, inputs, terms, washout, TEST_SIZE, seed)
    return [ProcessingCapacity(terms, liquid_values) for liquid_values in values]


def _signal(
    n_steps: int, terms: Sequence[Term], washout: int, random_state: RandomState
) -> tuple[Floats, int]:
    """Uniform numbers, and a seed: shuffles are the same for all reservoirs, however many."""
    used_steps(positive_int(n_steps, "n_steps"), terms, washout, TEST_SIZE)
    rng = np.random.default_rng(random_state)
    return rng.uniform(-1, 1, n_steps), int(rng.integers(2**32))
