"""The reservoir that users meet: a description that is drawn, saved, loaded and exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lsm.neurons import LIF, NeuronModel
from lsm.neurons.model import check_model
from lsm.reservoir.description import Description
from lsm.reservoir.drawing import draw
from lsm.reservoir.files import read, write
from lsm.spikes import SpikeTrains
from lsm.topology import (
    DistanceWiring,
    Inputs,
    InputWiring,
    MatrixWiring,
    ShortTermPlasticity,
    Wiring,
)

if TYPE_CHECKING:
    from lsm.reservoir.brian import BrianObjects


@dataclass(frozen=True, eq=False, repr=False)
class Reservoir(Description):
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
        from lsm.reservoir.brian import brian_objects  # takes seconds, and few need it

        return brian_objects(self, sample, dt_ms=dt_ms, name=name)

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
