"""Reservoirs as NPZ files: arrays, and a header of numbers and names as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lsm.files import atomic_path
from lsm.neurons import MODELS, get_model
from lsm.synapses import ShortTermPlasticity
from lsm.topology import InputWiring, get_wiring

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir

FORMAT = 2


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


def write(reservoir: Reservoir, path: str | Path) -> None:
    """What :meth:`lsm.Reservoir.save` does."""
    model = reservoir.model
    if not model.definition and MODELS.get(model.name) != model:
        raise ValueError(
            f"the neuron model {model.name!r} is not the one of that name in "
            "lsm.neurons.MODELS: put it there to save reservoirs of it"
        )
    content = arrays(reservoir) | {"header": np.array(json.dumps(header(reservoir)))}
    content |= {f"wiring.{name}": value for name, value in reservoir.wiring.arrays().items()}
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **content)


def read(path: str | Path) -> dict[str, Any]:
    """The fields of a saved reservoir; what :meth:`lsm.Reservoir.load` makes one of."""
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                content = {name: archive[name] for name in archive.files}
            head = json.loads(str(content.pop("header")))
            newer = head["format"] > FORMAT
        except Exception as error:  # of many kinds, by where a file is damaged
            raise ValueError(f"{path} is not a saved reservoir: {error}") from error
    if newer:
        raise ValueError(f"{path} has format {head['format']}; this version reads up to {FORMAT}")

    def part(prefix: str) -> dict[str, NDArray[Any]]:
        return {
            name.removeprefix(prefix): array
            for name, array in content.items()
            if name.startswith(prefix)
        }

    wiring = head["wiring"]
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
    }
