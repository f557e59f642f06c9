"""The recipes by name. A new one is a :class:`evolution.Recipe` and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsm.base.registry import Registry

if TYPE_CHECKING:
    from evolution.recipe import Recipe

RECIPES: Registry[Recipe] = Registry(
    {
        "driven": "evolution.recipe:DRIVEN",
        "rates": "evolution.recipe:RATES",
        "speech": "evolution.recipe:SPEECH",
        "varied": "evolution.recipe:VARIED",
        "adaptive": "evolution.recipe:ADAPTIVE",
        "izhikevich": "evolution.recipe:CORTICAL",
        "paper": "evolution.recipe:PAPER",
    }
)
