"""NEST's e-prop, as its example has it: the samples one after the other, updated after the last.

Only the simulation is timed: the network is made anew before. It computes in double precision.
"""

from __future__ import annotations

from collections.abc import Callable

import nest
import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.learners import accumulation as task

#: Steps from a spike of a channel to a readout's signal, and of the delays on that way alone.
_OFFSET, _DELAYS = 4, 3


def prepare(work: task.Iteration) -> Callable[[], task.Result]:
    """The network with all samples; a function that simulates it."""
    total = work.samples * work.steps
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(
        eprop_learning_window=float(task.RECALL_STEPS),
        eprop_reset_neurons_on_update=True,
        eprop_update_interval=float(work.steps),
        resolution=1.0,
        total_num_virtual_procs=1,
    )
    shared = {"C_m": 1.0, "E_L": 0.0, "V_m": 0.0, "tau_m": task.TAU_MS}
    spiking = shared | {
        "V_th": task.THRESHOLD,
        "t_ref": float(task.REFRACTORY_STEPS),
        "surrogate_gradient_function": "piecewise_linear",
        "c_reg": task.RATE_STRENGTH,
        "f_target": task.RATE_TARGET_HZ,
        "regular_spike_arrival": True,
    }
    adaptive = {"adapt_tau": task.TAU_A_MS, "adapt_beta": task.BETA}
    generators = nest.Create("spike_generator", task.CHANNELS)
    channels = nest.Create("parrot_neuron", task.CHANNELS)
    half = task.NEURONS // 2
    neurons = nest.Create("eprop_iaf_bsshslm_2020", half, spiking)
    neurons += nest.Create("eprop_iaf_adapt_bsshslm_2020", half, spiking | adaptive)
    readout = {"loss": "cross_entropy", "regular_spike_arrival": False}
    outputs = nest.Create("eprop_readout_bsshslm_2020", task.OUTPUTS, shared | readout)
    labels = nest.Create("step_rate_generator", task.OUTPUTS)
    last = nest.Create("spike_generator", params={"spike_times": [float(total + _DELAYS)]})
    meter = nest.Create(
        "multimeter",
        params={
            "record_from": ["readout_signal"],
            "interval": 1.0,
            "start": float(_OFFSET),
            "stop": float(_OFFSET + total),
        },
    )
    adam = {
        "type": "adam",
        "batch_size": work.samples,
        "eta": task.LEARNING_RATE,
        "optimize_each_step": False,
        "Wmin": -100.0,
        "Wmax": 100.0,
    }
    nest.SetDefaults("eprop_synapse_bsshslm_2020", {"optimizer": adam, "average_gradient": True})
    plastic = {"synapse_model": "eprop_synapse_bsshslm_2020", "tau_m_readout": task.TAU_MS}
    ways = {
        "inputs": (channels, neurons, work.weights["inputs"].T),
        "recurrent": (neurons, neurons, work.weights["recurrent"].T),
        "readout": (neurons, outputs, work.weights["readout"]),
    }
    every = {"rule": "all_to_all", "allow_autapses": False}
    each = "one_to_one"
    rate = {"synapse_model": "rate_connection_delayed", "delay": 1.0}
    nest.Connect(generators, channels, each, {"delay": 1.0})
    for sources, targets, weights in ways.values():
        nest.Connect(sources, targets, every, plastic | {"delay": 1.0, "weight": weights})
    feedback = {"synapse_model": "eprop_learning_signal_connection_bsshslm_2020", "delay": 1.0}
    feedback["weight"] = work.weights["feedback"].T
    nest.Connect(outputs, neurons, every, feedback)
    nest.Connect(labels, outputs, each, rate | {"receptor_type": 2})
    nest.Connect(outputs, outputs, every, rate | {"receptor_type": 1, "weight": 1.0})
    # Synapses are updated by spikes alone: so all neurons get one, at the end.
    nest.Connect(last, channels + neurons, "all_to_all", {"delay": 1.0, "weight": 1000.0})
    nest.Connect(meter, outputs)
    dense = work.dense.transpose(1, 0, 2).reshape(total, task.CHANNELS)
    generators.set([{"spike_times": np.flatnonzero(of_one) + 1.0} for of_one in dense.T])
    starts = np.arange(work.samples) * work.steps + float(_OFFSET)
    amplitudes = np.eye(task.OUTPUTS)[work.labels].T
    labels.set([{"amplitude_times": starts, "amplitude_values": row} for row in amplitudes])

    def run() -> task.Result:
        nest.Simulate(float(total + _OFFSET + 1))
        events = meter.get("events")
        signals = np.zeros((total, task.OUTPUTS))
        step = np.rint(events["times"]).astype(int) - _OFFSET - 1
        signals[step, events["senders"] - outputs[0].global_id] = events["readout_signal"]
        signals = signals.reshape(work.samples, work.steps, -1)[:, -task.RECALL_STEPS :]
        right = signals[np.arange(work.samples), :, work.labels]
        learned = {name: _weights(*way[:2]) for name, way in ways.items()}
        learned["readout"] = learned["readout"].T
        return float(-np.log(right).mean()), learned

    return run


def _weights(sources: nest.NodeCollection, targets: nest.NodeCollection) -> NDArray[np.float64]:
    """Weights as a matrix; row: source."""
    connections = nest.GetConnections(sources, targets)
    values = connections.get(["source", "target", "weight"])
    weights = np.zeros((len(sources), len(targets)))
    source = np.array(values["source"]) - sources[0].global_id
    weights[source, np.array(values["target"]) - targets[0].global_id] = values["weight"]
    return weights
