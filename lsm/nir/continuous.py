"""A liquid as NIR says it: in continuous time, for whoever reads all of NIR.

==================  ==============================================================================
of a liquid         in the graph
==================  ==============================================================================
input synapses      a Linear from channels to currents in pA, for each delay as below
``lif`` neurons     CubaLIF, potentials in mV from rest, times in s
recurrent synapses  a Linear for each delay, behind a Delay where it isn't 0
spike counts        I
filtered traces     LI, for each time constant
a linear readout    Affine, for each time constant, and their sum
==================  ==============================================================================

NIR has no refractory periods, so ``t_ref_ms`` must be 0. Nor does it say what a spike is: for the
simulators that read it a spike is a 1 that lasts for a time step. So it is here, an impulse of that
area, and a graph is made for one step: for a spike to raise a current by its weight, ``w_in`` is
``tau_syn / dt``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lsm.nir.held import install, linear, matrix, neurons_read, refractory_steps
from lsm.reservoir import Reservoir
from lsm.topology import Synapses

Edges = list[tuple[str, str]]


def graph(
    reservoir: Reservoir, estimator: Any | None, n_channels: int, dt_ms: float
) -> tuple[dict[str, Any], Edges]:
    """Nodes and edges of a reservoir, and of the estimator that reads it."""
    if refractory_steps(reservoir, dt_ms).any():
        raise ValueError(
            "t_ref_ms: NIR holds no refractory periods, so it must be 0, or the reader one that "
            "runs them all the same (reader='norse', 'snntorch'); got up to "
            f"{reservoir.parameters['t_ref_ms'].max():g} ms"
        )
    nir, n = install(), reservoir.n_neurons
    nodes = {
        "input": nir.Input({"input": np.array([n_channels])}),
        "neurons": _neurons(reservoir, dt_ms),
    }
    edges: Edges = []
    inputs = reservoir.input_synapses(n_channels)
    if not inputs.delay_ms.any():
        nodes["input_weights"] = nir.Linear(matrix(inputs, n, n_channels))
        edges += [("input", "input_weights"), ("input_weights", "neurons")]
    else:
        for steps, synapses in _by_delay(inputs, dt_ms):
            after = "input"
            if steps:
                after = f"input_delay_{steps}"
                nodes[after] = nir.Delay(np.full(n_channels, steps * dt_ms / 1000))
                edges.append(("input", after))
            nodes[f"input_weights_{steps}"] = nir.Linear(matrix(synapses, n, n_channels))
            edges += [(after, f"input_weights_{steps}"), (f"input_weights_{steps}", "neurons")]
    for steps, synapses in _by_delay(reservoir.synapses, dt_ms):
        after = "neurons"
        if steps:
            after = f"delay_{steps}"
            nodes[after] = nir.Delay(np.full(n, steps * dt_ms / 1000))
            edges.append(("neurons", after))
        nodes[f"recurrent_{steps}"] = nir.Linear(matrix(synapses, n, n))
        edges += [(after, f"recurrent_{steps}"), (f"recurrent_{steps}", "neurons")]
    if estimator is None:
        nodes["output"] = nir.Output({"output": np.array([n])})
        edges.append(("neurons", "output"))
    else:
        _add_readout(nodes, edges, estimator, dt_ms)
    return nodes, edges


def _neurons(reservoir: Reservoir, dt_ms: float) -> Any:
    """The neurons as CubaLIF, potentials from rest."""
    p = reservoir.parameters
    resistance = p["tau_m_ms"] / p["c_m_pF"]
    return install().CubaLIF(
        tau_syn=p["tau_syn_ms"] / 1000,
        tau_mem=p["tau_m_ms"] / 1000,
        r=resistance,
        v_leak=p["i_background_pA"] * resistance,
        v_threshold=p["v_threshold_mV"] - p["v_rest_mV"],
        v_reset=p["v_reset_mV"] - p["v_rest_mV"],
        w_in=p["tau_syn_ms"] / dt_ms,
    )


def _by_delay(synapses: Synapses, dt_ms: float) -> list[tuple[int, Synapses]]:
    """Synapses by their delays in steps."""
    steps = synapses.delay_steps(dt_ms)
    parts = (synapses.source, synapses.target, synapses.weight_pA, synapses.delay_ms)
    return [
        (int(delay), Synapses(*(part[steps == delay] for part in parts)))
        for delay in np.unique(steps)
    ]


def _add_readout(nodes: dict[str, Any], edges: Edges, estimator: Any, dt_ms: float) -> None:
    """A node for each trace of all neurons, and what the readout makes of them."""
    nir, n = install(), estimator.reservoir_.n_neurons
    read = neurons_read(estimator)
    decays = estimator.state_.decays(dt_ms)
    coef, intercept = linear(estimator, len(read) * len(decays))
    for k, (decay, part) in enumerate(
        zip(decays, np.split(coef, len(decays), axis=1), strict=True)
    ):
        weight = np.zeros((len(coef), n))
        weight[:, read] = part
        nodes[f"trace_{k}"] = _trace(decay, n, dt_ms)
        # The intercept counts once.
        nodes[f"readout_{k}"] = nir.Affine(weight, intercept if k == 0 else 0 * intercept)
        edges += [
            ("neurons", f"trace_{k}"),
            (f"trace_{k}", f"readout_{k}"),
            (f"readout_{k}", "output"),
        ]
    nodes["output"] = nir.Output({"output": np.array([len(coef)])})


def _trace(decay: float, n: int, dt_ms: float) -> Any:
    """A node that a spike raises by 1, and of which `decay` is left after a step."""
    if decay == 1:
        return install().I(np.full(n, 1000 / dt_ms))
    tau_ms = -dt_ms / np.log(decay)
    return install().LI(
        tau=np.full(n, tau_ms / 1000), r=np.full(n, tau_ms / dt_ms), v_leak=np.zeros(n)
    )
