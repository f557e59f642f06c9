"""The Legendre memory, exact and as the frozen wiring of leaky neurons.

The memory of Voelker, Kajić & Eliasmith (2019, NeurIPS 32), ``theta m' = A m + B u``, holds the
last theta of an input as coefficients of Legendre polynomials. Filtered by its synapses, a
population of neurons that decodes x and feeds back ``(tau A / theta + 1) x + tau B / theta u``
follows the same equation (Eliasmith & Anderson 2003, *Neural Engineering*). Wiring the memory so
into a liquid is the idea of L2MU (arXiv 2407.04076).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.signal import lfilter
from scipy.sparse import block_diag

from lsm import Reservoir
from lsm.topology import MatrixInputs, MatrixWiring, NoWiring

Floats = NDArray[np.float64]

#: What is remembered, in time constants of the synapses and of the traces that a readout sees.
TAUS = 12.0
TAU_M_MS, T_REF_MS, THRESHOLD_MV, C_M_PF = 20.0, 2.0, 10.0, 250.0
_LEAST_PA = THRESHOLD_MV * C_M_PF / TAU_M_MS
#: A neuron's rate at the edge of what it encodes; where it falls silent is uniform over the range.
MOST_PER_MS = (0.05, 0.1)
#: States of the exact memory that decoders are fitted to, and how large they count as noise.
_POINTS, _NOISE = 1500, 0.05


class LegendreLiquid(NamedTuple):
    """A liquid that is a memory of each channel.

    Attributes
    ----------
    reservoir : Reservoir
    decoders : array (neurons, channels x order)
        Times traces, they are the coefficients.
    state : str
        Traces over the synapses' time constant.
    """

    reservoir: Reservoir
    decoders: Floats
    state: str


def matrices(order: int) -> tuple[Floats, Floats]:
    """A (order, order) and B (order,) of the memory."""
    i = np.arange(order)
    sign = np.where(i[:, None] < i, -1.0, -((-1.0) ** (i[:, None] - i)))
    return (2 * i[:, None] + 1) * sign, (2 * i + 1) * (-1.0) ** i


def exact_memory(u: Floats, order: int, theta: float) -> Floats:
    """Coefficients (..., steps, order) after each step of an input (..., steps) that is held in it.

    `theta` is in steps.
    """
    a, b = matrices(order)
    joined = np.zeros((order + 1, order + 1))
    joined[:order, :order], joined[:order, order] = a / theta, b / theta
    step = expm(joined)
    values, vectors = np.linalg.eig(step[:order, :order])
    drive = np.linalg.solve(vectors, step[:order, order].astype(complex))
    modes = [lfilter([g], [1, -v], u.astype(complex)) for g, v in zip(drive, values, strict=True)]
    return np.asarray((np.stack(modes, axis=-1) @ vectors.T).real)


def legendre_liquid(
    u: Floats,
    order: int,
    neurons: int,
    *,
    theta_ms: float,
    step_ms: float,
    weights: Floats,
    mixed: bool,
    rng: Generator,
    recurrent: bool = True,
) -> LegendreLiquid:
    """Wire a memory of each channel of u, scaled to what these inputs make of it.

    Parameters
    ----------
    u : array (samples, channels, steps)
        Training input, without labels.
    order, neurons : int
        Of each channel.
    theta_ms, step_ms : float
        What is remembered, and how long a value lasts.
    weights : array (spiking channels, channels)
        What a spike of each is worth, in units of u times ms.
    mixed : bool
        Whether a neuron hears a random sum of all coefficients, not one.
    rng : Generator
    recurrent : bool
        Without the recurrence, neurons hear the input through their synapses alone.
    """
    a, b = matrices(order)
    a, b, tau_ms = a / TAUS + np.eye(order), b / TAUS, theta_ms / TAUS
    recurrence, inputs, background, decoders = [], [], [], []
    for channel in range(u.shape[1]):
        states = exact_memory(u[:, channel], order, theta_ms / step_ms).reshape(-1, order)
        scale = np.quantile(np.abs(states), 0.99, axis=0) + 1e-6
        points = rng.choice(states, min(_POINTS, len(states)), replace=False) / scale
        if mixed:
            encoders = rng.normal(size=(neurons, order))
            encoders /= np.linalg.norm(encoders, axis=1, keepdims=True)
        else:
            encoders = np.eye(order)[np.arange(neurons) % order]
            encoders *= rng.choice([-1.0, 1.0], (neurons, 1))
        most, silent = rng.uniform(*MOST_PER_MS, neurons), rng.uniform(-1, 0.9, neurons)
        # A spike comes at the end of its step, half a step late.
        drive_pA = _LEAST_PA / -np.expm1((T_REF_MS + 0.5 - 1 / most) / TAU_M_MS)
        gain = (drive_pA - _LEAST_PA) / (1 - silent)
        background.append(_LEAST_PA - gain * silent)
        rates = _rates(gain * (points @ encoders.T) + background[-1])
        noise = len(points) * (_NOISE * MOST_PER_MS[1]) ** 2 * np.eye(neurons)
        decoded = np.linalg.solve(rates.T @ rates + noise, rates.T @ points)
        into = (gain[:, None] * encoders / scale).T / tau_ms
        recurrence.append((decoded * scale) @ a.T @ into)
        inputs.append(b @ into)
        decoders.append(decoded * scale / tau_ms)
    n = neurons * u.shape[1]
    reservoir = Reservoir.random(
        n,
        random_state=rng,
        ranges={},
        parameters={
            "tau_m_ms": TAU_M_MS,
            "tau_syn_ms": tau_ms,
            "t_ref_ms": T_REF_MS,
            "v_threshold_mV": THRESHOLD_MV - 70.0,
            "c_m_pF": C_M_PF,
            "i_background_pA": np.concatenate(background),
        },
        excitatory=np.ones(n, dtype=bool),
        wiring=MatrixWiring(block_diag(recurrence), dale=False) if recurrent else NoWiring(),
        inputs=MatrixInputs(weights @ block_diag([row[None] for row in inputs]).toarray()),
    )
    return LegendreLiquid(reservoir, block_diag(decoders).toarray(), f"traces:{tau_ms:g}")


def _rates(current_pA: Floats) -> Floats:
    """Spikes a ms of the neurons at constant currents."""
    above = np.maximum(current_pA - _LEAST_PA, 1e-9)
    return 1 / (T_REF_MS + 0.5 + TAU_M_MS * np.log1p(_LEAST_PA / above))
