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
    liquids: tuple[str, ...] = option(
        ("300", "fields:300"), "a liquid for each (300,fields:300)", commas=True
    )
    dimensions: int = option(64, "of what both are projected to ({default})", least=2)
    hidden: int = option(128, "units of a projection's hidden layer ({default})", least=2)
    epochs: int = option(10, "of training ({default}; --quick: 2)", least=1, quick=2)
    batch: int = option(8, "samples of each class in a batch ({default})", least=1)
    pairs: int = option(
        45, "of classes that are left out ({default}; --quick: 2)", least=1, quick=2
    )
    seeds: int = option(2, "liquids and projections ({default}; --quick: 1)", least=1, quick=1)
    seed: int = option(0, "the first one ({default})", least=0)
    out: Path = option(Path("results/zero_shot"), "folder of the results ({default})")

    def check(self) -> None:
        """Refuse other numbers of tasks and liquids than two."""
        from experiments.lab.errors import InputError

        for name in ("modalities", "liquids"):
            if len(getattr(self, name)) != 2:
                raise InputError(f"--{name} must be two, got {','.join(getattr(self, name))}")


STUDY = Study(
    name="zero_shot",
    settings=ZeroShotSettings,
    experiment="experiments.studies.zero_shot.experiment:ZeroShot",
    page="experiments.studies.zero_shot.experiment:page",
    description="Match spoken and seen digits that were never trained.",
    metric="accuracy.liquids, contrastive.mean",
)
