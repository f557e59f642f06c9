"""Inhibition that learns to suppress the spikes that it predicts.

The idea is that of Predictive Coding Light (N'dri, Barbier, Teulière & Triesch 2025, Nature
Communications 16): inhibitory synapses grow where the inhibitory neuron's spikes come shortly
before the target's, so that what can be predicted isn't sent on. Here it is a rule of pre-training
for a liquid: without layers, and from correlations of whole recordings, not spike by spike.
"""

from __future__ import annotations

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.sparse import csr_array

from experiments.studies.ideas import SPIKES, IdeasSettings
from experiments.studies.ideas.readings import accuracy, liquid_and_rasters, rasters_of
from lsm import Reservoir
from lsm.topology import MatrixWiring
from tasks import Task

Floats = NDArray[np.float64]

#: Parts of a sample, of which a neuron's trace remembers a few.
PARTS, TRACE_PARTS = 128, 2.0
#: Inhibition that is added to each excitatory neuron, if all inhibitory ones fire once.
TOTAL_PA = 500.0
ROUNDS = 3
#: Even inhibition is sought up to so many times as strong, by so many halvings.
STRONGEST, HALVINGS = 8.0, 7


def predictions(rasters: Floats, inhibitory: NDArray[np.bool_]) -> Floats:
    """Correlation of a neuron's spikes with the trace of each inhibitory one in the part before.

    Parameters
    ----------
    rasters : array (samples, parts, neurons)
    inhibitory : bool array (neurons,)

    Returns
    -------
    array (inhibitory neurons, other neurons)
    """
    traces = lfilter([1.0], [1.0, -np.exp(-1 / TRACE_PARTS)], rasters[..., inhibitory], axis=1)
    before = traces[:, :-1].reshape(-1, inhibitory.sum())
    after = rasters[:, 1:, ~inhibitory].reshape(len(before), -1)
    before, after = (x - x.mean(axis=0) for x in (before, after))
    scale = np.sqrt((before**2).sum(axis=0)[:, None] * (after**2).sum(axis=0))
    return np.divide(before.T @ after, scale, out=np.zeros_like(scale), where=scale > 0)


def inhibited(reservoir: Reservoir, shares: Floats, total_pA: float = TOTAL_PA) -> Reservoir:
    """The reservoir with more inhibition, of each target in these shares of its sources.

    `shares`, (inhibitory neurons, other neurons), aren't negative; a column of zeros is none.
    """
    n, synapses = reservoir.n_neurons, reservoir.synapses
    weights = csr_array((synapses.weight_pA, (synapses.source, synapses.target)), (n, n)).toarray()
    total = shares.sum(axis=0)
    added = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    weights[np.ix_(~reservoir.excitatory, reservoir.excitatory)] -= total_pA * added
    return reservoir.replace(wiring=MatrixWiring(weights))


def as_silent(liquid: Reservoir, task: Task, aim: float) -> Reservoir:
    """The liquid with even inhibition, so strong that so many spikes a training sample are left."""
    shares = np.ones(((~liquid.excitatory).sum(), liquid.excitatory.sum()))
    low, high = 0.0, STRONGEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        silenced = inhibited(liquid, shares, middle * TOTAL_PA)
        spikes = rasters_of(silenced, task, PARTS)[task.training].sum(axis=1).mean()
        low, high = (middle, high) if spikes > aim else (low, middle)
    return silenced


def with_predictive_inhibition(name: str, settings: IdeasSettings, seed: int) -> dict[str, float]:
    """Test accuracies of spike counts, and spikes a neuron and sample, of liquids and controls."""
    task, liquid, rasters = liquid_and_rasters(name, settings, seed, PARTS)
    inhibitory, learned = ~liquid.excitatory, liquid
    for _ in range(ROUNDS):
        shares = np.maximum(predictions(rasters[task.training], inhibitory), 0)
        learned = inhibited(liquid, shares)
        rasters = rasters_of(learned, task, PARTS)
    liquids = {
        "predictive inhibition": learned,
        "its weights permuted": inhibited(liquid, default_rng(seed).permuted(shares, axis=0)),
        "even inhibition": inhibited(liquid, np.ones_like(shares)),
        "even inhibition, as few spikes": as_silent(
            liquid, task, float(rasters[task.training].sum(axis=1).mean())
        ),
        "no inhibition added": liquid,
    }
    counts = {
        method: rasters_of(reservoir, task, PARTS).sum(axis=1)
        for method, reservoir in liquids.items()
    }
    return {method: accuracy(task, each) for method, each in counts.items()} | {
        f"{SPIKES}{method}": float(each.mean()) for method, each in counts.items()
    }
