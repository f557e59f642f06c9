"""State machines in attractors: how far do spiking neurons walk on a table of transitions?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from numpy.random import Generator, default_rng

from experiments.lab.errors import InputError
from experiments.lab.options import Settings, option
from experiments.lab.study import Study


@dataclass(frozen=True, kw_only=True)
class AttractorSettings(Settings):
    """Options of ``attractors.py``."""

    states: tuple[int, ...] = option((8,), "of a machine (8)", least=2, commas=True, quick=(3,))
    inputs: int = option(4, "of a machine ({default}; --quick: 2)", least=1, quick=2)
    table: Path | None = option(None, "a CSV of state,input,next", excludes=("states", "inputs"))
    neurons: tuple[int, ...] = option((512,), "of each (512)", least=50, commas=True, quick=(128,))
    noise: tuple[float, ...] = option(
        (0.0,), "deviations of the weights, as shares of each (0)", least=0, commas=True
    )
    phasic: bool = option(False, "states are held by facilitated synapses, without spikes")
    periods: tuple[float, ...] = option(
        (0.0,), "ms from an input to the next (0: 250; --phasic: 1000)", least=0, commas=True
    )
    mixed: bool = option(False, "each period of a walk is drawn from --periods")
    machines: int = option(
        50, "drawn for each size ({default}; --quick: 2)", least=1, quick=2, excludes=("table",)
    )
    steps: int = option(100, "of a walk ({default}; --quick: 5)", least=1, quick=5)
    seed: int = option(0, "of the first machine ({default})", least=0)
    out: Path = option(Path("results/attractors"), "folder of the results ({default})")

    def tables(self, n_states: int, rng: Generator) -> list[Any]:
        """Transition tables: the one that is given, or as many drawn ones as machines."""
        from lsm.machines import TransitionTable

        if self.table is not None:
            return [TransitionTable.from_csv(self.table)]
        sizes = [(n_states, self.inputs)] * self.machines
        return [TransitionTable.random(*size, random_state=rng) for size in sizes]

    def check(self) -> None:
        """Refuse a table that is no machine, and sizes and periods that can't be."""
        from lsm.machines import StateMachine

        try:
            for n, n_states in product(self.neurons, self.states):
                table = self.tables(n_states, default_rng(0))[0]
                machine = StateMachine.wire(table, n, phasic=self.phasic)
            for period_ms in self.periods:
                machine.bounds_ms(1, period_ms or None)
        except (OSError, ValueError) as error:
            raise InputError(str(error)) from error


STUDY = Study(
    name="attractors",
    settings=AttractorSettings,
    experiment="experiments.studies.attractors.experiment:Attractors",
    page="experiments.studies.attractors.page:page",
    description="Wire state machines into spiking neurons, and walk on them.",
    metric="sizes.0.walks.mean",
)
