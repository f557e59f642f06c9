"""Choose a liquid by cross-validation
===================================

A grid search over twelve liquids, none of which is compiled anew.

TXOR: are two patterns, 30 ms apart, the same? Nothing that can be counted in the input tells; the
first must still be in the liquid when the second comes.
"""

import matplotlib.pyplot as plt
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV

from lsm import LSMClassifier, compilations
from tasks import make_task

task = make_task("TXOR", random_state=0, samples_per_class=100)
train = task.spikes[task.training], task.labels[task.training]
test = task.spikes[task.test], task.labels[task.test]

candidates = {"state": ["counts", "bins:3", "traces:10,30"], "rate_Hz": [5, 10, 20, 40]}
search = GridSearchCV(LSMClassifier(100, random_state=0), candidates, cv=3).fit(*train)

results = search.cv_results_
for chosen, accuracy in zip(results["params"], results["mean_test_score"], strict=True):
    print(f"{chosen['state']:<13}{chosen['rate_Hz']:>3} Hz{accuracy:>9.1%}")

# One program runs them all; it is built the first time on a machine, then never again.
print(f"\nprograms compiled for 12 candidates: {compilations()}")
print(f"best: {search.best_params_}")
print(f"its test accuracy:              {search.score(*test):.1%}")
counted = RidgeClassifier().fit(train[0].counts(), train[1])
print(f"counting the input's spikes:    {counted.score(test[0].counts(), test[1]):.1%}")

table = results["mean_test_score"].reshape(len(candidates["rate_Hz"]), -1)
figure, axis = plt.subplots(figsize=(5, 4), layout="constrained")
figure.colorbar(axis.imshow(table, cmap="viridis"), label="accuracy in cross-validation")
axis.set_xticks(range(3), candidates["state"])
axis.set_yticks(range(4), candidates["rate_Hz"])
axis.set(xlabel="state", ylabel="firing rate (Hz)")
figure.savefig("grid_search.png")
