"""What do liquids bear on devices that are not perfect?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.lab.options import Settings, jobs, option
from experiments.lab.outside import by_option, folds_option, known_task
from experiments.lab.study import Study, listed

LIQUIDS = {
    "drawn": "as estimators draw one",
    "learned": "the same after e-prop",
    "evolved": "by LiquidEvolution on the training samples",
}
KINDS = {
    "noise": "of each weight, in percent",
    "bits": "of a weight, its sign aside",
    "device": "weights of 4 bits, and noise in percent",
    "synapses": "lost, in percent",
    "stuck": "synapses at the largest weight, in percent",
    "neurons": "lost, in percent",
    "delays": "off by so many ms",
}


def _state(text: str) -> Any:
    from lsm.states import make_state

    return make_state(text)


@dataclass(frozen=True, kw_only=True)
class DevicesSettings(Settings):
    """Options of ``devices.py``."""

    task: str = option(
        "Braille", "as classify.py has them ({default})", valid=known_task, names_code=True
    )
    liquids: tuple[str, ...] = option(
        tuple(LIQUIDS), "some of those below (all)", choices=LIQUIDS, commas=True, metavar="NAME,.."
    )
    kinds: tuple[str, ...] = option(
        tuple(KINDS), "some of those below (all)", choices=KINDS, commas=True, metavar="NAME,..."
    )
    neurons: int = option(300, "of a liquid ({default}; --quick: 20)", least=10, quick=20)
    state: str = option("bins:5", "what readouts see ({default})", valid=_state)
    iterations: int = option(100, "of e-prop ({default}; --quick: 2)", least=1, quick=2)
    population: int = option(20, "that evolves ({default}; --quick: 4)", least=4, quick=4)
    generations: int = option(20, "of it ({default}; --quick: 1)", least=1, quick=1)
    draws: int = option(3, "copies a fold ({default}; --quick: 2)", least=1, quick=2)
    folds: int = folds_option()
    by: str | None = by_option()
    official: bool = option(False, "train and test as the task divides its samples")
    seeds: int = option(1, "repetitions with other liquids and folds ({default})", least=1)
    seed: int = option(0, "the first one ({default})", least=0)
    n_jobs: int = jobs("processes of a simulation; -1: all cores ({default})")
    quick: bool = option(False, "small liquids, few samples")
    out: Path = option(Path("results/devices"), "folder of the results ({default})")

    outside_identity = (*Settings.outside_identity, "liquids")


STUDY = Study(
    name="devices",
    settings=DevicesSettings,
    experiment="experiments.studies.devices.experiment:Devices",
    page="experiments.studies.devices.page:page",
    description="Accuracies of drawn, learned and evolved liquids on devices that are not perfect.",
    epilog=listed(liquids=LIQUIDS, kinds=KINDS),
    resumes="does what is missing, also after liquids or seeds were added",
)
