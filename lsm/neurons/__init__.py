"""Neuron models by name.

===============  ===============================================================================
if               integrate-and-fire, without leak
lif              leaky, one exponential synaptic current
lif_adaptive     with a current of adaptation, which each spike adds to
alif             with a threshold that each spike raises, and a current of one step (e-prop's)
lif_alpha        alpha-shaped synaptic currents
lif_double       synaptic currents that rise and decay exponentially
lif_ei           excitatory and inhibitory currents with time constants of their own
lif_cond         excitatory and inhibitory conductances
izhikevich       Izhikevich 2003; :func:`cortical_draw` draws heterogeneous cortical neurons
izhikevich_2007  its form with a capacitance
theta            the theta neuron of Ermentrout & Kopell
===============  ===============================================================================

``MODELS["lif"].source`` says where one comes from, ``.parameters`` what its parameters are, in
which unit, and in which ranges evolution draws them. :meth:`NeuronModel.from_equations` takes a
model of one's own as Brian2's equations.

A reservoir has one model, whose parameters differ from neuron to neuron: clusters are arrays
(:meth:`lsm.Reservoir.random` has an example). Clusters without leak or without adaptation are
``lif`` with a ``tau_m_ms`` of 1e6 and ``lif_adaptive`` with a ``w_jump_pA`` of 0; all of
Izhikevich's kinds are parameters already. Equations that share nothing don't stand side by side in
one reservoir: write one model with both, and a parameter that switches.

A model says what a time step does as Brian2 statements on abstract variables, and how its constants
follow from named parameters with units. A new model is one more :class:`NeuronModel` object, put
into :data:`MODELS`; one that is in there also loads from saved reservoirs.
"""

from lsm.neurons.alif import ALIF
from lsm.neurons.double import IZHIKEVICH_2007_DOUBLE, THETA_DOUBLE
from lsm.neurons.lif import IF, LIF, LIF_ADAPTIVE
from lsm.neurons.model import MODELS, NeuronModel, get_model
from lsm.neurons.parameters import Parameter
from lsm.neurons.quadratic import IZHIKEVICH, IZHIKEVICH_2007, THETA, cortical_draw
from lsm.neurons.synaptic import LIF_ALPHA, LIF_COND, LIF_DOUBLE, LIF_EI

_ALL = (IF, LIF, LIF_ALPHA, LIF_DOUBLE, LIF_EI, LIF_COND, LIF_ADAPTIVE, ALIF)
_QUADRATIC = (IZHIKEVICH, IZHIKEVICH_2007, IZHIKEVICH_2007_DOUBLE, THETA, THETA_DOUBLE)
MODELS.update({model.name: model for model in (*_ALL, *_QUADRATIC)})

__all__ = [
    "ALIF",
    "IF",
    "IZHIKEVICH",
    "IZHIKEVICH_2007",
    "IZHIKEVICH_2007_DOUBLE",
    "LIF",
    "LIF_ADAPTIVE",
    "LIF_ALPHA",
    "LIF_COND",
    "LIF_DOUBLE",
    "LIF_EI",
    "MODELS",
    "THETA",
    "THETA_DOUBLE",
    "NeuronModel",
    "Parameter",
    "cortical_draw",
    "get_model",
]
