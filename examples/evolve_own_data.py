"""Set a liquid on arrays of one's own beside what does without one, then evolve a better one.

Spikes, events or signals go in like this; here they are made up. A wave runs up or down over eight
channels, from anywhere: no channel tells by its number of spikes which way it went.
"""

import numpy as np

from evolution import LiquidEvolution
from lsm import LSMClassifier, SpikeTrains
from tasks import compare

rng = np.random.default_rng(0)
y = rng.permutation(np.repeat(["down", "up"], 100))
order = np.where(y == "up", 1, -1)[:, np.newaxis] * np.arange(8) + rng.integers(8, size=(200, 1))
times_ms = 10 * (order % 8) + rng.uniform(0, 10, order.shape)
X = SpikeTrains.from_lists(times_ms[:, :, np.newaxis].tolist(), duration_ms=100)
X_train, X_test, y_train, y_test = X[:140], X[140:], y[:140], y[140:]

random_liquid = LSMClassifier(30, state="counts", random_state=0)
print(compare(X_train, y_train, liquid=random_liquid, baselines=["raw_counts", "first_spikes"]))

model = LiquidEvolution(
    recipe="driven",
    neurons=30,
    population=10,
    generations=5,
    state="counts",
    random_state=0,
    callback=lambda row: print(f"generation {row['generation']}: best {row['best']:.1%}"),
).fit(X_train, y_train)
print(
    f"test accuracy, random liquid:  {random_liquid.fit(X_train, y_train).score(X_test, y_test):.1%}"
)
print(f"test accuracy, evolved liquid: {model.score(X_test, y_test):.1%}")
model.best_reservoir_.save("evolved.npz")
