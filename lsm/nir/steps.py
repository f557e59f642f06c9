"""A liquid as difference equations, for readers that step through a graph.

What readers have in common is less than NIR: linear maps, a neuron that leaks, fires and is reset,
and cycles, round which a value goes once in a step. That is enough for all that a liquid does.
Whatever is linear, and it all is but for threshold and reset, stands in Linear nodes:

=================  ===============================================================================
node               each step
=================  ===============================================================================
``background``     what the constant current adds
``neurons``        leak, fire and are reset; LIF, the only nodes that aren't linear
``spikes``         their spikes but for those that keep a refractory neuron where it was reset
``memory``         the last spikes of each neuron, as many as its delays and refractory period need;
                   ``shift`` moves them on
``hold``           drives refractory neurons far over their thresholds, so that they fire, and are
                   reset, in each of these steps; ``discount`` takes these spikes away again
``recurrent``      synapses, from the spikes that arrive now
``current``        synaptic currents in pA; ``decay`` leaves a part of them
``drive``          what they add to potentials in the next step
``trace``          counts and filtered spikes; ``trace_decay`` leaves a part of them
=================  ===============================================================================

Which way a value goes once and not twice round a cycle depends on the order in which a reader takes
the nodes: that of first visits, depth first along the edges as listed (Norse), or that of their
names (snnTorch). Both are the order in which nodes stand here. What is computed after the neurons
reaches them in the next step, as in :func:`lsm.simulate`: so spikes come at the same steps.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.nir.held import Floats, install, linear, matrix, neurons_read, refractory_steps
from lsm.nir.readers import Reader
from lsm.reservoir import Reservoir

#: In mV. No inhibition comes near it.
_HELD = 1e9
#: Below single precision's resolution nothing leaks.
_LEAST_LEAK = 1e-9


class _Graph:
    """Nodes whose names sort as they are added, and edges by plain names."""

    def __init__(self) -> None:
        self.nodes: dict[str, Any] = {}
        self.edges: list[tuple[str, str]] = []
        self._names = {"input": "input", "output": "output"}

    def add(self, name: str, node: Any) -> None:
        full = self._names.setdefault(name, f"n{len(self.nodes):02d}_{name}")
        self.nodes[full] = node

    def connect(self, *path: str) -> None:
        names = [self._names[name] for name in path]
        self.edges += pairwise(names)


def graph(
    reservoir: Reservoir, estimator: Any | None, n_channels: int, dt_ms: float, reader: Reader
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Nodes and edges of a reservoir, and of the estimator that reads it."""
    nir, n = install(), reservoir.n_neurons
    if reservoir.input_synapses(n_channels).delay_ms.any():
        raise ValueError(
            "inputs: for a reader input has no delays; without a reader the graph has, got "
            f"{reservoir.inputs!r}"
        )
    # The numbers of a step as the simulation has them, in single precision.
    constants = reservoir.model.constants(dict(reservoir.parameters), dt_ms)
    step = {name: value.astype(np.float32).astype(float) for name, value in constants.items()}
    membranes = reader.membranes(reservoir, np.maximum(1 - step["a"], _LEAST_LEAK), dt_ms)
    refractory = refractory_steps(reservoir, dt_ms)
    memory = _Memory(reservoir, refractory, dt_ms)
    out = _Graph()

    def linear_node(name: str, weight: NDArray[np.floating[Any]]) -> None:
        out.add(name, nir.Linear(weight.astype(np.float32, copy=False)))

    out.add("input", nir.Input({"input": np.array([n_channels])}))
    linear_node("input_weights", matrix(reservoir.input_synapses(n_channels), n, n_channels))
    out.add("background", nir.Affine(np.zeros((n, n)), step["c"] * membranes.gain))
    out.add("neurons", membranes.node)
    out.connect("input", "input_weights", "background", "neurons")
    linear_node("spikes", np.eye(n))
    linear_node("remember", np.eye(memory.size, n))
    linear_node("memory", np.eye(memory.size, dtype=np.float32))
    linear_node("shift", memory.shift())
    out.connect("neurons", "spikes", "remember", "memory", "shift", "memory")
    if refractory.any():
        recent = memory.recent(refractory)
        linear_node("hold", _HELD * membranes.gain[:, None] * recent)
        linear_node("discount", -recent)
        out.connect("memory", "hold", "neurons")
        out.connect("memory", "discount", "spikes")
    linear_node("recurrent", memory.synapses())
    linear_node("current", np.eye(n))
    linear_node("decay", np.diag(step["s"]))
    linear_node("drive", np.diag(step["b"] * membranes.gain))
    out.connect("memory", "recurrent", "current", "decay", "current", "drive", "neurons")
    out.connect("input_weights", "current")
    last_node = "spikes"
    if estimator is not None:
        last_node = _add_readout(out, linear_node, estimator, dt_ms)
    size = len(out.nodes[out._names[last_node]].weight)
    out.add("output", nir.Output({"output": np.array([size])}))
    out.connect(last_node, "output")
    return out.nodes, out.edges


class _Memory:
    """Places for the last spikes of each neuron: of this step first, then of those before it."""

    def __init__(self, reservoir: Reservoir, refractory: NDArray[np.int64], dt_ms: float) -> None:
        self._wiring, self._delay = reservoir.synapses, reservoir.synapses.delay_steps(dt_ms)
        depth = np.maximum(refractory - 1, 0)
        np.maximum.at(depth, self._wiring.source, self._delay)
        remembered = np.arange(depth.max() + 1)[:, None] <= depth  # (steps ago, neurons)
        self._n = reservoir.n_neurons
        self.size = int(remembered.sum())
        self._place = np.full(remembered.shape, -1)
        self._place[remembered] = np.arange(self.size)

    def shift(self) -> NDArray[np.float32]:
        """From each place to that of the same spike a step later."""
        moved = np.zeros((self.size, self.size), dtype=np.float32)
        now, then = self._place[1:], self._place[:-1]
        moved[now[now >= 0], then[now >= 0]] = 1
        return moved

    def recent(self, steps: NDArray[np.int64]) -> Floats:
        """The sum of each neuron's spikes of the last steps, (neurons, places)."""
        summed = np.zeros((self._n, self.size))
        age, neuron = np.nonzero(np.arange(len(self._place))[:, None] < steps)
        summed[neuron, self._place[age, neuron]] = 1
        return summed

    def synapses(self) -> Floats:
        """Weights in pA from the places where spikes are when they arrive, (neurons, places)."""
        weights = np.zeros((self._n, self.size))
        source = self._place[self._delay, self._wiring.source]
        np.add.at(weights, (self._wiring.target, source), self._wiring.weight_pA)
        return weights


def _add_readout(out: _Graph, linear_node: Any, estimator: Any, dt_ms: float) -> str:
    """The traces of the neurons that are read, and what the readout makes of them."""
    read = neurons_read(estimator)
    decays = estimator.state_.decays(dt_ms)
    n_features = len(read) * len(decays)
    coef, intercept = linear(estimator, n_features)
    linear_node("traced", np.tile(np.eye(estimator.reservoir_.n_neurons)[read], (len(decays), 1)))
    linear_node("trace", np.eye(n_features))
    linear_node("trace_decay", np.diag(np.repeat(decays, len(read))))
    out.add("readout", install().Affine(coef, intercept))
    out.connect("spikes", "traced", "trace", "trace_decay", "trace", "readout")
    return "readout"
