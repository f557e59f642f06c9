"""Neuron models by name.

A model says what a time step does as Brian2 statements on abstract variables, and how its constants
follow from named parameters with units. A new model is one more :class:`NeuronModel` object, put
into :data:`MODELS`; one that is in there also loads from saved reservoirs.
"""

import json

from lsm.neurons.lif import (
    IF,
    LIF,
    LIF_ADAPTIVE,
    LIF_ALPHA,
    LIF_COND,
    LIF_DOUBLE,
    LIF_EI,
)
from lsm.neurons.model import NeuronModel, Parameter
from lsm.neurons.quadratic import IZHIKEVICH, IZHIKEVICH_2007, THETA, cortical_draw

_ALL = (IF, LIF, LIF_ALPHA, LIF_DOUBLE, LIF_EI, LIF_COND, LIF_ADAPTIVE)
MODELS = {model.name: model for model in (*_ALL, IZHIKEVICH, IZHIKEVICH_2007, THETA)}


def get_model(name: str) -> NeuronModel:
    """The neuron model of that name; ValueError lists the known ones.

    Instead of a name also the definition of a model from equations.
    """
    if name.startswith("{"):
        return NeuronModel.from_equations(**json.loads(name))
    if name not in MODELS:
        raise ValueError(f"unknown neuron model {name!r}; known are {', '.join(MODELS)}")
    return MODELS[name]


__all__ = [
    "IF",
    "IZHIKEVICH",
    "IZHIKEVICH_2007",
    "LIF",
    "LIF_ADAPTIVE",
    "LIF_ALPHA",
    "LIF_COND",
    "LIF_DOUBLE",
    "LIF_EI",
    "MODELS",
    "THETA",
    "NeuronModel",
    "Parameter",
    "cortical_draw",
    "get_model",
]
