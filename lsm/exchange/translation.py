"""What NEST and PyNN are told of a reservoir and its sample: steps, and names of parameters.

A spike of our step k is heard, with a delay of d steps, from the update of step k + d + 1 on. In
NEST 3.10 a spike of step k is stamped (k + 1) dt, and with a delay of D >= 1 steps it is heard from
the update of step k + D + 1 on: recurrent delays carry over, but for those of no step. An input's
spike is put into the step's end here, where a generator can stamp it dt at the earliest, which
arrives at 2 dt: so step k here is step k + 1 there. PyNN's sources in NEST pass their spikes on a
step later once more. Neurons have these *lead* steps more, at the start of which their potential is
such that the background current brings it to rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.base.steps import COUNTED, rounded
from lsm.reservoir import Reservoir
from lsm.reservoir.steps import longest_wait
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]

#: The models that NEST and PyNN have too, and the shape of their currents.
CURRENTS = {"lif": "exp", "lif_ei": "exp", "lif_alpha": "alpha"}

#: NEST's clock ticks so often in a ms.
TICKS = 1000


@dataclass(frozen=True)
class Translated:
    """A reservoir that hears one sample, in whole steps.

    Attributes
    ----------
    current : {"exp", "alpha"}
    parameters : dict of str to array (neurons,)
        Those of a leaky integrate-and-fire neuron by their names here, ``tau_syn_e_ms`` and
        ``tau_syn_i_ms`` for both signs, ``t_ref_ms`` a multiple of the step, and ``v_start_mV``.
    recurrent, inputs : tuple of arrays (sources, targets, weights in pA, delays in steps)
    stamps : list of array
        Of each channel the times in ms of its spikes, in order, several of one step among them.
    dt_ms : float
    end_ms : float
        How long is simulated until all spikes of the sample are known.
    lead : int
        Steps of the simulator before the sample's first.
    """

    current: str
    parameters: dict[str, Floats]
    recurrent: tuple[NDArray[np.int32], NDArray[np.int32], Floats, NDArray[np.int32]]
    inputs: tuple[NDArray[np.int32], NDArray[np.int32], Floats, NDArray[np.int32]]
    stamps: list[Floats]
    dt_ms: float
    end_ms: float
    lead: int

    def own_spikes(
        self, stamps_ms: Floats, neurons: NDArray[np.integer]
    ) -> tuple[Floats, NDArray[np.int32]]:
        """Times and neurons of a sample's spikes as `record` has them, from a simulator's stamps.

        In order of time, and of neurons within a step.
        """
        before = self.lead + 1
        steps = np.rint(stamps_ms / self.dt_ms).astype(np.int64) - before
        inside = steps < round(self.end_ms / self.dt_ms) - before
        order = np.lexsort((neurons[inside], steps[inside]))
        return steps[inside][order] * self.dt_ms, neurons[inside][order].astype(np.int32)


def translate(
    reservoir: Reservoir, sample: SpikeTrains, dt_ms: float, *, simulator: str, lead: int
) -> Translated:
    """A reservoir and a sample for a simulator of such a name, with so many steps before.

    Raises
    ------
    TypeError
        No reservoir, no spikes.
    ValueError
        More or fewer samples than one; a model that the simulator doesn't have; a recurrent delay
        of no step, which it can't do; a step that its clock doesn't know.
    """
    if not isinstance(reservoir, Reservoir):
        raise TypeError(f"reservoir must be a Reservoir, got {type(reservoir).__name__}")
    if not isinstance(sample, SpikeTrains):
        raise TypeError(f"sample must be SpikeTrains, got {type(sample).__name__}")
    if len(sample) != 1:
        raise ValueError(f"sample must hold exactly one sample, got {len(sample)}")
    dt_ms = positive(dt_ms, "dt_ms")
    if abs(dt_ms * TICKS - round(dt_ms * TICKS)) > 1e-9 or round(dt_ms * TICKS) < 1:
        raise ValueError(
            f"dt_ms must be a multiple of {1 / TICKS:g} ms, {simulator}'s tick, got {dt_ms:g}"
        )
    model = reservoir.model
    if model.name not in CURRENTS or model.definition:
        raise ValueError(
            f"reservoir: {simulator} has no neurons that fire as those of {model.name!r} do, "
            f"but of {', '.join(CURRENTS)}; reservoir.to_brian2 has all models"
        )
    n_steps = int(sample.n_steps(dt_ms, most=COUNTED - longest_wait(reservoir, dt_ms))[0])
    wiring = reservoir.input_synapses(sample.n_channels)
    waits = wiring.delay_steps(dt_ms, what="inputs", source="channel")
    recurrent = reservoir.synapses
    delays = recurrent.delay_steps(dt_ms)
    if len(delays) and delays.min() == 0:
        k = int(np.argmin(delays))
        raise ValueError(
            f"wiring: the synapse from neuron {recurrent.source[k]} to neuron "
            f"{recurrent.target[k]} has no delay, and {simulator} needs a step for each"
        )
    steps = sample.steps(dt_ms)
    order = np.argsort(steps, kind="stable")
    channels, stamps = sample.channels[order], (steps[order] + lead) * dt_ms
    return Translated(
        CURRENTS[model.name],
        _parameters(reservoir, dt_ms, lead),
        (recurrent.source, recurrent.target, recurrent.weight_pA, delays),
        (wiring.source, wiring.target, wiring.weight_pA, waits + 1),
        [stamps[channels == channel] for channel in range(sample.n_channels)],
        dt_ms,
        (n_steps + lead + 1) * dt_ms,
        lead,
    )


def _parameters(reservoir: Reservoir, dt_ms: float, lead: int) -> dict[str, Floats]:
    p = dict(reservoir.parameters)
    excitatory, inhibitory = reservoir.model.decay_times
    constants = reservoir.model.constants(p, dt_ms)
    names = ("c_m_pF", "tau_m_ms", "v_rest_mV", "v_reset_mV", "v_threshold_mV", "i_background_pA")
    # From there steps of leak and background current end at rest; without memory any start does.
    decay = constants["a"] ** lead
    rise = p["i_background_pA"] * p["tau_m_ms"] / p["c_m_pF"] * (1 - decay)
    before = np.divide(-rise, decay, where=decay > 0, out=np.zeros(len(decay)))
    return {name: p[name] for name in (*names, "noise_pA")} | {
        "tau_syn_e_ms": p[excitatory],
        "tau_syn_i_ms": p[inhibitory],
        "t_ref_ms": rounded(p["t_ref_ms"], dt_ms) * dt_ms,
        "v_start_mV": p["v_rest_mV"] + before,
    }
