"""From a graph to a reservoir, where one can hold it exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lsm.base.checks import positive
from lsm.neurons import LIF
from lsm.nir.held import Floats, install
from lsm.nir.writers import WRITERS
from lsm.reservoir import Reservoir
from lsm.topology import MatrixInputs, MatrixWiring

if TYPE_CHECKING:
    import nir


def from_nir(
    graph: nir.NIRGraph, *, writer: str | None = None, dt_ms: float | None = None
) -> Reservoir:
    """The reservoir of a graph: one population of neurons, its input and its own synapses.

    It fires as the graph does where that was written. A spike that comes in raises the potential
    in the next step here; in Norse and snnTorch in the same one: their spikes come a step earlier.

    Parameters
    ----------
    graph : nir.NIRGraph
        As ``nir.read(path)`` gives it: Linear or Affine nodes from the Input to one LIF or CubaLIF,
        and any number of them from there back to it, each behind a Delay or not.
    writer : {"norse", "snntorch"}, optional
        Whose export made it, and so what its numbers mean. By default they mean what NIR says: the
        graph is one that :func:`to_nir` wrote without a reader.
    dt_ms : float, optional
        The step with which the reservoir is to be simulated; of a graph by Norse the one that it
        took. By default the one that the graph's metadata name, or 1 ms.

    Raises
    ------
    TypeError, ValueError
        Something that a reservoir doesn't hold exactly: which node, and why.
    ImportError
        nir isn't installed.

    Examples
    --------
    >>> reservoir = from_nir(nir.read("trained.nir"), writer="snntorch")  # doctest: +SKIP
    """
    nir = install()
    if not isinstance(graph, nir.NIRGraph):
        raise TypeError(f"graph must be a nir.NIRGraph, got {type(graph).__name__}")
    if writer not in WRITERS:
        names = ", ".join(name for name in WRITERS if name)
        raise ValueError(f"writer must be None or one of {names}, got {writer!r}")
    reader = graph.metadata.get("reader")
    if reader is not None:
        raise ValueError(
            f"graph: it was made for {reader} to run; export the reservoir without a reader"
        )
    dt = positive(graph.metadata.get("dt_ms", 1.0) if dt_ms is None else dt_ms, "dt_ms")
    parts = _Parts(graph)
    weights, delays = parts.from_input()
    n = len(weights)
    try:
        neurons = WRITERS[writer](parts.neurons, n, dt)
    except ValueError as error:
        raise ValueError(f"graph: node {parts.name!r}: {error}") from error
    inputs = MatrixInputs(
        (weights * neurons.weight_pA[:, None]).T,
        delay_ms=1000 * delays.T if delays.any() else 0.0,
    )
    weights, delays = parts.recurrent(n)
    wiring = MatrixWiring(
        (weights * neurons.weight_pA[:, None]).T,
        delay_ms=1000 * delays.T,
        dale=not _mixed(weights),
    )
    return Reservoir(
        LIF,
        neurons.parameters | {"t_ref_ms": 0.0},
        ~np.any(weights < 0, axis=0) if wiring.dale else np.ones(n, dtype=bool),
        np.zeros((n, 2)),
        np.arange(n, dtype=np.uint64),
        wiring=wiring,
        inputs=inputs,
    )


def _mixed(weights: Floats) -> bool:
    """Whether a neuron's synapses have both signs; weights are (targets, sources)."""
    return bool(np.any(np.any(weights < 0, axis=0) & np.any(weights > 0, axis=0)))


class _Parts:
    """The neurons of a graph, and the linear maps to them.

    Attributes
    ----------
    name, neurons
        The node of the neurons.
    """

    def __init__(self, graph: Any) -> None:
        nir = install()
        self._nodes, self._edges = graph.nodes, {tuple(edge) for edge in graph.edges}
        kinds = (nir.Input, nir.Output, nir.Linear, nir.Affine, nir.Delay, nir.LIF, nir.CubaLIF)
        for name, node in self._nodes.items():
            if not isinstance(node, kinds):
                raise ValueError(
                    f"graph: node {name!r} is {type(node).__name__}; a reservoir has none such"
                )
        entry = self._only(nir.Input)
        self.name = self._only((nir.LIF, nir.CubaLIF))
        self.neurons = self._nodes[self.name]
        if self._sources(self._only(nir.Output)) != [self.name]:
            raise ValueError(f"graph: its Output must be {self.name!r}, the neurons, alone")
        origins = {name: self._origin(name) for name in self._sources(self.name)}
        self._inputs = [name for name, (origin, _) in origins.items() if origin == entry]
        self._loops = [name for name in origins if name not in self._inputs]
        if not self._inputs:
            raise ValueError(
                f"graph: a Linear or Affine must lead from {entry!r} to {self.name!r}, got none"
            )
        used = {entry, self.name, self._only(nir.Output), *origins}
        used |= {source for name in origins for source in self._sources(name)}
        if idle := sorted(set(self._nodes) - used):
            raise ValueError(f"graph: node {idle[0]!r} leads from and to no neurons")

    def from_input(self) -> tuple[Floats, Floats]:
        """Weights and delays in s of the synapses from channels, (neurons, channels)."""
        return self._synapses(self._inputs, self._weight(self._inputs[0]).shape)

    def recurrent(self, n: int) -> tuple[Floats, Floats]:
        """Weights and delays in s of the synapses among the neurons, (targets, sources)."""
        for name in self._loops:
            origin, _ = self._origin(name)
            if origin != self.name:
                raise ValueError(
                    f"graph: {name!r} must lead from {self.name!r}, by a Delay or straight, got "
                    f"from {self._sources(name)}"
                )
        return self._synapses(self._loops, (n, n))

    def _origin(self, name: str) -> tuple[str | None, Floats]:
        """Where a linear map leads from, and by which delays in s; None where not from one node."""
        nir, delay = install(), np.zeros(1)
        before = self._sources(name)
        if len(before) == 1 and isinstance(self._nodes[before[0]], nir.Delay):
            delay = np.asarray(self._nodes[before[0]].delay, dtype=np.float64)
            before = self._sources(before[0])
        return (before[0] if len(before) == 1 else None), delay

    def _synapses(self, names: list[str], shape: tuple[int, ...]) -> tuple[Floats, Floats]:
        """Weights and delays in s of these linear maps together, (targets, sources)."""
        weights, delays = np.zeros(shape), np.zeros(shape)
        for name in names:
            weight, delay = self._weight(name), np.broadcast_to(self._origin(name)[1], shape[1])
            if weight.shape != shape:
                raise ValueError(
                    f"graph: {name!r} must have {shape[0]} x {shape[1]} weights, got {weight.shape}"
                )
            if np.any((weights != 0) & (weight != 0) & (delays != delay)):
                raise ValueError(f"graph: {name!r} gives two a second synapse of another delay")
            weights += weight
            delays = np.where(weight != 0, delay, delays)
        return weights, delays

    def _only(self, kind: Any) -> str:
        nodes = [name for name, node in self._nodes.items() if isinstance(node, kind)]
        if len(nodes) != 1:
            names = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise ValueError(f"graph: it must have one {names}, got {len(nodes)}: {nodes}")
        return nodes[0]

    def _sources(self, name: str) -> list[str]:
        return sorted(source for source, target in self._edges if target == name)

    def _weight(self, name: str) -> Floats:
        """The weights of a linear map; ValueError for another node, or a shift."""
        node = self._nodes[name]
        if not hasattr(node, "weight"):
            raise ValueError(f"graph: {name!r} must be Linear or Affine, got {type(node).__name__}")
        if np.any(np.asarray(getattr(node, "bias", 0.0))):
            raise ValueError(
                f"graph: {name!r} has a bias: its neurons hear it a step before their first input, "
                "a reservoir's at the same time; make it without (bias=False)"
            )
        return np.asarray(node.weight, dtype=np.float64)
