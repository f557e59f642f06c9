"""Options of ``rate_to_spiking.py``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.errors import InputError
from experiments.lab.options import MOST_COUPLED, Settings, option
from tasks.cognitive import COGNITIVE

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class ConversionSettings(Settings):
    """Options of ``rate_to_spiking.py``."""

    task: str = option(ALL, "what is learned ({default})", choices=(*COGNITIVE, ALL))
    network: Path | None = option(None, "take this trained network (.npz) for --task")
    units: int = option(
        250,
        "units of a network ({default}; --quick: 60)",
        least=10,
        most=MOST_COUPLED,
        quick=60,
        excludes=("network",),
    )
    seed: int = option(0, "of the first network ({default})", least=0)
    seeds: int = option(
        5, "networks a task, each with its own seed ({default}; --quick: 1)", least=1, quick=1
    )
    search_trials: int = option(
        50, "trials that each scaling factor is tried on ({default}; --quick: 8)", least=1, quick=8
    )
    trials: int = option(100, "trials of the test ({default}; --quick: 8)", least=1, quick=8)
    out: Path = option(Path("results/rate_to_spiking"), "folder of the results ({default})")

    def check(self) -> None:
        """Refuse a network without a task, or one that can't be read."""
        if self.network is None:
            return
        if self.task == ALL:
            raise InputError("--network must stand beside one --task, got --task all")
        from lsm.conversion import SigmoidNetwork
        from tasks.cognitive_networks import check_network

        try:
            check_network(self.task, SigmoidNetwork.load(self.network))
        except ValueError as error:
            raise InputError(f"--network: {error}") from error

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks that are done."""
        return tuple(COGNITIVE) if self.task == ALL else (self.task,)
