"""The studies, each a package with its question; a new one is a folder and a line here.

A study never imports another. What they share is in `experiments.lab`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError, unknown
from experiments.lab.study import Study, load_study

#: Where each is, by the name of its command.
STUDIES = {
    "evolve_lsm": "experiments.studies.evolve:STUDY",
    "classify": "experiments.studies.classify:STUDY",
    "compare": "experiments.studies.compare:STUDY",
    "forecast": "experiments.studies.forecast:STUDY",
    "ei_balance": "experiments.studies.balance:STUDY",
    "force_training": "experiments.studies.force:STUDY",
    "what_when": "experiments.studies.what_when:STUDY",
    "rate_to_spiking": "experiments.studies.conversion:STUDY",
    "learn": "experiments.studies.learn:STUDY",
    "attractors": "experiments.studies.attractors:STUDY",
    "continual": "experiments.studies.continual:STUDY",
    "zero_shot": "experiments.studies.zero_shot:STUDY",
    "which_metric": "experiments.studies.which_metric:STUDY",
    "ideas": "experiments.studies.ideas:STUDY",
    "factorial": "experiments.studies.factorial:STUDY",
    "devices": "experiments.studies.devices:STUDY",
}


def reference_of(name: str) -> str:
    """Where a study is, ``package.module:NAME``, by the name of its command."""
    if name not in STUDIES:
        raise unknown("experiment", name, STUDIES)
    return STUDIES[name]


def find_study(name: str) -> Study:
    """A study by the name of its command."""
    return load_study(reference_of(name))


def outside_study(reference: str) -> Study:
    """A study from outside, ``package.module:NAME``.

    Raises
    ------
    InputError
        There is no such study, or it is called as one that is here: their results would mix.
    """
    study = load_study(reference)
    if study.name in STUDIES and reference != STUDIES[study.name]:
        raise InputError(
            f"--study {reference} must have a name of its own, got {study.name}, which is a "
            "study's here"
        )
    return study


def study_of(summary: Mapping[str, Any], *, path: str | Path = "the summary") -> Study:
    """The study that a summary, which stands at `path`, is of."""
    for name in STUDIES:
        study = find_study(name)
        if study.is_of(summary):
            return study
    raise InputError(f"{path} is of no study that is known here: {summary.get('experiment')}")
