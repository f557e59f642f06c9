"""Ridges under a fingertip
========================

Let neurons hear neighbouring taxels, and one readout hear liquids with fields of several widths.

Ridges touch a part of a row of 32 taxels, amid noise: are they fine, middling or coarse? Where they
lie and how hard they are pressed is random. A neuron with a receptive field answers to ridges of
about its own width. Liquids can divide the widths among them, and one readout hears all states.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import cross_val_score

from lsm import LSMClassifier, LSMEnsemble, RandomLiquid, SpikeTrains

TAXELS = 32
rng = np.random.default_rng(0)


def touch(wavelength):
    """Number of spikes in each of 50 steps of 2 ms, of touched taxels on a ridge more often."""
    place = np.arange(TAXELS) - rng.uniform(8, TAXELS - 9)
    ridges = 1 + np.cos(2 * np.pi * (place / wavelength + rng.random()))
    rates = np.where(np.abs(place) < 8, ridges, 0.4) * rng.uniform(0.1, 0.2)
    return rng.poisson(rates[:, np.newaxis], (TAXELS, 50))


wavelengths = np.repeat([3.5, 5.0, 7.0], 60)
X = SpikeTrains.from_dense(np.stack([touch(w) for w in wavelengths]), dt_ms=2.0)
y = np.repeat(["fine", "middling", "coarse"], 60)

options = {"sensor_size": (TAXELS, 1, 1), "state": "counts"}
widths = {
    width: LSMClassifier(RandomLiquid(100, receptive_field=width), random_state=0, **options)
    for width in (6, 12)
}
models = {
    "places from everywhere, 200 neurons": LSMClassifier(200, random_state=0, **options),
    **{f"fields of {width}, 100 neurons": model for width, model in widths.items()},
    "both widths, one readout": LSMEnsemble(
        list(widths.values()), combine="states", random_state=0
    ),
}
for name, model in models.items():
    print(f"{name:<37}{cross_val_score(model, X, y).mean():.1%}")

# The weights of some neurons of each width, along the row.
figure, axes = plt.subplots(2, 3, figsize=(8, 4), sharex=True, layout="constrained")
for (width, model), row in zip(widths.items(), axes, strict=True):
    synapses = model.fit(X, y).reservoir_.input_synapses(TAXELS)
    weights = np.zeros((TAXELS, 100))
    weights[synapses.source, synapses.target] = synapses.weight_pA
    for neuron, axis in enumerate(row):
        axis.bar(np.arange(TAXELS), weights[:, neuron])
        axis.set(title=f"width {width}, neuron {neuron}")
axes[0, 0].set_ylabel("weight (pA)")
axes[1, 0].set(xlabel="taxel", ylabel="weight (pA)")
figure.savefig("skin.png")
