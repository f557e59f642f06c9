"""A reservoir in a simulator that PyNN runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.exchange.translation import Floats, Translated, translate
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains

#: PyNN's names of parameters, those that they have here, and by what these are divided: PyNN has
#: nA and nF.
_NAMES = {
    "cm": ("c_m_pF", 1e3),
    "tau_m": ("tau_m_ms", 1.0),
    "tau_syn_E": ("tau_syn_e_ms", 1.0),
    "tau_syn_I": ("tau_syn_i_ms", 1.0),
    "tau_refrac": ("t_ref_ms", 1.0),
    "v_rest": ("v_rest_mV", 1.0),
    "v_reset": ("v_reset_mV", 1.0),
    "v_thresh": ("v_threshold_mV", 1.0),
    "i_offset": ("i_background_pA", 1e3),
}


@short_repr
@dataclass(frozen=True)
class PyNNObjects:
    """PyNN's populations of a reservoir that hears one sample.

    Attributes
    ----------
    neurons : Population (neurons)
        ``IF_curr_exp`` or ``IF_curr_alpha``; their spikes are recorded.
    inputs : Population (channels)
        A ``SpikeSourceArray``.
    projections : list of Projection
        Excitatory and inhibitory, of the inputs and among neurons; only those that have synapses.
    end_ms : float
        ``simulator.run(end_ms)`` runs the sample to its end.
    """

    neurons: Any
    inputs: Any
    projections: list[Any]
    end_ms: float
    translated: Translated = field(repr=False)

    def spikes(self) -> tuple[Floats, NDArray[np.int32]]:
        """Times in ms and neurons of the sample's spikes so far, as :func:`lsm.simulation.record`
        has them: (spikes,) each, in order of time, then of neurons."""
        trains = self.neurons.get_data("spikes").segments[-1].spiketrains
        stamps = [np.asarray(train.rescale("ms").magnitude) for train in trains]
        neurons = np.repeat(np.arange(len(stamps)), [len(times) for times in stamps])
        return self.translated.own_spikes(np.concatenate([np.empty(0), *stamps]), neurons)


def to_pynn(
    reservoir: Reservoir, sample: SpikeTrains, simulator: ModuleType, *, dt_ms: float = 1.0
) -> PyNNObjects:
    """The reservoir hearing a sample in a simulator that PyNN (0.13) runs, to go on from.

    With ``pyNN.nest`` the same spikes at the same steps as :func:`to_nest` gives. Weights are in nA
    and capacitances in nF there; those of inhibitory synapses keep their sign.

    Parameters
    ----------
    reservoir : Reservoir
        Of the model ``lif``, ``lif_ei`` or ``lif_alpha``, with recurrent delays of a step at
        least, without noise and without short-term plasticity: PyNN's ``TsodyksMarkramSynapse``
        has its resources come back by way of ``tau_psc`` in one simulator and at once in another.
    sample : SpikeTrains
        With one sample, as ``spikes[k]`` gives it.
    simulator : module
        Such as ``pyNN.nest``, after its ``setup`` with ``timestep`` and ``min_delay`` of `dt_ms`,
        and a ``max_delay`` that holds the reservoir's longest; ``pyNN.nest`` also with
        ``spike_precision="on_grid"``.
    dt_ms : float

    Raises
    ------
    TypeError, ValueError
        What PyNN doesn't have (see above), by name; a simulator that is set up otherwise.

    Examples
    --------
    >>> import pyNN.nest as simulator  # doctest: +SKIP
    >>> simulator.setup(  # doctest: +SKIP
    ...     timestep=1.0, min_delay=1.0, max_delay=20.0, spike_precision="on_grid"
    ... )
    >>> liquid = to_pynn(reservoir, task.spikes[0], simulator)  # doctest: +SKIP
    >>> simulator.run(liquid.end_ms)  # doctest: +SKIP
    >>> times_ms, neurons = liquid.spikes()  # doctest: +SKIP
    """
    for name in ("Population", "Projection", "get_time_step"):
        if not hasattr(simulator, name):
            raise TypeError(f"simulator must be one of PyNN's modules, got {simulator!r}")
    translated = translate(reservoir, sample, dt_ms, simulator="PyNN", lead=2)
    p, dt_ms = translated.parameters, translated.dt_ms
    if np.any(p["noise_pA"]):
        raise ValueError("reservoir: PyNN has no noise for each neuron; noise_pA must be 0")
    if reservoir.short_term is not None:
        raise ValueError(
            "reservoir: short-term plasticity is another one in each of PyNN's simulators; to_nest "
            "and reservoir.to_brian2 have this one"
        )
    if getattr(getattr(simulator, "state", None), "spike_precision", "on_grid") != "on_grid":
        raise ValueError("simulator must be set up with spike_precision='on_grid', as NEST is here")
    longest = max(delays.max(initial=1) for *_, delays in (translated.recurrent, translated.inputs))
    expected = {"time_step": dt_ms, "min_delay": dt_ms, "max_delay": float(longest * dt_ms)}
    setup = {name: getattr(simulator, f"get_{name}")() for name in expected}
    # A delay that is set up as "auto" is known once there are connections.
    unlike = [setup[name] not in (dt_ms, "auto") for name in ("time_step", "min_delay")]
    if any(unlike) or (setup["max_delay"] != "auto" and setup["max_delay"] < expected["max_delay"]):
        raise ValueError(
            f"simulator must be set up with timestep and min_delay of {dt_ms:g} and a max_delay of "
            f"{expected['max_delay']:g} ms at least, got {setup}"
        )
    cell = getattr(simulator, f"IF_curr_{translated.current}")
    values = {theirs: p[ours] / unit for theirs, (ours, unit) in _NAMES.items()}
    neurons = simulator.Population(reservoir.n_neurons, cell(**values))
    neurons.initialize(v=p["v_start_mV"])
    neurons.record("spikes")
    # PyNN has NEST's generators take times as precise: what a last digit puts after the end of a
    # step belongs to the next one, and 8.200000000000001 ms is heard .1 ms late.
    early = 1e-6 * dt_ms
    trains = [simulator.Sequence(stamps - early) for stamps in translated.stamps]
    inputs = simulator.Population(sample.n_channels, simulator.SpikeSourceArray(spike_times=trains))
    projections = []
    for source, (i, j, weights, delays) in (
        (inputs, translated.inputs),
        (neurons, translated.recurrent),
    ):
        for receptor, mask in (("excitatory", weights > 0), ("inhibitory", weights < 0)):
            if mask.any():
                rows = zip(i[mask], j[mask], weights[mask] / 1e3, delays[mask] * dt_ms, strict=True)
                projections.append(
                    simulator.Projection(
                        source,
                        neurons,
                        simulator.FromListConnector([tuple(map(float, row)) for row in rows]),
                        simulator.StaticSynapse(),
                        receptor_type=receptor,
                    )
                )
    return PyNNObjects(neurons, inputs, projections, translated.end_ms, translated)
