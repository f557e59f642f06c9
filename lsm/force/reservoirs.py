"""The networks of Nicola & Clopath 2017 as reservoirs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from lsm.base.checks import nearest, not_negative, positive, positive_int
from lsm.base.quantities import convert_fields
from lsm.neurons import IZHIKEVICH_2007_DOUBLE, LIF_DOUBLE, THETA_DOUBLE, NeuronModel
from lsm.reservoir import Reservoir
from lsm.topology import MatrixWiring

Model = Literal["lif", "izhikevich", "theta"]
RISE_MS, DECAY_MS = 2.0, 20.0


@dataclass(frozen=True)
class Published:
    """A network of a model, as Nicola & Clopath 2017 (ModelDB 190565) have it.

    Attributes
    ----------
    model : NeuronModel
    parameters : mapping of str to float
    balanced : bool
        Whether the mean of each neuron's incoming weights is taken away.
    area_pA_s : float
        Area of the current of a spike whose omega is 1: the program for Izhikevich's neurons
        counts time in ms, the others in seconds.
    """

    model: NeuronModel
    parameters: Mapping[str, float]
    balanced: bool
    area_pA_s: float = 1.0

    def __post_init__(self) -> None:
        convert_fields(self)


_SYNAPSE = {"tau_rise_ms": RISE_MS, "tau_syn_ms": DECAY_MS}

#: The networks by the name of their neurons. Units are such that the paper's numbers are ours: with
#: a capacitance of 10 pF and a time constant of 10 ms, 1 pA moves a leaky neuron by 1 mV; a theta
#: neuron's phase counts seconds, and 1 pA is the 1 that pi^2 stands before.
PUBLISHED: dict[str, Published] = {
    "lif": Published(
        LIF_DOUBLE,
        _SYNAPSE
        | {
            "tau_m_ms": 10.0,
            "c_m_pF": 10.0,
            "t_ref_ms": 2.0,
            "v_rest_mV": 0.0,
            "i_background_pA": -40.0,
            "v_threshold_mV": -40.0,
            "v_reset_mV": -65.0,
        },
        balanced=True,
    ),
    "izhikevich": Published(
        IZHIKEVICH_2007_DOUBLE,
        _SYNAPSE
        | {
            "c_m_pF": 250.0,
            "k_nS_per_mV": 2.5,
            "v_rest_mV": -60.0,
            "v_t_mV": -19.2,
            "v_peak_mV": 30.0,
            "v_reset_mV": -65.0,
            "a_per_ms": 0.01,
            "b_nS": -2.0,
            "d_pA": 200.0,
            "i_background_pA": 1000.0,
        },
        balanced=False,
        area_pA_s=1e-3,
    ),
    "theta": Published(
        THETA_DOUBLE,
        _SYNAPSE | {"tau_m_ms": 1e3, "i_rheobase_pA": np.pi**-2, "i_background_pA": 0.0},
        balanced=True,
    ),
}


def force_reservoir(
    model: Model = "lif",
    n: int = 2000,
    *,
    gain: float,
    p: float = 0.1,
    parameters: Mapping[str, float] | None = None,
    random_state: int | np.random.Generator | None = None,
) -> Reservoir:
    """A network to train by FORCE, as Nicola & Clopath 2017 have them.

    Weights are normal, omega = G N(0, 1) / (sqrt(n) p) for the share p of the pairs, of both signs
    for every neuron; of LIF and theta neurons the mean of each neuron's incoming weights is taken
    away. A spike is a current of the area omega in pA s (Izhikevich's neurons: pA ms); as weights
    here are what a current rises to, they are omega times the peak of its double exponential.

    G scales the recurrence, by which the network fires irregularly on its own; Q scales the
    feedback E ~ U(-Q, Q), which has to overcome that, and is `feedback` in
    :func:`lsm.force.train_force`. Published are, of 2000 neurons and (G, Q) by the target, with
    `dt_ms`, `every` and ``ForceReadout(alpha)`` (r is in Hz here):

    ======================  ===================  ==========  =========
    target                  lif                  izhikevich  theta
    ======================  ===================  ==========  =========
    sine (5 Hz)             (.1, 30), (.04, 10)  (5e3, 5e3)  (10, 1e4)
    sawtooth                (.1, 30)             (5e3, 4e3)  (10, 1e4)
    van-der-pol-harmonic    (.05, 30)            (1e4, 9e3)  (10, 1e4)
    van-der-pol-relaxation  (.05, 30)            (1e4, 2e4)  (15, 1e4)
    product                 (.1, 30)             (1e4, 9e3)  (25, 1e4)
    ode-to-joy                                   (1e4, 4e3)
    lorenz                                                   (15, 1e4)
    (dt_ms, every)          (.05, 50)            (.04, 20)   (.01, 50)
    alpha                   4e5, 2e5             5e5         1e5
    ======================  ===================  ==========  =========

    Those learned for 5 s (sine) up to 900 s (Ode to Joy, 5000 neurons); ``TARGETS`` of `tasks` has
    the rest. ``experiments/force_training.py --grid`` maps where a network learns.

    Parameters
    ----------
    model : {"lif", "izhikevich", "theta"}
        With the parameters in :data:`PUBLISHED`.
    n : int
    gain : float
        G. 0 is a network without recurrence, the control.
    p : float
        Share of the pairs of neurons that have a synapse.
    parameters : mapping of str to float, optional
        To take instead of the published ones.
    random_state : int, Generator or None

    Raises
    ------
    ValueError
        An unknown model, p outside (0, 1], a negative gain, parameters that the model refuses.
    """
    if model not in PUBLISHED:
        raise ValueError(
            f"model must be one of {', '.join(PUBLISHED)}, got {model!r}; "
            f"did you mean {nearest(model, PUBLISHED)!r}?"
        )
    published = PUBLISHED[model]
    rng = np.random.default_rng(random_state)
    values = {**published.parameters, **(parameters or {})}
    rise_ms, decay_ms = (positive(values[name], name) for name in ("tau_rise_ms", "tau_syn_ms"))
    omega = force_weights(n, gain=gain, p=p, balanced=published.balanced, rng=rng)
    peak = published.area_pA_s * peak_of_double_exponential(rise_ms, decay_ms)
    return Reservoir.random(
        n,
        random_state=rng,
        model=published.model,
        ranges={},
        parameters=values,
        excitatory=np.ones(n, dtype=bool),  # by name only: weights have both signs
        wiring=MatrixWiring(omega.T * peak, delay_ms=0.0, dale=False),
    )


def force_weights(
    n: int, *, gain: float, p: float, balanced: bool, rng: np.random.Generator
) -> sparse.csr_array:
    """omega (targets, sources), normal of deviation gain / (sqrt(n) p) where it isn't 0."""
    positive_int(n, "n")
    gain = not_negative(gain, "gain")
    if not 0 < p <= 1:
        raise ValueError(f"p must lie in (0, 1], got {p!r}")
    exists = rng.random((n, n)) < p
    source = np.nonzero(exists)[1].astype(np.int32)
    start = np.concatenate([[0], np.cumsum(exists.sum(axis=1))])
    weight = rng.standard_normal(len(source)) * (gain / (np.sqrt(n) * p))
    if balanced:
        number = np.maximum(np.diff(start), 1)
        target = np.repeat(np.arange(n), np.diff(start))
        weight -= (np.bincount(target, weight, minlength=n) / number)[target]
    return sparse.csr_array((weight, source, start), shape=(n, n))


def peak_of_double_exponential(rise_ms: float, decay_ms: float) -> float:
    """In Hz, of a double exponential of area 1; of an alpha function where both times are one."""
    ratio = decay_ms / rise_ms
    power = 1 / math.e if ratio == 1 else ratio ** (-1 / (ratio - 1))
    return float(1e3 / decay_ms * power)
