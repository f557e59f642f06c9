"""What a training has done to one sample: a file for its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.learn.problem import DT_MS, Problem
from lsm.base.archives import read_archive, write_archive
from lsm.learning import EligibilityTraces, EProp, Network
from lsm.learning.activity import Activity, run_batch
from lsm.learning.eprop import Rule

_FORMAT = 1
#: Synapses whose traces are kept: those whose weights have changed most.
_SYNAPSES = 4


@dataclass(frozen=True)
class Sample:
    """A test sample before and after the training, and its traces after it.

    Attributes
    ----------
    arrays : dict of str to array
        ``input_steps``, ``input_channels``; ``steps``, ``neurons`` and ``outputs`` with the endings
        ``_before`` and ``_after``; ``inputs``, ``recurrent`` and ``readout`` weights with both
        endings; of e-prop ``signals`` (steps, neurons shown), ``traces`` (steps, synapses shown).
    n_neurons : int
    window : int
        The first step that counts.
    """

    arrays: dict[str, NDArray[Any]]
    n_neurons: int
    window: int


def write_sample(path: Path, problem: Problem, before: Network, after: Network, rule: Rule) -> None:
    """Run the first test sample before and after, and keep what pictures show."""
    sample = problem.task.test[:1]
    spikes = problem.task.spikes[sample]
    arrays: dict[str, NDArray[Any]] = {}
    for ending, network in {"before": before, "after": after}.items():
        activity = run_batch(network.reservoir, spikes, dt_ms=DT_MS)
        outputs = network.readout.outputs(activity.neurons, DT_MS)
        arrays[f"steps_{ending}"] = activity.neurons.step
        arrays[f"neurons_{ending}"] = activity.neurons.source
        arrays[f"outputs_{ending}"] = outputs[:, 0]
        for part, weights in network.weights().items():
            arrays[f"{part}_{ending}"] = weights
    arrays["input_steps"], arrays["input_channels"] = activity.inputs.step, activity.inputs.source
    comparison = problem.targets[sample].compare(outputs, activity.n_steps, DT_MS)
    if isinstance(rule, EProp):
        change = np.abs(arrays["recurrent_after"] - arrays["recurrent_before"])
        chosen = np.argsort(change, kind="stable")[::-1][:_SYNAPSES]
        arrays["traces"] = eligibility(after, activity, chosen, rule.dampening)
        signals = comparison.errors[:, 0] @ rule.feedback_weights(after)
        arrays["signals"] = signals[:, after.synapses["recurrent"].target[chosen]]
    window = int(np.argmax(np.any(comparison.errors[:, 0] != 0, axis=1)))
    header = {"format": _FORMAT, "n_neurons": after.reservoir.n_neurons, "window": window}
    write_archive(path, header, arrays)


def read_sample(path: Path) -> Sample:
    """What :func:`write_sample` kept; LoadError where it is damaged."""
    header, arrays = read_archive(path, "a sample of a training", newest=_FORMAT)
    return Sample(arrays, header["n_neurons"], header["window"])


def eligibility(
    network: Network, activity: Activity, chosen: NDArray[np.intp], dampening: float
) -> NDArray[np.float64]:
    """Eligibility traces (steps, chosen) of some recurrent synapses."""
    synapses, model = network.synapses["recurrent"], network.reservoir.model
    sources, targets = synapses.source[chosen], synapses.target[chosen]
    steps, _, n = activity.neurons.shape
    fired = np.zeros((steps, n), dtype=bool)
    fired[activity.neurons.step, activity.neurons.source] = True
    psi = activity.pseudo_derivatives(0, steps, dampening)[:, 0]
    delays = synapses.delay_steps(DT_MS)[chosen]
    place = model.state.index(model.targets[-1])
    traces = EligibilityTraces(activity.step, targets, np.full(len(chosen), place))
    rows = []
    for t in range(steps):
        held = np.zeros(n, dtype=bool)
        held[activity.held[t]] = True
        arrived = np.where(t >= delays, fired[t - delays, sources], False)
        rows.append(traces.advance(psi[t], fired[t], held, arrived.astype(np.float64)))
    return np.array(rows)
