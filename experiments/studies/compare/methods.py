"""Methods by name: liquids, rivals, ensembles of either, and what functions from outside make."""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from experiments.lab.options import MOST_COUPLED
from experiments.lab.references import is_reference, load_reference
from lsm import PRESETS, LSMClassifier, LSMEnsemble
from lsm.base.checks import MOST_NEURONS, nearest
from lsm.estimators.random_liquid import FIELDS, KERNELS, name_and_size
from tasks import Task
from tasks.rivals import RIVALS, predict_rival, svm_features
from tasks.scores import signals_or_spikes

#: Of rivals that have a size and are given none.
UNITS = 300
#: Of an ensemble.
MOST_MEMBERS = 1000
_SIZED = ("esn", "delay-units", "online-esn")
#: What functions from outside may take besides `random_state`.
SENSOR = "sensor_size"
_LIQUIDS = (KERNELS, FIELDS, *PRESETS)

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Method:
    """What a name stands for.

    Parameters
    ----------
    base : str
        A rival, a liquid's number of neurons or name, or a function from outside.
    members : int
        Of an ensemble of liquids or rivals.
    units : int
        Of a rival.
    """

    base: str
    members: int = 1
    units: int = UNITS

    @property
    def drawn(self) -> bool:
        """Whether another seed gives other labels."""
        return self.base not in RIVALS or RIVALS[self.base].drawn

    @property
    def needs_signals(self) -> bool:
        """Whether it takes a task's signals and nothing else."""
        return self.base in RIVALS and RIVALS[self.base].signals

    @property
    def needs_sensor(self) -> bool:
        """Whether it takes a task whose channels are places of a sensor, and nothing else."""
        if is_reference(self.base):
            return SENSOR in signature(load_reference(self.base, "--methods")).parameters
        return self.base.partition(":")[0] == FIELDS

    def predict(
        self, task: Task, train: Indices, test: Indices, *, random_state: int, n_jobs: int
    ) -> NDArray[Any]:
        """Labels (test,) after training on other samples."""
        archived = task.name.startswith("aeon:")  # of others a liquid hears the spikes
        if self.base in RIVALS:
            return predict_rival(
                self.base,
                task,
                train,
                test,
                features=svm_features(task.name, signals=archived),
                units=self.units,
                random_state=random_state,
                n_members=self.members,
                n_jobs=n_jobs,
            )
        if is_reference(self.base):
            X = signals_or_spikes(task)
            sensor = {SENSOR: task.sensor_size} if self.needs_sensor else {}
            model = load_reference(self.base, "--methods")(random_state=random_state, **sensor)
        else:
            X = task.signals if archived else task.spikes
            liquid = int(self.base) if self.base.isdecimal() else self.base
            model = LSMClassifier(
                liquid, sensor_size=task.sensor_size, n_jobs=n_jobs, random_state=random_state
            )
            if self.members > 1:
                model = LSMEnsemble(model, n_liquids=self.members, random_state=random_state)
        return np.asarray(model.fit(X[train], task.labels[train]).predict(X[test]))


def method_of(name: str) -> Method:
    """The method of a name, such as ``300``, ``5xkernels:2500`` or ``esn:1000``.

    Raises
    ------
    InputError
        There is no such method, or what it needs isn't there.
    """
    number = re.match(r"(\d+)x", name)
    base = name[number.end() :] if number else name
    members = int(number[1]) if number else 1
    kind, colon, size = base.partition(":")
    if kind in RIVALS:
        if RIVALS[kind].missing:
            raise InputError(f"--methods {name}: {RIVALS[kind].missing}")
        if colon and not (size.isdecimal() and 0 < int(size) <= MOST_COUPLED):
            raise InputError(
                f"--methods {name}: expected a number of units, at most {MOST_COUPLED}, behind the "
                "colon"
            )
        if colon and kind not in _SIZED:
            raise InputError(
                f"--methods {name}: {kind} has no number of units; {', '.join(_SIZED)} have"
            )
        method = Method(kind, members, int(size) if colon else UNITS)
    elif kind not in _LIQUIDS and is_reference(base):
        if not callable(load_reference(base, "--methods")):
            raise InputError(f"--methods {base} must be a function that makes a classifier")
        method = Method(base)
    else:
        _check_liquid(name, base)
        method = Method(base, members)
    if number and not (2 <= method.members <= MOST_MEMBERS and method.drawn):
        raise InputError(
            f"--methods {name}: an ensemble is of 2 to {MOST_MEMBERS} liquids, or rivals that are "
            "drawn"
        )
    return method


def _check_liquid(name: str, base: str) -> None:
    """Refuse what is no liquid's number of neurons or name."""
    if base.isdecimal() and int(base):
        if int(base) > MOST_NEURONS:
            raise InputError(f"--methods must have at most {MOST_NEURONS} neurons, got {name}")
        return
    if base.partition(":")[0] not in _LIQUIDS:
        known = [*RIVALS, *_LIQUIDS]
        raise InputError(
            f"--methods must be a number of neurons, {', '.join(known)}, or "
            f"package.module:function; got {name!r}, did you mean {nearest(base, known)!r}?"
        )
    try:
        name_and_size(base)
    except (ValueError, TypeError) as error:
        raise InputError(f"--methods {name}: {error}") from error
