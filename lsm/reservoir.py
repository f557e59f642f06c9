"""The frozen description of a reservoir: arrays and numbers, no simulator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.checks import positive_int
from lsm.files import atomic_path
from lsm.neurons import LIF, MODELS, NeuronModel, get_model
from lsm.synapses import ShortTermPlasticity
from lsm.topology import (
    DistanceWiring,
    InputWiring,
    Synapses,
    Wiring,
    box,
    get_wiring,
    side_for,
)

if TYPE_CHECKING:
    from lsm.brian import BrianObjects
    from lsm.spikes import SpikeTrains

FORMAT = 2

#: Ranges of liquids for any input (:func:`lsm.calibration.liquid_for`): membranes that remember
#: for 10 to 100 ms, thresholds that few spikes reach.
VARIED_RANGES = {
    "t_ref_ms": (1.0, 4.0),
    "tau_m_ms": (10.0, 100.0),
    "v_threshold_mV": (-69.5, -65.0),
}

#: Ranges from which :meth:`Reservoir.random` draws: those of the evolved liquid (Lopez-Herrera et
#: al. 2026, Math. Comput. Appl. 31(2):65), but with thresholds that a few input spikes reach.
DRIVEN_RANGES = {"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -50.0)}


@dataclass(frozen=True, eq=False)
class Reservoir:
    """A reservoir of n spiking neurons: what is simulated, nothing of how.

    Parameters
    ----------
    model : NeuronModel
    parameters : mapping of str to float or array (n,)
        Values for each neuron, in the units that the names end in; what is missing takes the
        model's default.
    excitatory : bool array (n,)
        Polarity of each neuron.
    positions : array (n, dimensions)
    keys : uint64 array (n,)
        A neuron's identity: decides its synapses (see :mod:`lsm.topology`).
    wiring, inputs : rule for the synapses among neurons, and from input channels
    side : float or sequence of float, optional
        Positions lie in [0, side] along every dimension, or along each; by default the square that
        keeps the in-degree of 20 neurons (:func:`lsm.topology.side_for`).
    seed : int
        Of the noise in time.
    short_term : ShortTermPlasticity, optional
        Of the recurrent synapses.

    Raises
    ------
    TypeError
        A model, wiring or input wiring that is none.
    ValueError
        Arrays that do not have one entry for each neuron, values that are not finite or lie
        outside their range, positions outside the space, a wiring that needs other neurons.
    """

    model: NeuronModel
    parameters: Mapping[str, Any]
    excitatory: NDArray[np.bool_]
    positions: NDArray[np.float64]
    keys: NDArray[np.uint64]
    wiring: Wiring = field(default_factory=DistanceWiring)
    inputs: InputWiring = field(default_factory=InputWiring)
    side: float | tuple[float, ...] | None = None
    seed: int = 0
    short_term: ShortTermPlasticity | None = None

    def __post_init__(self) -> None:
        for name, kind in (
            ("model", NeuronModel),
            ("wiring", Wiring),
            ("inputs", InputWiring),
            ("short_term", (ShortTermPlasticity, NoneType)),
        ):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name} is of a wrong type: {getattr(self, name)!r}")
        excitatory = np.asarray(self.excitatory)
        if excitatory.dtype != bool or excitatory.ndim != 1 or len(excitatory) == 0:
            raise ValueError(
                "excitatory must be a non-empty one-dimensional boolean array, got "
                f"{excitatory.dtype} of shape {excitatory.shape}"
            )
        n = len(excitatory)
        positions = np.array(self.positions, dtype=np.float64)
        if positions.ndim != 2 or len(positions) != n:
            raise ValueError(
                f"positions must have the shape (neurons, dimensions) with {n} neurons, "
                f"got {positions.shape}"
            )
        keys = np.array(self.keys)
        if keys.shape != (n,) or not np.issubdtype(keys.dtype, np.integer):
            raise ValueError(f"keys must be {n} integers, got {keys.dtype} of shape {keys.shape}")
        side = _side(side_for(n) if self.side is None else self.side, positions)
        self.wiring.check(excitatory)
        values = {
            "parameters": MappingProxyType(self.model.complete(self.parameters, n)),
            "excitatory": excitatory.copy(),
            "positions": positions,
            "keys": keys.astype(np.uint64),
            "side": side,
            "seed": int(self.seed),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        for array in self._arrays().values():
            array.flags.writeable = False

    @classmethod
    def random(
        cls,
        n: int,
        *,
        random_state: int | np.random.Generator | None = None,
        model: NeuronModel = LIF,
        ranges: Mapping[str, tuple[float, float]] = DRIVEN_RANGES,
        parameters: Mapping[str, ArrayLike] | None = None,
        excitatory_fraction: float = 0.8,
        excitatory: ArrayLike | None = None,
        positions: ArrayLike | None = None,
        dimensions: int = 2,
        wiring: Wiring | None = None,
        inputs: InputWiring | None = None,
    ) -> Reservoir:
        """Draw a reservoir of ``n`` neurons.

        Parameters
        ----------
        n : int
        random_state : int, Generator or None
        ranges : mapping of str to (low, high)
            Parameters drawn uniformly for each neuron.
        parameters : mapping of str to float or array (n,), optional
            Parameters given.
        excitatory_fraction : float
            Probability that a neuron is excitatory.
        excitatory : bool array (n,), optional
            Polarities given.
        positions : array (n, dimensions), optional
            Positions given, in the box that just holds them; by default drawn uniformly, with
            :func:`lsm.topology.side_for` as the side.
        dimensions : int
            Of the positions drawn.
        model, wiring, inputs
            As :class:`Reservoir` has them; by default the rules' own defaults.

        Raises
        ------
        ValueError
            A number of neurons below 1, a fraction outside [0, 1], or what :class:`Reservoir`
            refuses.
        """
        positive_int(n, "n")
        if not 0 <= excitatory_fraction <= 1:
            raise ValueError(f"excitatory_fraction must lie in [0, 1], got {excitatory_fraction}")
        rng = np.random.default_rng(random_state)
        drawn = {name: rng.uniform(*bounds, size=n) for name, bounds in ranges.items()}
        if excitatory is None:
            excitatory = rng.random(n) < excitatory_fraction
        side: float | tuple[float, ...]
        if positions is None:
            side = side_for(n, dimensions=dimensions)
            positions = box(n, side, dimensions=dimensions, random_state=rng)
        else:
            positions = np.asarray(positions, dtype=np.float64)
            side = tuple(positions.max(axis=0)) if positions.ndim == 2 else 0.0
        return cls(
            model=model,
            parameters={**drawn, **(parameters or {})},
            excitatory=np.asarray(excitatory),
            positions=positions,
            keys=rng.integers(2**64, size=n, dtype=np.uint64),
            wiring=DistanceWiring() if wiring is None else wiring,
            inputs=InputWiring() if inputs is None else inputs,
            side=side,
            seed=int(rng.integers(2**31)),
        )

    @property
    def n_neurons(self) -> int:
        return len(self.excitatory)

    @cached_property
    def synapses(self) -> Synapses:
        """The recurrent synapses."""
        return self.wiring.connect(self)

    def input_synapses(self, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` input channels."""
        return self.inputs.connect(self, n_channels)

    def to_brian2(
        self, sample: SpikeTrains, *, dt_ms: float = 1.0, name: str = "reservoir"
    ) -> BrianObjects:
        """The reservoir hearing a sample as plain Brian2 objects with units, to go on from.

        Differential equations, integrated exactly, with everything that happens in the order of
        :func:`lsm.simulate`: the same spikes at the same steps, but for what double precision moves
        across a threshold. Refractory times and delays are rounded to whole steps. Noise has the
        same distribution, not the same values.

        Parameters
        ----------
        sample : SpikeTrains
            With one sample, as ``spikes[k]`` gives it.
        dt_ms : float
        name : str
            What the names of the objects begin with; two reservoirs in one network need two.

        Raises
        ------
        ValueError
            More or fewer samples than one; a neuron whose ``tau_m_ms`` and ``tau_syn_ms`` are equal
            to four digits, for which Brian2's exact integration has no formula.

        Examples
        --------
        >>> from brian2 import StateMonitor, ms  # doctest: +SKIP
        >>> plain = reservoir.to_brian2(task.spikes[0])  # doctest: +SKIP
        >>> potentials = StateMonitor(plain.neurons, "v", record=True)  # doctest: +SKIP
        >>> plain.network.add(potentials)  # doctest: +SKIP
        >>> plain.network.run(110 * ms)  # doctest: +SKIP
        """
        from lsm.brian import brian_objects  # takes seconds, and few need it

        return brian_objects(self, sample, dt_ms=dt_ms, name=name)

    def replace(self, **changes: Any) -> Reservoir:
        """A copy with some fields changed, validated anew."""
        return replace(self, **changes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reservoir):
            return NotImplemented
        mine, theirs = self._arrays(), other._arrays()
        return (
            self.model == other.model
            and self._header() == other._header()
            and all(np.array_equal(mine[name], theirs[name]) for name in mine)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        # By way of the constructor: a plain unpickled array would be writeable again.
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return Reservoir, tuple((given | {"parameters": dict(self.parameters)}).values())

    def __repr__(self) -> str:
        return (
            f"Reservoir({self.model.name}, {self.n_neurons} neurons, "
            f"{int(self.excitatory.sum())} excitatory, {type(self.wiring).__name__})"
        )

    def _header(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "model": self.model.definition or self.model.name,
            "wiring": self.wiring.describe(),
            "inputs": asdict(self.inputs),
            "side": self.side,
            "seed": self.seed,
            "short_term": None if self.short_term is None else asdict(self.short_term),
        }

    def _arrays(self) -> dict[str, NDArray[Any]]:
        arrays = {"excitatory": self.excitatory, "positions": self.positions, "keys": self.keys}
        return arrays | {f"parameters.{name}": value for name, value in self.parameters.items()}

    def save(self, path: str | Path) -> None:
        """Write the reservoir to an NPZ file without pickle, all or nothing.

        Raises
        ------
        ValueError
            Its neuron model is neither made by :meth:`NeuronModel.from_equations` nor in
            :data:`lsm.neurons.MODELS`, where `load` looks for it.
        """
        if not self.model.definition and MODELS.get(self.model.name) != self.model:
            raise ValueError(
                f"the neuron model {self.model.name!r} is not the one of that name in "
                "lsm.neurons.MODELS: put it there to save reservoirs of it"
            )
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            arrays = self._arrays() | {"header": np.array(json.dumps(self._header()))}
            arrays |= {f"wiring.{name}": value for name, value in self.wiring.arrays().items()}
            np.savez(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: str | Path) -> Reservoir:
        """Read what :meth:`save` wrote.

        Raises
        ------
        ValueError
            Not such a file, or written by a newer version.
        """
        with open(path, "rb") as file:
            try:
                with np.load(file, allow_pickle=False) as archive:
                    arrays = {name: archive[name] for name in archive.files}
                header = json.loads(str(arrays.pop("header")))
                newer = header["format"] > FORMAT
            except Exception as error:  # of many kinds, by where a file is damaged
                raise ValueError(f"{path} is not a saved reservoir: {error}") from error
        if newer:
            raise ValueError(
                f"{path} has format {header['format']}; this version reads up to {FORMAT}"
            )
        wiring = header["wiring"]
        rule = get_wiring(wiring.pop("rule"))
        of_wiring = {
            name.removeprefix("wiring."): array
            for name, array in arrays.items()
            if name.startswith("wiring.")
        }
        short_term = header.get("short_term")  # unknown to the first format
        return cls(
            model=get_model(header["model"]),
            parameters={
                name.removeprefix("parameters."): value
                for name, value in arrays.items()
                if name.startswith("parameters.")
            },
            excitatory=arrays["excitatory"],
            positions=arrays["positions"],
            keys=arrays["keys"],
            wiring=rule.restore(wiring, of_wiring),
            inputs=InputWiring(**header["inputs"]),
            side=header["side"],
            seed=header["seed"],
            short_term=short_term and ShortTermPlasticity(**short_term),
        )


def _side(
    side: float | Sequence[float], positions: NDArray[np.float64]
) -> float | tuple[float, ...]:
    """A length for all dimensions, or one for each where they differ."""
    lengths = np.array(side, dtype=np.float64)
    dimensions = positions.shape[1]
    if lengths.shape not in ((), (dimensions,)):
        raise ValueError(
            f"side must be one length, or one for each of {dimensions} dimensions, got {side!r}"
        )
    if not (np.all(positions >= 0) and np.all(positions <= lengths)):
        space = " x ".join(f"[0, {length:g}]" for length in np.atleast_1d(lengths))
        raise ValueError(
            f"positions must lie in the space {space}, got values from "
            f"{positions.min():g} to {positions.max():g}"
        )
    unique = np.unique(lengths).tolist()
    return unique[0] if len(unique) == 1 else tuple(lengths.tolist())
