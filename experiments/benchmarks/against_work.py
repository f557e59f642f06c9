"""The work of ``against.py``, done by one checkout: ``against_work.py SEED QUICK``.

Says which pieces of work there are, then does the one whose name it reads from a line, and answers
with a line of JSON, until nobody asks any more. Run by path, with the checkout in ``PYTHONPATH``:
it must run in older checkouts too, so it uses nothing but public names.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from itertools import count

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from evolution import RECIPES
from lsm import LSMClassifier, Reservoir, simulate
from readouts import fit_each
from tasks import make_task


class Generation:
    """A generation: 50 liquids of 20 neurons hear PR12, and each gets a readout."""

    def __init__(self, seed: int, *, quick: bool) -> None:
        per_class = 20 if quick else 1000
        self.task = task = make_task("PR12", random_state=seed, samples_per_class=per_class)
        samples, rng = np.concatenate([task.train, task.fitness]), np.random.default_rng(seed)
        self.spikes, self.labels = task.spikes[samples], task.labels[samples]
        self.n_train = len(task.train)
        self.recipe = RECIPES["driven"]
        self.space = self.recipe.space(20, encode="both", dimensions=2)
        self.genomes = [self.space.random(rng) for _ in range(50)]

    def reservoirs(self) -> list[Reservoir]:
        """The liquids, as the genomes have them."""
        return [self.recipe.reservoir(genome) for genome in self.genomes]

    def scores(self, states: NDArray[np.float32]) -> NDArray[np.float64]:
        """Train a readout for each liquid, and score it."""
        n, labels = self.n_train, self.labels
        with threadpool_limits(1):
            fitted = fit_each("ridge", (s[:n] for s in states), labels[:n])
            return np.array(
                [r.score(s[n:], labels[n:]) for r, s in zip(fitted, states, strict=True)]
            )

    def work(self) -> NDArray[np.float64]:
        """All of it."""
        return self.scores(simulate(self.reservoirs(), self.spikes, n_jobs=1))


def fsdd(seed: int, *, quick: bool) -> NDArray[np.float64]:
    """Spoken digits from their files to a fitted ``LSMClassifier(300)``, and its scores."""
    with threadpool_limits(1):
        task = make_task("FSDD", random_state=seed, takes=7 if quick else None)
        spikes, labels = task.spikes[task.training], task.labels[task.training]
        model = LSMClassifier(300, random_state=seed).fit(spikes, labels)
        return np.asarray(model.decision_function(task.spikes[task.test]))


def _processor_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Do the work that each line of standard input names, and print its time and digest."""
    seed, quick = int(sys.argv[1]), bool(int(sys.argv[2]))
    works = {"a generation of PR12": Generation(seed, quick=quick).work}
    try:
        make_task("FSDD", takes=7)
        # Another liquid each time: the states of one are kept for who asks for them again.
        seeds = count(seed)
        works["a fit of FSDD"] = lambda: fsdd(next(seeds), quick=quick)
    except ValueError as error:
        print(f"FSDD left out: {error}", file=sys.stderr)
    print(json.dumps(list(works)), flush=True)
    for line in sys.stdin:
        before = _processor_seconds()
        result = works[line.strip()]()
        seconds = _processor_seconds() - before
        digest = hashlib.sha256(np.ascontiguousarray(result).tobytes()).hexdigest()
        print(json.dumps({"seconds": seconds, "digest": digest}), flush=True)


if __name__ == "__main__":
    main()
