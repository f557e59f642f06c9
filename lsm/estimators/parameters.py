"""Parameters by name, for scikit-learn's searches, also those of parts that are frozen."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Self

from sklearn.base import BaseEstimator

from lsm.learning import Trainer
from lsm.states import State
from lsm.topology import Inputs, Wiring


class NestedParameters(BaseEstimator):
    """An estimator whose frozen parts have parameters as well: ``set_params(state__bins=5)``.

    These are states, wiring rules, also of inputs, and trainers. They never change, so that another
    one takes their place. What was given as a number or a name has no parameters; the error shows
    the object that has.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name; if `deep`, those of states and the like too (``state__bins``)."""
        params: dict[str, Any] = super().get_params(deep)
        if deep:
            for name in self._get_param_names():
                inner = _fields(params[name])
                params |= {f"{name}__{field}": value for field, value in inner.items()}
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name, also of states and the like (``state__bins=5``).

        Raises
        ------
        ValueError
            The part has no such parameter; where it was given as a number or a name, the message
            shows the object to give.
        """
        nested: dict[str, dict[str, Any]] = {}
        for name in [name for name in params if "__" in name]:
            outer, _, inner = name.partition("__")
            nested.setdefault(outer, {})[inner] = params.pop(name)
        super().set_params(**params)
        for name, changes in nested.items():
            self._change(name, changes)
        return self

    def _change(self, name: str, changes: dict[str, Any]) -> None:
        """Set parameters of a part."""
        parameters = self.get_params(deep=False)
        part: Any = parameters.get(name)
        part_fields = _fields(part)
        if name not in parameters or hasattr(
            part, "set_params"
        ):  # scikit-learn's way, or its error
            super().set_params(**{f"{name}__{inner}": value for inner, value in changes.items()})
        elif changes.keys() <= part_fields.keys():
            setattr(self, name, replace(part, **changes))
        else:
            unknown = min(changes.keys() - part_fields.keys())
            message = f"{name}={part!r} has no parameter {unknown!r} to be set"
            if part_fields:
                message += f"; it has {', '.join(part_fields)}"
            elif (instead := self._as_object(name)) is not None:
                message += f": give {name}={instead!r}, an object that has parameters"
            raise ValueError(message)

    def _as_object(self, name: str) -> Any:
        """The object to give in place of a number or a name; None where there is none."""
        return None


def _fields(part: Any) -> dict[str, Any]:
    """Fields of a part that never changes, by name; none of anything else."""
    described = isinstance(part, State | Trainer | Wiring | Inputs) and is_dataclass(part)
    if described and not isinstance(part, type):
        return {field.name: getattr(part, field.name) for field in fields(part)}
    return {}
