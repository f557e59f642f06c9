"""Heterogeneity, delays, balance, adaptation: which of them pays, and on what?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.options import Settings, option
from experiments.lab.study import Study

TASKS = ("TXOR", "Evidence", "FSDD", "NMNIST", "EMG", "NARMA10")


@dataclass(frozen=True, kw_only=True)
class FactorialSettings(Settings):
    """Options of ``factorial.py``."""

    tasks: tuple[str, ...] = option(
        TASKS, "what liquids are to do (all)", choices=TASKS, commas=True, metavar="NAME,..."
    )
    neurons: int = option(200, "of a liquid ({default}; --quick: 50)", least=15, quick=50)
    # An interval needs three seeds.
    seeds: int = option(
        10, "repetitions with other liquids and samples ({default}; --quick: 3)", least=1, quick=3
    )
    seed: int = option(0, "the first one ({default})", least=0)
    out: Path = option(Path("results/factorial"), "folder of the results ({default})")

    outside_identity = (*Settings.outside_identity, "tasks")


STUDY = Study(
    name="factorial",
    settings=FactorialSettings,
    experiment="experiments.studies.factorial.experiment:Factorial",
    page="experiments.studies.factorial.experiment:page",
    description="Give liquids heterogeneity, delays, balance and adaptation in all combinations, "
    "at one rate, and see what each adds.",
    metric="effects.mean.delays.mean",
)
