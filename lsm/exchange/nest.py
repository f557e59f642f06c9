"""A reservoir in NEST's kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.exchange.translation import Floats, Translated, translate
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology.short_term import FIXED

#: NEST's names of parameters, and those that they have here.
_NAMES = {
    "C_m": "c_m_pF",
    "tau_m": "tau_m_ms",
    "tau_syn_ex": "tau_syn_e_ms",
    "tau_syn_in": "tau_syn_i_ms",
    "t_ref": "t_ref_ms",
    "E_L": "v_rest_mV",
    "V_reset": "v_reset_mV",
    "V_th": "v_threshold_mV",
    "V_m": "v_start_mV",
    "I_e": "i_background_pA",
}


@short_repr
@dataclass(frozen=True)
class NestObjects:
    """NEST's nodes of a reservoir that hears one sample.

    Attributes
    ----------
    neurons : nest.NodeCollection (neurons)
        ``iaf_psc_exp`` or ``iaf_psc_alpha``.
    inputs : nest.NodeCollection (channels)
        A ``spike_generator`` for each channel.
    recorder : nest.NodeCollection
        A ``spike_recorder`` of all neurons. A spike that has the time k dt here is stamped
        (k + 2) dt there.
    end_ms : float
        ``nest.Simulate(end_ms)`` runs the sample to its end.
    """

    neurons: Any
    inputs: Any
    recorder: Any
    end_ms: float
    translated: Translated = field(repr=False)

    def spikes(self) -> tuple[Floats, NDArray[np.int32]]:
        """Times in ms and neurons of the sample's spikes so far, as :func:`lsm.simulation.record`
        has them: (spikes,) each, in order of time, then of neurons."""
        events = self.recorder.get("events")
        first = self.neurons[0].global_id
        return self.translated.own_spikes(events["times"], events["senders"] - first)


def to_nest(reservoir: Reservoir, sample: SpikeTrains, *, dt_ms: float = 1.0) -> NestObjects:
    """The reservoir hearing a sample in NEST (3.10), to go on from.

    The same spikes at the same steps as ``record(..., precision="double")``, but for sums in
    another order. A weight is the peak of a synapse's current in both, also of alpha-shaped ones.
    Short-term plasticity is ``tsodyks2_synapse``, with u = U at the start, which NEST leaves at .5
    whatever U is. Noise is a ``noise_generator`` with the
    same deviation and other values, from the sample's second step on.

    Parameters
    ----------
    reservoir : Reservoir
        Of the model ``lif``, ``lif_ei`` or ``lif_alpha``, with recurrent delays of a step at least.
    sample : SpikeTrains
        With one sample, as ``spikes[k]`` gives it.
    dt_ms : float
        Becomes the kernel's resolution.

    Raises
    ------
    ImportError
        NEST isn't installed.
    TypeError, ValueError
        What NEST doesn't have (see above), by name; a kernel that has nodes already, at another
        resolution.

    Examples
    --------
    >>> nest.ResetKernel()  # doctest: +SKIP
    >>> liquid = to_nest(reservoir, task.spikes[0])  # doctest: +SKIP
    >>> nest.Simulate(liquid.end_ms)  # doctest: +SKIP
    >>> times_ms, neurons = liquid.spikes()  # doctest: +SKIP
    """
    try:
        import nest
    except ImportError as error:
        raise ImportError("to_nest takes NEST: pip install 'liquidstate[nest]'") from error
    translated = translate(reservoir, sample, dt_ms, simulator="NEST", lead=1)
    dt_ms = translated.dt_ms
    if nest.resolution != dt_ms:
        if nest.network_size:
            raise ValueError(
                f"dt_ms = {dt_ms:g}, and the kernel has nodes at a resolution of "
                f"{nest.resolution:g}: take that, or call nest.ResetKernel() first"
            )
        nest.resolution = dt_ms
    p, n = translated.parameters, reservoir.n_neurons
    neurons = nest.Create(f"iaf_psc_{translated.current}", n)
    neurons.set({theirs: p[ours] for theirs, ours in _NAMES.items()})
    inputs = nest.Create("spike_generator", sample.n_channels)
    inputs.set([{"spike_times": stamps} for stamps in translated.stamps])
    connect = _Connections(nest, dt_ms)
    connect(inputs, neurons, translated.inputs)
    connect(neurons, neurons, translated.recurrent, _plasticity(reservoir))
    if np.any(p["noise_pA"]):
        noise = nest.Create("noise_generator", params={"std": 1.0, "dt": dt_ms, "start": dt_ms})
        every = np.arange(n, dtype=np.int32)
        connect(noise, neurons, (0 * every, every, p["noise_pA"], 1 + 0 * every))
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder, syn_spec={"delay": dt_ms})
    return NestObjects(neurons, inputs, recorder, translated.end_ms, translated)


@dataclass(frozen=True)
class _Connections:
    """Connects nodes by arrays of sources, targets, weights and delays in steps."""

    nest: Any
    dt_ms: float

    def __call__(
        self,
        sources: Any,
        targets: Any,
        wiring: tuple[NDArray[np.int32], NDArray[np.int32], Floats, NDArray[np.int32]],
        model: dict[str, Any] | None = None,
    ) -> None:
        i, j, weights, delays = wiring
        if len(i):
            self.nest.Connect(
                sources[0].global_id + i,
                targets[0].global_id + j,
                conn_spec="one_to_one",
                syn_spec={"weight": weights, "delay": delays * self.dt_ms, **(model or {})},
            )


def _plasticity(reservoir: Reservoir) -> dict[str, Any]:
    """The synapse model of the recurrent synapses, with values for each of them."""
    rule = reservoir.short_term
    if rule is None or rule == FIXED:
        return {}
    utilisation, recovery_ms, facilitation_ms = rule.of_synapses(reservoir, reservoir.synapses)
    return {
        "synapse_model": "tsodyks2_synapse",
        "U": utilisation,
        "u": utilisation,
        "x": np.ones(len(utilisation)),
        "tau_rec": recovery_ms,
        "tau_fac": facilitation_ms,
    }
