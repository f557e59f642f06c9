"""Digits before an event camera
=============================

Classify handwritten digits that an event camera has recorded (N-MNIST).

The recordings are read from the folder `nmnist` in the folder that the environment variable
LSM_DATA names: `recordings/*.bin`, and `labels.csv` with the columns recording and digit. With
`download=True` tonic gets the official set instead; that needs `pip install -e ".[events]"`.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import RidgeClassifierCV

from lsm import LSMClassifier
from tasks import make_task

task = make_task("NMNIST", samples_per_class=40, random_state=0)
print(task, end="\n\n")

# A task is spikes, labels, and the samples for training and for testing.
train, test = task.training, task.test
# Neurons with receptive fields hear a part of the sensor each.
liquid = LSMClassifier("fields:300", sensor_size=task.sensor_size, random_state=0)
liquid.fit(task.spikes[train], task.labels[train])
counts = task.spikes.counts()
ridge = RidgeClassifierCV(np.logspace(-3, 6, 10)).fit(counts[train], task.labels[train])

accuracy = {
    "liquid": liquid.score(task.spikes[test], task.labels[test]),
    "event counts": ridge.score(counts[test], task.labels[test]),
}
for name in accuracy:
    error = np.sqrt(accuracy[name] * (1 - accuracy[name]) / len(test))
    print(f"{name:<14}{accuracy[name]:.1%} +- {error:.1%}")

print("\nThe liquid was drawn and calibrated on the training data:", liquid.reservoir_)

figure, axis = plt.subplots(layout="constrained")
shown = task.spikes[test[0]]
axis.plot(shown.times_ms, shown.channels, "k.", markersize=1)
axis.set(xlabel="time (ms)", ylabel="channel", title=f"events of a {task.labels[test[0]]}")
figure.savefig("nmnist.png")
