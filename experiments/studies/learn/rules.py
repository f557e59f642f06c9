"""Rules by name, and e-prop with parts left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.learn.settings import VARIANTS
from lsm.learning import EProp, Network, NodePerturbation, RewardModulated
from lsm.learning.activity import Activity
from lsm.learning.backward import Sweep
from lsm.learning.eprop import Rule
from lsm.learning.network import Weights
from lsm.learning.synaptic import target_places
from lsm.learning.targets import Comparison
from lsm.neurons.linear import linear_step


class Unfiltered(EProp):
    """E-prop whose learning signals are the errors as they are, without the readout's filter.

    kappa -> 0, as in OSTL (Bohnstingl et al. 2023, IEEE TNNLS 34:8894).
    """

    def _of_synapses(
        self, network: Network, activity: Activity, comparison: Comparison, *others: Any
    ) -> Weights:
        signals = comparison.errors / len(comparison.losses)
        return super()._of_synapses(network, activity, comparison, signals, *others[1:])


class Untraced(EProp):
    """E-prop whose eligibility is that of a spike that has arrived in the step before.

    Nothing that neurons keep for longer counts, as in SLTT (Meng et al. 2023, ICCV).
    """

    def _of_synapses(self, network: Network, activity: Activity, *others: Any) -> Weights:
        step, model = activity.step, network.reservoir.model
        # What comes in counts in the next step alone: no variable goes on by itself.
        matrix = np.zeros_like(step.matrix)
        for target in map(model.state.index, model.targets):
            matrix[:, target] = step.matrix[:, target]
            matrix[target, target] = 0
        short = replace(
            activity, step=replace(step, matrix=matrix, jumps=np.zeros_like(step.jumps))
        )
        return super()._of_synapses(network, short, *others)


class Backpropagation(EProp):
    """Backpropagation through time: what spikes cause by way of other neurons counts as well.

    The same sweep back, with the same pseudo-derivatives and the readout's own weights, in which a
    spike's learning signal is also what it adds to the neurons that it reaches, and what its reset
    takes from its own potential, which e-prop leaves out. Refractory times have no gradient.
    """

    def _sensitivities(
        self,
        network: Network,
        activity: Activity,
        errors: NDArray[np.float64],
        constant: NDArray[np.float64],
    ) -> list[NDArray[Any]]:
        steps, dtype, targets = len(errors), activity.dtype, target_places(network)
        model, parameters = network.reservoir.model, dict(network.reservoir.parameters)
        step = linear_step(replace(model, detached=()), parameters, network.dt_ms)
        sweep, reached = Sweep(replace(activity, step=step)), _reached(network, dtype)
        if step.hard:
            u_reset = model.constants(parameters, network.dt_ms)["u_reset"]
            fall = (u_reset - activity.closeness * step.threshold).astype(dtype)
        after = [np.zeros(activity.neurons.shape, dtype) for _ in targets]
        psi = activity.pseudo_derivatives(0, steps, self.dampening)
        signals = errors.astype(dtype) @ network.readout.weights.astype(dtype)
        playing = np.arange(steps)[:, None] < activity.n_steps
        signals += playing[..., None] * constant.astype(dtype)
        for t in reversed(range(steps)):
            for out, target in zip(after, targets, strict=True):
                if target in sweep.variables:
                    out[t] = sweep.variables[target]
            for (row, delay), weights in reached.items():
                if t + delay < steps:
                    signals[t] += after[row][t + delay] @ weights
            if step.hard:
                signals[t] += sweep.variables[0] * fall[t]
                sweep.hold(activity.fired[t], activity.held[t])
            sweep.spike(signals[t], psi[t])
            sweep.back()
        return after


def _reached(network: Network, dtype: Any) -> dict[tuple[int, int], NDArray[Any]]:
    """What a source's spike adds to its targets, (targets, sources).

    By the place among a neuron's variables that spikes are added to, and the delay in steps.
    """
    synapses, reservoir = network.synapses["recurrent"], network.reservoir
    factors = np.atleast_2d(reservoir.model.weight_factor(dict(reservoir.parameters)))
    # Of two variables, the second takes negative weights.
    row = np.where(synapses.weight_pA < 0, len(factors) - 1, 0)
    added = synapses.weight_pA * factors[row, synapses.target]
    kind = np.stack([row, synapses.delay_steps(network.dt_ms)], axis=1)
    reached = {}
    for each in np.unique(kind, axis=0):
        chosen = np.all(kind == each, axis=1)
        weights = np.zeros((reservoir.n_neurons,) * 2, dtype)
        np.add.at(weights, (synapses.target[chosen], synapses.source[chosen]), added[chosen])
        reached[int(each[0]), int(each[1])] = weights
    return reached


#: Noisy runs of a sample in an update of node perturbation.
COPIES = 4
#: What makes each rule, of what it trains and more; ablations are rules as well.
MAKERS: dict[str, Callable[..., Rule]] = {
    "eprop": EProp,
    "perturb": partial(NodePerturbation, copies=COPIES),
    "reward": RewardModulated,
    "unfiltered": Unfiltered,
    "untraced": Untraced,
    "bptt": Backpropagation,
}
#: Network runs that a sample takes in an update, by rule: once forward and once backward;
#: once without noise and each copy with it; once with noise.
RUNS = {"eprop": 2, "perturb": 1 + COPIES, "reward": 1} | dict.fromkeys(VARIANTS, 2)
#: What a control trains, of what the rule does.
TRAINS: dict[str, tuple[str, ...]] = {"frozen": ("inputs", "readout"), "readout": ("readout",)}


def make_rule(name: str, control: str, **options: Any) -> Rule:
    """The rule of a name, or what a control makes of it; `options` are the rule's."""
    if control in TRAINS:
        options["trains"] = TRAINS[control]
    return MAKERS[control if control in MAKERS else name](**options)
