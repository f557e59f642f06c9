"""What DEAP's tools see: a genome with a fitness."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deap import base

from evolution.genome import Genome


class Fitness(base.Fitness):
    """Values that are maximised, or minimised where the weight is below 0: one value by default."""

    def __init__(self, weights: tuple[float, ...] = (1.0,)) -> None:
        self.weights = weights
        super().__init__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Fitness:
        # DEAP's makes a new one by the class alone, which has other weights.
        copied = Fitness(self.weights)
        copied.__dict__.update(self.__dict__)
        return copied


@dataclass(eq=False)
class Individual:
    """A genome and its fitness, which is invalid (DEAP's word) until it is evaluated."""

    genome: Genome
    fitness: Fitness = field(default_factory=Fitness)
