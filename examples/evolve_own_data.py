"""Evolve a liquid on own data
===========================

Set a liquid on arrays of one's own beside what does without one, then evolve a better one.

Spikes, events or signals go in like this; here they are made up. A wave runs up or down over eight
channels, from anywhere: no channel tells by its number of spikes which way it went.
"""

import matplotlib.pyplot as plt
import numpy as np

from evolution import LiquidEvolution
from lsm import LSMClassifier, SpikeTrains
from tasks import compare

rng = np.random.default_rng(0)
y = rng.permutation(np.repeat(["down", "up"], 200))
order = np.where(y == "up", 1, -1)[:, np.newaxis] * np.arange(8) + rng.integers(8, size=(400, 1))
times_ms = 10 * (order % 8) + rng.uniform(0, 25, order.shape)  # (samples, channels)
X = SpikeTrains.from_lists(times_ms[:, :, np.newaxis].tolist(), duration_ms=110)
X_train, X_test, y_train, y_test = X[:280], X[280:], y[:280], y[280:]

drawn = LSMClassifier(30, state="counts", rate_Hz=15, random_state=0)
print(compare(X_train, y_train, liquid=drawn, baselines=["raw_counts", "first_spikes"]), "\n")

evolved = LiquidEvolution(
    recipe="driven",
    neurons=30,
    population=12,
    generations=6,
    state="counts",
    random_state=0,
    callback=lambda row: print(f"generation {row['generation']}: fitness {row['best']:.1%}"),
)
for name, model in {"a random": drawn, "the evolved": evolved}.items():
    accuracy = model.fit(X_train, y_train).score(X_test, y_test)
    print(f"test accuracy of {name} liquid: {accuracy:.1%}")
evolved.best_reservoir_.save("evolved.npz")

plt.plot([row["best"] for row in evolved.logbook_], "o-", label="the best")
plt.plot([row["mean"] for row in evolved.logbook_], "o-", label="their mean")
plt.xlabel("generation")
plt.ylabel("accuracy on the samples that choose")
plt.legend()
plt.savefig("evolve_own_data.png")
