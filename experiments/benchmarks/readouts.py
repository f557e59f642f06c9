"""Ridge readouts where samples are fewer than features, beside scikit-learn's, on the same folds.

Features are of all samples, made without labels: those of a liquid and, where aeon is installed,
of MiniRocket for the sets that come with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifierCV
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from experiments.lab.progress import note as print_note
from lsm import LiquidTransformer
from lsm.metrics.statistics import percentage_points, spread
from readouts import RidgeReadout
from readouts.discriminant import OutputStatistics, discriminant
from readouts.gcv import CentredTargets, Solution, normal_equations, residual_share, solve
from readouts.labels import LabelTargets
from readouts.threads import blas_threads_for
from tasks import Task, make_task
from tasks.rivals import MIN_STEPS, RIVALS, padded

FULL: dict[str, Any] = {"sets": None, "repeats": 5, "most": 100}
QUICK: dict[str, Any] = {"sets": ["GunPoint"], "repeats": 1, "most": 10}
#: As aeon's MiniRocketClassifier has them.
STRENGTHS = np.logspace(-3, 3, 10)

Floats = NDArray[np.float64]


def beside(*, sets: list[str] | None, repeats: int, most: int, seed: int) -> list[dict[str, Any]]:
    """Accuracies of each readout on each kind of features, over `repeats` times 5 folds.

    Parameters
    ----------
    sets : list of str, optional
        Of those that come with aeon; all by default.
    repeats : int
    most : int
        Samples of a class in the training and in the test part of a set, which are put together.
    seed : int
    """
    rows = []
    for name, X, y in features(sets, most, seed):
        folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=repeats, random_state=seed)
        hits: dict[str, list[float]] = {"ours": [], "discriminant": [], "sklearn": []}
        for train, test in folds.split(X, y):
            with blas_threads_for(1):
                peer = make_pipeline(StandardScaler(), RidgeClassifierCV(STRENGTHS))
                predicted = {
                    "ours": RidgeReadout().fit(X[train], y[train]).predict(X[test]),
                    "discriminant": _by_discriminant(X[train], y[train], X[test]),
                    "sklearn": peer.fit(X[train], y[train]).predict(X[test]),
                }
            for readout, labels in predicted.items():
                hits[readout].append(float(np.mean(labels == y[test])))
        values = {readout: np.array(each) for readout, each in hits.items()}
        differences = {r: spread(values["ours"] - values[r]) for r in ("discriminant", "sklearn")}
        means = {readout: float(each.mean()) for readout, each in values.items()}
        size = {"samples": len(y), "features": X.shape[1], "classes": len(np.unique(y))}
        rows.append({"name": name, **size, "means": means, "differences": differences})
        print_note(_line(rows[-1]))
    return rows


def features(
    sets: list[str] | None, most: int, seed: int
) -> Iterator[tuple[str, Floats, NDArray[np.int64]]]:
    """Names, features (samples, features) and labels."""
    task = make_task("TXOR", random_state=seed, samples_per_class=most // 2)
    yield "TXOR, 300 neurons", _liquid_states(300, "counts", task.spikes, seed), task.labels
    if sets == []:
        return
    if RIVALS["minirocket"].missing:
        print_note(f"aeon's sets are left out: {RIVALS['minirocket'].missing}")
        return
    from aeon.transformations.collection.convolution_based import MiniRocket

    from tasks.aeon_sets import bundled

    for name in bundled() if sets is None else sets:
        task = make_task(f"aeon:{name}", random_state=0, samples_per_class=most)
        states = _liquid_states(300, "bins:5", task.signals, seed)
        yield f"{name}, 300 neurons", states, task.labels
        series = padded(_signals(task), max(MIN_STEPS, *(s.shape[1] for s in _signals(task))))
        state = np.random.get_state()  # noqa: NPY002 - MiniRocket seeds it
        kernels = MiniRocket(random_state=seed).fit_transform(series)
        np.random.set_state(state)  # noqa: NPY002
        yield f"{name}, MiniRocket", np.asarray(kernels, dtype=np.float64), task.labels


def _signals(task: Task) -> Any:
    assert task.signals is not None
    return task.signals


def _liquid_states(neurons: int, state: str, inputs: Any, seed: int) -> Floats:
    liquid = LiquidTransformer(neurons, state=state, random_state=seed)
    return np.asarray(liquid.fit_transform(inputs), dtype=np.float64)


def _by_discriminant(X: Floats, y: NDArray[np.int64], test: Floats) -> NDArray[np.int64]:
    """Labels by generalised cross-validation and the discriminant, however few the samples are."""
    targets = LabelTargets.of(y)
    equations = normal_equations(X, CentredTargets.of(targets.indicators, None))
    regression: Solution = solve(equations, one_strength=True)
    weight = targets.class_weight(None)
    outputs = OutputStatistics.of_sums(regression, equations.xy, equations.y_mean, weight)
    scores = discriminant(regression, outputs, residual_share(equations, regression.alpha))(test)
    codes = scores.argmax(axis=1) if scores.shape[1] > 1 else (scores[:, 0] > 0).astype(int)
    return np.asarray(targets.classes[codes])


def _line(row: Mapping[str, Any]) -> str:
    difference = percentage_points(row["differences"]["sklearn"])
    return f"{row['name']}: {row['means']['ours']:.1%}, {difference}"


def readouts_report(result: list[Mapping[str, Any]]) -> list[Part]:
    """Means over folds, and paired differences with their intervals."""
    columns = {
        "features": "{name}",
        "samples": "{samples}",
        "columns": "{features}",
        "classes": "{classes}",
        "ridge": "{means[ours]:.1%}",
        "discriminant, GCV": "{means[discriminant]:.1%}",
        "RidgeClassifierCV": "{means[sklearn]:.1%}",
        "less discriminant": "{less_discriminant}",
        "less RidgeClassifierCV": "{less_sklearn}",
    }
    rows = [
        {**row, **{f"less_{r}": percentage_points(each) for r, each in row["differences"].items()}}
        for row in result
    ]
    head = "Accuracy; paired differences in percentage points with 95 % intervals over folds"
    return [note(head), table_of(columns, rows)]


def below(result: list[Mapping[str, Any]]) -> list[str]:
    """Features on which scikit-learn's is ahead by an interval without zero."""
    return [
        f"{row['name']}: {percentage_points(row['differences']['sklearn'])} beside "
        "RidgeClassifierCV"
        for row in result
        if row["differences"]["sklearn"]["interval"][1] < 0
    ]


PART = BenchmarkPart(
    "Readouts",
    lambda settings, _: beside(**settings.size(FULL, QUICK), seed=settings.seed),
    readouts_report,
    below,
)
