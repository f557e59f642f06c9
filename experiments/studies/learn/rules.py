"""Rules by name, and e-prop with parts left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lsm.learning import EProp, Network, NodePerturbation, RewardModulated
from lsm.learning.activity import Activity
from lsm.learning.eprop import Rule
from lsm.learning.network import Weights
from lsm.learning.targets import Comparison


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


#: Noisy runs of a sample in an update of node perturbation.
COPIES = 4
#: What makes each rule, of what it trains and more; ablations are rules as well.
MAKERS: dict[str, Callable[..., Rule]] = {
    "eprop": EProp,
    "perturb": partial(NodePerturbation, copies=COPIES),
    "reward": RewardModulated,
    "unfiltered": Unfiltered,
    "untraced": Untraced,
}
#: Network runs that a sample takes in an update, by rule: once forward and once backward;
#: once without noise and each copy with it; once with noise.
RUNS = {"eprop": 2, "perturb": 1 + COPIES, "reward": 1}
#: What a control trains, of what the rule does.
TRAINS: dict[str, tuple[str, ...]] = {"frozen": ("inputs", "readout"), "readout": ("readout",)}


def make_rule(name: str, control: str, **options: Any) -> Rule:
    """The rule of a name, or what a control makes of it; `options` are the rule's."""
    if control in TRAINS:
        options["trains"] = TRAINS[control]
    return MAKERS[control if control in MAKERS else name](**options)
