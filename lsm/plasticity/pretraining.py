"""Pre-training by name: rules that let a reservoir settle on training input.

A rule is a function of a reservoir and spikes that returns a reservoir, which stays as it is from
then on. Estimators apply theirs one after the other, on at most
:data:`lsm.plasticity.calibration.SAMPLES` of the training samples: which ones, and in which order,
is decided by their content. To let a reservoir hear more, call a rule oneself and give the
estimator what it returns. A rule that names an argument ``y`` gets all training samples, with their
targets: classes 0, 1, 2, ... as integers, or numbers as :func:`lsm.learning.eprop` takes them; and
one that names ``groups`` their groups, or None.

=================  ==============================================================================
``balance``        inhibition of each neuron cancels its mean excitation
                   (:mod:`lsm.plasticity.balance`)
``inhibitory``     inhibitory plasticity (:func:`lsm.plasticity.inhibitory`)
``intrinsic``      thresholds move until each neuron fires at ``rate_Hz``
``stdp``           pairs of spikes change excitatory synapses (:func:`lsm.plasticity.stdp`)
``critical_stdp``  the same, controlled towards a branching factor of 1
``calibrate``      all weights are scaled until the rate is ``rate_Hz``
                   (:mod:`lsm.plasticity.calibration`)
``eprop``          weights are trained with y (:func:`lsm.learning.eprop`)
=================  ==============================================================================

Some reservoirs are refused: by ``balance`` those with short-term plasticity, with conductances
(``lif_cond``), of equations of one's own, or without inhibitory synapses; by ``intrinsic`` models
without a threshold above rest (Izhikevich's have a spike's peak, theta neurons neither); by
``inhibitory`` those without synapses from inhibitory to excitatory neurons; by ``stdp`` and
``critical_stdp`` those without excitatory synapses; by ``eprop`` those with short-term plasticity
and models without a pseudo-derivative.

Rates become what a rule makes them. Calibration doesn't follow by itself, as it would undo what was
found: a branching factor of 1 or a cancelled current is one of certain weights and rates. Where
rates are to be matched instead, name it behind: ``["stdp", "calibrate"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import nearest
from lsm.learning import Trained, eprop
from lsm.plasticity.balance import balance
from lsm.plasticity.calibration import calibrate, subset_indices
from lsm.plasticity.homeostasis import inhibitory, intrinsic
from lsm.plasticity.stdp import ControlledSTDP, critical_stdp, stdp
from lsm.reservoir import Reservoir
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains

Rule = Callable[..., Any]
Pretraining = str | Rule | Sequence[str | Rule] | None

#: Name -> rule, which takes its defaults. A new one is a function and a line here.
PRETRAINING: dict[str, Rule] = {
    "balance": balance,
    "inhibitory": inhibitory,
    "intrinsic": intrinsic,
    "stdp": stdp,
    "critical_stdp": critical_stdp,
    "calibrate": calibrate,
    "eprop": eprop,
}


def make_pretraining(pretraining: Pretraining) -> list[Rule]:
    """The rules that `pretraining` names or holds, in their order.

    Parameters
    ----------
    pretraining : str, callable, list of these, or None
        Names in `PRETRAINING`, or functions ``rule(reservoir, spikes, ...)`` that return a
        Reservoir.

    Raises
    ------
    ValueError
        The name is unknown.
    TypeError
        Neither names nor functions, or a function of keywords that it doesn't name (``**options``).
    """
    if pretraining is None:
        return []
    listed = pretraining if isinstance(pretraining, list | tuple) else [pretraining]
    return [_rule(rule) for rule in listed]


def _rule(value: Any) -> Rule:
    if isinstance(value, str):
        if value not in PRETRAINING:
            raise ValueError(
                f"unknown pretraining {value!r}; known are {', '.join(PRETRAINING)}; did you mean "
                f"{nearest(value, PRETRAINING)!r}?"
            )
        return PRETRAINING[value]
    if not callable(value):
        raise TypeError(
            f"pretraining must be a name, a function, a list of these or None, got {value!r}"
        )
    if any(each.kind is Parameter.VAR_KEYWORD for each in signature(value).parameters.values()):
        raise TypeError(
            f"pretraining must name the arguments that it takes, such as random_state and dt_ms, "
            f"got {value!r} with **keywords, which would get none of them"
        )
    rule: Rule = value
    return rule


def needs_targets(rule: Rule) -> bool:
    """Whether a rule learns from targets, of all samples."""
    return "y" in signature(rule).parameters


def pretrain(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    rules: Sequence[Rule],
    *,
    y: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
    rate_Hz: float,
    dt_ms: float = 1.0,
    target: Target = "auto",
    random_state: np.random.Generator | int | None = None,
    progress: bool = False,
) -> Reservoir:
    """The reservoir as the rules leave it, one after the other.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        From the training data alone.
    rules : sequence of callable
        Each gets, of the keywords below, those that it names and that no ``functools.partial`` has
        set.
    y : array (samples, ...), optional
        Targets, for rules that need them.
    groups : array (samples,), optional
        For rules that learn from y and hold samples out.
    rate_Hz, dt_ms, target, random_state, progress
        For the rules.

    Raises
    ------
    TypeError
        A rule returns something else than a Reservoir.
    ValueError
        What the rules refuse.
    """
    offered = {
        **{"y": y, "groups": groups, "rate_Hz": rate_Hz, "dt_ms": dt_ms, "target": target},
        **{"random_state": random_state, "progress": progress},
    }
    # Rounded: encoders whose scales differ in the last bit, as weighted and repeated samples make
    # them, must not put samples in another order, which matters here.
    unlabelled = not all(map(needs_targets, rules))
    some = spikes[subset_indices(spikes, decimals=6)] if unlabelled else spikes
    for rule in rules:
        argument_names = signature(rule).parameters.keys() - getattr(rule, "keywords", {}).keys()
        settled = rule(
            reservoir,
            spikes if needs_targets(rule) else some,
            **{name: offered[name] for name in offered if name in argument_names},
        )
        if isinstance(settled, ControlledSTDP | Trained):
            settled = settled.reservoir
        if not isinstance(settled, Reservoir):
            raise TypeError(
                f"pretraining must return a Reservoir, got {type(settled).__name__} from {rule!r}"
            )
        reservoir = settled
    return reservoir
