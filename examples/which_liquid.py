"""Is it a good liquid?
====================

Reservoirs by their names, and what they are worth before any training.

Each is made to fire at 20 Hz on the same input. Then: of how many of 150 inputs are its states
independent, how many does jitter alone make, how far apart are the states of two inputs, how many
steps of a signal can be read back, what does a sample cost.
"""

import matplotlib.pyplot as plt

from lsm import calibrate, make_reservoir, record
from lsm.metrics import hardware_cost, liquid_quality, poisson_spikes
from lsm.plots import plot_activity, plot_liquid

spikes = poisson_spikes(150, 20, rate_Hz=20, duration_ms=500, random_state=0)

liquids = {
    name: calibrate(make_reservoir(name, n=135, random_state=0), spikes, rate_Hz=20)
    for name in ("maass2002", "deckers2022", "izhikevich2003", "coba")
}
print(f"{'':<16}{'rank':>6}{'jittered':>10}{'separation':>12}{'memory':>8}{'operations':>12}")
for name, liquid in liquids.items():
    quality = liquid_quality(liquid, spikes, random_state=0)  # or of fifty seeds, in one call
    (rank,), (jittered,), (apart,), (memory,) = quality
    (operations,) = hardware_cost(liquid, spikes).synaptic_operations
    print(f"{name:<16}{rank:>6}{jittered:>10}{apart:>12.1f}{memory:>8.2f}{operations:>12,.0f}")

column = liquids["maass2002"]
figure = plt.figure(figsize=(12, 5), layout="constrained")
left, right = figure.subfigures(1, 2)
plot_liquid(left.add_subplot(projection="3d"), column)
plot_activity(right, column, record(column, spikes[0]), spikes[0])
figure.savefig("which_liquid.png")
