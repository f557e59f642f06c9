"""This program, as a user calls it: a training of one iteration, with its files and processes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.benchmarks.learners import accumulation as task
from lsm import Reservoir
from lsm.learning import Adam, EProp, LeakyReadout, Trainer
from lsm.neurons import ALIF
from lsm.topology import MatrixInputs, MatrixWiring


def prepare(work: task.Iteration) -> Callable[[], task.Result]:
    """A function that trains for an iteration."""
    weights, n = work.weights, task.NEURONS
    reservoir = Reservoir(
        model=ALIF,
        parameters={
            "tau_m_ms": task.TAU_MS,
            "tau_a_ms": task.TAU_A_MS,
            "beta_mV": work.beta,
            "r_Gohm": 1 / (1 - np.exp(-1 / task.TAU_MS)),
            "t_ref_ms": task.REFRACTORY_STEPS - 1,  # beside the step of the spike
            "v_rest_mV": 0.0,
            "v_threshold_mV": task.THRESHOLD,
        },
        excitatory=np.ones(n, dtype=bool),
        positions=np.zeros((n, 2)),
        keys=np.arange(n, dtype=np.uint64),
        wiring=MatrixWiring(weights["recurrent"], delay_ms=0.0, dale=False),
        inputs=MatrixInputs(weights["inputs"]),
    )
    trainer = Trainer(
        EProp(
            feedback=weights["feedback"],
            dampening=task.DAMPENING,
            rate_strength=task.RATE_STRENGTH,
            rate_target_Hz=task.RATE_TARGET_HZ,
        ),
        Adam(task.LEARNING_RATE),
        window_ms=task.RECALL_STEPS,
        batch_size=work.samples,
        iterations=1,
        unit_pA=1.0,
    )
    readout = LeakyReadout(weights["readout"], task.TAU_MS)

    def run() -> task.Result:
        trained = trainer.train(reservoir, work.spikes, work.labels, readout=readout)
        learned = {"readout": trained.readout.weights}
        for name, synapses in trained.network.synapses.items():
            learned[name] = np.zeros_like(weights[name])
            learned[name][synapses.source, synapses.target] = synapses.weight_pA
        return float(trained.curve.losses[0]), learned

    return run
