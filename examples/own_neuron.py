"""A neuron model of your own
==========================

Leaky integrate-and-fire neurons that tire as they fire.

Each spike adds to a current A, which holds the neuron back and fades within 100 ms. Equations are
Brian2's, with units; parameters become the reservoir's, under names that end in their unit.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import SpikeMonitor, ms, prefs

from lsm import NeuronModel, Reservoir, SpikeTrains, record

TIRING = NeuronModel.from_equations(
    "tiring_lif",
    """
    dv/dt = (-v + R*(I - A + I_0))/tau_m : volt
    dI/dt = -I/tau_s : amp
    dA/dt = -A/tau_a : amp
    """,
    parameters={
        "tau_m": (10, "ms"),
        "tau_s": (5, "ms"),
        "tau_a": (100, "ms"),
        "R": (40, "Mohm"),
        "I_0": (0, "pA"),
        "jump": (50, "pA"),
        "v_T": (10, "mV"),
        "t_ref": (2, "ms"),
    },
    threshold="v > v_T",
    reset="v = 0*mV; A += jump",
)

# The same hundred neurons, driven by a constant current, without and with A.
figure, axis = plt.subplots(layout="constrained")
silence = SpikeTrains.from_lists([[[]]], duration_ms=300)
for jump_pA in (0, 50):
    liquid = Reservoir.random(
        100,
        model=TIRING,
        ranges={"tau_m_ms": (6, 14), "v_T_mV": (1, 20)},
        parameters={"jump_pA": jump_pA, "I_0_pA": 500},
        random_state=0,
    )
    recording = record(liquid, silence)
    spikes, _ = np.histogram(recording.spike_times_ms, bins=[0, 100, 200, 300])
    print(f"jump of {jump_pA:>2} pA: {spikes} spikes in 0-100, 100-200, 200-300 ms")
    rates, edges = np.histogram(recording.spike_times_ms, bins=np.arange(0, 301, 5))
    axis.stairs(rates / 100 / 0.005, edges, label=f"jump of {jump_pA} pA")
axis.set(xlabel="time (ms)", ylabel="mean rate (Hz)")
axis.legend()
figure.savefig("own_neuron.png")

# The last one as plain Brian2 objects, to go on from with everything that Brian2 has.
prefs.codegen.target = "numpy"
plain = liquid.to_brian2(silence)
monitor = SpikeMonitor(plain.neurons)
plain.network.add(monitor)
plain.network.run(300 * ms)

ours = set(zip(recording.spike_neurons, np.rint(recording.spike_times_ms), strict=True))
brians = set(zip(monitor.i, np.rint(monitor.t / ms), strict=True))
print(f"in Brian2: {len(brians)} spikes, {len(brians & ours)} of them at the same time")
