"""The hand-written loop that the benchmark holds against the compiled programs.

The same numbers in the same precision and order, so that the spikes are the same: input and
recurrent spikes are delivered as events along compressed rows, neurons are updated step by step, as
the model demands. For LIF neurons with exponential synapses, without noise, and one delay for all
synapses. One thread. It needs numba, the optional extra ``benchmark``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from lsm import LIF, Reservoir, SpikeTrains
from lsm.base.steps import rounded
from lsm.topology import Synapses

# What one neuron needs in a step, in the order of the rows of EventLoop.constants.
CONSTANTS = ("a", "b", "c", "s", "theta", "u_reset")
# Multiplied by a one in byte j of a word, leaves j in the highest byte.
_PLACE = np.uint64(0x0001020304050607)


@dataclass(frozen=True)
class Rows:
    """Synapses of all liquids by their sources; a row's synapses are ``start[k]:start[k + 1]``."""

    start: NDArray[np.int64]  # (liquids, sources + 1)
    target: NDArray[np.int32]
    weight: NDArray[np.float32]


class EventLoop:
    """Some liquids and some samples, ready to run: all that can be done before is done here.

    Parameters
    ----------
    reservoirs : sequence of Reservoir
    spikes : SpikeTrains
    dt_ms : float

    Raises
    ------
    ValueError
        Another neuron model, noise, short-term plasticity, or synapses of several delays.
    """

    def __init__(self, reservoirs: Sequence[Reservoir], spikes: SpikeTrains, dt_ms: float) -> None:
        recurrent = [r.synapses for r in reservoirs]
        delays = {int(d) for s in recurrent for d in s.delay_steps(dt_ms)} or {1}
        if any(r.model != LIF or np.any(r.parameters["noise_pA"]) for r in reservoirs):
            raise ValueError("the hand-written loop knows LIF neurons without noise only")
        if any(r.short_term is not None for r in reservoirs):
            raise ValueError("the hand-written loop knows no short-term plasticity")
        if len(delays) > 1:
            raise ValueError(f"the hand-written loop knows one delay, got {sorted(delays)} steps")
        n = reservoirs[0].n_neurons
        self.counts = np.zeros((len(reservoirs), len(spikes), n), dtype=np.int32)
        inputs = _rows([r.input_synapses(spikes.n_channels) for r in reservoirs], spikes.n_channels)
        rows = _rows(recurrent, n)
        constants = [LIF.constants(dict(r.parameters), dt_ms) for r in reservoirs]
        refractory = np.array([r.parameters["t_ref_ms"] for r in reservoirs])
        self._arguments = (
            spikes.n_steps(dt_ms).astype(np.int32),
            spikes.offsets,
            spikes.steps(dt_ms).astype(np.int32),
            spikes.channels,
            np.array([[c[name] for name in CONSTANTS] for c in constants], dtype=np.float32),
            (1 + rounded(refractory, dt_ms)).astype(np.int32),
            inputs.start,
            inputs.target,
            inputs.weight,
            rows.start,
            rows.target,
            rows.weight,
            delays.pop(),
            self.counts,
        )

    def run(self) -> NDArray[np.int32]:
        """Spike counts (liquids, samples, neurons)."""
        _run(*self._arguments)
        return self.counts


def _rows(per_liquid: Sequence[Synapses], n_sources: int) -> Rows:
    sources = np.arange(n_sources + 1)
    sizes = np.cumsum([0, *map(len, per_liquid)])
    starts = [np.searchsorted(s.source, sources) for s in per_liquid]
    return Rows(
        np.array(starts) + sizes[:-1, None],
        np.concatenate([s.target for s in per_liquid]),
        np.concatenate([s.weight_pA for s in per_liquid]).astype(np.float32),
    )


# Without fastmath, so that results are equal.
@numba.njit(cache=True, error_model="numpy")
def _run(  # type: ignore[no-untyped-def]
    n_steps,
    event_start,
    event_step,
    event_channel,
    constants,
    refractory_steps,
    input_start,
    input_target,
    input_weight,
    row_start,
    row_target,
    row_weight,
    delay,
    counts,
) -> Any:
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
