"""What happened in a reservoir during one sample, in detail, or in many of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import one_for_each, positive
from lsm.base.quantities import convert_fields
from lsm.base.reprs import short_repr
from lsm.reservoir import Reservoir
from lsm.simulation.engine import checked_steps, listed, program_for
from lsm.simulation.job import Job
from lsm.simulation.programs import Precision, SimulationError, Target
from lsm.spikes import SpikeTrains
from lsm.states import SpikeCounts, read_steps

#: Memory of what is recorded of many samples.
MOST_RECORDED_MB = 1024


@short_repr
@dataclass(frozen=True)
class Recording:
    """What happened in a reservoir during one sample.

    Attributes
    ----------
    spike_times_ms, spike_neurons : arrays (spikes,)
        In order of time; a spike at step k has the time k dt.
    t_ms : array (steps,)
        The end of each step.
    v_mV : array (neurons, steps)
        Membrane potentials at the end of each step (of a theta neuron its phase).
    variables : dict of str to array (neurons, steps)
        Every state variable of the model by name, in its own unit.
    """

    spike_times_ms: NDArray[np.float64]
    spike_neurons: NDArray[np.int32]
    t_ms: NDArray[np.float64]
    v_mV: NDArray[np.float64]
    variables: dict[str, NDArray[np.floating[Any]]]

    def __post_init__(self) -> None:
        convert_fields(self)


def record(
    reservoir: Reservoir,
    sample: SpikeTrains,
    *,
    dt_ms: float = 1.0,
    target: Target = "auto",
    precision: Precision = "single",
) -> Recording:
    """Spikes and state variables of one sample, from the same program as :func:`simulate`.

    Parameters
    ----------
    reservoir : Reservoir
    sample : SpikeTrains
        With one sample, as ``spikes[k]`` gives it.
    dt_ms, target
        As in :func:`simulate`.
    precision : {"single", "double"}
        What the program calculates in: that of :func:`simulate`, or a program of its own in double
        precision, as other simulators have it, so that a comparison doesn't end where a potential
        is rounded across a threshold.

    Raises
    ------
    ValueError
        More or fewer samples than one, another precision.
    SimulationError
        A potential that is no number any more: equations of one's own that a step is too long for.
    """
    if not isinstance(sample, SpikeTrains):
        raise TypeError(f"sample must be SpikeTrains, got {type(sample).__name__}")
    if len(sample) != 1:
        raise ValueError(f"sample must hold exactly one sample, got {len(sample)}")
    dt_ms = positive(dt_ms, "dt_ms")
    if precision not in ("single", "double"):
        raise ValueError(f"precision must be 'single' or 'double', got {precision!r}")
    n_steps = checked_steps(listed([reservoir]), sample, dt_ms)
    program, size, _, noisy, plastic = program_for(
        listed([reservoir]), dt_ms, target, precision=precision
    )
    state = SpikeCounts()
    readings = read_steps(state, n_steps)
    job = Job(
        program,
        size,
        [reservoir],
        sample,
        state,
        readings[0],
        np.ones(1, dtype=np.int64),
        dt_ms,
        noisy,
        plastic,
        recording=True,
    )
    out = job.run()
    names = reservoir.model.state
    trace = out["trace"].reshape(-1, len(names), reservoir.n_neurons).transpose(1, 2, 0)
    lost = ~np.isfinite(trace[0])
    if lost.any():
        step, neuron = np.argwhere(lost.T)[0]
        raise SimulationError(
            f"the potential of neuron {neuron} is no number from {(step + 1) * dt_ms:g} ms on: the "
            f"equations of {reservoir.model.name!r} need a shorter dt_ms than {dt_ms:g}, another "
            "method, or a threshold that cuts a spike off before it runs away"
        )
    rest = np.zeros(reservoir.n_neurons)
    if names[0] == "u":
        rest = reservoir.parameters.get("v_rest_mV", rest)
    return Recording(
        spike_times_ms=out["spike_step"] * dt_ms,
        spike_neurons=out["spike_neuron"],
        t_ms=np.arange(1, trace.shape[2] + 1, dtype=np.float64) * dt_ms,
        v_mV=trace[0] + rest[:, None],
        variables=dict(zip(names, trace, strict=True)),
    )


@short_repr
@dataclass(frozen=True)
class BatchRecording:
    """What happened in a reservoir during several samples.

    Attributes
    ----------
    spike_steps, spike_samples, spike_neurons : int32 arrays (spikes,)
        Of a sample's spikes, in order of time.
    values : float32 array (steps, samples, neurons)
        The weighted sum of state variables as they are compared with the threshold: after the
        update of a step, before any reset. 0 while a neuron is refractory, and after the end of a
        shorter sample.
    """

    spike_steps: NDArray[np.int32]
    spike_samples: NDArray[np.int32]
    spike_neurons: NDArray[np.int32]
    values: NDArray[np.float32]


def record_batch(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    variables: Mapping[str, ArrayLike],
    *,
    dt_ms: float = 1.0,
    target: Target = "auto",
    noise_seeds: NDArray[np.integer[Any]] | None = None,
) -> BatchRecording:
    """Spikes of many samples, side by side in one program, and one number for each step.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains (samples, channels)
    variables : mapping of str to float or array (neurons,)
        Weights of some of ``reservoir.model.state``, of which the sum is recorded: ``{"u": 1}`` is
        the potential.
    dt_ms, target
        As in :func:`simulate`.
    noise_seeds : int array (samples,), optional
        Samples of different seeds get different noise, even where their spikes are the same.

    Raises
    ------
    TypeError, ValueError
        No variable or one that the model doesn't have, more than a GB to record, or what
        :func:`simulate` refuses.
    """
    (reservoir,) = listed([reservoir])
    known = reservoir.model.state
    if not isinstance(variables, Mapping):
        raise TypeError(f"variables must be weights by name, got {variables!r}")
    if not variables or not set(variables) <= set(known):
        raise ValueError(f"variables must be some of {', '.join(known)}, got {[*variables]}")
    weights = {
        name: one_for_each(weight, f"variables[{name!r}]", reservoir.n_neurons, "neuron")
        for name, weight in variables.items()
    }
    for name, weight in weights.items():
        if not np.isfinite(weight).all():
            raise ValueError(f"variables[{name!r}] must be finite")
    dt_ms = positive(dt_ms, "dt_ms")
    n_steps = checked_steps([reservoir], spikes, dt_ms)
    if noise_seeds is not None and np.shape(noise_seeds) != (len(spikes),):
        raise ValueError(
            f"noise_seeds must have the shape ({len(spikes)},), one a sample; got "
            f"{np.shape(noise_seeds)}"
        )
    size_MB = 4 * n_steps.max() * len(spikes) * reservoir.n_neurons / 2**20
    if size_MB > MOST_RECORDED_MB:
        raise ValueError(
            f"spikes: recording {len(spikes)} samples takes {size_MB:,.0f} MB, and may take "
            f"{MOST_RECORDED_MB}: record fewer at a time"
        )
    program, size, _, noisy, plastic = program_for([reservoir], dt_ms, target)
    job = Job(
        program,
        size,
        [reservoir],
        spikes,
        SpikeCounts(),
        n_steps.astype(np.int32),
        np.ones(len(spikes), dtype=np.int64),
        dt_ms,
        noisy,
        plastic,
        wide=program.target == "cpp",
        recorded=weights,
        noise_seeds=noise_seeds,
    )
    out = job.run()
    return BatchRecording(
        out["spike_step"],
        out["spike_sample"],
        out["spike_neuron"],
        out["recorded"],
    )
