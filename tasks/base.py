"""What a task is, and what its generators share: split, random streams, checks."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import axes_hint, positive_int
from lsm.base.quantities import convert_fields
from lsm.base.reprs import html_table, short_repr
from lsm.learning import Targets
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize, n_places
from tasks.data import Data

RandomState = int | SeedSequence | Generator | None

PAPER = (
    "López-Herrera et al., Mathematical and Computational Applications 31(2):65, 2026, "
    "and its authors' public code"
)

# "task" in ASCII. It keeps the streams of a task apart from whatever else is spawned from the seed.
_STREAM_KEY = 0x7461736B

_PARTS = ("train", "fitness", "test")
#: Groups that a description names.
_MOST_NAMES = 12
#: What is drawn for a task may take so much memory.
MOST_GB = 4.0


@short_repr
@dataclass(frozen=True, eq=False)
class Task:
    """Spikes to classify, with the split that every liquid and every baseline uses.

    ``print(task)`` says what it is: shapes, split, groups, source, licence.

    Parameters
    ----------
    name : str
    spikes : SpikeTrains
    labels : array of int, shape (samples,)
    train, fitness, test : array of int
        Indices of the samples that train the readout, judge a liquid while it is sought, and are
        used once at the end. They have no sample in common.
    groups : array, shape (samples,), optional
        What must not be torn apart by another split, such as the speaker.
    whole_groups : bool
        Folds at random keep groups whole too, as where they are recordings and samples are windows
        of them.
    metadata : mapping of str to array, shape (samples,)
        What else is known of each sample, such as its session.
    signals : array, shape (samples, channels, steps), optional
        What the spikes were encoded from, for encoders and estimators that take signals. Where
        samples differ in length, an array (samples,) of arrays (channels, steps).
    step_ms : float, optional
        Time from step to step of the signals, where it is known, and of the targets.
    sensor_size : (width, height, polarities), optional
        Of a sensor whose places are the channels, for liquids with receptive fields: a camera, a
        skin, or in a row the bands of a spectrogram.
    classes : tuple of str
        Names of the labels 0, 1, ...; empty where they have none.
    description, source, licence : str
    ceiling : array of int, shape (samples,), optional
        Labels that Bayes' rule gives with the generator's own distributions: nothing can be better
        on average, and what is clearly better has seen the labels.
    targets : lsm.learning.Targets, optional
        What should be known of each sample or at each step, and where it counts, for what learns
        from it.
    generated : bool
        Whether another seed gives another task of the same family, with new templates.

    Raises
    ------
    ValueError
        Where lengths differ, or the split is empty, overlaps or leaves the samples.
    """

    name: str
    spikes: SpikeTrains
    labels: NDArray[np.int64]
    train: NDArray[np.int64]
    fitness: NDArray[np.int64]
    test: NDArray[np.int64]
    groups: NDArray[Any] | None = None
    metadata: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    signals: NDArray[Any] | None = None
    step_ms: float | None = None
    classes: tuple[str, ...] = ()
    description: str = ""
    source: str = ""
    licence: str = ""
    ceiling: NDArray[np.int64] | None = None
    targets: Targets | None = None
    generated: bool = False
    sensor_size: SensorSize | None = None
    whole_groups: bool = False

    def __post_init__(self) -> None:
        convert_fields(self)
        n_samples = len(self.spikes)
        columns = {name: getattr(self, name) for name in ("labels", "groups", "ceiling")}
        for name, value in (columns | dict(self.metadata)).items():
            if value is not None and np.shape(value) != (n_samples,):
                raise ValueError(
                    f"{name} must have shape ({n_samples},), one a sample; got {np.shape(value)}"
                )
        if self.signals is not None:
            shapes = [np.shape(signal) for signal in self.signals]
            if len(shapes) != n_samples or {(len(s), s[:1]) for s in shapes} != {
                (2, shapes[0][:1])
            }:
                raise ValueError(
                    f"signals must be {n_samples} arrays (channels, steps), one a sample, of the "
                    f"same channels; got {len(shapes)} of shapes {', '.join(map(str, shapes[:3]))}"
                    + axes_hint(shapes[0] if shapes else ())
                )
        if self.targets is not None:
            if self.step_ms is None:
                raise ValueError("step_ms, the time from step to step, must be given with targets")
            n_steps = self.spikes.n_steps(self.step_ms)
            self.targets.check(n_steps, self.step_ms, n_outputs=self.targets.n_outputs)
        if self.sensor_size is not None and n_places(self.sensor_size) != self.spikes.n_channels:
            raise ValueError(
                f"sensor_size must have as many places as there are channels, "
                f"{self.spikes.n_channels}; got {self.sensor_size!r}"
            )
        if self.whole_groups and self.groups is None:
            raise ValueError("whole_groups needs groups, got none")
        if self.classes and np.max(self.labels) >= len(self.classes):
            raise ValueError(
                f"classes must name every label up to {np.max(self.labels)}, "
                f"got {len(self.classes)} names"
            )
        for name in _PARTS:
            index = getattr(self, name)
            if not len(index):
                raise ValueError(f"{name} must hold at least one sample, got none")
            if np.min(index) < 0 or np.max(index) >= n_samples:
                raise ValueError(f"{name} must hold indices in 0..{n_samples - 1}")
        indices = np.concatenate([self.train, self.fitness, self.test])
        if len(np.unique(indices)) < len(indices):
            raise ValueError("train, fitness and test must have no sample in common, nor any twice")

    @property
    def n_classes(self) -> int:
        """Number of different labels."""
        return len(np.unique(self.labels))

    @property
    def training(self) -> NDArray[np.int64]:
        """Indices of the samples that are not for testing: train, then fitness."""
        return np.concatenate([self.train, self.fitness])

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """What is known of each sample beside its label: the metadata, and its ``"group"``."""
        return dict(self.metadata) | ({} if self.groups is None else {"group": self.groups})

    def folds(
        self,
        by: str | None = None,
        *,
        n_splits: int = 5,
        random_state: int | None = 0,
        samples: ArrayLike | None = None,
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Pairs of training and test indices for cross-validation, as scikit-learn takes for `cv`.

        ``cross_val_score(model, task.spikes, task.labels, cv=task.folds("group"))`` leaves out one
        group at a time.

        Parameters
        ----------
        by : str, optional
            ``"group"`` or a key of `metadata`: each of its values is left out in turn. By default
            samples are divided at random into `n_splits` parts with equal shares of the classes, or
            as equal as they can be with `whole_groups`.
        n_splits : int
        random_state : int or None
        samples : array of int, optional
            Divide these alone, such as `training`, to keep the test set apart; all by default. The
            pairs are indices of the task's samples in any case.

        Raises
        ------
        ValueError
            The task has no such groups or only one, or a class has fewer samples than there are
            splits.
        """
        from sklearn import model_selection

        indices = np.arange(len(self.labels)) if samples is None else np.asarray(samples)
        columns = self.columns
        if by is None:
            kind = "StratifiedGroupKFold" if self.whole_groups else "StratifiedKFold"
            splitter = getattr(model_selection, kind)(
                n_splits, shuffle=True, random_state=random_state
            )
        elif by in columns:
            splitter = model_selection.LeaveOneGroupOut()
        else:
            names = ", ".join(map(repr, columns)) or "none"
            raise ValueError(f"by must be one of what task {self.name} has, {names}; got {by!r}")
        unit = "group" if by is None and self.whole_groups else by
        groups = None if unit is None else columns[unit][indices]
        pairs = splitter.split(np.zeros(len(indices)), self.labels[indices], groups)
        return [(indices[train], indices[test]) for train, test in pairs]

    def named_folds(
        self, by: str | None = None, *, official: bool = False, **options: Any
    ) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The pairs of :meth:`folds` by what each holds out: its number, or the value of `by`.

        With `official` there is one, ``"test"``: the task's own.
        """
        if official and by is not None:
            raise ValueError(f"by can't stand beside official, got {by!r}")
        if official:
            return {"test": (np.sort(self.training), self.test)}
        pairs = self.folds(by, **options)
        if by is None:
            return {str(number): pair for number, pair in enumerate(pairs)}
        return {str(self.columns[by][test[0]]): (train, test) for train, test in pairs}

    def __str__(self) -> str:
        lines = [f"{name:<9}{value}" for name, value in self._rows().items()]
        return "\n".join([f"{self.name}: {self.description}", *lines])

    def _repr_html_(self) -> str:
        return html_table(f"{self.name}: {self.description}", self._rows())

    def _rows(self) -> dict[str, str]:
        """Texts that describe the task, by their names."""
        n_samples, n_channels = self.spikes.shape
        durations = _range(self.spikes.durations_ms, "ms")
        rows = {
            "samples": f"{n_samples} of {self.n_classes} classes, {durations}",
            "spikes": f"on {n_channels} channels",
        }
        if self.sensor_size is not None:
            width, height, polarities = self.sensor_size
            rows["sensor"] = f"{width} x {height} places, {polarities} polarities"
        if self.signals is not None:
            steps = _range(np.array([signal.shape[1] for signal in self.signals]), "steps")
            every = f" of {self.step_ms:g} ms" if self.step_ms else ""
            rows["signals"] = f"of {len(self.signals[0])} channels, {steps}{every}"
        if self.targets is not None:
            rows["targets"] = f"{self.targets}, in steps of {self.step_ms:g} ms"
        rows["split"] = ", ".join(f"{len(getattr(self, p))} {p}" for p in _PARTS)
        if self.groups is not None:
            names = list(map(str, np.unique(self.groups)))
            more = [f"... {names[-1]}"] if len(names) > _MOST_NAMES else []
            rows["groups"] = f"{len(names)}: {', '.join(names[:_MOST_NAMES] + more)}"
        licence = "none: it is generated" if self.generated else self.licence
        rows |= {"source": self.source, "licence": licence}
        return {name: value for name, value in rows.items() if value}


@dataclass(frozen=True)
class TaskKind:
    """What is known of a task before it is made.

    Parameters
    ----------
    make : callable
        Makes it; takes `random_state`, `data` and its own options by keyword, among them `group`
        where there are groups.
    recorded : bool
        Whether it is read from data rather than generated.
    groups : callable, optional
        Names, sorted, of the groups of which each may be the test set, given `data`.
    quick : mapping
        Options that make it small.
    reservoir : str, optional
        Name of the liquid that suits it, with a number of neurons if wanted; by default that of a
        number of neurons.
    by : str, optional
        What ``classify.py`` leaves out in turn; by default it divides samples at random.
    rate_Hz : float, optional
        At which liquids suit it; by default their estimators' own.
    """

    make: Callable[..., Task]
    recorded: bool = False
    groups: Callable[[Data], list[str]] | None = None
    quick: Mapping[str, Any] = field(default_factory=lambda: {"samples_per_class": 60})
    reservoir: str | None = None
    by: str | None = None
    rate_Hz: float | None = None

    def __post_init__(self) -> None:
        convert_fields(self)


def _range(values: NDArray[Any], unit: str) -> str:
    low, high = values.min(), values.max()
    return f"{low:g} {unit}" if low == high else f"{low:g} to {high:g} {unit}"


def split(
    n_samples: int, rng: Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Indices for training, fitness and test: 49, 21 and 30 % of the samples, as in the paper.

    The last 30 % of a shuffled order are for testing only; of the rest 70 % train the readout and
    30 % are the fitness set. Classes are not balanced.
    """
    n_test = n_samples * 3 // 10
    n_fitness = (n_samples - n_test) * 3 // 10
    if not n_fitness:
        raise ValueError(f"n_samples must be at least 5 to be split, got {n_samples}")
    train, fitness, test = np.split(
        rng.permutation(n_samples), [n_samples - n_test - n_fitness, n_samples - n_test]
    )
    return train, fitness, test


def shuffled_labels(
    n_classes: int, samples_per_class: int, rng: Generator, *, n_values: int = 1
) -> NDArray[np.int64]:
    """Labels (samples,) of as many samples of each class, in random order.

    Raises
    ------
    ValueError
        Samples for which `n_values` are drawn each are too large, as :func:`refuse_too_large` says.
    """
    n = positive_int(samples_per_class, "samples_per_class")
    refuse_too_large(n_classes * n, n_values)
    return rng.permutation(np.repeat(np.arange(n_classes), n))


def refuse_too_large(n_samples: int, n_values: int) -> None:
    """Raise ValueError if samples with so many values each take more than `MOST_GB`."""
    size_GB = 4 * n_samples * n_values / 2**30
    if size_GB > MOST_GB:
        raise ValueError(
            f"samples_per_class: {n_samples:,} samples of this length take {size_GB:,.0f} GB to be "
            f"drawn, and may take {MOST_GB:g}: take fewer, or shorter ones"
        )


def streams(random_state: RandomState) -> tuple[Generator, Generator, Generator]:
    """Independent generators for the templates, the samples and the split of a task.

    The same integer or SeedSequence gives the same streams each time; a Generator other ones.
    """
    if isinstance(random_state, Generator):
        templates, samples, division = random_state.spawn(3)
        return templates, samples, division
    if not isinstance(random_state, SeedSequence | numbers.Integral | None):
        raise TypeError(
            "random_state must be an integer, SeedSequence, Generator or None, "
            f"got {random_state!r}"
        )
    if isinstance(random_state, numbers.Integral) and random_state < 0:
        raise ValueError(f"random_state must not be below 0, got {random_state}")
    seed = random_state if isinstance(random_state, SeedSequence) else SeedSequence(random_state)
    # Not by seed.spawn, which would change the caller's SeedSequence and so the next task from it.
    templates, samples, division = (
        np.random.default_rng(
            SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, _STREAM_KEY, i))
        )
        for i in range(3)
    )
    return templates, samples, division


def refuse_data(name: str, data: object) -> None:
    """Raise ValueError if a generated task was given a folder of data."""
    if data is not None:
        raise ValueError(f"task {name} is generated and takes no data, got data={data!r}")
