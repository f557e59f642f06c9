"""What stands in for compiled programs while units are tried."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from zlib import crc32

import numpy as np

from lsm.simulation import BatchRecording
from lsm.topology import MatrixInputs


class ReachedError(Exception):
    """The program that is stood in for would start now; the arguments are what it was given."""


def _chance(*arrays: Any) -> np.random.Generator:
    """Chance that is decided by the content of arrays and numbers."""
    seed = 0
    for array in arrays:
        seed = crc32(np.ascontiguousarray(array, dtype=np.float64).tobytes(), seed)
    return np.random.default_rng(seed)


def run(
    reservoirs, spikes, n_steps, state, reading_steps, readings, dt_ms, target, n_jobs, progress
):
    """In place of a simulation: states that any change of what it was given changes."""
    parts = []
    for one in reservoirs:
        synapses = one.synapses
        inputs = one.inputs
        if isinstance(inputs, MatrixInputs):
            strength = inputs.weight_pA.toarray().std()
        else:
            strength = np.hypot(inputs.weight_pA, getattr(inputs, "weight_sd_pA", 0.0))
        rng = _chance(
            dt_ms,
            reading_steps,
            spikes.times_ms,
            spikes.durations_ms,
            one.parameters["tau_m_ms"],
            one.parameters["v_threshold_mV"],
            synapses.weight_pA,
            synapses.delay_ms,
            state.decays(dt_ms),
        )
        features = len(state.rows) * one.n_neurons
        parts.append(strength / 50 * rng.random((int(readings.sum()), features)))
    return np.array(parts, dtype=np.float32)


class Recorded:
    """In place of the job of a recording."""

    def __init__(self, program, size, reservoirs, sample, state, steps, n, dt_ms, *_, **__):
        (self.one,), self.sample, self.dt_ms = reservoirs, sample, dt_ms

    def run(self):
        n, steps = self.one.n_neurons, int(self.sample.n_steps(self.dt_ms)[0])
        rng = _chance(self.dt_ms, self.sample.times_ms, self.one.synapses.weight_pA)
        step, neuron = np.nonzero(rng.random((steps, n)) < 0.1)
        return {
            "trace": rng.random((steps, len(self.one.model.state), n), dtype=np.float32),
            "spike_step": step,
            "spike_neuron": neuron.astype(np.int32),
            "spike_sample": np.zeros_like(step),
            "recorded": rng.random((steps, 1, n), dtype=np.float32),
        }


def record_batch(reservoir, spikes, variables, *, dt_ms, target, noise_seeds=None):
    """In place of a recording of many samples."""
    shape = int(spikes.n_steps(dt_ms).max()), len(spikes), reservoir.n_neurons
    rng = _chance(dt_ms, spikes.times_ms, reservoir.synapses.weight_pA)
    fired = (axis.astype(np.int32) for axis in np.nonzero(rng.random(shape) < 0.1))
    return BatchRecording(*fired, rng.random(shape, dtype=np.float32))


def loop(closed, state, steps, **given):
    """In place of a spiking network in a closed loop."""
    raise ReachedError(
        closed.dt_ms, closed.input_weights, closed.reservoir.parameters, steps, given
    )


class Streamed:
    """In place of a stream: what was pushed is the state."""

    def __init__(self, reservoir, *, dt_ms, **_):
        self.dt_ms = dt_ms

    def push(self, chunk):
        return np.array([*chunk.durations_ms, *chunk.times_ms, self.dt_ms])


def _raised(*given):
    raise ReachedError(*given)


#: Where the program would start, and what stands in for it there.
STAND_INS: dict[str, Any] = {
    "lsm.simulation.engine.run": run,
    "lsm.simulation.prefixes.run": run,
    "lsm.simulation.recording.Job": Recorded,
    "lsm.simulation.recording.program_for": lambda *_, **__: (
        SimpleNamespace(target="cpp"),
        *[None] * 4,
    ),
    "lsm.learning.activity.record_batch": record_batch,
    "lsm.simulation.stream.program_for": lambda *_: (None,) * 5,
    "lsm.simulation.stream.Job": lambda *given, **_: _raised(given[7]),
    "lsm.simulation.loop.run": loop,
    "lsm.estimators.streaming.Stream": Streamed,
}
