"""Parameters by name, for scikit-learn's searches, also those of parts that are frozen."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Self

from sklearn.base import BaseEstimator

from lsm.states import State
from lsm.topology import Wiring


class NestedParameters(BaseEstimator):
    """Whose states and wiring rules have parameters too: ``set_params(state__bins=5)``.

    These are frozen, so that another one takes their place. What was given as a number or a name
    has no parameters; the error shows the object that has.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        params: dict[str, Any] = super().get_params(deep)
        if deep:
            for name, part in list(params.items()):
                if "__" not in name and _is_frozen(part):
                    params |= {
                        f"{name}__{one.name}": getattr(part, one.name) for one in fields(part)
                    }
        return params

    def set_params(self, **params: Any) -> Self:
        nested: dict[str, dict[str, Any]] = {}
        for name in [name for name in params if "__" in name]:
            part, _, inner = name.partition("__")
            nested.setdefault(part, {})[inner] = params.pop(name)
        super().set_params(**params)
        known = self.get_params(deep=False)
        for name, changes in nested.items():
            part = known.get(name)
            if _is_frozen(part):
                unknown = changes.keys() - {one.name for one in fields(part)}
                if not unknown:
                    setattr(self, name, replace(part, **changes))
                    continue
            elif name not in known or hasattr(part, "set_params"):
                super().set_params(**{f"{name}__{inner}": one for inner, one in changes.items()})
                continue
            else:
                unknown = set(changes)
            raise ValueError(
                f"{name}={part!r} has no parameter {min(unknown)!r} to be set"
                + self._instead(name, part)
            )
        return self

    def _instead(self, name: str, part: Any) -> str:
        if _is_frozen(part):
            return f"; it has {', '.join(one.name for one in fields(part))}"
        found = self._as_object(name)
        return "" if found is None else f": give {name}={found!r}, an object that has parameters"

    def _as_object(self, name: str) -> Any:
        """The object to give in place of a number or a name; None where there is none."""
        return None


def _is_frozen(part: Any) -> bool:
    """Whether it is a part that never changes, with fields in place of parameters."""
    return is_dataclass(part) and isinstance(part, State | Wiring) and not isinstance(part, type)
