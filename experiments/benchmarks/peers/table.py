"""The peers by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Peer:
    """A program that does the work of a case.

    Attributes
    ----------
    module : str
        Of `experiments.benchmarks.peers.programs`; its ``prepare`` takes the work.
    packages : tuple of str
        Packages that it needs, the one that it is named after first.
    neurons : int, optional
        How many neurons it has side by side, about; by default the whole case.
    many_liquids : bool
        Many liquids side by side cost it no more than as many samples of one.
    once : bool
        Each run needs a new preparation.
    spikes : bool
        It computes the same spikes.
    """

    module: str
    packages: tuple[str, ...] = ()
    neurons: int | None = None
    many_liquids: bool = True
    once: bool = False
    spikes: bool = True

    def missing(self) -> list[str]:
        """Packages that are not installed."""
        return [package for package in self.packages if find_spec(package) is None]


PROGRAM, LOOP = "this program", "hand-written loop (numba)"
NAIVE, CAREFUL = "Brian2, a run for each sample", "Brian2, one network"
SNNTORCH, NORSE, NEST = "snnTorch", "Norse", "NEST"
PYTORCH, COMPILED = "PyTorch, batched", "PyTorch, compiled"
RATES = "reservoirpy (rates)"

PEERS: dict[str, Peer] = {
    PROGRAM: Peer("engine"),
    LOOP: Peer("hand_written", ("numba",)),
    CAREFUL: Peer("brian2_careful", ("brian2",), neurons=100_000),
    NAIVE: Peer("brian2_naive", ("brian2",), neurons=1),
    SNNTORCH: Peer("snntorch_cells", ("snntorch", "torch"), neurons=50_000, many_liquids=False),
    NORSE: Peer("norse_cells", ("norse", "torch"), neurons=50_000, many_liquids=False),
    PYTORCH: Peer("pytorch", ("torch",), neurons=50_000, many_liquids=False),
    COMPILED: Peer("pytorch_compiled", ("torch",), neurons=50_000, many_liquids=False),
    NEST: Peer("nest_neurons", ("nest",), neurons=500, once=True),
    RATES: Peer("reservoirpy_rates", ("reservoirpy",), neurons=2_000, spikes=False),
}
#: Their names by the modules.
MODULES = {peer.module: name for name, peer in PEERS.items()}


def leave_out(peers: Mapping[str, Peer]) -> dict[str, list[str]]:
    """Packages that some of the peers lack, by the peers' names; prints who is left out."""
    left_out = {name: lacking for name, peer in peers.items() if (lacking := peer.missing())}
    for name, lacking in left_out.items():
        print(f"{name}: left out, as {' and '.join(lacking)} is not installed", flush=True)
    return left_out
