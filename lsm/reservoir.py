"""The frozen description of a reservoir: arrays and numbers, no simulator."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from numbers import Integral
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.drawing import DRIVEN_RANGES, VARIED_RANGES, draw
from lsm.neurons import LIF, NeuronModel
from lsm.neurons.model import check_model
from lsm.quantities import in_unit
from lsm.reservoir_files import FORMAT, arrays, header, read, write
from lsm.synapses import ShortTermPlasticity
from lsm.topology import (
    DistanceWiring,
    Inputs,
    InputWiring,
    MatrixInputs,
    MatrixWiring,
    Synapses,
    Wiring,
    side_for,
)
from lsm.topology.positions import checked_side

if TYPE_CHECKING:
    from lsm.brian import BrianObjects
    from lsm.spikes import SpikeTrains

__all__ = ["DRIVEN_RANGES", "FORMAT", "VARIED_RANGES", "Reservoir"]


@dataclass(frozen=True, eq=False)
class Reservoir:
    """A reservoir of n spiking neurons: what is simulated, nothing of how.

    Parameters
    ----------
    model : NeuronModel
    parameters : mapping of str to float, quantity, or array (n,) of either
        Values for each neuron, numbers in the units that the names end in; what is missing takes
        the model's default.
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
    given : set of str, optional
        Which parameters' values, and ``delay_ms``, were given, not drawn or evolved; all by
        default. A refractory time or delay among them that steps move by more than a tenth is
        warned of. Neither compared nor saved: what is loaded has none.

    Raises
    ------
    TypeError
        A model, wiring or input wiring that is none; something else than numbers.
    ValueError
        Names that the model doesn't know, quantities of another unit, arrays that do not have one
        entry for each neuron, values that are not finite or lie outside their range, positions
        outside the space, a wiring that needs other neurons.
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
            ("inputs", (InputWiring, MatrixInputs)),
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

    @classmethod
    def random(
        cls,
        n: int,
        *,
        random_state: int | np.random.Generator | None = None,
        model: NeuronModel = LIF,
        ranges: Mapping[str, tuple[float, float]] | None = None,
        parameters: Mapping[str, ArrayLike] | None = None,
        excitatory_fraction: float = 0.8,
        excitatory: ArrayLike | None = None,
        positions: ArrayLike | None = None,
        dimensions: int = 2,
        wiring: Wiring | None = None,
        inputs: Inputs | None = None,
        short_term: ShortTermPlasticity | None = None,
    ) -> Reservoir:
        """Draw a reservoir of ``n`` neurons.

        Parameters
        ----------
        n : int
        random_state : int, Generator or None
        ranges : mapping of str to (low, high), optional
            Parameters drawn uniformly for each neuron; by default :data:`DRIVEN_RANGES`, or the
            model's own where it doesn't have these parameters.
        parameters : mapping of str to float, quantity, or array (n,) of either, optional
            Parameters given.
        excitatory_fraction : float
            Probability that a neuron is excitatory.
        excitatory : bool array (n,), optional
            Polarities given; by default those that the signs of a :class:`MatrixWiring` ask for,
            or drawn with other rules.
        positions : array (n, dimensions), optional
            Positions given, in the box that just holds them; by default drawn uniformly, with
            :func:`lsm.topology.side_for` as the side.
        dimensions : int
            Of the positions drawn.
        model, wiring, inputs, short_term
            As :class:`Reservoir` has them; by default the rules' own defaults.

        Raises
        ------
        TypeError, ValueError
            A number of neurons below 1, a fraction outside [0, 1], a range that isn't one, or what
            :class:`Reservoir` refuses.

        Examples
        --------
        Two clusters, of integrators and of leaky neurons:

        >>> leaky = np.arange(100) < 60
        >>> mixed = Reservoir.random(
        ...     100,
        ...     random_state=0,
        ...     ranges={"v_threshold_mV": (-69, -60)},
        ...     parameters={
        ...         "tau_m_ms": np.where(leaky, 20.0, 1e6),  # 1e6: no leak to speak of
        ...         "t_ref_ms": np.where(leaky, 2.0, 5.0),
        ...     },
        ... )
        """
        check_model(model)
        if excitatory is None and isinstance(wiring, MatrixWiring):
            excitatory = wiring.polarities(n)
        return cls(
            **draw(
                n,
                random_state=random_state,
                model=model,
                ranges=ranges,
                parameters=parameters,
                excitatory_fraction=excitatory_fraction,
                excitatory=excitatory,
                positions=positions,
                dimensions=dimensions,
            ),
            wiring=DistanceWiring() if wiring is None else wiring,
            inputs=InputWiring() if inputs is None else inputs,
            short_term=short_term,
            given={*(parameters or {}), *(() if wiring is None else ("delay_ms",))},
        )

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""
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

        Differential equations, with everything that happens in the order of :func:`lsm.simulate`:
        the same spikes at the same steps, but for what double precision moves across a threshold.
        Models with linear equations are integrated exactly, others by the Runge-Kutta method that
        :func:`lsm.simulate` has too, or a better one (``if``, ``lif_cond``); a spike of
        Izhikevich's neurons is not cut off at its peak, and may come some steps apart: take small
        ones. Refractory times and delays are rounded to whole steps. Noise has the same
        distribution, not the same values.

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
            More or fewer samples than one; a neuron of a linear model with two time constants that
            are equal to four digits, such as ``tau_m_ms`` and ``tau_syn_ms``, for which Brian2's
            exact integration has no formula.

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
        mine, theirs = arrays(self), arrays(other)
        return (
            self.model == other.model
            and header(self) == header(other)
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

    def save(self, path: str | Path) -> None:
        """Write the reservoir to an NPZ file without pickle, all or nothing.

        Raises
        ------
        ValueError
            Its neuron model is neither made by :meth:`NeuronModel.from_equations` nor in
            :data:`lsm.neurons.MODELS`, where `load` looks for it.
        """
        write(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Reservoir:
        """Read what :meth:`save` wrote.

        Raises
        ------
        LoadError
            Not such a file, or written by a newer version; a ValueError.
        """
        return read(path, cls)
