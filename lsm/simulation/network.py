"""The Brian2 network of a liquid program, the same for every target.

Only this module and the two that run it (:mod:`build`, :mod:`numpy_program`) import Brian2, and
they do so in processes of their own: Brian2's device and preferences are global.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import brian2
import numpy as np
from brian2 import Function, Network, NeuronGroup, Synapses, ms, prefs

from lsm.simulation.programs import real

# Name, number of arguments and type of the functions through which a program meets its job.
FUNCTIONS = {
    "advance": (1, "integer"),
    "tally_spike": (1, "integer"),
    "noise_at": (1, "float"),
    "edge_target": (1, "integer"),
    "efficacy": (1, "float"),
}
INTEGERS = ("refractory_steps", "first_edge", "last_edge")


def liquid(description: Mapping[str, Any]) -> NeuronGroup:
    """The neurons of a program.

    Parameters
    ----------
    description : mapping
        As :func:`lsm.simulation.programs.describe` makes it.
    """
    prefs.core.default_float_dtype = np.dtype(real(description)).type
    # One step of the program is one step of any length; nothing in it depends on dt.
    brian2.defaultclock.dt = 1 * ms
    equations = [f"{name} : 1" for name in description["state"]]
    equations += [f"{name} : 1 (constant)" for name in description["constants"]]
    equations += [f"{name} : integer (constant)" for name in INTEGERS]
    equations += ["release : integer", "spikes : integer", "step : integer (shared)"]
    equations += ["fired : boolean"]
    return NeuronGroup(
        description["size"],
        "\n".join(equations),
        threshold="fired",
        reset=reset_code(description) + "\nspikes += tally_spike(i)",
        name="liquid",
    )


def update_code(description: Mapping[str, Any]) -> str:
    """Statements of a neuron's step.

    The threshold is part of them: while a neuron's numbers are at hand it costs next to nothing, in
    a loop of its own a fifth of a step.
    """
    u = description["state"][0]
    noise = " + d*noise_at(i)" if description["noisy"] else ""
    return (
        f"{description['update']}\n{u} = select(step >= release, {u}_new{noise}, {u})\n"
        f"fired = {description['threshold']}"
    )


def reset_code(description: Mapping[str, Any]) -> str:
    """Statements of a neuron that has fired."""
    return f"{description['reset']}\nrelease = step + refractory_steps"


def network(
    group: NeuronGroup,
    description: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    fill_neurons: Callable[[], None],
    fill_synapses: Callable[[Synapses], None],
) -> Network:
    """Add what happens at each step, and the synapses.

    Parameters
    ----------
    functions : mapping of str to callable
        NumPy implementations of :data:`FUNCTIONS`; the C++ ones are in ``tape.h``.
    fill_neurons, fill_synapses : callable
        Read the neurons' constants before the synapses are made, and weights ``w`` and delays
        after.
    """
    namespace: dict[str, Any] = {}
    for name, (arguments, kind) in FUNCTIONS.items():
        function = Function(
            functions[name],
            arg_units=[1] * arguments,
            arg_names=[f"argument{k}" for k in range(arguments)],
            return_unit=1,
            return_type=kind,
            stateless=False,
        )
        _add_implementations(function, name)
        namespace[name] = function
    select = Function(
        np.where,
        arg_units=[1, 1, 1],
        arg_names=["condition", "yes", "no"],
        arg_types=["boolean", "any", "any"],
        return_unit=1,
        return_type="float",
    )
    _add_implementations(select, "select")
    namespace["select"] = select
    group.namespace.update(namespace)

    group.run_regularly(update_code(description), when="groups", name="liquid_update")
    group.run_regularly("step = advance(step)", when="end", name="liquid_tape")
    fill_neurons()
    plastic = description["plastic"]
    synapses = Synapses(
        group,
        group,
        "w : 1 (constant)\nedge : integer (constant)" if plastic else "w : 1 (constant)",
        on_pre=_arrival(description["targets"], "w*efficacy(edge)" if plastic else "w"),
        namespace=namespace,
        name="recurrent",
    )
    synapses.connect(j="edge_target(k) for k in range(first_edge_pre, last_edge_pre)")
    fill_synapses(synapses)
    return Network(group, synapses)


def _add_implementations(function: Function, name: str) -> None:
    """Have Brian2 call a function as it stands, with plain arrays.

    Otherwise its NumPy target would check units in every step, and write all numbers of the result
    into a message that nobody sees: most of a step.
    """
    function.implementations.add_implementation("numpy", function.pyfunc)
    function.implementations.add_implementation("cpp", "", name=f"lsm_{name}")


def _arrival(targets: Sequence[str], weight: str) -> str:
    """What a spike does at its synapses: of two targets, the second takes negative weights."""
    if len(targets) == 1:
        return f"{targets[0]}_post += {weight}"
    return (
        f"weight = {weight}\n"
        f"{targets[0]}_post += select(weight > 0, weight, 0*weight)\n"
        f"{targets[1]}_post += select(weight > 0, 0*weight, weight)"
    )
