"""Reservoirs by name, each with its source's numbers; the last two have numbers of our own.

``make_reservoir("maass2002", random_state=0)``, ``make_reservoir("deckers2022:300")`` with a number
of neurons; every one takes a number of neurons and another
:class:`lsm.InputWiring`:

==================  ==============================================================================
maass2002           the first liquid: a column of neurons with dynamic synapses
cuba, coba          balanced networks with currents, with conductances (Vogels & Abbott)
izhikevich2003      heterogeneous cortical neurons, all reaching all
deckers2022         a liquid extended by balance, adaptation and heterogeneity
evolved2026         20 neurons as evolution begins with them (Lopez-Herrera et al.)
delayed             axons of up to seconds: for tasks that need a memory
delay_lines         inputs that come up to a second late, and no recurrence
==================  ==============================================================================

A new one is a function in a module of its own and a line in `lsm.presets.registry`.

``lsm.presets.plain_brian2`` has three of them as programs written plainly in Brian2.

A preset is a draw: it has its source's numbers, not its random numbers. Inputs are onto excitatory
neurons; where a source doesn't say how strong they are, or speaks of other input, scale the
reservoir to yours with :func:`lsm.plasticity.calibration.calibrate`.
"""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
