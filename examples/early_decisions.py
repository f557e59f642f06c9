"""Sure before the end
===================

Decide on a sample as soon as the answer is sure, each at its own time.

Eight channels of spikes for 300 ms. Which of four patterns it is shows at an unknown time: clearly
in some samples, hardly in others.
"""

import matplotlib.pyplot as plt
import numpy as np

from lsm import LSMClassifier, SpikeTrains
from lsm.plots import plot_decisions

rng = np.random.default_rng(0)
patterns = np.array([[3, 3, 1, 1, 1, 1, 1, 1], [1, 1, 3, 3, 1, 1, 1, 1]])
patterns = np.vstack([patterns, patterns[:, ::-1]])  # rates of the channels, relative


def sample(pattern):
    """Poisson spikes that begin to follow a pattern, more or less clearly, somewhen."""
    start, clarity = rng.uniform(0, 150), rng.uniform(0.2, 1)
    rates = 20 + 20 * clarity * (pattern - 1)  # Hz
    channels = []
    for rate in rates:
        times = rng.uniform(0, 300, rng.poisson(300 * 0.02 + 300 * (rate - 20) / 1000))
        channels.append(np.sort(times[(times > start) | (rng.random(len(times)) < 20 / rate)]))
    return channels


y = np.repeat(np.arange(4), 200)
X = SpikeTrains.from_lists([sample(patterns[label]) for label in y], duration_ms=300)
train, test = np.arange(0, 800, 2), np.arange(1, 800, 2)

model = LSMClassifier(100, decide_every_ms=25, random_state=0).fit(X[train], y[train])
print("confidence     right   mean time   before the end   of these right")
for confidence in (0.8, 0.9, 0.95):
    labels, times_ms, sure = model.predict_when_sure(X[test], confidence=confidence)
    right = labels == y[test]
    print(
        f"{confidence:10.0%}{right.mean():10.1%}{times_ms.mean():9.0f} ms{sure.mean():17.0%}"
        f"{right[sure].mean():17.1%}"
    )
print(f"at the end{model.score(X[test], y[test]):10.1%}      300 ms")

figure, axis = plt.subplots(layout="constrained")
plot_decisions(axis, model.early_, confidences=(0.8, 0.9, 0.95))
figure.savefig("early_decisions.png")
