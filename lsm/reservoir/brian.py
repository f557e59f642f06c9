"""A reservoir as plain Brian2 objects, to go on from: see :meth:`lsm.Reservoir.to_brian2`.

The only module of the package that imports Brian2 into the user's own process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import brian2
import numpy as np
from brian2 import Clock, Network, NeuronGroup, SpikeGeneratorGroup, ms, pA
from brian2.utils.stringtools import word_substitute
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.base.steps import COUNTED, rounded
from lsm.base.units import scale
from lsm.neurons.parameters import UNITS, stem_and_unit
from lsm.reservoir.description import Description
from lsm.reservoir.steps import longest_wait
from lsm.spikes import SpikeTrains
from lsm.topology import Synapses

_PLASTIC = """w : amp (constant)
utilisation : 1 (constant)
recovery : second (constant)
facilitation : second (constant)
use : 1
resource : 1
last_spike : second"""
# The resource first: it is what the spike before has left.
_WEAR = """resource = 1 + (resource - resource*use - 1)*exp((last_spike - t)/recovery)
use = utilisation + use*(1 - utilisation)*exp((last_spike - t)/facilitation)
last_spike = t
"""


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
        With the weight ``w`` in ampere. With short-term plasticity a spike has the share ``use *
        resource`` of it. Where the neurons have a variable or parameter of that name, it is called
        ``w_syn``, and so on.
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
    reservoir: Description, sample: SpikeTrains, *, dt_ms: float, name: str
) -> BrianObjects:
    """The Brian2 objects that :meth:`lsm.Reservoir.to_brian2` returns."""
    if not isinstance(sample, SpikeTrains):
        raise TypeError(f"sample must be SpikeTrains, got {type(sample).__name__}")
    if len(sample) != 1:
        raise ValueError(f"sample must hold exactly one sample, got {len(sample)}")
    dt_ms = positive(dt_ms, "dt_ms")
    clock = Clock(dt_ms * ms)
    sample.n_steps(dt_ms, most=COUNTED - longest_wait(reservoir, dt_ms))
    neurons = _neurons(reservoir, clock, name)
    inputs, copies = _inputs(sample, clock, name)
    words = _apart(neurons)

    def synapses(
        source: brian2.Group, wiring: Synapses, suffix: str, plastic: bool = False
    ) -> brian2.Synapses:
        arrival = reservoir.model.arrival
        if plastic:
            arrival = _WEAR + word_substitute(arrival, {"w": "(w*use*resource)"})
        group = brian2.Synapses(
            source,
            neurons,
            word_substitute(_PLASTIC if plastic else "w : amp (constant)", words),
            on_pre=word_substitute(arrival, words),
            clock=clock,
            name=f"{name}_{suffix}",
        )
        if not len(wiring):
            group.connect("False")  # of empty arrays Brian2 takes the maximum
            return group
        group.connect(i=wiring.source, j=wiring.target)
        setattr(group, words["w"], wiring.weight_pA * pA)
        group.delay = wiring.delay_steps(dt_ms) * clock.dt
        return group

    plastic = reservoir.short_term is not None
    recurrent = synapses(neurons, reservoir.synapses, "recurrent", plastic)
    if plastic:
        _wear(recurrent, reservoir, words)
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


def _neurons(reservoir: Description, clock: Clock, name: str) -> NeuronGroup:
    model, p = reservoir.model, dict(reservoir.parameters)
    if model.brian_method == "exact" and not model.definition:
        _check_times_differ(p)
    dt_ms = float(clock.dt / ms)
    initial = model.start(p)
    # Brian2 counts from the step of the spike on, simulate from the step after it.
    p["t_ref_ms"] = (rounded(p["t_ref_ms"], dt_ms) + 1) * dt_ms
    # Equations of one's own may have a name that ends as if in a unit, and no unit.
    own = json.loads(model.definition)["parameters"] if model.definition else {}
    bare = {name for name, (_, unit) in own.items() if not unit}
    units = {name: (name, "") if name in bare else stem_and_unit(name) for name in p}
    declared = [f"{stem} : {UNITS.get(unit, '1')} (constant)" for stem, unit in units.values()]
    neurons = NeuronGroup(
        reservoir.n_neurons,
        "\n".join([model.equations, "i_noise : amp", *declared]),
        threshold=model.brian_threshold,
        reset=model.brian_reset,
        refractory="t_ref",
        method=model.brian_method,
        clock=clock,
        name=f"{name}_neurons",
    )

    def put(variable: str, values: NDArray[np.float64]) -> None:
        setattr(neurons, f"{variable}_", values * scale(neurons.variables[variable].dim))

    for parameter, (stem, _) in units.items():
        put(stem, p[parameter])
    rest = np.zeros(reservoir.n_neurons)
    if model.state[0] == "u":
        rest = p.get("v_rest_mV", rest)
    put("v", rest + initial.get(model.state[0], 0.0))
    for variable in set(initial) - {model.state[0]}:  # the others are 0
        put(variable, initial[variable])
    if np.any(p["noise_pA"]):
        neurons.run_regularly("i_noise = noise*randn()", when="start", name=f"{name}_noise")
    return neurons


def _check_times_differ(p: dict[str, NDArray[np.float64]]) -> None:
    """Raise ValueError where a formula of Brian2's exact integration would divide by zero."""
    times = [time for time in p if time.startswith("tau_")]
    pairs = [("tau_m_ms", time) for time in times if time != "tau_m_ms"]
    if "tau_rise_ms" in p:
        pairs.append(("tau_syn_ms", "tau_rise_ms"))
    for time, partner in pairs:
        alike = np.flatnonzero(np.isclose(p[time], p[partner], rtol=1e-4))
        if len(alike):
            raise ValueError(
                f"{time} and {partner} must differ for Brian2, whose exact integration divides by "
                f"their difference; they are {p[time][alike[0]]} and {p[partner][alike[0]]} in "
                f"neuron {alike[0]}"
            )


def _apart(neurons: NeuronGroup) -> dict[str, str]:
    """Names of the synapses' variables, other than those of the neurons: Brian2 wants them so."""
    words = {}
    for line in _PLASTIC.splitlines():
        name = free = line.partition(" ")[0]
        while free in neurons.variables:
            free += "_syn"
        words[name] = free
    return words


def _wear(recurrent: brian2.Synapses, reservoir: Description, words: Mapping[str, str]) -> None:
    """Set short-term plasticity by the polarities of the synapses' ends, all of them rested."""
    rule, wiring = reservoir.short_term, reservoir.synapses
    if rule is None or not len(wiring):
        return
    utilisation, recovery_ms, facilitation_ms = rule.of_synapses(reservoir, wiring)
    initial = {
        "utilisation": utilisation,
        "recovery": recovery_ms * 1e-3,
        "facilitation": facilitation_ms * 1e-3,
        "use": utilisation,
        "resource": 1.0,
        "last_spike": -1e9,
    }
    for variable, values in initial.items():
        setattr(recurrent, f"{words[variable]}_", values)


def _inputs(sample: SpikeTrains, clock: Clock, name: str) -> tuple[SpikeGeneratorGroup, int]:
    """The generator of a sample's spikes, and how many neurons each channel has in it."""
    steps: NDArray[np.int64] = sample.steps(float(clock.dt / ms))
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
