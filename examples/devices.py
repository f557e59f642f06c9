"""A liquid on a device that is not perfect
========================================

Weights are never quite where they were written. How far off may they be?

Copies of one liquid, disturbed at random, are read by the readout that was trained on the liquid as
it was described; by the same one, once features have the means and deviations that it was trained
on, for which a copy hears some samples without labels; or each by a readout of its own. A hardened
readout is one for all as well: it was trained to take no notice of what devices change.
"""

import matplotlib.pyplot as plt
import numpy as np

from lsm import LSMClassifier
from lsm.perturb import Disturbance
from lsm.plots import plot_metric
from lsm.robustness import disturbed_scores, harden
from tasks import make_task

task = make_task("TPR12", random_state=0, samples_per_class=40)
X_train, y_train = task.spikes[task.training], task.labels[task.training]
X, y = task.spikes[task.test], task.labels[task.test]
model = LSMClassifier(50, random_state=0).fit(X_train, y_train)

noise = np.array([0.0, 0.1, 0.2, 0.4, 0.8])
disturbances = [Disturbance(bits=4, weight_noise=sd) for sd in noise]
ways = {
    "one readout for all copies": {},
    "one, copies calibrated": {"X_train": X_train},
    "a readout for each copy": {"X_train": X_train, "y_train": y_train},
}
curves = {
    name: disturbed_scores(model, X, y, disturbances, **samples) for name, samples in ways.items()
}
hardened = harden(model, X_train, y_train, [Disturbance(bits=4, weight_noise=0.2)] * 8)
curves["one hardened readout"] = disturbed_scores(hardened, X, y, disturbances)

print(f"{'noise':<28}" + "".join(f"{sd:8.0%}" for sd in noise))
for name, accuracies in curves.items():
    print(f"{name:<28}" + "".join(f"{each:8.1%}" for each in accuracies.mean(axis=1)))

figure, axis = plt.subplots(layout="constrained")
for name, accuracies in curves.items():
    plot_metric(axis, 100 * noise, accuracies, label=name)
axis.set(xlabel="noise of each weight (%)", ylabel="accuracy")
axis.legend()
figure.savefig("devices.png")
