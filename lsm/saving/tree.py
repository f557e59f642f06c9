"""Objects as JSON and arrays, and back.

A number, string, list or None is itself. Anything else is a mapping with a single key that says
what it is:

===================  ===========================================================================
``tuple``            its members
``dict``             its pairs
``array``            the name of an array in the file
``objects``          strings and numbers of any kind in a row, such as labels or columns' names
``object``           its class's name in :data:`lsm.saving.schema.CLASSES`, what the constructor
                     was given, and what was learned since
``reservoir``        its header, and what the names of its arrays begin with
``generator``        the state of a NumPy generator (PCG64, the default one)
``rule``             the name of a function in :data:`lsm.plasticity.pretraining.PRETRAINING`
``skops``            the name of an array with the bytes that skops made of an estimator
===================  ===========================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from lsm.base.archives import Arrays
from lsm.base.quantities import in_unit, is_quantity
from lsm.encoders import MelFrontEnd
from lsm.estimators.liquid import BaseLiquid
from lsm.neurons import MODELS
from lsm.plasticity.pretraining import PRETRAINING
from lsm.reservoir import Reservoir
from lsm.reservoir import files as reservoir_files
from lsm.saving import skops_bytes
from lsm.saving.kinds import MOST_KEYS
from lsm.saving.rules import at_most_cores
from lsm.saving.schema import CLASSES, check, check_arguments

Node = Any
#: Of one's own equations, in a file.
_MOST_MODELS = 4
_PLAIN = (bool, int, float, str, type(None))
#: Where scikit-learn's searches, and `evolution.LiquidEvolution`, have what they found.
_FOUND = ("best_estimator_", "classifier_")


def is_model(value: Any) -> bool:
    """Whether a file can hold it alone: it is no mere part of something."""
    return isinstance(value, Reservoir | BaseEstimator | MelFrontEnd)


def _is_known(value: Any) -> bool:
    return CLASSES.get(type(value).__name__) is type(value)


class Writer:
    """Makes nodes of values, and collects their arrays."""

    def __init__(self) -> None:
        self.arrays: Arrays = {}
        self._reservoirs: dict[int, tuple[Reservoir, Node]] = {}

    def node(self, value: Any, place: str) -> Node:
        """The node of a value; `place` is what a refusal calls it."""
        if isinstance(value, np.generic):
            value = value.item()
        if type(value) in _PLAIN:
            return value
        if type(value) is list:
            return [self.node(item, place) for item in value]
        if type(value) is tuple:
            return {"tuple": [self.node(item, place) for item in value]}
        if type(value) is dict and len(value) <= MOST_KEYS:
            return {"dict": [[self.node(x, place) for x in pair] for pair in value.items()]}
        if isinstance(value, np.ndarray):
            return self._array(value, place)
        if isinstance(value, Reservoir):
            return self._reservoir(value, place)
        if isinstance(value, np.random.Generator | np.random.RandomState):
            return _generator(value, place)
        if _is_known(value):
            return self._object(value, place)
        if isinstance(value, BaseEstimator):
            if found := [name for name in _FOUND if hasattr(value, name)]:
                raise TypeError(
                    f"{place}: a search can't be saved, {type(value).__name__}; save its {found[0]}"
                )
            return {"skops": self._keep(skops_bytes.dumped(value, place))}
        for name, rule in PRETRAINING.items():
            if value is rule:
                return {"rule": name}
        if callable(value) and not hasattr(value, "fit"):
            raise TypeError(
                f"{place}: a function can't be saved, got {value!r}; what is fitted needs it no "
                f"more: set_params({place.rpartition('.')[2]}=None) first"
            )
        raise TypeError(f"{place}: {value!r} can't be saved; known are {', '.join(CLASSES)}")

    def _keep(self, array: NDArray[Any]) -> str:
        for name, stored in self.arrays.items():
            if stored is array:
                return name
        name = f"a{len(self.arrays)}"
        self.arrays[name] = array
        return name

    def _array(self, array: NDArray[Any], place: str) -> Node:
        if array.dtype.kind == "O" and array.ndim == 1:
            row = [item.item() if isinstance(item, np.generic) else item for item in array]
            if all(type(item) in _PLAIN for item in row):
                return {"objects": row}
        if array.dtype.kind not in "biufU":
            raise TypeError(f"{place}: an array of {array.dtype} can't be saved")
        return {"array": self._keep(array)}

    def _reservoir(self, reservoir: Reservoir, place: str) -> Node:
        # A reservoir that was given and is used as it is is both parameter and attribute.
        if id(reservoir) not in self._reservoirs:
            try:
                header, arrays = reservoir_files.stored(reservoir)
            except ValueError as error:  # a neuron model that no file can name
                raise TypeError(f"{place}: {error}") from error
            at = f"r{len(self._reservoirs)}."
            self.arrays |= {at + name: array for name, array in arrays.items()}
            self._reservoirs[id(reservoir)] = reservoir, {"reservoir": [header, at]}
        return self._reservoirs[id(reservoir)][1]

    def _object(self, value: Any, place: str) -> Node:
        if is_dataclass(value):
            parameters = {field.name: getattr(value, field.name) for field in fields(value)}
            learned = {}
        else:
            parameters = {
                name: in_unit(part, name).item() if is_quantity(part) else part
                for name, part in value.get_params(deep=False).items()
            }
            learned = {name: part for name, part in vars(value).items() if name not in parameters}

        def nodes(values: dict[str, Any]) -> Node:
            return {name: self.node(part, f"{place}.{name}") for name, part in values.items()}

        if isinstance(value, BaseLiquid):
            for name in ("verbose", "checkpoint"):  # a matter of who watches, and where
                parameters.pop(name, None)
        check_arguments(type(value), parameters)
        node = {"object": [type(value).__name__, nodes(parameters), nodes(learned)]}
        check(value)
        return node


def _generator(value: Any, place: str) -> Node:
    state = value.bit_generator.state if isinstance(value, np.random.Generator) else {}
    if state.get("bit_generator") != "PCG64":
        raise TypeError(
            f"{place}: of random states an integer, None, or NumPy's default generator can be "
            f"saved, got {value!r}"
        )
    return {"generator": state}


class Reader:
    """Makes values of nodes, whoever wrote them; any error means a node that can't be."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._reservoirs: dict[str, Reservoir] = {}
        self._definitions: set[str] = set()
        self._kinds: dict[str, Callable[[Any], Any]] = {
            "tuple": lambda members: tuple(map(self.value, members)),
            "dict": self._dict,
            "array": lambda name: self._arrays[name],
            "objects": _row,
            "object": lambda content: self._object(*content),
            "reservoir": lambda content: self._reservoir(*content),
            "generator": _with_state,
            "rule": lambda name: PRETRAINING[name],
            "skops": lambda name: skops_bytes.loaded(self._arrays[name]),
        }

    def value(self, node: Node) -> Any:
        """The value that a node stands for."""
        if isinstance(node, list):
            return [self.value(item) for item in node]
        if not isinstance(node, dict):
            return node
        ((kind, content),) = node.items()
        if kind not in self._kinds:
            raise ValueError(f"nothing is of the kind {kind[:50]!r}")
        return self._kinds[kind](content)

    def _dict(self, pairs: list[list[Node]]) -> dict[Any, Any]:
        if len(pairs) > MOST_KEYS:
            raise ValueError(f"it has a mapping of {len(pairs)} keys; at most {MOST_KEYS}")
        return {self.value(key): self.value(item) for key, item in pairs}

    def _object(self, name: str, parameters: dict[str, Node], learned: dict[str, Node]) -> Any:
        if name not in CLASSES:
            raise ValueError(f"the class {str(name)[:50]!r} is none of {', '.join(CLASSES)}")
        arguments = {key: self.value(node) for key, node in parameters.items()}
        if "n_jobs" in arguments:
            arguments["n_jobs"] = at_most_cores(arguments["n_jobs"])
        check_arguments(CLASSES[name], arguments)
        result = CLASSES[name](**arguments)
        if learned and is_dataclass(result):
            raise ValueError(f"a {name} learns nothing")
        # Past any __setattr__: `check` refuses what the class doesn't learn.
        vars(result).update({key: self.value(node) for key, node in learned.items()})
        check(result)
        return result

    def _reservoir(self, header: dict[str, Any], at: str) -> Reservoir:
        if at not in self._reservoirs:
            version, newest, n = header["format"], reservoir_files.FORMAT, len(at)
            if version > newest:
                raise ValueError(
                    f"its reservoir has format {version}; this version reads up to {newest}"
                )
            # Reading equations takes time, up to some seconds each.
            self._definitions |= {header["model"]} - MODELS.keys()
            if len(self._definitions) > _MOST_MODELS:
                raise ValueError(f"it has more than {_MOST_MODELS} neuron models of its own")
            own = {key[n:]: array for key, array in self._arrays.items() if key.startswith(at)}
            self._reservoirs[at] = Reservoir(**reservoir_files.fields(header, own))
        return self._reservoirs[at]


def _row(members: list[Any]) -> NDArray[np.object_]:
    if not all(type(item) in _PLAIN for item in members):
        raise ValueError("a row of labels holds something else than numbers and strings")
    row = np.empty(len(members), dtype=object)
    row[:] = members
    return row


def _with_state(state: dict[str, Any]) -> np.random.Generator:
    generator = np.random.default_rng(0)
    generator.bit_generator.state = state
    return generator
