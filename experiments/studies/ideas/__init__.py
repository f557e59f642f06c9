"""Published ideas about liquids, each put to a small test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.options import Settings, option
from experiments.lab.study import Study, listed

IDEAS = {
    "legendre": "the Legendre memory as the wiring of a liquid, on Braille",
    "forecast": "the same on NARMA10 and on Mackey-Glass, 84 steps ahead",
    "complexity": "Lempel-Ziv complexity of spike trains as a state",
    "inhibition": "inhibition that learns to suppress what it predicts, as pre-training",
    "path": "path integration by liquids whose readouts are trained alone",
}
#: Whose methods are measured by errors, not by accuracies.
OF_ERRORS = ("forecast", "path")
#: What numbers of spikes begin with, among accuracies.
SPIKES = "spikes a neuron and sample: "


@dataclass(frozen=True, kw_only=True)
class IdeasSettings(Settings):
    """Options of ``ideas.py``."""

    idea: str = option("legendre", "what is tested ({default})", choices=tuple(IDEAS))
    neurons: int = option(480, "of a liquid ({default}; --quick: 24)", least=24, quick=24)
    samples: int | None = option(
        None, "of each class (all of Braille, 150 of TPR4; --quick: 8)", least=4, quick=8
    )
    steps: int = option(
        3000, "of a series, a third for the test ({default}; --quick: 600)", least=600, quick=600
    )
    seeds: int = option(
        5, "liquids, each with its own split ({default}; --quick: 1)", least=1, quick=1
    )
    seed: int = option(1, "the first one ({default})", least=0)
    out: Path = option(Path("results/ideas"), "folder of the results ({default})")


STUDY = Study(
    name="ideas",
    settings=IdeasSettings,
    experiment="experiments.studies.ideas.experiment:Ideas",
    page="experiments.studies.ideas.page:page",
    description=__doc__,
    epilog=listed(ideas=IDEAS),
)
