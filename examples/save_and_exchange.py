"""Keep a classifier, and give it to others
========================================

A trained classifier in a file, and as a graph for other simulators.

A file holds no code and none is run when it is read. The graph is in NIR, of which Norse makes the
same scores; it needs `pip install -e ".[nir]"`. docs/nir.md says how it is run there.
"""

import matplotlib.pyplot as plt
import numpy as np

from lsm import LSMClassifier, Reservoir, load, save
from lsm.nir import to_nir
from lsm.plots import plot_liquid
from lsm.topology import DistanceWiring, InputWiring
from tasks import make_task

task = make_task("TPR4", random_state=0, samples_per_class=100)
train, test = task.spikes[task.training], task.spikes[task.test]

# In a graph nothing is read before a sample ends.
liquid = Reservoir.random(
    50,
    random_state=0,
    ranges={"tau_m_ms": (10.0, 30.0)},
    wiring=DistanceWiring(),
    inputs=InputWiring(weight_pA=150.0),
)
model = LSMClassifier(liquid, state="traces:30").fit(train, task.labels[task.training])
save(model, "classifier.npz")
again = load("classifier.npz")
print("the same predictions:", np.array_equal(again.predict(test), model.predict(test)))
print(f"accuracy: {again.score(test, task.labels[task.test]):.1%}")

graph = to_nir(again, reader="norse")
print("in the graph:", ", ".join(sorted({type(node).__name__ for node in graph.nodes.values()})))

figure, axis = plt.subplots(layout="constrained")
plot_liquid(axis, again.reservoir_)
figure.savefig("save_and_exchange.png")
