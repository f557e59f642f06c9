"""What a target of closed-loop learning is, and what is known of how to learn it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.quantities import convert_fields, number
from lsm.base.reprs import short_repr

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ForceSettings:
    """How a published program learned a target with one neuron model.

    Parameters
    ----------
    G, Q : float
        Strength of the recurrent weights and of the feedback, as published.
    p0 : float
        P at the start is ``p0 I``, as published: the inverse of `readouts.ForceReadout`'s alpha.
    time_unit : {"s", "ms"}
        Unit of time of the program. Its filtered spikes are in 1/s or 1/ms, and both G and p0 are
        for them: take `G_pA_s` and `p0_hz` where filtered spikes are in Hz.
    dt_ms : float
    learn_ms : tuple of two float
        When learning begins and ends.
    duration_ms : float
        Of the run; what follows learning is the test.
    every : int
        Steps from one learning step to the next.
    n_neurons : int
    connectivity : float
        Probability of a recurrent weight.
    gain : str
        As `readouts.ForceReadout` has it.
    input_gain : float, optional
        Strength of the inputs. Their weights are uniform in (-1, 1) times this, as those of the
        feedback are; of the two inputs of "classification", the cosine and sine of a random angle.
    neuron : mapping of str to float
        Parameters of the neuron that are other than in the model's other programs.
    """

    G: float
    Q: float
    p0: float
    time_unit: str
    dt_ms: float
    learn_ms: tuple[float, float]
    duration_ms: float
    every: int
    n_neurons: int = 2000
    connectivity: float = 0.1
    gain: str = "nicola-clopath"
    input_gain: float | None = None
    neuron: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        convert_fields(self)
        neuron = {name: number(value, name) for name, value in self.neuron.items()}
        object.__setattr__(self, "neuron", neuron)

    @property
    def G_pA_s(self) -> float:  # noqa: N802
        """G where a spike's current has an area in pA s (of LIF neurons, mV s)."""
        return self.G if self.time_unit == "s" else self.G / 1e3

    @property
    def p0_hz(self) -> float:
        """P at the start for filtered spikes in Hz, a thousand times as large as in 1/ms."""
        return self.p0 if self.time_unit == "s" else self.p0 / 1e6


@dataclass(frozen=True)
class TargetTask:
    """What is known of a target before it is made.

    Parameters
    ----------
    make : callable
        ``make(times_ms, rng, **options)`` gives values (steps, outputs) and inputs or None.
    description, source : str
    period_ms : float, optional
        None where it does not repeat.
    settings : mapping of str to ForceSettings
        By neuron model: ``"lif"``, ``"izhikevich"``, ``"theta"``. Those of "lif" serve the rate
        network that is matched to it too.
    """

    make: Callable[..., tuple[Floats, Floats | scipy.sparse.csr_array | None]]
    description: str
    source: str
    period_ms: float | None = None
    settings: Mapping[str, ForceSettings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        convert_fields(self)


@short_repr
@dataclass(frozen=True, eq=False)
class Target:
    """A target.

    Parameters
    ----------
    name : str
    values : array, shape (steps, outputs)
        Value k is that at the time ``(k + 1) dt_ms``.
    dt_ms : float
    task : TargetTask
        Settings, source and period.
    inputs : array or sparse array, shape (steps, channels), optional
        What is given to the neurons from outside meanwhile.
    """

    name: str
    values: Floats
    dt_ms: float
    task: TargetTask = field(repr=False)
    inputs: Floats | scipy.sparse.csr_array | None = None

    def __post_init__(self) -> None:
        convert_fields(self)

    @property
    def period_ms(self) -> float | None:
        """Period, None where it does not repeat."""
        return self.task.period_ms

    def __str__(self) -> str:
        steps, outputs = self.values.shape
        rows = {
            "values": f"{outputs} outputs, {steps} steps of {self.dt_ms:g} ms",
            "inputs": "none" if self.inputs is None else f"{self.inputs.shape[1]} channels",
            "period": "none" if self.period_ms is None else f"{self.period_ms:g} ms",
            "settings": ", ".join(self.task.settings) or "none known",
            "source": self.task.source,
        }
        lines = [f"{name:<9}{value}" for name, value in rows.items()]
        return "\n".join([f"{self.name}: {self.task.description}", *lines])
