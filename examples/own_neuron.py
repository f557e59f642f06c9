"""A neuron model of one's own: leaky integrate-and-fire that tires as it fires.

Each spike adds to a current A, which holds the neuron back and fades within 100 ms. A model says
how a time step goes and, in Brian2's equations with units, what that means.
"""

from dataclasses import replace

import numpy as np
from brian2 import SpikeMonitor, ms, prefs

from lsm import LIF, Reservoir, SpikeTrains, record
from lsm.neurons import Parameter


def constants(p, dt_ms):
    """Over a step A decays and acts as the synaptic current I does, but more slowly."""
    slow = LIF.constants(p | {"tau_syn_ms": p["tau_a_ms"]}, dt_ms)
    return LIF.constants(p, dt_ms) | {"b_a": slow["b"], "s_a": slow["s"], "jump": p["jump_pA"]}


added = {
    "tau_a_ms": Parameter(100.0, low=1.0, high=1e4, meaning="time constant of A"),
    "jump_pA": Parameter(50.0, low=0.0, high=1e4, meaning="what a spike adds to A"),
}
TIRING = replace(
    LIF,
    name="tiring_lif",
    parameters=LIF.parameters | added,
    state=("u", "I", "A"),  # u is the potential above rest
    drive="a*u + b*I - b_a*A + c",
    decay="I = s*I \n A = s_a*A + jump*int(u > theta)",
    constants=constants,
    equations="""
        dv/dt = (v_rest-v)/tau_m + (I-A+i_background+i_noise)/c_m : volt (unless refractory)
        dI/dt = -I/tau_syn : amp
        dA/dt = -A/tau_a : amp
    """,
    reset="v = v_reset \n A += jump",
)

# The same hundred neurons, driven by a constant current, without and with A.
silence = SpikeTrains.from_lists([[[]]], duration_ms=300)
for jump_pA in (0, 50):
    parameters = {"jump_pA": jump_pA, "i_background_pA": 500}
    liquid = Reservoir.random(100, model=TIRING, parameters=parameters, random_state=0)
    recording = record(liquid, silence)
    spikes, _ = np.histogram(recording.spike_times_ms, bins=[0, 100, 200, 300])
    print(f"jump of {jump_pA:>2} pA: {spikes} spikes in 0-100, 100-200, 200-300 ms")

# The last one as plain Brian2 objects, to go on from with everything that Brian2 has.
prefs.codegen.target = "numpy"
plain = liquid.to_brian2(silence)
monitor = SpikeMonitor(plain.neurons)
plain.network.add(monitor)
plain.network.run(300 * ms)

ours = set(zip(recording.spike_neurons, np.rint(recording.spike_times_ms), strict=True))
brians = set(zip(monitor.i, np.rint(monitor.t / ms), strict=True))
print(f"in Brian2: {len(brians)} spikes, {len(brians & ours)} of them at the same time")
