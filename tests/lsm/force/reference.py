"""A closed loop as one writes it down: dense matrices, double precision, no care for speed."""

import numpy as np
from scipy.linalg import expm


def leaky_force(
    omega, encoder, potentials, target, learning, *, dt, every, p0, nicola_clopath=False
):
    """FORCE in leaky neurons as Nicola & Clopath 2017 have them; times in s.

    tau_m v' = -v + bias + s + E z, with s and r filtered by the double exponential of area 1. The
    equations are integrated exactly over a step, with z as it was at its beginning.

    Returns
    -------
    outputs (steps, outputs), spikes (pairs of step and neuron)
    """
    n, steps = len(omega), len(target)
    tau_m, rise, decay, refractory, bias, reset, threshold = 0.01, 0.002, 0.02, 0.002, -40, -65, -40
    # v, s and what s follows: x' = flow x, and v is driven besides.
    flow = np.array([[-1 / tau_m, 1 / tau_m, 0], [0, -1 / decay, 1], [0, 0, -1 / rise]])
    step = expm(flow * dt)
    area = 1 / (rise * decay)
    v, s, y = potentials.copy(), np.zeros(n), np.zeros(n)
    r, h = np.zeros(n), np.zeros(n)
    z = np.zeros(target.shape[1])
    decoder, P = np.zeros((n, len(z))), p0 * np.eye(n)
    waits = np.zeros(n, dtype=int)
    rest = round(refractory / dt)
    outputs, spikes = [], []
    filtering = expm(np.array([[-1 / rise, 1], [0, -1 / decay]]) * dt)
    for k in range(steps):
        held = bias + encoder @ z
        new = step[0, 0] * v + step[0, 1] * s + step[0, 2] * y + (1 - step[0, 0]) * held
        s, y = step[1, 1] * s + step[1, 2] * y, step[2, 2] * y
        v = np.where(waits > 0, v, new)
        waits = np.maximum(waits - 1, 0)
        fired = np.flatnonzero(v > threshold)
        y += area * omega[:, fired].sum(axis=1)
        v[fired] = reset
        waits[fired] = rest
        r, h = filtering[0, 0] * r + filtering[0, 1] * h, filtering[1, 1] * h
        h[fired] += area
        z = decoder.T @ r
        outputs.append(z)
        spikes += [(k, i) for i in fired]
        if k % every == 0 and learning[0] <= k < learning[1]:
            c = P @ r
            divisor = 1 + r @ c
            decoder -= np.outer(c, z - target[k]) / (1 if nicola_clopath else divisor)
            P -= np.outer(c, c) / divisor
    return np.array(outputs), np.array(spikes)
