"""One study of two kinds: networks that are trained, and ways by which liquids come about."""

from __future__ import annotations

from typing import Any

from experiments.lab.experiment import Experiment
from experiments.studies.learn.settings import LearnSettings


def make(settings: LearnSettings) -> Experiment[Any]:
    """The experiment that the settings ask for."""
    if settings.compare:
        from experiments.studies.learn.comparison import Comparison

        return Comparison(settings)
    from experiments.studies.learn.training import Training

    return Training(settings)
