"""Reservoirs as NPZ files: arrays, and a header of numbers and names as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from lsm.archives import Arrays, LoadError, read_archive, refusing, write_archive
from lsm.neurons import MODELS, get_model
from lsm.powers import refuse_towers
from lsm.synapses import ShortTermPlasticity
from lsm.topology import InputWiring, get_wiring

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir

FORMAT = 2
WHAT = "a saved reservoir"


def header(reservoir: Reservoir) -> dict[str, Any]:
    """What defines a reservoir beside its arrays, ready for JSON."""
    short_term = reservoir.short_term
    return {
        "format": FORMAT,
        "model": reservoir.model.definition or reservoir.model.name,
        "wiring": reservoir.wiring.describe(),
        "inputs": asdict(reservoir.inputs),
        "side": reservoir.side,
        "seed": reservoir.seed,
        "short_term": None if short_term is None else asdict(short_term),
    }


def arrays(reservoir: Reservoir) -> dict[str, NDArray[Any]]:
    """A reservoir's arrays by name, those of its wiring aside."""
    named = {name: getattr(reservoir, name) for name in ("excitatory", "positions", "keys")}
    return named | {f"parameters.{name}": value for name, value in reservoir.parameters.items()}


def stored(reservoir: Reservoir) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays from which :func:`fields` makes the reservoir again."""
    model = reservoir.model
    if not model.definition and MODELS.get(model.name) != model:
        raise ValueError(
            f"the neuron model {model.name!r} is not the one of that name in "
            "lsm.neurons.MODELS: put it there to save reservoirs of it"
        )
    of_wiring = {f"wiring.{name}": value for name, value in reservoir.wiring.arrays().items()}
    return header(reservoir), arrays(reservoir) | of_wiring


def fields(head: dict[str, Any], content: Arrays) -> dict[str, Any]:
    """What `Reservoir` is called with, from what :func:`stored` gave."""

    def part(prefix: str) -> Arrays:
        return {
            name.removeprefix(prefix): array
            for name, array in content.items()
            if name.startswith(prefix)
        }

    if head["model"].startswith("{"):
        refuse_towers(head["model"])
    wiring = dict(head["wiring"])
    rule = get_wiring(wiring.pop("rule"))
    short_term = head.get("short_term")  # unknown to the first format
    return {
        "model": get_model(head["model"]),
        "parameters": part("parameters."),
        "excitatory": content["excitatory"],
        "positions": content["positions"],
        "keys": content["keys"],
        "wiring": rule.restore(wiring, part("wiring.")),
        "inputs": InputWiring(**head["inputs"]),
        "side": head["side"],
        "seed": head["seed"],
        "short_term": short_term and ShortTermPlasticity(**short_term),
        "given": frozenset(),
    }


def write(reservoir: Reservoir, path: str | Path) -> None:
    """What :meth:`lsm.Reservoir.save` does."""
    write_archive(path, *stored(reservoir))


def read(path: str | Path, make: Callable[..., Reservoir]) -> Reservoir:
    """What :meth:`lsm.Reservoir.load` does; `make` is the class."""
    head, content = read_archive(path, WHAT, newest=FORMAT)
    if "model" not in head:
        raise LoadError(f"{path} is not {WHAT}: lsm.saving.load reads what it holds")
    with refusing(path, WHAT):
        return make(**fields(head, content))
