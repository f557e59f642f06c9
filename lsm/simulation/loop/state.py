"""A closed loop's description, its state between two runs, and what a run records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from lsm.neurons import NeuronModel
from lsm.reservoir import Reservoir
from lsm.simulation.loop.blocks import Arrays, Floats, pad, padded
from lsm.simulation.loop.rules import rule_of, start_readout
from readouts.online import OnlineReadout

Indices = NDArray[np.int32]

#: The parameter through which currents reach the neurons.
CURRENT = "i_background_pA"


@dataclass(frozen=True)
class Loop:
    """What stays the same while a closed loop runs.

    Attributes
    ----------
    reservoir : Reservoir or RateNetwork
    dt_ms : float
    encoder : array (neurons, outputs)
        Feedback in pA.
    input_weights : array (neurons, channels)
        In pA.
    readout : OnlineReadout
        Its parameters say how it learns.
    every : int
        Steps from one learning step to the next.
    rise_ms, decay_ms : float
        Of the filtered spikes r, in Hz.
    probe_every, output_every : int
        Steps from one record to the next.
    probed : mapping of str to array
        Neurons whose ``potentials``, ``weights``, ``filtered`` spikes and ``spikes`` are recorded.
    """

    reservoir: Any
    dt_ms: float
    encoder: Floats
    input_weights: Floats
    readout: OnlineReadout
    every: int
    rise_ms: float
    decay_ms: float
    probe_every: int
    output_every: int
    probed: Mapping[str, Indices]


@dataclass(frozen=True)
class State:
    """Where a closed loop stands: everything that the next step depends on.

    Attributes
    ----------
    step : int
        Steps done.
    arrays : dict
        The rest, by the names in ``loop.h``.
    learned : dict
        What the learning rule goes on from beside the decoder, by the names in its header.
    """

    step: int
    arrays: Arrays
    learned: Arrays

    def fitted(self, readout: OnlineReadout, n: int) -> OnlineReadout:
        """A readout like this one, as far as the loop has brought it."""
        copy = clone(readout).start(n, len(self.arrays["decoder"]))
        # In the order of a fresh one: BLAS may sum up in another for other orders.
        copy.weights_ = np.array(self.arrays["decoder"][:, :n].T, order="C")
        for name, value in rule_of(readout).attributes(self.learned, n).items():
            setattr(copy, name, value)
        return copy

    def taking(self, readout: OnlineReadout) -> State:
        """With what a fitted readout has learned instead."""
        weights = pad(readout.weights_.T, len(readout.weights_))
        learned = rule_of(readout).arrays(readout)
        return replace(self, arrays=self.arrays | {"decoder": weights}, learned=learned)


@dataclass(frozen=True)
class Recorded:
    """What a run of a closed loop left; rows are records.

    Attributes
    ----------
    outputs : float64 array (records, outputs)
    potentials, filtered : arrays (records, neurons)
        In mV and in Hz.
    weights : array (records, neurons, outputs)
    spike_step, spike_neuron : int32 arrays (spikes,)
    diverged : str
        What did, or nothing.
    """

    outputs: Floats
    potentials: Floats
    filtered: Floats
    weights: Floats
    spike_step: Indices
    spike_neuron: Indices
    diverged: str


def start_state(
    reservoir: Reservoir, *, outputs: int, readout: OnlineReadout, potentials_mV: Floats | None
) -> State:
    """No spikes yet; a readout, fitted or not; neurons at given potentials, or where a sample
    starts."""
    n = reservoir.n_neurons
    size = padded(n)
    initial = reservoir.model.start(dict(reservoir.parameters))
    start = np.array([initial.get(name, np.zeros(n)) for name in reservoir.model.state])
    if potentials_mV is not None:
        start[0] = potentials_mV - rest_of(reservoir)
    none = np.empty(0, dtype=np.int32)
    state = State(
        step=0,
        learned={},
        arrays={
            "start": start.astype(np.float32),
            "waits": np.zeros(n, dtype=np.int32),
            "filtered": np.zeros(size),
            "rising": np.zeros(size),
            "fed": np.zeros(outputs),
            "recent_neuron": none,
            "recent_step": none,
        },
    )
    return state.taking(start_readout(readout, n, outputs))


def rest_of(reservoir: Reservoir) -> Floats:
    """The potential from which the state variable is counted."""
    rest = np.zeros(reservoir.n_neurons)
    counted = reservoir.model.state[0] == "u"
    return reservoir.parameters.get("v_rest_mV", rest) if counted else rest


def within(windows: NDArray[np.int64], step: int) -> bool:
    """Whether a step lies in one of the windows (windows, 2)."""
    return bool(np.any((windows[:, 0] <= step) & (step < windows[:, 1])))


def filter_constants(rise_ms: float, decay_ms: float, dt_ms: float) -> tuple[float, float, float]:
    """What is left of r after a step, what is left of h, and what h adds to r.

    r' = (h - r) / rise and h' = -h / decay, exactly; a spike that h is raised by 1 by has the area
    1, with r in Hz.
    """
    left, decay = np.exp(-dt_ms / rise_ms), np.exp(-dt_ms / decay_ms)
    return float(left), float(decay), float(1e3 * (decay - left) / (decay_ms - rise_ms))


def currents(
    model: NeuronModel, parameters: Mapping[str, Floats], dt_ms: float
) -> dict[str, tuple[Floats, Floats]]:
    """The model's constants that a current changes: each as it is without, and by how much a pA.

    Raises
    ------
    ValueError
        A model that no current reaches.
    """
    if CURRENT not in parameters:
        raise ValueError(
            f"reservoir: the neuron model {model.name!r} must have a parameter {CURRENT!r}, "
            f"through which feedback and inputs reach the neurons; it has {', '.join(parameters)}"
        )
    values = dict(parameters)
    none = np.zeros_like(values[CURRENT])
    base, without, with_1_pA = (
        model.constants(values | {CURRENT: current}, dt_ms)
        for current in (values[CURRENT], none, none + 1)
    )
    slopes = {name: with_1_pA[name] - without[name] for name in base}
    return {name: (base[name], slope) for name, slope in slopes.items() if np.any(slope)}
