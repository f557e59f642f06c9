"""Reservoirs as NPZ files: arrays, and a header of numbers and names as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.archives import Arrays, LoadError, read_archive, refusing, write_archive
from lsm.base.checks import MOST_NEURONS
from lsm.neurons import MODELS, get_model
from lsm.reservoir.description import FORMAT, Description, arrays, header
from lsm.topology import ShortTermPlasticity, Wiring, get_wiring, restore_inputs
from lsm.topology.delays import longest_delay

Made = TypeVar("Made", bound=Description)

WHAT = "a saved reservoir"
#: What a file may ask for: more would take the machine when it is simulated.
LONGEST_DELAY_MS = 1e5


def stored(reservoir: Description) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays from which :func:`fields` makes the reservoir again."""
    model = reservoir.model
    if not model.definition and MODELS.get(model.name) != model:
        raise ValueError(
            f"the neuron model {model.name!r} is not the one of that name in "
            "lsm.neurons.MODELS: put it there to save reservoirs of it"
        )
    _refuse_huge(reservoir.n_neurons, reservoir.wiring, reservoir.positions)
    of_wiring = {f"wiring.{name}": value for name, value in reservoir.wiring.arrays().items()}
    of_inputs = {f"inputs.{name}": value for name, value in reservoir.inputs.arrays().items()}
    return header(reservoir), arrays(reservoir) | of_wiring | of_inputs


def fields(head: dict[str, Any], content: Arrays) -> dict[str, Any]:
    """The arguments of `Reservoir`, from the header and the arrays that :func:`stored` gave."""

    def part(prefix: str) -> Arrays:
        return {
            name.removeprefix(prefix): array
            for name, array in content.items()
            if name.startswith(prefix)
        }

    described = dict(head["wiring"])
    rule = get_wiring(described.pop("rule"))
    wiring = rule.restore(described, part("wiring."))
    _refuse_huge(len(content["excitatory"]), wiring, content["positions"])
    short_term = head.get("short_term")  # unknown to the first format
    return {
        "model": get_model(head["model"]),
        "parameters": part("parameters."),
        "excitatory": content["excitatory"],
        "positions": content["positions"],
        "keys": content["keys"],
        "wiring": wiring,
        "inputs": restore_inputs(head["inputs"], part("inputs.")),
        "side": head["side"],
        "seed": head["seed"],
        "short_term": short_term and ShortTermPlasticity(**short_term),
        "given": frozenset(),
    }


def _refuse_huge(n: int, wiring: Wiring, positions: NDArray[Any]) -> None:
    """Raise ValueError for more neurons, or longer delays, than a file may have."""
    if n > MOST_NEURONS:
        raise ValueError(f"it has {n} neurons; in a file there are at most {MOST_NEURONS}")
    delays: Any = getattr(wiring, "delay_ms", 0.0)
    longest = longest_delay(delays.data if scipy.sparse.issparse(delays) else delays)
    velocity = getattr(wiring, "velocity", None)
    if velocity is not None:
        longest += np.linalg.norm(np.ptp(positions.astype(np.float64), axis=0)) / velocity
    if not longest <= LONGEST_DELAY_MS:
        raise ValueError(
            f"its delays go up to {longest:g} ms; in a file to {LONGEST_DELAY_MS:g} ms"
        )


def write(reservoir: Description, path: str | Path) -> None:
    """Write a reservoir to a file, for :meth:`lsm.Reservoir.save`."""
    write_archive(path, *stored(reservoir))


def read(path: str | Path, make: Callable[..., Made]) -> Made:
    """Read a reservoir from a file, for :meth:`lsm.Reservoir.load`; `make` is the class."""
    head, content = read_archive(path, WHAT, newest=FORMAT)
    if "model" not in head:
        raise LoadError(f"{path} is not {WHAT}: lsm.saving.load reads what it holds")
    with refusing(path, WHAT):
        return make(**fields(head, content))
