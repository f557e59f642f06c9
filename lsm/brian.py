"""A reservoir as plain Brian2 objects, to go on from: see :meth:`lsm.Reservoir.to_brian2`.

The only module of the package that imports Brian2 into the user's own process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import brian2
import numpy as np
from brian2 import Clock, Network, NeuronGroup, SpikeGeneratorGroup, ms, pA
from numpy.typing import NDArray

from lsm.checks import positive
from lsm.spikes import SpikeTrains
from lsm.topology import Synapses

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir

# What Brian2's equations call the units that parameters' names end in.
_DIMENSIONS = {"ms": "second", "mV": "volt", "pA": "amp", "pF": "farad"}


@dataclass(frozen=True)
class BrianObjects:
    """Brian2's objects of a reservoir that hears one sample.

    Attributes
    ----------
    network : brian2.Network
        Of the four others; monitors and more are added with ``network.add``.
    neurons : brian2.NeuronGroup
        With the model's equations, its parameters under their names without the unit (``tau_m``),
        and ``v``, the membrane potential. ``t_ref`` is a step longer than the reservoir's: Brian2
        counts from the step of the spike on, `simulate` from the step after it.
    recurrent, input_synapses : brian2.Synapses
        With the weight ``w`` in ampere.
    inputs : brian2.SpikeGeneratorGroup
        Channel c is its neuron c. Such a neuron fires at most once a time step: where a channel
        has k spikes in one, the others come from the neurons c + n_channels, c + 2 n_channels, ...
    """

    network: Network
    neurons: NeuronGroup
    recurrent: brian2.Synapses
    inputs: SpikeGeneratorGroup
    input_synapses: brian2.Synapses


def brian_objects(
    reservoir: Reservoir, sample: SpikeTrains, *, dt_ms: float, name: str
) -> BrianObjects:
    """What :meth:`lsm.Reservoir.to_brian2` returns."""
    if not isinstance(sample, SpikeTrains):
        raise TypeError(f"sample must be SpikeTrains, got {type(sample).__name__}")
    if len(sample) != 1:
        raise ValueError(f"sample must hold exactly one sample, got {len(sample)}")
    clock = Clock(positive(dt_ms, "dt_ms") * ms)
    neurons = _neurons(reservoir, clock, name)
    inputs, copies = _inputs(sample, clock, name)

    def synapses(source: brian2.Group, wiring: Synapses, suffix: str) -> brian2.Synapses:
        made = brian2.Synapses(
            source,
            neurons,
            "w : amp (constant)",
            on_pre=reservoir.model.arrival,
            clock=clock,
            name=f"{name}_{suffix}",
        )
        if not len(wiring):
            made.connect("False")  # of empty arrays Brian2 takes the maximum
            return made
        made.connect(i=wiring.source, j=wiring.target)
        made.w = wiring.weight_pA * pA
        made.delay = np.rint(wiring.delay_ms / dt_ms) * clock.dt
        return made

    recurrent = synapses(neurons, reservoir.synapses, "recurrent")
    wiring = reservoir.input_synapses(sample.n_channels)
    shift = np.repeat(np.arange(copies, dtype=np.int32) * sample.n_channels, len(wiring))
    repeated = Synapses(
        np.tile(wiring.source, copies) + shift,
        np.tile(wiring.target, copies),
        np.tile(wiring.weight_pA, copies),
        np.tile(wiring.delay_ms, copies),
    )
    input_synapses = synapses(inputs, repeated, "input_synapses")
    network = Network(neurons, recurrent, inputs, input_synapses)
    return BrianObjects(network, neurons, recurrent, inputs, input_synapses)


def _neurons(reservoir: Reservoir, clock: Clock, name: str) -> NeuronGroup:
    p = dict(reservoir.parameters)
    alike = np.flatnonzero(np.isclose(p["tau_m_ms"], p["tau_syn_ms"], rtol=1e-4))
    if len(alike):
        raise ValueError(
            f"tau_m_ms and tau_syn_ms must differ for Brian2, whose exact integration divides by "
            f"their difference; they are {p['tau_m_ms'][alike[0]]} and "
            f"{p['tau_syn_ms'][alike[0]]} in neuron {alike[0]}"
        )
    dt_ms = float(clock.dt / ms)
    # Brian2 counts from the step of the spike on, simulate from the step after it.
    p["t_ref_ms"] = (np.rint(p["t_ref_ms"] / dt_ms) + 1) * dt_ms
    units = {parameter: parameter.rsplit("_", 1) for parameter in p}
    declared = [f"{stem} : {_DIMENSIONS[unit]} (constant)" for stem, unit in units.values()]
    neurons = NeuronGroup(
        reservoir.n_neurons,
        "\n".join([reservoir.model.equations, "i_noise : amp", *declared]),
        threshold="v > v_threshold",
        reset=reservoir.model.reset,
        refractory="t_ref",
        method="exact",
        clock=clock,
        name=f"{name}_neurons",
    )
    for parameter, (stem, unit) in units.items():
        setattr(neurons, stem, p[parameter] * getattr(brian2, unit))
    neurons.v = p["v_rest_mV"] * brian2.mV
    if np.any(p["noise_pA"]):
        neurons.run_regularly("i_noise = noise*randn()", when="start", name=f"{name}_noise")
    return neurons


def _inputs(sample: SpikeTrains, clock: Clock, name: str) -> tuple[SpikeGeneratorGroup, int]:
    """The generator of a sample's spikes, and how many neurons each channel has in it."""
    steps = sample.steps(float(clock.dt / ms))
    copy = _repeats(steps * sample.n_channels + sample.channels)
    copies = int(copy.max(initial=0)) + 1
    group = SpikeGeneratorGroup(
        sample.n_channels * copies,
        copy * sample.n_channels + sample.channels,
        steps * clock.dt,
        clock=clock,
        name=f"{name}_inputs",
    )
    return group, copies


def _repeats(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each value has come before."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    repeats = np.empty(len(values), dtype=np.int64)
    repeats[order] = np.arange(len(values)) - np.searchsorted(ranked, ranked)
    return repeats
