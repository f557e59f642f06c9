"""Learning rules: how the decoder of a closed loop changes, in NumPy and in C++.

A readout names its rule, and nothing here knows a readout or a rule by name.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from lsm.simulation.loop.blocks import Arrays, Floats
from readouts.online import OnlineReadout


class Rule(ABC):
    """A learning rule, written twice: here in NumPy, and in C++ with its sums in the same order.

    A readout names it as ``RULE = "package.module:Class"``. An object of the class is the rule on
    the NumPy target; the static methods carry what a fitted readout has learned into a job and
    back. Rows of a job are double numbers, padded to whole blocks of 16
    (:func:`lsm.simulation.loop.pad`).

    Parameters
    ----------
    n : int
        Neurons.
    constants : list of float
        As :meth:`constants` gives them.
    state : dict of str to float64 array
        The arrays that `STATE` names, each flattened to one dimension.

    Attributes
    ----------
    STATE : tuple of str
        Names of the arrays that change while the loop runs.
    SOURCE : str
        C++ text: a subclass of ``lsm::Rule`` (``rule.h``) with the name of this class, and behind
        it ``LSM_RULE(Class)``. A program is compiled for the text; rules that share one share
        their programs.
    DIVERGED : mapping of str to str
        Messages for what :meth:`learn` may name beside the weights.
    """

    STATE: ClassVar[tuple[str, ...]]
    SOURCE: ClassVar[str]
    DIVERGED: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def __init__(self, n: int, constants: list[float], state: Arrays) -> None: ...

    @staticmethod
    @abstractmethod
    def constants(readout: Any) -> list[float]:
        """Return the readout's parameters as numbers."""

    @staticmethod
    @abstractmethod
    def arrays(readout: Any) -> Arrays:
        """Return what a fitted readout has learned beside the weights: `STATE`, and more if needed.

        The rest is kept as it is, for :meth:`attributes`.
        """

    @staticmethod
    @abstractmethod
    def attributes(arrays: Arrays, n: int) -> dict[str, Floats]:
        """Return the attributes that the readout's ``LEARNED`` names: the way back."""

    @abstractmethod
    def learn(self, r: Floats, error: Floats, gate: float, decoder: Floats) -> str:
        """Learn from one row.

        Parameters
        ----------
        r : array (padded neurons,)
            Filtered spikes.
        error : array (outputs,)
            Outputs less their targets.
        gate : float
            Attention; 1 where none was given.
        decoder : array (outputs, padded neurons)
            The weights, to be changed in place; :func:`lsm.simulation.loop.change` does so.

        Returns
        -------
        str
            Empty, or what has diverged ("weights", or a key of `DIVERGED`); then nothing has
            changed.
        """

    @abstractmethod
    def state(self) -> Arrays:
        """Return the arrays that `STATE` names, as learning leaves them."""


def load_rule(reference: str) -> type[Rule]:
    """Import a rule, and refuse it if it is incomplete.

    Parameters
    ----------
    reference : str
        ``package.module:Class``.

    Raises
    ------
    TypeError, ValueError
        It can't be imported, is no :class:`Rule`, or lacks something.
    """
    module, _, name = reference.partition(":")
    try:
        rule = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"readout: its RULE must name a class that can be imported, got {reference!r}: {error}"
        ) from error
    if not (isinstance(rule, type) and issubclass(rule, Rule)):
        raise TypeError(
            f"readout: its RULE must name a subclass of lsm.simulation.loop.Rule, got "
            f"{reference!r}, which is {rule!r}"
        )
    missing = sorted(rule.__abstractmethods__)
    missing += [attribute for attribute in ("STATE", "SOURCE") if not hasattr(rule, attribute)]
    if missing:
        raise TypeError(
            f"readout: its rule {reference!r} must have all that a Rule has, got one without "
            f"{', '.join(missing)}"
        )
    if not re.search(rf"\bLSM_RULE\({name}\)", rule.SOURCE):
        raise ValueError(
            f"readout: the C++ text {name}.SOURCE must have LSM_RULE({name}) behind a class of "
            "that name, got none"
        )
    return rule


def rule_of(readout: OnlineReadout) -> type[Rule]:
    """Return the rule by which a readout learns in a closed loop.

    Raises
    ------
    TypeError, ValueError
        It names none, or one that :func:`load_rule` refuses.
    """
    kind = type(readout).__name__
    if not isinstance(readout, OnlineReadout):
        raise TypeError(
            f"readout must be a subclass of readouts.online.OnlineReadout, such as a "
            f"ForceReadout, got {kind}"
        )
    reference = readout.RULE
    if not (isinstance(reference, str) and re.fullmatch(r"[\w.]+:\w+", reference)):
        raise TypeError(
            f"readout must name the rule by which it learns in a closed loop: {kind}.RULE must be "
            f"'package.module:Class', got {reference!r}"
        )
    return load_rule(reference)


def start_readout(readout: OnlineReadout, n: int, outputs: int) -> OnlineReadout:
    """Return the readout itself if it is fitted to so many neurons and outputs, or a new one of
    its parameters.

    Raises
    ------
    TypeError, ValueError
        There is no rule for it, or one that doesn't fit; parameters without a possible value;
        fitted to another shape.
    """
    rule = rule_of(readout)
    _refuse_misfit(rule, clone(readout))
    if not readout.__sklearn_is_fitted__():
        return clone(readout).start(n, outputs)
    if readout.weights_.shape != (n, outputs):
        raise ValueError(
            f"readout is fitted to {readout.weights_.shape}, and this loop has ({n} neurons, "
            f"{outputs} outputs)"
        )
    return readout


def _refuse_misfit(rule: type[Rule], readout: OnlineReadout) -> None:
    """Raise ValueError where a rule doesn't carry what the readout learns; tried on a small one."""
    n = 3
    readout.start(n, 2)
    constants = rule.constants(readout)
    try:
        np.asarray(constants, dtype=np.float64).reshape(len(constants))
    except (TypeError, ValueError):
        raise ValueError(
            f"readout: {rule.__name__}.constants must return a list of numbers, got {constants!r}"
        ) from None
    arrays = rule.arrays(readout)
    if not set(rule.STATE) <= arrays.keys():
        raise ValueError(
            f"readout: {rule.__name__}.arrays must return what its STATE names, "
            f"{', '.join(rule.STATE)}; got {', '.join(arrays) or 'nothing'}"
        )
    learned = {name: np.shape(value) for name, value in rule.attributes(arrays, n).items()}
    expected = {name: np.shape(getattr(readout, name)) for name in readout.LEARNED}
    if learned != expected:
        raise ValueError(
            f"readout: {rule.__name__}.attributes must return what {type(readout).__name__}."
            f"LEARNED names; for 3 neurons and 2 outputs expected {expected}, got {learned}"
        )
