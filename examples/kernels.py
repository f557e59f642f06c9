"""Leaves by their outlines, from random kernels in spikes
=======================================================

Classify outlines of leaves with neurons that are random dilated kernels, and see what delays add.

The series (OSULeaf) come with aeon: `pip install -e ".[aeon]"`.
"""

import matplotlib.pyplot as plt
import numpy as np

from lsm import KernelLiquid, LSMClassifier
from tasks import make_task

task = make_task("aeon:OSULeaf", random_state=0)
print(task)
X, y = task.signals, task.labels

# Values and slopes -> spikes for binary digits -> kernels of nine delayed synapses -> ridge.
longest = [0.02, 0.05, 0.1, 0.3, 1.0]  # delays, in lengths of a series
accuracy = []
for share in longest:
    model = LSMClassifier(KernelLiquid(500, longest=share), random_state=0)
    model.fit(X[task.training], y[task.training])
    accuracy.append(np.mean(model.predict(X[task.test]) == y[task.test]))
    print(f"delays up to {share:4.0%} of a series    {accuracy[-1]:.1%}")

# As many neurons that reach each other instead, with memory in membranes and currents.
liquid = LSMClassifier(500, random_state=0).fit(X[task.training], y[task.training])
plain = np.mean(liquid.predict(X[task.test]) == y[task.test])
print(f"plain liquid                      {plain:.1%}")

figure, axis = plt.subplots(layout="constrained")
axis.semilogx(longest, accuracy, "o-", label="kernels, no recurrence")
axis.axhline(plain, color="grey", linestyle="--", label="plain liquid")
axis.set(xlabel="longest delay (lengths of a series)", ylabel="accuracy", ylim=(0, 1))
axis.legend(loc="lower right")
figure.savefig("kernels.png")
