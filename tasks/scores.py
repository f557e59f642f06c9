"""Any classifiers on any tasks, paired by seed and fold: the one way to say which is better.

Which of several methods is better on several tasks is said by accuracies on the same samples: the
paired differences from one of them, with intervals over seeds and folds on each task and over tasks
in the mean, the mean ranks, and tests on these, as Demsar has them (Journal of Machine Learning
Research 7:1-30, 2006).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from lsm.base.checks import nearest, positive_int
from lsm.base.reprs import short_repr
from lsm.metrics.statistics import percentage_points, spread
from tasks.base import Task
from tasks.data import optional
from tasks.registry import make_task, task_kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

#: With fewer tasks no pair of methods can differ for certain: Wilcoxon's one-sided p is 2^-tasks
#: at least, which is above .05.
MIN_TASKS = 5
#: Friedman's test wants so many.
MIN_METHODS = 3
#: Of the tests behind a critical difference.
ALPHA = 0.05


@short_repr
@dataclass(frozen=True, eq=False)
class Scores:
    """Accuracies of the same methods on several tasks; ``print`` shows a table.

    Parameters
    ----------
    accuracies : dict of str to dict of str to array (pairs,)
        By task, and there by method, of each seed and fold, which are the same for all methods.
    reference : str, optional
        The method whose differences from the others are looked at; the first by default.

    Raises
    ------
    ValueError
        There are fewer than two methods, other ones on another task, or accuracies that are no
        pairs; the reference is none of the methods.
    """

    accuracies: Mapping[str, Mapping[str, Any]]
    reference: str = ""

    def __post_init__(self) -> None:
        if not self.accuracies:
            raise ValueError("accuracies must be of at least one task, got none")
        arrays: dict[str, dict[str, Floats]] = {}
        first = list(next(iter(self.accuracies.values())))
        reference = checked_reference(self.reference, first)
        for task, by_method in self.accuracies.items():
            arrays[task] = {name: np.asarray(by_method[name], float) for name in by_method}
            lengths = {name: values.shape for name, values in arrays[task].items()}
            if list(lengths) != first:
                raise ValueError(
                    f"methods must be the same on all tasks, {', '.join(first)}; on {task} they "
                    f"are {', '.join(lengths)}"
                )
            shape = lengths[first[0]]
            if len(set(lengths.values())) > 1 or len(shape) != 1 or shape == (0,):
                raise ValueError(
                    f"accuracies on {task} must be one for each seed and fold, as many of each "
                    f"method; got shapes {lengths}"
                )
            for name, values in arrays[task].items():
                outside = values[~((values >= 0) & (values <= 1))]
                if len(outside):
                    raise ValueError(
                        f"accuracies must lie in [0, 1], got {outside[0]:g} of {name} on {task}"
                    )
        object.__setattr__(self, "accuracies", arrays)
        object.__setattr__(self, "reference", reference)

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks."""
        return list(self.accuracies)

    @property
    def methods(self) -> list[str]:
        """Names of the methods."""
        return list(self.accuracies[self.tasks[0]])

    @property
    def others(self) -> list[str]:
        """Names of the methods, less the reference."""
        return [name for name in self.methods if name != self.reference]

    @property
    def means(self) -> Floats:
        """Mean accuracies (tasks, methods) over seeds and folds."""
        return np.array([[v.mean() for v in each.values()] for each in self.accuracies.values()])

    @property
    def ranks(self) -> Floats:
        """Ranks (tasks, methods) of the means, 1 for the best; ties share the mean of theirs."""
        ranks: Floats = stats.rankdata(-self.means, axis=1)
        return ranks

    def difference(self, method: str, task: str | None = None) -> dict[str, Any]:
        """The reference less a method: number, mean, sd and 95 % interval (Student's t).

        On a task it is over pairs of seeds and folds; without one over tasks, of their means. There
        is no interval for fewer than three. Folds share training samples, and seeds of one
        official split all samples.

        Raises
        ------
        ValueError
            There is no such method, or no such task.
        """
        for what, name, known in (("method", method, self.methods), ("task", task, self.tasks)):
            if name is not None and name not in known:
                raise ValueError(f"{what} must be one of {', '.join(known)}; got {name!r}")
        if task is not None:
            of = self.accuracies[task]
            return spread(of[self.reference] - of[method])
        own, its = (self.means[:, self.methods.index(name)] for name in (self.reference, method))
        return spread(own - its)

    def wilcoxon(self) -> dict[str, float]:
        """p of Wilcoxon's signed-rank test of the reference against each other method over tasks.

        Two-sided, of the means on tasks, with Holm's correction for their number.
        """
        own = self.means[:, self.methods.index(self.reference)]
        raw = {}
        for name in self.others:
            less = own - self.means[:, self.methods.index(name)]
            raw[name] = float(stats.wilcoxon(less).pvalue) if less.any() else 1.0
        adjusted, least = {}, 0.0
        for number, name in enumerate(sorted(raw, key=raw.__getitem__)):
            least = max(least, min(1.0, raw[name] * (len(raw) - number)))
            adjusted[name] = least
        return {name: adjusted[name] for name in self.others}

    def friedman(self) -> float | None:
        """p of Friedman's test that all methods rank alike over tasks; None below three methods."""
        ranks = self.ranks
        if len(self.methods) < MIN_METHODS or len(self.tasks) < 2:
            return None
        if (ranks == ranks[:, :1]).all():
            return 1.0
        return float(stats.friedmanchisquare(*ranks.T).pvalue)

    @property
    def no_critical_difference(self) -> str:
        """Why these have no picture of a critical difference; empty where they have."""
        if len(self.methods) < MIN_METHODS or len(self.tasks) < MIN_TASKS:
            return (
                f"a critical difference needs at least {MIN_METHODS} methods and {MIN_TASKS} "
                f"tasks, got {len(self.methods)} and {len(self.tasks)}"
            )
        try:
            optional("aeon.visualisation", "aeon")
        except ImportError as error:
            return str(error)
        return ""

    def plot_critical_difference(self) -> Figure:
        """aeon's picture of mean ranks: methods that a bar joins do not differ for certain.

        Where Friedman's test finds no difference at .05 one bar joins all; else bars are of
        one-sided Wilcoxon tests with aeon's correction.

        Raises
        ------
        ValueError
            There are too few methods or tasks.
        ImportError
            Without aeon.
        """
        plot = optional("aeon.visualisation", "aeon").plot_critical_difference
        if self.no_critical_difference:
            raise ValueError(self.no_critical_difference)
        from matplotlib import rc_context

        textspace = max(1.5, max(map(len, self.methods)) / 9)
        with rc_context({"figure.constrained_layout.use": False}):  # it is laid out by hand
            figure, _ = plot(self.means, self.methods, alpha=ALPHA, textspace=textspace)
        return figure

    def __str__(self) -> str:
        less = f"{self.reference} less it"
        heads = ["", "accuracy", "rank", less]
        columns = zip(self.methods, self.means.mean(axis=0), self.ranks.mean(axis=0), strict=True)
        rows = [
            [
                *(name, f"{accuracy:.1%}", f"{rank:.2f}"),
                "" if name == self.reference else percentage_points(self.difference(name)),
            ]
            for name, accuracy, rank in columns
        ]
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        table = [[f"{len(self.tasks)} tasks".ljust(widths[0]), *heads[1:]], *rows]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        return "\n".join(lines)


def checked_reference(reference: str, methods: Sequence[str]) -> str:
    """The method whose differences are looked at: the first one where none is named.

    Raises
    ------
    ValueError
        There is no such method, or there are fewer than two.
    """
    if len(methods) < 2:
        raise ValueError(f"methods must be at least two, got {', '.join(methods) or 'none'}")
    if reference and reference not in methods:
        raise ValueError(
            f"reference must be one of {', '.join(methods)}; got {reference!r}, did you mean "
            f"{nearest(reference, methods)!r}?"
        )
    return reference or methods[0]


def signals_or_spikes(task: Task) -> Any:
    """What estimators get of a task: its signals where it has any, else its spikes."""
    return task.spikes if task.signals is None else task.signals


def seeded(estimator: Any, seed: int) -> Any:
    """A clone of an estimator, with a seed for all in it that is random."""
    names = estimator.get_params(deep=True)
    random = [name for name in names if name.rpartition("__")[2] == "random_state"]
    return clone(estimator).set_params(**dict.fromkeys(random, seed))


def _check_estimators(estimators: Mapping[str, Any]) -> None:
    """Refuse what can't be fitted, cloned and asked for labels."""
    if not isinstance(estimators, Mapping):
        raise TypeError(f"estimators must be a dictionary by name, got {type(estimators).__name__}")
    for name, estimator in estimators.items():
        needed = ("fit", "predict", "get_params")
        if isinstance(estimator, type) or not all(hasattr(estimator, each) for each in needed):
            raise TypeError(
                f"estimators: {name} must be an estimator with {', '.join(needed)}; got "
                f"{estimator!r}"
            )


def compare_estimators(
    tasks: Iterable[str | Task],
    estimators: Mapping[str, Any],
    *,
    reference: str = "",
    official: bool = False,
    by: str | None = None,
    n_splits: int = 5,
    seeds: int = 1,
    inputs: Callable[[Task], Any] = signals_or_spikes,
) -> Scores:
    """Score any classifiers on any tasks, on the same samples.

    Parameters
    ----------
    tasks : iterable of str or Task
        Of one that is given by its name, another seed is another task where it is generated.
    estimators : dict of str to estimator
        By the names that they are called; of scikit-learn or like these, with ``fit`` and
        ``predict``. They are cloned, and whatever in them is called ``random_state`` is set.
    reference : str, optional
        As `Scores` has it.
    official : bool
        Train and test as tasks divide their samples.
    by : str, optional
        Leave out each group, or value of a column, in turn.
    n_splits : int
        Parts of a cross-validation, without `official` and `by`.
    seeds : int
        Repetitions, with other random states and other random folds.
    inputs : callable
        What estimators get of a task, such as ``lambda task: task.spikes``.

    Raises
    ------
    TypeError, ValueError
        There is no such task, or two of one name; fewer than two estimators, or what is none; a
        task without what is asked for, or of one class. Before any is fitted.
    """
    if isinstance(tasks, str | Task):
        raise TypeError(f"tasks must be a list, got {type(tasks).__name__}")
    given = list(tasks)
    if not given:
        raise ValueError("tasks must be at least one, got none")
    recorded = [isinstance(task, Task) or task_kind(task).recorded for task in given]
    names = [task.name if isinstance(task, Task) else task for task in given]
    if len(set(names)) < len(names):
        raise ValueError(f"tasks must have names of their own, got {', '.join(names)}")
    _check_estimators(estimators)
    checked_reference(reference, list(estimators))
    positive_int(seeds, "seeds")
    division: dict[str, Any] = {"by": by, "official": official, "n_splits": n_splits}
    first = [task if isinstance(task, Task) else make_task(task, random_state=0) for task in given]
    for task in first:
        if task.n_classes < 2:
            raise ValueError(f"task {task.name} has one class: there is nothing to classify")
        task.named_folds(**division)
    accuracies: dict[str, dict[str, list[float]]] = {}
    for task, name, once in zip(first, names, recorded, strict=True):
        of_task = accuracies[name] = {method: [] for method in estimators}
        for seed in range(seeds):
            if seed and not once:
                task = make_task(name, random_state=seed)
            folds = task.named_folds(**division, random_state=seed)
            X, y = inputs(task), task.labels
            for number, (train, test) in enumerate(folds.values()):
                for method, estimator in estimators.items():
                    model = seeded(estimator, seed * len(folds) + number)
                    with threadpool_limits(1):
                        model.fit(X[train], y[train])
                        of_task[method].append(float(np.mean(model.predict(X[test]) == y[test])))
    return Scores(accuracies, reference)
