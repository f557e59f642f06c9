"""Options of ``compare.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.options import UNSET, Settings, jobs, option
from experiments.lab.outside import by_option, folds_option, known_task

#: What methods may be called.
METHODS = {
    "N": "a default liquid of N neurons",
    "kernels:N": "random kernels in spikes; a preset's name likewise",
    "fields:N": "a liquid with receptive fields, of tasks that have a sensor",
    "svm": "and minirocket, esn:N, ...: rivals without a liquid, as classify.py has them",
    "KxMETHOD": "an ensemble of K: of liquids the mean of their probabilities, of rivals that are "
    "drawn that of decision values",
    "package.module:function": "takes random_state, and sensor_size if it needs one, and returns a "
    "classifier, of a task's signals where it has any, else of its spikes",
}


def _method(text: str) -> None:
    from experiments.studies.compare.methods import method_of

    method_of(text)


@dataclass(frozen=True, kw_only=True)
class CompareSettings(Settings):
    """Options of ``compare.py``; without `by` and `official` it is cross-validation in `folds`."""

    tasks: tuple[str, ...] = option(
        UNSET,
        "as classify.py has them, or package.module:function",
        valid=partial(known_task, option="--tasks"),
        names_code=True,
        metavar="TASK",
    )
    methods: tuple[str, ...] = option(
        UNSET, "two at least of those below", valid=_method, names_code=True, metavar="METHOD"
    )
    reference: str = option("", "whose differences are looked at (the first method)")
    folds: int = folds_option()
    by: str | None = by_option()
    official: bool = option(False, "train and test as tasks divide their samples (--folds instead)")
    seeds: int = option(1, "repetitions with other random states and folds ({default})", least=1)
    seed: int = option(0, "the first seed ({default})", least=0)
    n_jobs: int = jobs("processes at a time; -1: all cores ({default})")
    quick: bool = option(False, "few samples")
    out: Path = option(Path("results/compare"), "folder of the results ({default})")

    outside_identity = (*Settings.outside_identity, "tasks", "methods", "reference")

    @classmethod
    def derived(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Tasks and methods once each."""
        several = {"tasks", "methods"}.intersection(given)
        return {name: tuple(dict.fromkeys(given[name])) for name in several}

    @classmethod
    def usual(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The first method is the reference."""
        return {"reference": given["methods"][0]}

    def check(self) -> None:
        """Refuse what leaves nothing to compare."""
        from tasks.scores import checked_reference

        try:
            checked_reference(self.reference, self.methods)
        except ValueError as error:
            raise InputError(f"--{error}") from error
