"""Which way does it move?
=======================

Classify events in structured arrays, as tonic gives them.

A bar crosses the sensor, starting anywhere: neither the number of events at a pixel nor the time
when they come says in which direction. What follows what does, and that is what a liquid hears.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import RidgeClassifierCV
from sklearn.model_selection import cross_val_score

from lsm import LSMClassifier, SpikeTrains

rng = np.random.default_rng(0)


def bar(direction):
    """Events of a bar that crosses 8 x 8 pixels in 0.2 s, coming in where it leaves, and noise."""
    events = np.zeros(400, dtype=[("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
    events["t"] = np.sort(rng.integers(200_000, size=400))  # microseconds
    events["x"], events["y"] = rng.integers(8, size=(2, 400))
    moved = events["t"] * 8 // 200_000 * (1 if direction in ("right", "down") else -1)
    place = (rng.integers(8) + moved) % 8
    seen = rng.random(400) < 0.9
    events["x" if direction in ("left", "right") else "y"][seen] = place[seen]
    return events


y = np.repeat(["left", "right", "up", "down"], 120)
X = [bar(direction) for direction in y]

liquid = cross_val_score(LSMClassifier(300, state="counts", random_state=0), X, y)
print(f"spike counts of the liquid    {liquid.mean():.1%}")

# Without a liquid: counts of the events at each pixel, in all or in three parts of the time.
spikes = SpikeTrains.from_events(X, sensor_size=(8, 8, 1), duration_ms=200)
accuracies = {"liquid": liquid.mean()}
for name, parts in {"event counts": 1, "event counts in 3 time bins": 3}.items():
    counts = spikes.to_dense(dt_ms=200 / parts).reshape(len(spikes), -1)
    ridge = cross_val_score(RidgeClassifierCV(np.logspace(-3, 6, 10)), counts, y)
    print(f"{name:<30}{ridge.mean():.1%}")
    accuracies[name] = ridge.mean()

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(spikes[0].times_ms, spikes[0].channels, "k.", markersize=3)
left.set(xlabel="time (ms)", ylabel="pixel", title=f"a bar that moves {y[0]}")
right.barh(list(accuracies), list(accuracies.values()))
right.axvline(0.25, color="0.5", linestyle=":")
right.invert_yaxis()
right.set(xlim=(0, 1), xlabel="accuracy (chance: 0.25)")
figure.savefig("event_camera.png")
