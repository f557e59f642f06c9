"""NEST: ``iaf_psc_exp``, one thread, many samples side by side.

Every lane (a liquid with a sample) has neurons of its own. Only the simulation is timed: the
network is made anew before, untimed, as NEST can't bring synaptic currents back to rest. It
computes in double precision.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nest
import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.peers.cases import Work

#: Parameters of its neurons, and what they are called here.
_NAMES = {
    "C_m": "c_m_pF",
    "E_L": "v_rest_mV",
    "V_m": "v_rest_mV",
    "V_reset": "v_reset_mV",
    "V_th": "v_threshold_mV",
    "tau_m": "tau_m_ms",
    "tau_syn_ex": "tau_syn_ms",
    "tau_syn_in": "tau_syn_ms",
    "t_ref": "t_ref_ms",
}


def prepare(work: Work) -> Callable[[], Any]:
    """All liquids and samples in one network of NEST; a function that runs it."""
    liquids, samples, n = work.shape
    dt, channels = work.dt_ms, work.spikes.n_channels
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.SetKernelStatus({"resolution": dt, "local_num_threads": 1})
    neurons = nest.Create("iaf_psc_exp", liquids * samples * n)
    for theirs, ours in _NAMES.items():
        values = np.repeat([r.parameters[ours] for r in work.reservoirs], samples, axis=0)
        neurons.set({theirs: values.ravel()})
    # Its first step ends at dt, before which nothing can arrive: all comes a step later.
    inputs = nest.Create("spike_generator", samples * channels)
    steps = work.spikes.steps(dt)
    where = work.spikes.sample_indices() * channels + work.spikes.channels
    order = np.lexsort((steps, where))
    parts = np.split((steps[order] + 1) * dt, np.searchsorted(where[order], range(1, len(inputs))))
    inputs.set([{"spike_times": part} for part in parts])
    for source, (i, j, weights) in zip((neurons, inputs), work.side_by_side(), strict=True):
        if len(i):
            nest.Connect(
                source[0].global_id + i,
                neurons[0].global_id + j,
                conn_spec="one_to_one",
                syn_spec={"weight": weights, "delay": np.full(len(i), dt)},
            )
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder, syn_spec={"delay": dt})
    first = neurons[0].global_id

    def run() -> NDArray[np.int32]:
        nest.Simulate((work.steps + 2) * dt)  # a step until the first, one until the last is told
        events = recorder.get("events")
        inside = events["times"] < (work.steps + 1.5) * dt
        counts = np.bincount(events["senders"][inside] - first, minlength=len(neurons))
        return counts.astype(np.int32).reshape(work.shape)

    return run
