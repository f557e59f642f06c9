"""Options of ``forecast.py``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.lab.errors import InputError
from experiments.lab.options import MOST_COUPLED, Settings, option

TASKS = ("narma10", "mackey-glass", "memory")
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class ForecastSettings(Settings):
    """Options of ``forecast.py``."""

    task: str = option(ALL, "what is forecast ({default})", choices=(*TASKS, ALL))
    neurons: tuple[int, ...] = option(
        (400,),
        "neurons of a liquid, units of an echo state network (400); of several numbers, how the "
        "errors of these two fall",
        least=20,
        most=MOST_COUPLED,
        commas=True,
        metavar="N,...",
    )
    seeds: int = option(
        5, "repetitions with other series and other reservoirs ({default})", least=1
    )
    quick: bool = option(False, "short series")
    out: Path = option(Path("results/forecast"), "folder of the results ({default})")

    def check(self) -> None:
        """Refuse a number of neurons that is given twice."""
        if len(set(self.neurons)) < len(self.neurons):
            raise InputError(f"--neurons must differ, got {','.join(map(str, self.neurons))}")

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks that are done."""
        return TASKS if self.task == ALL else (self.task,)

    @property
    def steps(self) -> tuple[int, int]:
        """Steps of the training and of the test part."""
        return (1500, 800) if self.quick else (6000, 3000)
