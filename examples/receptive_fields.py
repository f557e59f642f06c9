"""Fields that know where they are
===============================

Let neurons hear the part of a sensor around their own place.

Bars of four orientations flash anywhere on a sensor of 16 x 16 places, amid noise. A neuron that
hears places from everywhere adds up what doesn't belong together; one with a receptive field sees
a piece of a contour.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import cross_val_score

from lsm import LSMClassifier

WIDTH = 16
rng = np.random.default_rng(0)


def bar(orientation):
    """Events of a bar that is seen somewhere for 100 ms, every third of them noise."""
    events = np.zeros(300, dtype=[("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
    events["t"] = np.sort(rng.integers(100_000, size=300))  # microseconds
    x0, y0 = rng.uniform(5, WIDTH - 6, 2)
    along, across = rng.uniform(-4, 4, 300), rng.uniform(-0.7, 0.7, 300)
    angle = np.pi * orientation / 4
    events["x"] = np.round(x0 + along * np.cos(angle) - across * np.sin(angle))
    events["y"] = np.round(y0 + along * np.sin(angle) + across * np.cos(angle))
    events["p"] = rng.integers(2, size=300)
    noise = rng.random(300) < 1 / 3
    events["x"][noise], events["y"][noise] = rng.integers(WIDTH, size=(2, noise.sum()))
    return events


y = np.repeat(np.arange(4), 40)
X = [bar(orientation) for orientation in y]

options = {"sensor_size": (WIDTH, WIDTH, 2), "state": "counts", "random_state": 0}
fields, plain = LSMClassifier("fields:100", **options), LSMClassifier(100, **options)
accuracies = {
    "receptive fields": cross_val_score(fields, X, y).mean(),
    "places from everywhere": cross_val_score(plain, X, y).mean(),
}
for name, accuracy in accuracies.items():
    print(f"{name:<24}{accuracy:.1%}")

# The weights of eight neurons, over the sensor: polarities have the same.
reservoir = fields.fit(X, y).reservoir_
synapses = reservoir.input_synapses(2 * WIDTH**2)
weights = np.zeros((2, WIDTH, WIDTH, reservoir.n_neurons))
weights.reshape(-1, reservoir.n_neurons)[synapses.source, synapses.target] = synapses.weight_pA
figure, axes = plt.subplots(2, 4, figsize=(8, 4), layout="constrained")
for neuron, axis in enumerate(axes.flat):
    largest = np.abs(weights[0, ..., neuron]).max()
    axis.imshow(weights[0, ..., neuron], cmap="RdBu_r", vmin=-largest, vmax=largest)
    axis.set(title=f"neuron {neuron}", xticks=[], yticks=[])
figure.savefig("receptive_fields.png")
