"""Less of a liquid
================

Halve a liquid, and halve it again: which neurons can go?

Those whose readout weight times rate is least, beside neurons at random. What is left costs
synaptic operations, one for each synapse that a spike goes through: what neuromorphic hardware
spends energy on. Neurons that count are busy ones: equal numbers of neurons differ in their cost.
"""

import matplotlib.pyplot as plt
import numpy as np

from lsm import LSMClassifier, SpikeTrains
from lsm.metrics import synaptic_operations
from lsm.plots import plot_metric
from lsm.pruning import prune

rng = np.random.default_rng(0)

# Four patterns of rates on eight channels, each one half of 200 ms and then another.
rates = 20 * rng.choice([1, 2], size=(4, 2, 8))  # Hz
y = np.repeat(np.arange(4), 100)
X = SpikeTrains.from_lists(
    [
        [np.concatenate(halves) for halves in zip(*spikes, strict=True)]
        for spikes in (
            [
                [100 * k + rng.uniform(0, 100, rng.poisson(rate / 10)) for rate in half]
                for k, half in enumerate(rates[label])
            ]
            for label in y
        )
    ],
    duration_ms=200,
)
train, test = np.arange(0, 400, 2), np.arange(1, 400, 2)

sizes, seeds = (100, 50, 25, 12), range(3)
shape = len(sizes), len(seeds)
accuracies, operations = ({by: np.zeros(shape) for by in ("readout", "random")} for _ in range(2))
for seed in seeds:
    model = LSMClassifier(100, random_state=seed).fit(X[train], y[train])
    for by in accuracies:
        for k, n in enumerate(sizes):
            part = prune(model, X[train], y[train], neurons=n, by=by, random_state=seed)
            accuracies[by][k, seed] = part.score(X[test], y[test])
            operations[by][k, seed] = synaptic_operations(part.reservoir_, X[test])[0]

print("            by readout            at random")
print("neurons   accuracy operations   accuracy operations")
for k, n in enumerate(sizes):
    columns = [
        f"{accuracies[by][k].mean():11.1%}{operations[by][k].mean():11,.0f}" for by in accuracies
    ]
    print(f"{n:7}{''.join(columns)}")

figure, axis = plt.subplots(layout="constrained")
for by in accuracies:
    plot_metric(axis, operations[by].mean(axis=1), accuracies[by], label=by)
axis.set(xlabel="synaptic operations in a sample", ylabel="accuracy", xscale="log")
axis.legend()
figure.savefig("pruning.png")
