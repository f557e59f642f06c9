"""Two liquids, one meaning: spoken and seen digits that were never trained are matched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.options import Settings, option
from experiments.lab.study import Study


@dataclass(frozen=True, kw_only=True)
class ZeroShotSettings(Settings):
    """Options of ``zero_shot.py``."""

    modalities: tuple[str, ...] = option(
        ("FSDD", "NMNIST"), "two tasks with the same classes (FSDD,NMNIST)", commas=True
    )
    neurons: int = option(300, "of each liquid ({default}; --quick: 20)", least=1, quick=20)
    epochs: int = option(10, "of training ({default}; --quick: 2)", least=1, quick=2)
    pairs: int = option(
        45, "of classes, left out in turn ({default}; --quick: 2)", least=1, quick=2
    )
    seeds: int = option(2, "liquids and projections ({default}; --quick: 1)", least=1, quick=1)
    seed: int = option(0, "the first one ({default})", least=0)
    out: Path = option(Path("results/zero_shot"), "folder of the results ({default})")


STUDY = Study(
    name="zero_shot",
    settings=ZeroShotSettings,
    experiment="experiments.studies.zero_shot.experiment:ZeroShot",
    page="experiments.studies.zero_shot.experiment:page",
    description="Match spoken and seen digits that were never trained.",
    metric="accuracy.liquids, contrastive.mean",
)
