"""The frozen description of a reservoir: arrays and numbers, no simulator."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from numbers import Integral
from types import MappingProxyType, NoneType
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from lsm.base.quantities import in_unit
from lsm.base.reprs import html_table
from lsm.neurons import NeuronModel
from lsm.neurons.model import check_model
from lsm.topology import (
    DistanceWiring,
    Inputs,
    InputWiring,
    MatrixWiring,
    ShortTermPlasticity,
    Synapses,
    Wiring,
    side_for,
)
from lsm.topology.positions import checked_side

#: Of saved reservoirs.
FORMAT = 2


@dataclass(frozen=True, eq=False)
class Description:
    """The parts of a reservoir, checked to fit together; :class:`lsm.Reservoir` can do more.

    Drawing, files and the export to Brian2 are functions of a description, and know no reservoir.
    """

    model: NeuronModel
    parameters: Mapping[str, Any]
    excitatory: NDArray[np.bool_]
    positions: NDArray[np.float64]
    keys: NDArray[np.uint64]
    wiring: Wiring = field(default_factory=DistanceWiring)
    inputs: Inputs = field(default_factory=InputWiring)
    side: float | tuple[float, ...] | None = None
    seed: int = 0
    short_term: ShortTermPlasticity | None = None
    given: Set[str] | None = None

    def __post_init__(self) -> None:
        check_model(self.model)
        for name, kind in (
            ("parameters", Mapping),
            ("wiring", Wiring),
            ("inputs", get_args(Inputs)),
            ("short_term", (ShortTermPlasticity, NoneType)),
        ):
            if not isinstance(getattr(self, name), kind):
                expected = kind[0] if isinstance(kind, tuple) else kind
                raise TypeError(
                    f"{name} must be of type {expected.__name__}, got {getattr(self, name)!r}"
                )
        if not isinstance(self.seed, Integral) or not -(2**63) <= self.seed < 2**64:
            raise ValueError(f"seed must be an integer of 64 bits, got {self.seed!r}")
        excitatory = np.asarray(self.excitatory)
        if excitatory.dtype != bool or excitatory.ndim != 1 or len(excitatory) == 0:
            raise ValueError(
                "excitatory must be a non-empty one-dimensional boolean array, got "
                f"{excitatory.dtype} of shape {excitatory.shape}"
            )
        n = len(excitatory)
        positions = in_unit(self.positions, "positions")
        if positions.ndim != 2 or len(positions) != n:
            raise ValueError(
                f"positions must have the shape (neurons, dimensions) with {n} neurons, "
                f"got {positions.shape}"
            )
        keys = np.array(self.keys)
        if keys.shape != (n,) or not np.issubdtype(keys.dtype, np.integer):
            raise ValueError(f"keys must be {n} integers, got {keys.dtype} of shape {keys.shape}")
        side = checked_side(side_for(n) if self.side is None else self.side, positions)
        self.wiring.check(excitatory)
        values = {
            "parameters": MappingProxyType(self.model.complete(self.parameters, n)),
            "excitatory": excitatory.copy(),
            "positions": positions,
            "keys": keys.astype(np.uint64),
            "side": side,
            "seed": int(self.seed),
            "given": frozenset(
                {"delay_ms", *self.parameters} if self.given is None else self.given
            ),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        for array in arrays(self).values():
            array.flags.writeable = False

    @property
    def n_neurons(self) -> int:
        """The number of neurons."""
        return len(self.excitatory)

    @cached_property
    def synapses(self) -> Synapses:
        """The recurrent synapses."""
        return self.wiring.connect(self)

    def input_synapses(self, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` input channels."""
        if n_channels not in self._input_synapses:
            self._input_synapses[n_channels] = self.inputs.connect(self, n_channels)
        return self._input_synapses[n_channels]

    @cached_property
    def _input_synapses(self) -> dict[int, Synapses]:
        return {}

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated anew."""
        return replace(self, **changes)

    def rewired(self, synapses: Synapses, **changes: Any) -> Self:
        """A copy with these recurrent synapses, as a matrix, and with fields changed.

        Dale's law holds where it did, and no delay counts as given.

        Raises
        ------
        ValueError
            Several synapses of one pair of neurons, signs that break Dale's law.
        """
        n = len(changes.get("keys", self.keys))
        dale = getattr(self.wiring, "dale", True)
        return self.replace(
            wiring=MatrixWiring(*synapses.matrices(n, n), dale=dale),
            given=(self.given or frozenset()) - {"delay_ms"},
            **changes,
        )

    def scaled(self, gain: float, *, inputs_only: bool = False) -> Self:
        """The same with all weights, or only those of the inputs, multiplied by a gain.

        Neurons are not wired anew.
        """
        inputs = self.inputs.scaled(gain)
        if inputs_only:
            scaled, synapses = self.replace(inputs=inputs), self.synapses
        else:
            scaled = self.replace(inputs=inputs, wiring=self.wiring.scaled(gain))
            synapses = scaled.wiring.reweighted(scaled, self.synapses)
        scaled.__dict__["synapses"] = synapses
        return scaled

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Description):
            return NotImplemented
        mine, theirs = arrays(self), arrays(other)
        return (
            self.model == other.model
            and header(self) == header(other)
            and all(np.array_equal(mine[name], theirs[name]) for name in mine)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        # By way of the constructor: a plain unpickled array would be writeable again. The names are
        # in order, as hashes of pickles, which know a training's checkpoint, see that of a set,
        # which is another one in each process.
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        plain = {"parameters": dict(self.parameters), "given": sorted(self.given or ())}
        return type(self), tuple((values | plain).values())

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.model.name}, {self.n_neurons} neurons, "
            f"{int(self.excitatory.sum())} excitatory, {type(self.wiring).__name__})"
        )

    def _repr_html_(self) -> str:
        excitatory = int(self.excitatory.sum())
        rows = {
            "neurons": f"{self.n_neurons}: {excitatory} excitatory, "
            f"{self.n_neurons - excitatory} inhibitory",
            "neuron model": self.model.name,
            "wiring": " ".join(repr(self.wiring).split()),
            "inputs": " ".join(repr(self.inputs).split()),
        }
        rows |= {
            name: f"{np.min(values):.4g}"
            + (f" to {np.max(values):.4g}" if np.max(values) > np.min(values) else "")
            for name, values in self.parameters.items()
        }
        return html_table(type(self).__name__, rows)


def header(reservoir: Description) -> dict[str, Any]:
    """All that defines a reservoir beside its arrays, ready for JSON."""
    short_term = reservoir.short_term
    return {
        "format": FORMAT,
        "model": reservoir.model.definition or reservoir.model.name,
        "wiring": reservoir.wiring.describe(),
        "inputs": reservoir.inputs.describe(),
        "side": reservoir.side,
        "seed": reservoir.seed,
        "short_term": None if short_term is None else asdict(short_term),
    }


def arrays(reservoir: Description) -> dict[str, NDArray[Any]]:
    """A reservoir's arrays by name, those of its wiring aside."""
    named = {name: getattr(reservoir, name) for name in ("excitatory", "positions", "keys")}
    return named | {f"parameters.{name}": value for name, value in reservoir.parameters.items()}
