"""Draw the liquid, or train it?
=============================

Two bits come one after the other, and their parity is asked for: no sum of what was heard tells.

A readout has to make do with what a drawn liquid keeps and mixes. E-prop trains the liquid's own
weights, here and there by some steps, until its spikes say what is asked.
"""

import matplotlib.pyplot as plt

from lsm import LSMClassifier, RSNNClassifier
from tasks import make_task

task = make_task("Parity2", random_state=0, samples_per_class=100)
X, y = task.spikes[task.training], task.labels[task.training]
X_test, y_test = task.spikes[task.test], task.labels[task.test]

drawn = LSMClassifier(64, random_state=0).fit(X, y)
network = RSNNClassifier(64, random_state=0).fit(X, y)  # learns from the same drawn liquid
readout = LSMClassifier(network.reservoir_).fit(X, y)  # ridge on the states of the trained one

scores = {
    "drawn liquid, ridge": drawn.score(X_test, y_test),
    "trained network itself": network.score(X_test, y_test),
    "trained liquid, ridge": readout.score(X_test, y_test),
}
for name, score in scores.items():
    print(f"{name:<24}{score:.1%}")

curve = network.learning_curve_
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(curve.losses, color="0.7", label="batches")
left.plot(curve.validated, curve.validation_losses, "o-", label="samples held out")
left.set(xlabel="iteration", ylabel="cross entropy")
left.legend()
right.plot(curve.rates_Hz)
right.set(xlabel="iteration", ylabel="firing rate (Hz)")
figure.savefig("learning.png")
