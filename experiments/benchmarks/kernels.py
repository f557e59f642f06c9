"""Random kernels in spikes on the series that come with aeon, beside MiniRocket and controls.

Official splits and one setting for all sets, with several seeds. A fit and a prediction are timed
by the processor's time of all processes, one of each method in turn, once programs are built.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from lsm import KernelLiquid, LSMClassifier, UniformDelays
from lsm.metrics.statistics import percentage_points
from lsm.topology import RandomWiring
from tasks import Scores, Task
from tasks.aeon_sets import aeon_set, bundled
from tasks.rivals import minirocket

FULL: dict[str, Any] = {"neurons": 2500, "seeds": 10, "sets": None}
QUICK: dict[str, Any] = {"neurons": 100, "seeds": 1, "sets": ["UnitTest"]}
MINIROCKET, KERNELS, RIDGE_CV = "MiniRocket", "kernels", "kernels, RidgeClassifierCV"
LESS = "kernels less MiniRocket"
#: Neurons that reach one where recurrence is behind kernels.
IN_DEGREE = 20

ByMethod = dict[str, list[float]]


def measured(
    *, seed: int, neurons: int, seeds: int, sets: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Accuracies, times and operations of each set."""
    names = bundled() if sets is None else sets
    return [of_set(aeon_set(name, 0), neurons, range(seed, seed + seeds)) for name in names]


def of_set(task: Task, neurons: int, seeds: Sequence[int]) -> dict[str, Any]:
    """What each method reaches on the official split of a set, and what two of them cost."""
    X, y = task.signals, task.labels
    assert X is not None
    train, test = task.training, task.test
    longest = max(signal.shape[1] for signal in X)
    accuracy: ByMethod = {}
    seconds: ByMethod = {}

    def fitted(name: str, model: Any) -> Any:
        before = processor_seconds()
        predicted = model.fit(X[train], y[train]).predict(X[test])
        seconds.setdefault(name, []).append(processor_seconds() - before)
        accuracy.setdefault(name, []).append(float(np.mean(predicted == y[test])))
        return model

    for model in rivals(neurons, longest, seeds[-1] + 1).values():  # programs are built
        model.fit(X[train], y[train])
    for seed in seeds:
        kernels, rocket = (
            fitted(name, model) for name, model in rivals(neurons, longest, seed).items()
        )
        score = ridge_cv(kernels, X[train], y[train], X[test], y[test])
        accuracy.setdefault(RIDGE_CV, []).append(score)
    for name, model in controls(neurons, longest, seeds[0]).items():
        fitted(name, model)
    spikes = kernels.encode(X)
    return {
        "set": task.name.partition(":")[2],
        "accuracy": accuracy,
        "seconds": seconds,
        "cost": float(np.min(seconds[KERNELS]) / np.min(seconds[MINIROCKET])),
        "input_spikes": len(spikes.times_ms) / len(spikes),
        "spikes": float(kernels._new_states(X).sum(axis=1).mean()),
        "operations": synaptic_operations(kernels.reservoir_, spikes),
        "multiply_adds": multiply_adds(rocket, longest),
        "recurrent_synapses": len(kernels.reservoir_.synapses),
    }


def rivals(neurons: int, longest: int, seed: int) -> dict[str, Any]:
    """Kernels and MiniRocket, unfitted."""
    kernels = LSMClassifier(KernelLiquid(neurons), random_state=seed)
    return {KERNELS: kernels, MINIROCKET: minirocket(longest, random_state=seed)}


def controls(neurons: int, longest: int, seed: int) -> dict[str, LSMClassifier]:
    """What kernels lack or have more, by name, unfitted."""
    wiring = RandomWiring(
        (min(1.0, IN_DEGREE / neurons),) * 4,
        weight_pA=(50.0, 50.0, -200.0, -200.0),
        delay_ms=UniformDelays(1, max(2, longest // 2)),
    )
    liquids: dict[str, Any] = {
        "dilation 1 alone": KernelLiquid(neurons, longest=1e-6),
        "with recurrence": KernelLiquid(neurons, wiring=wiring),
        "plain liquid": neurons,
    }
    return {name: LSMClassifier(liquid, random_state=seed) for name, liquid in liquids.items()}


def ridge_cv(model: LSMClassifier, X: Any, y: Any, X_test: Any, y_test: Any) -> float:
    """Accuracy of the readout that MiniRocket has, on the states of a fitted model."""
    readout = make_pipeline(
        StandardScaler(with_mean=False), RidgeClassifierCV(alphas=np.logspace(-3, 3, 10))
    )
    readout.fit(model._new_states(X), y)
    return float(readout.score(model._new_states(X_test), y_test))


def processor_seconds() -> float:
    """Of this process and those that it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def synaptic_operations(reservoir: Any, spikes: Any) -> float:
    """Synapses at which input spikes arrive, a sample; after its end they don't."""
    synapses = reservoir.input_synapses(spikes.n_channels)
    arrivals = 0
    left = np.repeat(spikes.durations_ms, np.diff(spikes.offsets)) - spikes.times_ms
    for channel in range(spikes.n_channels):
        delays = np.sort(synapses.delay_ms[synapses.source == channel])
        arrivals += np.searchsorted(delays, left[spikes.channels == channel]).sum()
    return float(arrivals / len(spikes))


def multiply_adds(model: Any, n_steps: int) -> float:
    """Of MiniRocket's convolutions of a sample: nine taps of each kernel, dilation and channel."""
    channels: NDArray[np.int32] = model[1].parameters[0]
    return float(9 * n_steps * channels.sum())


def report(sets: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Means over seeds, costs, and what recurrence has a share in."""
    names = list(sets[0]["accuracy"])
    paired = (KERNELS, MINIROCKET)
    scores = Scores({each["set"]: {n: each["accuracy"][n] for n in paired} for each in sets})
    rows = [
        {"set": each["set"], LESS: percentage_points(scores.difference(MINIROCKET, each["set"]))}
        | {name: f"{100 * np.mean(each['accuracy'][name]):.1f}" for name in names}
        for each in sets
    ]
    mean = {name: np.mean([np.mean(each["accuracy"][name]) for each in sets]) for name in names}
    rows.append(
        {"set": "mean", LESS: percentage_points(scores.difference(MINIROCKET))}
        | {name: f"{100 * value:.1f}" for name, value in mean.items()}
    )
    columns = {"": "{set}"} | {name: f"{{{name}}}" for name in (*names[:2], LESS, *names[2:])}
    costs = {
        "": "{set}",
        "time / MiniRocket": "{cost:.1f}",
        "input spikes": "{input_spikes:,.0f}",
        "spikes": "{spikes:,.0f}",
        "synaptic operations": "{operations:,.0f}",
        "MiniRocket's multiply-adds": "{multiply_adds:,.0f}",
        "recurrent synapses": "{recurrent_synapses}",
    }
    return [
        note(
            "Accuracy in percent, official splits, mean over seeds (controls: the first one); 95 % "
            "intervals over seeds, in the last line over sets. Kernels have no recurrence."
        ),
        table_of(columns, rows),
        note("Processor time of a fit and a prediction, the least of all seeds; counts a sample."),
        table_of(costs, sets),
    ]


PART = BenchmarkPart(
    "Kernels",
    lambda settings, _: measured(seed=settings.seed, **settings.size(FULL, QUICK)),
    report,
)
