"""The recipes by name. A new one is a :class:`evolution.Recipe` and two lines here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsm.base.registry import Registry

if TYPE_CHECKING:
    from evolution.recipe import Recipe

RECIPES: Registry[Recipe] = Registry(
    {
        "driven": "evolution.recipe:DRIVEN",
        "delays": "evolution.recipe:DELAYS",
        "rates": "evolution.recipe:RATES",
        "speech": "evolution.recipe:SPEECH",
        "varied": "evolution.recipe:VARIED",
        "adaptive": "evolution.recipe:ADAPTIVE",
        "izhikevich": "evolution.recipe:CORTICAL",
        "paper": "evolution.recipe:PAPER",
    }
)

#: What each is for.
RECIPE_NOTES = {
    "driven": "inputs that drive the liquid, recurrent synapses that matter",
    "delays": "long recurrent delays; gains of delays, time constants and weights evolve",
    "rates": "inputs that fire a neuron by themselves: for rates",
    "speech": "inputs of both signs, slow membranes: for many busy channels",
    "varied": "the same neurons, all weights scaled to the task's input",
    "adaptive": "neurons that tire, scaled likewise; all time constants evolve",
    "izhikevich": "cortical neurons (Izhikevich 2003), scaled likewise",
    "paper": "the evolved liquid as its authors built it",
}
