"""What carried an evolved liquid: its test accuracy with one of its parts spoilt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evolution.family import Family
from evolution.judge import Judge
from lsm.reservoir import Reservoir
from lsm.topology import NoWiring


def _cut_recurrence(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    return reservoir.replace(wiring=NoWiring())


def _permute_positions(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    return reservoir.replace(positions=rng.permutation(reservoir.positions))


def _redraw_keys(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    return reservoir.replace(keys=rng.integers(2**64, size=reservoir.n_neurons, dtype=np.uint64))


def _permute_parameters(reservoir: Reservoir, rng: np.random.Generator) -> Reservoir:
    order = rng.permutation(reservoir.n_neurons)
    return reservoir.replace(
        parameters={name: value[order] for name, value in reservoir.parameters.items()}
    )


#: What is taken from an evolved liquid, to see what carried it. Keys decide the synapses among
#: neurons and those from the inputs; permuted parameters stay with neither polarity nor place.
ABLATIONS: dict[str, Callable[[Reservoir, np.random.Generator], Reservoir]] = {
    "recurrence_cut": _cut_recurrence,
    "positions_permuted": _permute_positions,
    "keys_redrawn": _redraw_keys,
    "parameters_permuted": _permute_parameters,
}


def ablations(
    judge: Judge | Family, reservoir: Reservoir, *, rng: np.random.Generator, draws: int = 10
) -> dict[str, dict[str, float]]:
    """Test accuracy of an evolved reservoir with a part of it spoilt, over ``draws`` draws.

    Returns
    -------
    dict
        For each of :data:`ABLATIONS` ``{"mean", "std"}``.
    """
    result = {}
    for name, ablate in ABLATIONS.items():
        n = 1 if name == "recurrence_cut" else draws
        scores = judge.test([ablate(reservoir, rng) for _ in range(n)])
        result[name] = {"mean": float(scores.mean()), "std": float(scores.std())}
    return result
