"""A liquid in NEST
================

The same liquid in another simulator fires the same spikes at the same steps.

`to_nest` makes the liquid in NEST's kernel, with all that NEST counts otherwise taken care of. NEST
calculates in double precision, and so does `record(..., precision="double")`; `simulate` has single
precision, in which a potential that comes within a millionth of its threshold may fall on the other
side of it. It needs `pip install -e ".[nest]"`.
"""

import matplotlib.pyplot as plt
import nest
import numpy as np

from lsm import Reservoir, SpikeTrains, record
from lsm.exchange import to_nest
from lsm.topology import InputWiring, RandomWiring

liquid = Reservoir.random(
    200,
    random_state=0,
    ranges={"tau_m_ms": (10.0, 30.0)},
    wiring=RandomWiring(0.1, weight_pA=(120.0, 120.0, -600.0, -600.0)),
    inputs=InputWiring(weight_pA=250.0),
)
rng = np.random.default_rng(1)
trains = [np.sort(rng.uniform(0, 2000, rng.poisson(60))) for _ in range(10)]
sample = SpikeTrains.from_lists([trains], duration_ms=2000)

nest.ResetKernel()
copy = to_nest(liquid, sample, dt_ms=0.5)
nest.Simulate(copy.end_ms)
times_ms, neurons = copy.spikes()


def steps(times, who):
    """Spikes as pairs of a step and a neuron."""
    return set(zip(np.rint(times / 0.5).astype(int).tolist(), who.tolist(), strict=True))


in_nest = steps(times_ms, neurons)
print(f"spikes in NEST: {len(in_nest)}")
for precision in ("double", "single"):
    ours = record(liquid, sample, dt_ms=0.5, precision=precision)
    unlike = in_nest ^ steps(ours.spike_times_ms, ours.spike_neurons)
    print(f"here, in {precision} precision, others than these: {len(unlike)}")

figure, axis = plt.subplots(layout="constrained")
axis.plot(times_ms, neurons, "|", ms=3)
axis.set(xlabel="time (ms)", ylabel="neuron", title="the liquid's spikes in NEST")
figure.savefig("in_nest.png", dpi=150)
