"""Was it the same word?
=====================

Two spoken words, a pause between. Whoever has forgotten the first is at chance.

The recordings (FSDD, 16 MB) are read from the folder that the environment variable LSM_DATA names.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from lsm import LSMClassifier, NoWiring
from readouts import make_readout
from tasks import make_task
from tasks.online import DelayLine, LeakyCounts, liquid_bits

# Zero or one, and again zero or one, of one speaker: 12 takes in blocks of 5, the last one of 2.
task = make_task("SpokenPairs2", random_state=0, takes=12, rounds=2)
print(task)
X, y = task.spikes, task.labels
train, test = task.training, task.test

# Axons of 0.2 to 1.5 s, read in the second half of the sample.
liquid = LSMClassifier("delayed:200", state="traces:200@0.7,0.8,0.9,1", random_state=0)
liquid.fit(X[train], y[train])

# The same neurons and inputs without recurrence, scaled until they fire at the same rate.
uncoupled = liquid.reservoir_.replace(wiring=NoWiring())
cut = clone(liquid).set_params(reservoir=uncoupled, pretraining="calibrate")
cut.fit(X[train], y[train])

# Two that hear the same spikes as they come, and remember them.
counts = make_pipeline(LeakyCounts(), make_readout("ridge")).fit(X[train], y[train])
lags = make_pipeline(DelayLine(), make_readout("ridge")).fit(X[train], y[train])

bits = [
    sum(liquid_bits(m.reservoir_, m.state_, n_channels=X.n_channels).values())
    for m in (liquid, cut)
]
bits += [rival[0].memory_bits(X[train]) for rival in (counts, lags)]
names = ["liquid", "without recurrence", "leaky counts", "delay line"]
scores = [model.score(X[test], y[test]) for model in (liquid, cut, counts, lags)]
print("\n                    accuracy   bits kept between two steps")
for name, score, kept in zip(names, scores, bits, strict=True):
    print(f"{name:<20}{score:>7.1%}{kept:>14,}")

figure, (spikes, bars) = plt.subplots(2, layout="constrained", figsize=(6, 6))
pair = X[test[0]]
spikes.plot(pair.times_ms, pair.channels, "|", color="black", markersize=2)
spikes.set(xlabel="time (ms)", ylabel="channel", title=f"two words: {task.classes[y[test[0]]]}")
bars.barh(np.arange(4), scores)
bars.axvline(0.5, color="black", linewidth=0.5)
bars.set_yticks(np.arange(4), names)
bars.invert_yaxis()
bars.set(xlabel="accuracy (chance: 0.5)", xlim=(0, 1))
figure.savefig("memory.png")
