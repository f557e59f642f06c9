"""State machines in attractors: a table of transitions becomes the wiring of spiking neurons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.errors import InputError
from experiments.lab.options import Settings, option
from experiments.lab.study import Study


@dataclass(frozen=True, kw_only=True)
class AttractorSettings(Settings):
    """Options of ``attractors.py``."""

    states: tuple[int, ...] = option(
        (8,), "states of a machine (8)", least=2, commas=True, metavar="S,...", quick=(3,)
    )
    inputs: int = option(4, "inputs of a machine ({default}; --quick: 2)", least=1, quick=2)
    table: Path | None = option(
        None, "a machine of one's own: a CSV of state,input,next", excludes=("states", "inputs")
    )
    neurons: tuple[int, ...] = option(
        (512,), "neurons that hold it (512)", least=50, commas=True, metavar="N,...", quick=(128,)
    )
    noise: tuple[float, ...] = option(
        (0.0,),
        "standard deviations of the weights, as shares of each (0)",
        least=0,
        commas=True,
        metavar="SD,...",
    )
    machines: int = option(
        50, "drawn for each size ({default}; --quick: 2)", least=1, quick=2, excludes=("table",)
    )
    steps: int = option(100, "of a walk ({default}; --quick: 5)", least=1, quick=5)
    seed: int = option(0, "of the first machine ({default})", least=0)
    out: Path = option(Path("results/attractors"), "folder of the results ({default})")

    def check(self) -> None:
        """Refuse a table that is no machine, and patterns that neurons have no room for."""
        from experiments.studies.attractors.machine import read_table

        table = None if self.table is None else read_table(self.table)
        for n in self.neurons:
            for states in self.states if table is None else (table.shape[1],):
                if states > n:
                    raise InputError(f"--states must be at most --neurons, got {states} and {n}")


STUDY = Study(
    name="attractors",
    settings=AttractorSettings,
    experiment="experiments.studies.attractors.experiment:Attractors",
    page="experiments.studies.attractors.page:page",
    description="Wire state machines into spiking neurons, and walk on them.",
    metric="sizes.0.walks.mean",
)
