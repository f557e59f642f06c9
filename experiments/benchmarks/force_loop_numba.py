"""The compiled part of the hand-written loop of ``force_loop.py``. It needs numba."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


# Without fastmath, so that results are equal.
@numba.njit(cache=True, error_model="numpy")
def run(  # type: ignore[no-untyped-def]
    constants,
    held,
    slope,
    rest_steps,
    row_start,
    row_target,
    row_weight,
    feedback,
    v,
    filter_constants,
    target,
    window,
    every,
    P,
) -> Any:
    """Run and train the network; its outputs, and steps and neurons of its spikes."""
    n, steps = len(v), len(target)
    a, b, b2, s = constants[0], constants[1], constants[2], constants[3]
    s2, sy, theta, u_reset = constants[4], constants[5], constants[6], constants[7]
    left, decay, risen = filter_constants
    current, rise = np.zeros(n, np.float32), np.zeros(n, np.float32)
    drive = np.empty(n, np.float32)
    waits, fired = np.zeros(n, np.int32), np.empty(n, np.int32)
    r, h, decoder = np.zeros(n), np.zeros(n), np.zeros(n)
    outputs, z = np.empty(steps), 0.0
    spike_step, spike_neuron, spikes = np.empty(n, np.int32), np.empty(n, np.int32), 0
    for k in range(steps):
        for i in range(n):
            drive[i] = held[i] + slope[i] * (feedback[i] * z)
        for i in range(n):
            moved = a[i] * v[i] + b[i] * current[i] + b2[i] * rise[i] + drive[i]
            v[i] = moved if k >= waits[i] else v[i]
            current[i] = s[i] * current[i] + s2[i] * rise[i]
            rise[i] = sy[i] * rise[i]
        n_fired = 0
        for i in range(n):
            if v[i] > theta[i]:
                fired[n_fired] = i
                n_fired += 1
        for i in range(n):
            r[i] = left * r[i] + risen * h[i]
            h[i] *= decay
        for i in fired[:n_fired]:
            for j in range(row_start[i], row_start[i + 1]):
                rise[row_target[j]] += row_weight[j]
            v[i] = u_reset[i]
            waits[i] = k + rest_steps[i]
            h[i] += 1.0
        if spikes + n_fired > len(spike_step):
            spike_step = np.concatenate((spike_step, np.empty_like(spike_step)))
            spike_neuron = np.concatenate((spike_neuron, np.empty_like(spike_neuron)))
        spike_step[spikes : spikes + n_fired] = k
        spike_neuron[spikes : spikes + n_fired] = fired[:n_fired]
        spikes += n_fired
        z = np.dot(decoder, r)
        outputs[k] = z
        if k % every == 0 and window[0] <= k < window[1]:
            p = P @ r
            divisor = 1.0 + r @ p
            step = (z - target[k]) / divisor
            for i in range(n):
                decoder[i] -= step * p[i]
                share = p[i] / divisor
                for j in range(n):
                    P[i, j] -= share * p[j]
    return outputs, spike_step[:spikes], spike_neuron[:spikes]
