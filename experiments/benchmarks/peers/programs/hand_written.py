"""The hand-written loop (numba) that the benchmark holds against the compiled programs.

The same numbers in the same precision and order, so that the spikes are the same: input and
recurrent spikes are delivered as events along compressed rows, neurons are updated step by step, as
the model demands. For LIF neurons with exponential synapses, without noise, and one delay for all
synapses. One thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.peers.cases import Work
from lsm.base.steps import rounded
from lsm.topology import Synapses

# What one neuron needs in a step.
CONSTANTS = ("a", "b", "c", "s", "theta", "u_reset")
# Multiplied by a one in byte j of a word, leaves j in the highest byte.
_PLACE = np.uint64(0x0001020304050607)


def prepare(work: Work) -> Callable[[], NDArray[np.int32]]:
    """Lay out synapses and events; a function that runs the loop over events."""
    reservoirs, spikes, dt_ms = work.reservoirs, work.spikes, work.dt_ms
    delay = max(int(s.delay_steps(dt_ms).max(initial=0)) for s in work.recurrent)
    refractory = np.array([r.parameters["t_ref_ms"] for r in reservoirs])
    n_steps, steps = (of.astype(np.int32) for of in (spikes.n_steps(dt_ms), spikes.steps(dt_ms)))
    arguments = (
        (n_steps, spikes.offsets, steps, spikes.channels),
        work.constants(*CONSTANTS).swapaxes(0, 1).astype(np.float32, order="C"),
        (1 + rounded(refractory, dt_ms)).astype(np.int32),
        _rows(work.inputs, spikes.n_channels),
        _rows(work.recurrent, work.shape[2]),
        delay,
    )

    def run() -> NDArray[np.int32]:
        counts = np.zeros(work.shape, dtype=np.int32)
        _run(*arguments, counts)
        return counts

    return run


def _rows(wiring: Sequence[Synapses], n_sources: int) -> tuple[NDArray[Any], ...]:
    """Synapses of all liquids by their sources: where rows start, targets and weights in pA.

    Those of source k of a liquid are ``start[liquid, k]`` to ``start[liquid, k + 1]``.
    """
    sizes = np.cumsum([0, *map(len, wiring)])
    starts = [np.searchsorted(s.source, np.arange(n_sources + 1)) for s in wiring]
    return (
        np.array(starts) + sizes[:-1, None],
        np.concatenate([s.target for s in wiring]),
        np.concatenate([s.weight_pA for s in wiring]).astype(np.float32),
    )


# Without fastmath, so that results are equal.
@numba.njit(cache=True, error_model="numpy")
def _run(events, constants, refractory_steps, inputs, recurrent, delay, counts) -> Any:  # type: ignore[no-untyped-def]
    n_steps, event_start, event_step, event_channel = events
    input_start, input_target, input_weight = inputs
    row_start, row_target, row_weight = recurrent
    n = counts.shape[2]
    # Whole words of flags, so that eight silent neurons are one comparison.
    n_words = (n + 7) // 8
    padded = 8 * n_words
    numbers = np.zeros((len(CONSTANTS), padded), np.float32)
    a, b, c = numbers[0], numbers[1], numbers[2]
    s, theta, u_reset = numbers[3], numbers[4], numbers[5]
    u, current = np.empty(padded, np.float32), np.empty(padded, np.float32)
    release = np.empty(padded, np.int32)
    flags = np.zeros(padded, np.uint8)
    words = flags.view(np.uint64)
    fired, n_fired = np.empty((delay + 1, n), np.int32), np.empty(delay + 1, np.int32)
    for liquid in range(counts.shape[0]):
        numbers[:, :n] = constants[liquid]
        hold = refractory_steps[liquid]
        channel_rows, neuron_rows = input_start[liquid], row_start[liquid]
        for sample in range(counts.shape[1]):
            count = counts[liquid, sample]
            for array in (count, release, n_fired):
                array[:] = 0
            u[:], current[:] = 0, 0
            event, last_event = event_start[sample], event_start[sample + 1]
            for step in range(n_steps[sample]):
                now = np.int32(step)
                for i in range(padded):
                    integrated = a[i] * u[i] + b[i] * current[i] + c[i]
                    potential = integrated if now >= release[i] else u[i]
                    u[i] = potential
                    current[i] = s[i] * current[i]
                    flags[i] = potential > theta[i]
                spiking, n_spiking = fired[step % (delay + 1)], 0
                for k in range(n_words):
                    word = words[k]
                    while word:
                        lowest = word & (~word + np.uint64(1))
                        word ^= lowest
                        neuron = 8 * k + np.int64((lowest * _PLACE) >> np.uint64(56))
                        spiking[n_spiking] = neuron
                        n_spiking += 1
                        u[neuron] = u_reset[neuron]
                        release[neuron] = now + hold[neuron]
                        count[neuron] += 1
                n_fired[step % (delay + 1)] = n_spiking
                # The slot after this one holds the spikes of `delay` steps ago.
                slot = (step + 1) % (delay + 1)
                for k in range(n_fired[slot]):
                    neuron = fired[slot, k]
                    for j in range(neuron_rows[neuron], neuron_rows[neuron + 1]):
                        current[row_target[j]] += row_weight[j]
                while event < last_event and event_step[event] == step:
                    channel = event_channel[event]
                    for j in range(channel_rows[channel], channel_rows[channel + 1]):
                        current[input_target[j]] += input_weight[j]
                    event += 1
