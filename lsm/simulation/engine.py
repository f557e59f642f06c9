"""From reservoirs and spikes to liquid states: planning chunks and running them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm.auto import tqdm

from lsm.base.checks import positive
from lsm.base.steps import COUNTED, whole_steps
from lsm.base.watching import is_watched
from lsm.reservoir import Reservoir
from lsm.reservoir.steps import longest_wait
from lsm.simulation import programs
from lsm.simulation.chunks import countable, sample_parts, slices
from lsm.simulation.job import Arrays, Job
from lsm.simulation.programs import Precision, Program, Target
from lsm.simulation.rows import features_of, rows_of
from lsm.spikes import SpikeTrains
from lsm.states import State, features_per_neuron, make_state, read_steps
from lsm.topology import DelayRule

#: Memory of the table that has the input synapses of each delay and channel.
MOST_DELAYS_MB = 1024
#: From so many samples on they are simulated side by side (``wide.h``), fewer one after another in
#: each lane (``tape.h``). Where the two cross depends little on neurons, rates and steps.
WIDE_SAMPLES = 24


def simulate(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    state: str | State = "counts",
    dt_ms: float = 1.0,
    target: Target = "auto",
    n_jobs: int | None = None,
    progress: bool = False,
) -> NDArray[np.float32]:
    """Drive every reservoir with every sample.

    A state depends on the reservoir and the content of the sample alone, bit for bit: not on other
    samples, their order, other reservoirs, or the number of jobs. A program is compiled the first
    time that a neuron model, with or without noise, is seen on a machine (reservoirs of more than
    500 neurons: each size). Refractory times and delays are rounded to whole steps.

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one neuron model and one number of neurons.
    spikes : SpikeTrains (samples, channels)
    state : str or State
        A name, such as ``"counts"`` or ``"bins:5+first"``, or an object from :mod:`lsm.states`.
    dt_ms : float
        Time step.
    target : {"auto", "cpp", "numpy"}
        Compiled C++ or Brian2's NumPy target; ``auto`` compiles where a compiler is found.
    n_jobs : int, optional
        Processes at a time, as joblib has it.
    progress : bool
        Show a bar with the time left.

    Returns
    -------
    float32 array (reservoirs, samples, features)

    Raises
    ------
    ValueError, TypeError
        Reservoirs that differ in model or size, no samples, a wrong state, dt or target.
    SimulationError
        No compiler where one is asked for, a full disk.
    """
    reservoirs, state = listed(reservoirs), make_state(state)
    dt_ms = positive(dt_ms, "dt_ms")
    n_steps = checked_steps(reservoirs, spikes, dt_ms)
    readings = read_steps(state, n_steps)
    per_sample = np.full(len(spikes), readings.shape[1])
    states = run(
        *(reservoirs, spikes, n_steps, state, readings.ravel(), per_sample),
        *(dt_ms, target, n_jobs, progress),
    )
    states = features_of(states.reshape(len(reservoirs), len(spikes), -1), state)
    if state.neurons == "excitatory":
        return _excitatory(states, reservoirs, features_per_neuron(state))
    return states


def trajectories(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    every_ms: float,
    state: str | State = "traces",
    dt_ms: float = 1.0,
    target: Target = "auto",
    n_jobs: int | None = None,
    progress: bool = False,
) -> list[NDArray[np.float32]]:
    """Drive every reservoir with every sample, and read the state again and again.

    As :func:`simulate`; the state after ``every_ms`` is the one that a sample cut off there ends
    with.

    Parameters
    ----------
    reservoirs, spikes, dt_ms, target, n_jobs, progress
        As in :func:`simulate`.
    every_ms : float
        Time from reading to reading, a multiple of ``dt_ms``. What is left at a sample's end is
        not read.
    state : str or State
        One that is read at the end of a sample, of all neurons.

    Returns
    -------
    list of float32 array (reservoirs, readings, features), one a sample

    Raises
    ------
    ValueError, TypeError
        As :func:`simulate`; another state; a sample shorter than ``every_ms``.
    """
    reservoirs, state = listed(reservoirs), make_state(state)
    dt_ms = positive(dt_ms, "dt_ms")
    n_steps = checked_steps(reservoirs, spikes, dt_ms)
    check_read_at_the_end(state)
    every_ms = positive(every_ms, "every_ms")
    every = whole_steps(every_ms, dt_ms, "every_ms")
    if n_steps.min() < every:
        raise ValueError(
            f"spikes must last {every_ms:g} ms at least, got {spikes.durations_ms.min():g} ms"
        )
    readings = n_steps // every
    steps = np.concatenate([np.arange(1, most + 1, dtype=np.int32) for most in readings]) * every
    states = run(
        *(reservoirs, spikes, n_steps, state, steps, readings, dt_ms, target, n_jobs, progress)
    )
    return np.split(states, np.cumsum(readings)[:-1], axis=1)


def check_read_at_the_end(state: State) -> None:
    """Raise ValueError for a state that needs to know how long a sample will be."""
    if state.at != (1.0,) or state.neurons != "all":
        raise ValueError(
            "state must be of all neurons and read once at the end of a sample, as 'traces' and "
            f"'counts' are, to be asked for while it goes on; got {state!r}"
        )


def listed(reservoirs: Reservoir | Sequence[Reservoir]) -> list[Reservoir]:
    """A list of reservoirs, from one or several; TypeError for what is none."""
    if isinstance(reservoirs, Reservoir):
        return [reservoirs]
    if not isinstance(reservoirs, Iterable):
        raise TypeError(f"reservoirs must be Reservoir objects, got {type(reservoirs).__name__}")
    several = list(reservoirs)
    for reservoir in several:
        if not isinstance(reservoir, Reservoir):
            raise TypeError(f"reservoirs must be Reservoir objects, got {type(reservoir).__name__}")
    return several


def checked_steps(
    reservoirs: Sequence[Reservoir], spikes: SpikeTrains, dt_ms: float
) -> NDArray[np.int64]:
    """Steps of each sample; TypeError or ValueError for what can't be simulated in such steps."""
    if not isinstance(spikes, SpikeTrains):
        raise TypeError(f"spikes must be SpikeTrains, got {type(spikes).__name__}")
    if len(spikes) == 0:
        raise ValueError("spikes must hold at least one sample, got none")
    for reservoir in reservoirs:
        _check_input_delays(reservoir, spikes.n_channels, dt_ms)
    spikes.n_steps(dt_ms, most=COUNTED)  # what is wrong with all times is said of the longest
    n_steps = spikes.n_steps(dt_ms, most=COUNTED - _wait(reservoirs, dt_ms))
    longest_ms = float(spikes.durations_ms.max())
    for reservoir in reservoirs:
        for name in ("wiring", "inputs"):
            rule = getattr(getattr(reservoir, name), "delay_ms", None)
            evolved = name == "wiring" and "delay_ms" not in (reservoir.given or ())
            if isinstance(rule, DelayRule) and rule.high_ms >= longest_ms and not evolved:
                _say_too_late(name, rule, longest_ms)
    return n_steps


@cache
def _say_too_late(name: str, rule: DelayRule, longest_ms: float) -> None:
    warnings.warn(
        f"{name}: {rule} is of delays up to {rule.high_ms:g} ms, and no sample lasts longer than "
        f"{longest_ms:g} ms: spikes that are so late never come",
        stacklevel=4,  # the caller of simulate or record
    )


def _check_input_delays(reservoir: Reservoir, n_channels: int, dt_ms: float) -> None:
    """Raise ValueError for delays that can't be counted, or are too many to look them up."""
    if not reservoir.inputs.delayed:
        return
    synapses = reservoir.input_synapses(n_channels)
    delays = np.unique(synapses.delay_steps(dt_ms, what="inputs", source="channel"))
    needed_MB = 16 * len(delays) * n_channels / 2**20
    if needed_MB > MOST_DELAYS_MB:
        raise ValueError(
            f"inputs: {len(delays)} delays of {n_channels} channels need {needed_MB:,.0f} MB to be "
            f"looked up, and may take {MOST_DELAYS_MB}: round them, or take a longer dt_ms than "
            f"{dt_ms:g}"
        )


def _wait(reservoirs: Sequence[Reservoir], dt_ms: float) -> int:
    return max((longest_wait(reservoir, dt_ms) for reservoir in reservoirs), default=0)


def run(
    reservoirs: Sequence[Reservoir],
    spikes: SpikeTrains,
    n_steps: NDArray[np.int64],
    state: State,
    reading_steps: NDArray[np.int32],
    readings: NDArray[np.int64],
    dt_ms: float,
    target: Target,
    n_jobs: int | None,
    progress: bool,
) -> NDArray[np.float32]:
    """States (reservoirs, readings, features of a reading), the readings sample after sample."""
    program, size, blocks, noisy, plastic = program_for(reservoirs, dt_ms, target, state)
    row = np.concatenate([[0], np.cumsum(readings)])
    features = len(state.rows) * reservoirs[0].n_neurons
    groups = slices(len(reservoirs), -(-len(reservoirs) // blocks))
    wide = program.target == "cpp" and len(spikes) >= WIDE_SAMPLES
    numbers = int(row[-1]) * features
    parts = sample_parts(spikes, n_steps, numbers, groups, blocks, n_jobs, wide=wide)
    gap = 1 + int(max(r.synapses.delay_ms.max(initial=0) for r in reservoirs) / dt_ms)
    parts = [one for part in parts for one in countable(part, n_steps[part] + gap)]

    def jobs() -> Iterator[Job]:
        """Each made when it is its turn: what it makes of its samples goes when it is done."""
        for group in groups:
            made: dict[int, Arrays] = {}
            for part in parts:
                yield Job(
                    program,
                    size,
                    reservoirs[group],
                    spikes[part],
                    state,
                    reading_steps[row[part.start] : row[part.stop]],
                    readings[part],
                    dt_ms,
                    noisy,
                    plastic,
                    wide=wide,
                    made=made,
                )

    states = np.empty((len(reservoirs), row[-1], features), dtype=np.float32)
    results = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
        delayed(job.run)() for job in jobs()
    )
    pieces = [(group, part) for group in groups for part in parts]
    # Without a compiler a chunk takes a minute: whoever waits sees for how long.
    shown = progress or (program.target == "numpy" and is_watched())
    delay_s = 0.0 if progress else 2.0
    bar = tqdm(
        results,
        total=len(pieces),
        disable=not shown,
        delay=delay_s,
        desc="simulate",
        unit="chunk",
    )
    for (group, part), result in zip(pieces, bar, strict=True):
        _items(states)[group, row[part.start] : row[part.stop]] = _items(result["states"])
    return states


def _items(states: NDArray[np.float32]) -> NDArray[np.void]:
    """States (reservoirs, readings) whose numbers are one item each: copied in half of the time."""
    return states.view((np.void, states.shape[-1] * states.itemsize))[..., 0]


def program_for(
    reservoirs: Sequence[Reservoir],
    dt_ms: float,
    target: Target,
    state: State | None = None,
    *,
    precision: Precision = "single",
) -> tuple[Program, int, int, bool, bool]:
    """Program, its size and blocks for these reservoirs; with noise, with plasticity.

    ValueError for a state that their model doesn't have.
    """
    if not reservoirs:
        raise ValueError("reservoirs must hold at least one reservoir, got none")
    first = reservoirs[0]
    sizes = {r.n_neurons for r in reservoirs}
    if len(sizes) > 1:
        raise ValueError(
            f"reservoirs must have one number of neurons, got {sorted(sizes)}: "
            "simulate each size by itself"
        )
    models = {r.model.name for r in reservoirs}
    if any(r.model != first.model for r in reservoirs):
        raise ValueError(f"reservoirs must have one neuron model, got {sorted(models)}")
    if state is not None:
        rows_of(state, first.model, dt_ms)
    noisy = any(np.any(r.parameters["noise_pA"]) for r in reservoirs)
    size, blocks = programs.blocks_for(first.n_neurons)
    plastic = any(r.short_term is not None for r in reservoirs)
    description = programs.describe(
        first.model, size=size, noisy=noisy, plastic=plastic, precision=precision
    )
    program = Program(description, programs.resolve_target(target))
    program.command()  # whatever is wrong with building it is said here, before there are many jobs
    return program, size, blocks, noisy, plastic


def _excitatory(
    states: NDArray[np.float32], reservoirs: Sequence[Reservoir], rows: int
) -> NDArray[np.float32]:
    """Keep the excitatory neurons' columns; reservoirs with fewer of them end in zeros."""
    columns = [np.flatnonzero(np.tile(r.excitatory, rows)) for r in reservoirs]
    kept = np.zeros((*states.shape[:2], max(map(len, columns))), dtype=states.dtype)
    for k, chosen in enumerate(columns):
        kept[k, :, : len(chosen)] = states[k][:, chosen]
    return kept
