"""Classes learned a few at a time: what is forgotten?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.options import Settings, option
from experiments.lab.study import Study


@dataclass(frozen=True, kw_only=True)
class ContinualSettings(Settings):
    """Options of ``continual.py``."""

    task: str = option("FSDD", "whose classes come ({default})", choices=("FSDD", "NMNIST", "PR4"))
    neurons: int = option(300, "of a liquid ({default}; --quick: 40)", least=10, quick=40)
    classes: int = option(2, "of a stage ({default})", least=1)
    epochs: int = option(20, "of what learns by gradient ({default}; --quick: 2)", least=1, quick=2)
    seeds: int = option(5, "liquids and splits ({default}; --quick: 1)", least=1, quick=1)
    seed: int = option(0, "the first one ({default})", least=0)
    out: Path = option(Path("results/continual"), "folder of the results ({default})")


STUDY = Study(
    name="continual",
    settings=ContinualSettings,
    experiment="experiments.studies.continual.experiment:Continual",
    page="experiments.studies.continual.experiment:page",
    description="Learn classes a few at a time, and see what is forgotten.",
    metric="forgetting.recursive ridge.mean",
)
