"""Learning from noise: what a loss does when the potentials of neurons are disturbed.

With normal noise xi of deviation d on a neuron's potential in each step, the gradient of the mean
loss, over all noise, is that of the log-likelihood of the potentials times the loss (Williams 1992,
Machine Learning 8:229),

    dE/dW_ji = mean of (E - b) sum_t (xi_j^t / d_j) p_ji^t,

with p_ji^t what one unit of weight has added to the potential in step t by the spikes that came,
and a baseline b that doesn't depend on this noise. No derivative of a spike, of a readout or of a
loss is taken; each synapse needs its own spikes, its neuron's noise, and a number that all have in
common: the rule is one of three factors. The noise of a simulation can be drawn again, so that
nothing of it is stored, and the sum over time is taken back from its end as
:mod:`lsm.learning.backward` does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.learning.activity import Activity, run_batch
from lsm.learning.backward import BLOCK, Sweep
from lsm.learning.eprop import EProp, Gradients
from lsm.learning.network import PARTS, Network, Weights, checked_parts
from lsm.learning.synaptic import synapse_gradients, target_places
from lsm.learning.targets import Comparison, Targets
from lsm.neurons.linear import linear_step
from lsm.simulation.noise import noise, noise_prefixes
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains

#: Steps x runs x neurons that are simulated together.
_TOGETHER = 2**25


@dataclass(frozen=True)
class NodePerturbation:
    """Node perturbation: each sample is run with other noise again and again.

    Losses are compared with that of the run without noise (Fiete & Seung 2006, Physical Review
    Letters 97:048104; Dalm et al. 2023, arXiv 2310.00965, who take the difference of potentials
    for the noise: where a spike moves, that is no small one). The readout, which is not disturbed,
    follows its own gradient.

    Parameters
    ----------
    trains : sequence of {"inputs", "recurrent", "readout", "delays"}
    copies : int
        Noisy runs of each sample.
    noise : float
        Deviation of a potential's noise in a step, as a share of the way from rest to threshold.
    """

    trains: tuple[str, ...] = PARTS
    copies: int = 50
    noise: float = 0.1

    def __post_init__(self) -> None:
        object.__setattr__(self, "trains", checked_parts(self.trains))
        positive_int(self.copies, "copies")
        object.__setattr__(self, "noise", positive(self.noise, "noise"))

    def gradients(
        self,
        network: Network,
        spikes: SpikeTrains,
        targets: Targets,
        *,
        dt_ms: float,
        target: Target,
        rng: np.random.Generator,
    ) -> Gradients:
        """Gradients of the mean loss of a batch, as :class:`lsm.learning.Rule` has it."""
        dt_ms = positive(dt_ms, "dt_ms")
        quiet = run_batch(network.reservoir, spikes, dt_ms=dt_ms, target=target)
        clean = _of_readout(network, quiet, targets, self.trains, dt_ms)
        if not set(self.trains) - {"readout"}:
            return clean
        size = int(np.prod(quiet.neurons.shape))
        together = max(1, _TOGETHER // size)
        all_seeds = rng.integers(2**63, size=(self.copies, len(spikes)))
        total: Weights = {}
        for first in range(0, self.copies, together):
            seeds = all_seeds[first : first + together]
            copied = np.tile(np.arange(len(spikes)), len(seeds))
            noisy = _Noisy(network, spikes[copied], self.noise, dt_ms, target, seeds.ravel())
            losses = noisy.compare(targets[copied]).losses
            more = losses - clean.comparison.losses[copied]
            strengths = more / (len(spikes) * self.copies)
            for name, part in noisy.gradients(strengths, self.trains).items():
                total[name] = total.get(name, 0) + part
        return replace(clean, weights=clean.weights | total)


@dataclass(frozen=True)
class RewardModulated:
    """Three factors: spikes that came, noise of the neuron, and reward beyond what was expected.

    Each trial is run once. A synapse's eligibility is what its spikes have added to the potential
    times the noise of its neuron (Legenstein et al. 2010, Journal of Neuroscience 30:8400; Miconi
    2017, eLife 6:e20899). The reward is the loss, turned round, and what was expected is the mean
    of the batch's other trials of the same class, or of all others where targets are of each step:
    without a critic that knows what kind of trial it is, such rules fail (Fremaux, Sprekeler &
    Gerstner 2010, Journal of Neuroscience 30:13326;
    Fremaux & Gerstner 2016, Frontiers in Neural Circuits 9:85). The readout, which has no noise,
    follows its own gradient.

    Parameters
    ----------
    trains : sequence of {"inputs", "recurrent", "readout", "delays"}
    noise : float
        As :class:`NodePerturbation` has it.
    """

    trains: tuple[str, ...] = PARTS
    noise: float = 0.1

    def __post_init__(self) -> None:
        object.__setattr__(self, "trains", checked_parts(self.trains))
        object.__setattr__(self, "noise", positive(self.noise, "noise"))

    def gradients(
        self,
        network: Network,
        spikes: SpikeTrains,
        targets: Targets,
        *,
        dt_ms: float,
        target: Target,
        rng: np.random.Generator,
    ) -> Gradients:
        """What is to be gone against for more reward, as :class:`lsm.learning.Rule` has it."""
        dt_ms, seeds = positive(dt_ms, "dt_ms"), rng.integers(2**63, size=len(spikes))
        noisy = _Noisy(network, spikes, self.noise, dt_ms, target, seeds)
        trials = _of_readout(network, noisy.activity, targets, self.trains, dt_ms)
        one_kind = np.zeros(len(spikes), dtype=np.int64)
        kind = one_kind if targets.at_each_step else targets.values
        more = _more_than_others(trials.comparison.losses, kind)
        of_noise = noisy.gradients(more / len(spikes), self.trains)
        return replace(trials, weights=trials.weights | of_noise)


def _of_readout(
    network: Network, activity: Activity, targets: Targets, trains: tuple[str, ...], dt_ms: float
) -> Gradients:
    """How outputs compare with targets, and the readout's own gradient where it is trained."""
    gradients = EProp(("readout",)).of_activity(network, activity, targets, dt_ms=dt_ms)
    return gradients if "readout" in trains else replace(gradients, weights={})


def _more_than_others(losses: NDArray[np.float64], kind: NDArray[np.int64]) -> NDArray[np.float64]:
    """By how much each is above the mean of the others of its kind; 0 where there are none."""
    count = np.bincount(kind)[kind]
    others = (np.bincount(kind, losses)[kind] - losses) / np.maximum(count - 1, 1)
    return np.where(count > 1, losses - others, 0.0)


class _Noisy:
    """Runs of a network with noise, which is drawn again for gradients."""

    def __init__(
        self,
        network: Network,
        spikes: SpikeTrains,
        share: float,
        dt_ms: float,
        target: Target,
        seeds: NDArray[np.int64],
    ) -> None:
        self.network, self.dt_ms = network, dt_ms
        model, parameters = network.reservoir.model, dict(network.reservoir.parameters)
        unit = {**parameters, "noise_pA": np.ones(network.reservoir.n_neurons)}
        of_one_pA = model.constants(unit, dt_ms)["d"]
        self.deviation = share * linear_step(model, parameters, dt_ms).threshold
        parameters["noise_pA"] = self.deviation / of_one_pA
        noisy = network.reservoir.replace(parameters=parameters)
        noisy.__dict__["synapses"] = network.reservoir.synapses
        self.activity = run_batch(noisy, spikes, dt_ms=dt_ms, target=target, noise_seeds=seeds)
        self._prefixes = noise_prefixes(noisy, spikes, dt_ms, seeds)

    def compare(self, targets: Targets) -> Comparison:
        """Outputs with their targets."""
        outputs = self.network.readout.outputs(self.activity.neurons, self.dt_ms)
        return targets.compare(outputs, self.activity.n_steps, self.dt_ms)

    def gradients(self, strengths: NDArray[np.float64], trains: tuple[str, ...]) -> Weights:
        """Of synapses, with what each run counts (samples,)."""
        if not set(trains) - {"readout"}:
            return {}
        after = self._sensitivities(strengths, target_places(self.network))
        return synapse_gradients(self.network, self.activity, after, trains, self.dt_ms)

    def _sensitivities(
        self, strengths: NDArray[np.float64], targets: tuple[int, ...]
    ) -> list[NDArray[Any]]:
        """What one unit more of a variable adds to the log-likelihood of all potentials after it.

        A potential that noise was added to is given, and nothing goes back through it.
        """
        activity = self.activity
        steps, samples, n = activity.neurons.shape
        results = [np.zeros((steps, samples, n), activity.dtype) for _ in targets]
        sweep = Sweep(activity)
        scale = (strengths[:, None] / self.deviation).astype(activity.dtype)
        for first in reversed(range(0, steps, BLOCK)):
            last = min(first + BLOCK, steps)
            drawn = noise(self._prefixes, np.arange(first, last)[:, None, None])
            drawn *= scale
            drawn *= (np.arange(first, last)[:, None] < activity.n_steps)[..., None]
            for t in reversed(range(first, last)):
                for out, target in zip(results, targets, strict=True):
                    if target in sweep.variables:
                        out[t] = sweep.variables[target]
                held = activity.held[t]
                potential, now = sweep.variables[0].reshape(-1), drawn[t - first].reshape(-1)
                now[held] = 0 if activity.step.hard else potential[held]
                potential[:] = now
                sweep.back()
        return results
