"""A job: some samples in some reservoirs, as files that a program reads.

Reservoirs stand side by side in *blocks*; all of them hear the samples of their *lane*, one after
another. A job is a folder with a file that holds all arrays and an index that says where (a file
for each array took a third of a short job's time); ``tape.h`` and ``numpy_program.py`` read them.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.steps import rounded
from lsm.base.temporary import temporary_folder
from lsm.reservoir import Reservoir
from lsm.simulation import programs
from lsm.simulation.noise import sample_keys
from lsm.simulation.programs import Program
from lsm.simulation.rows import powers, rows_of
from lsm.spikes import SpikeTrains
from lsm.states import State
from lsm.topology import Synapses, mix
from lsm.topology.short_term import FIXED

Arrays = dict[str, NDArray[Any]]

#: From so many spikes of a channel in a step, in all lanes of the wide form, they are pulled.
DENSE = 4


@dataclass(frozen=True)
class Job:
    """Samples in reservoirs, with everything that a worker needs to run them.

    ``size`` is the program's number of neurons; at most ``size // (neurons * reservoirs)`` lanes
    are used. ``reading_steps``: after which steps, counted from 1, states are read, sample after
    sample, and ``readings`` how often each sample's is. ``streaming``: of a single sample, whose
    spikes come over a pipe. ``wide``: in the form of ``wide/wide.h``. ``recorded``: weights of
    variables of a single reservoir, whose sums are recorded in all samples (wide, or on the NumPy
    target). ``noise_seeds``: as ``noise`` has them. ``made``: what jobs of the same reservoirs
    share, by the number of lanes (0: wide); the first one makes it.
    """

    program: Program
    size: int
    reservoirs: Sequence[Reservoir]
    spikes: SpikeTrains
    state: State
    reading_steps: NDArray[np.int32]
    readings: NDArray[np.int64]
    dt_ms: float
    noisy: bool
    plastic: bool = False
    recording: bool = False
    streaming: bool = False
    wide: bool = False
    recorded: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    noise_seeds: NDArray[np.integer[Any]] | None = None
    made: dict[int, Arrays] = field(default_factory=dict)

    def run(self) -> Arrays:
        """Simulate.

        Returns
        -------
        dict
            ``states``: float32 (reservoirs, readings, rows x neurons), the readings sample after
            sample; when recording also ``trace``: (steps, state variables, neurons),
            ``spike_neuron`` and ``spike_step``; of recorded variables ``recorded``: (steps of the
            longest sample, samples, neurons), and ``spike_sample`` too.
        """
        try:
            with temporary_folder("job") as folder:
                self.write(folder)
                programs.run(self.program.command(), folder)
                return self.read(folder)
        except OSError as error:
            raise programs.SimulationError(
                f"cannot write a job into {tempfile.gettempdir()}: {error}; "
                "set TMPDIR to a folder with space"
            ) from error

    @property
    def real(self) -> str:
        """The type of the program's numbers."""
        return programs.real(self.program.description)

    def write(self, folder: Path) -> None:
        """Put the job into a folder."""
        _save(self._arrays(), folder)

    def read(self, folder: Path) -> Arrays:
        """What a program has left in the folder; as :meth:`run` gives it."""
        reservoirs, n = len(self.reservoirs), self.reservoirs[0].n_neurons
        states = np.fromfile(folder / "states", dtype=np.float32)
        states = states.reshape(-1, reservoirs, len(self.state.rows) * n)
        out: Arrays = {"states": states.swapaxes(0, 1)}
        if self.recording:
            out["trace"] = np.fromfile(folder / "trace", dtype=self.real)
            for name in ("spike_neuron", "spike_step"):
                out[name] = np.fromfile(folder / name, dtype=np.int32)
        if self.recorded:
            # Mapped, not read: it outlives the folder, and goes with the array.
            values = np.memmap(folder / "recorded", dtype=np.float32, mode="r")
            out["recorded"] = np.asarray(values).reshape(-1, len(self.spikes), n)
            for name in ("spike_step", "spike_sample", "spike_neuron"):
                out[name] = np.fromfile(folder / name, dtype=np.int32)
        return out

    def _of_liquids(self) -> Arrays:
        """What ``wide/wide.h`` reads of neurons and synapses, once for all lanes."""
        n, reservoirs = self.reservoirs[0].n_neurons, self.reservoirs
        constants = self._constants(1)
        size = n * len(reservoirs)
        synapses, _ = _synapses(reservoirs, 1, size, self.dt_ms, self.real)
        keys = [mix(r.seed, np.arange(n)) for r in reservoirs if self.noisy]
        names = self.program.description["constants"]
        first = np.append(synapses["first_edge"], len(synapses["edge_target"]))
        return {
            "noise_key": np.array(keys, np.uint64).ravel(),
            "constants": np.stack([constants[name][:size] for name in names], axis=1),
            "start": constants["start"][:, :size],
            "refractory_steps": constants["refractory_steps"][:size],
            "first_edge": first.astype(np.int32),
            "edge_target": synapses["edge_target"],
            "edge_weight": synapses["edge_weight"],
            "edge_delay": np.rint(synapses["edge_delay"] * 1e3).astype(np.int32),
            **self._plasticity(len(synapses["edge_target"]), 1),
            **_inputs(reservoirs, self.spikes.n_channels, self.dt_ms, self.real),
        }

    def _arrays(self) -> Arrays:
        n, reservoirs = self.reservoirs[0].n_neurons, len(self.reservoirs)
        lanes = 0 if self.wide else max(1, min(self.size // (n * reservoirs), len(self.spikes)))
        if lanes not in self.made:
            self.made[lanes] = self._of_liquids() if self.wide else self._of_reservoirs(lanes)
        if self.wide:
            name, shape = "wide", [n, reservoirs, self.spikes.n_channels]
        else:
            gap = int(self.made[lanes]["gap"])
            name, shape = "shape", [n, reservoirs, lanes, gap, self.recording, self.streaming]
        arrays: Arrays = {
            name: np.array(shape, dtype=np.int64),
            **rows_of(self.state, self.reservoirs[0].model, self.dt_ms),
            "sample_key": np.zeros(0, dtype=np.uint64),
            **self._records(),
        }
        arrays |= self.made[lanes]
        if self.wide:  # the longest first: so lanes end together
            order = np.argsort(-self.spikes.n_steps(self.dt_ms), kind="stable")
            self._samples(arrays, order)
            arrays["dense"] = np.array([self._is_dense(arrays)], dtype=np.int64)
        else:
            order = self._schedule(arrays, lanes)
        if self.noisy:
            keys = sample_keys(self.spikes, self.dt_ms, self.noise_seeds)
            arrays["sample_key"] = keys[order]
        return arrays

    def _records(self) -> Arrays:
        """Which variables are recorded, and by which weights they are summed."""
        names, n = self.reservoirs[0].model.state, self.reservoirs[0].n_neurons
        weights = [np.broadcast_to(weight, n) for weight in self.recorded.values()]
        return {
            "recorded": np.array([names.index(name) for name in self.recorded], dtype=np.int32),
            "recorded_weights": np.array(weights, dtype=np.float32),
        }

    def _of_reservoirs(self, lanes: int) -> Arrays:
        synapses, gap = _synapses(self.reservoirs, lanes, self.size, self.dt_ms, self.real)
        keys = [mix(r.seed, np.arange(r.n_neurons)) for r in self.reservoirs if self.noisy]
        return (
            {"gap": np.array(gap), "noise_key": np.tile(np.array(keys, np.uint64).ravel(), lanes)}
            | synapses
            | self._plasticity(len(synapses["edge_target"]), lanes)
            | self._constants(lanes)
            | _inputs(self.reservoirs, self.spikes.n_channels, self.dt_ms, self.real)
        )

    def _constants(self, lanes: int) -> Arrays:
        """The neurons' numbers, block after block; idle neurons have zeros."""
        per_reservoir = [r.model.constants(dict(r.parameters), self.dt_ms) for r in self.reservoirs]
        arrays: Arrays = {}
        for name in per_reservoir[0]:
            values = np.tile(np.concatenate([c[name] for c in per_reservoir]), lanes)
            arrays[name] = _pad(values, self.size).astype(self.real)
        refractory = np.concatenate([r.parameters["t_ref_ms"] for r in self.reservoirs])
        initial = []
        for reservoir in self.reservoirs:
            begun = reservoir.model.start(dict(reservoir.parameters))
            zeros = np.zeros(reservoir.n_neurons)
            initial.append([begun.get(name, zeros) for name in reservoir.model.state])
        start = np.tile(np.concatenate(initial, axis=1), lanes)
        idle = self.size - start.shape[1]
        arrays["start"] = np.pad(start, ((0, 0), (0, idle))).astype(self.real)
        steps = 1 + np.tile(rounded(refractory, self.dt_ms), lanes)
        arrays["refractory_steps"] = _pad(steps, self.size).astype(np.int32)
        return arrays

    def _plasticity(self, n_edges: int, lanes: int) -> Arrays:
        """Short-term plasticity of the synapses: a kind for each pair of polarities of each
        reservoir. Nothing where no reservoir has any."""
        rules = [r.short_term for r in self.reservoirs]
        if not self.plastic:
            return {
                "edge_kind": np.empty(0, dtype=np.int32),
                "utilisation": np.empty(0),
                "recovery_powers": np.empty(0),
            }
        kinds, use, rates = [], [], []
        for k, (reservoir, rule) in enumerate(zip(self.reservoirs, rules, strict=True)):
            rule = rule or FIXED
            inhibitory = (~reservoir.excitatory).astype(np.int32)
            s, _ = _effective(reservoir, reservoir.synapses)
            kinds.append(4 * k + 2 * inhibitory[s.source] + inhibitory[s.target])
            use.append(rule.utilisation)
            times = np.stack([rule.recovery_ms, rule.facilitation_ms], axis=1)
            # Without a time constant it is over at once.
            rates.append(np.exp(-self.dt_ms / np.where(times > 0, times, 1e-300)))
        return {
            "edge_kind": np.tile(np.concatenate(kinds), lanes).astype(np.int32),
            "edge_index": np.arange(n_edges, dtype=np.int32),
            "utilisation": np.concatenate(use).astype(np.float64),
            "recovery_powers": powers(np.concatenate(rates).ravel()),
        }

    def _is_dense(self, arrays: Arrays) -> bool:
        """Whether channels are heard by many lanes of the wide form at once.

        Each at most once in a step, and those of a step in the order of channels.
        """
        n_channels, step = self.spikes.n_channels, arrays["event_step"].astype(np.int64)
        if len(step) * programs.LANES < DENSE * arrays["sample_steps"].sum() * n_channels:
            return False
        place = (self.spikes.sample_indices() * (step.max() + 1) + step) * n_channels
        return bool(np.diff(place + self.spikes.channels).min(initial=1) > 0)

    def _schedule(self, arrays: Arrays, lanes: int) -> NDArray[np.intp]:
        """Share the samples out to lanes, the longest first to the emptiest lane."""
        steps = self.spikes.n_steps(self.dt_ms)
        heap = [(0, lane) for lane in range(lanes)]
        lane_of = np.arange(len(steps)) % lanes  # what comes out for samples of one length
        for sample in np.argsort(-steps, kind="stable") if np.ptp(steps) else ():
            busy, lane = heap[0]
            lane_of[sample] = lane
            heapq.heapreplace(heap, (busy + int(steps[sample]), lane))
        order = np.argsort(lane_of, kind="stable")
        arrays["lane_start"] = np.searchsorted(lane_of[order], np.arange(lanes + 1)).astype("i8")
        self._samples(arrays, order)
        return order

    def _samples(self, arrays: Arrays, order: NDArray[np.intp]) -> None:
        """The samples in this order: their spikes, and when they are read."""
        steps = self.spikes.n_steps(self.dt_ms)
        arrays["sample_steps"] = steps[order].astype(np.int32)
        row = (np.cumsum(self.readings) - self.readings)[order]
        start = np.concatenate([[0], np.cumsum(self.readings[order])])
        place = np.arange(start[-1]) + np.repeat(row - start[:-1], self.readings[order])
        arrays["reading_row"] = row.astype(np.int64)
        arrays["reading_start"] = start.astype(np.int64)
        arrays["reading_step"] = self.reading_steps[place].astype(np.int32)
        arrays["event_start"] = self.spikes.offsets[:-1][order].astype(np.int64)
        arrays["event_end"] = self.spikes.offsets[1:][order].astype(np.int64)
        arrays["event_step"] = self.spikes.steps(self.dt_ms, dtype=np.int32)
        arrays["event_channel"] = self.spikes.channels.astype(np.int32, copy=False)


def _effective(reservoir: Reservoir, s: Synapses) -> tuple[Synapses, NDArray[np.float64]]:
    """The synapses whose weight isn't zero, and what a spike adds to their targets: of two
    factors, the second is for negative weights."""
    factor = np.atleast_2d(reservoir.model.weight_factor(dict(reservoir.parameters)))
    row = np.where(s.weight_pA < 0, len(factor) - 1, 0)
    weight = s.weight_pA * factor[row, s.target]
    kept = weight != 0
    if not kept.all():
        s = Synapses(s.source[kept], s.target[kept], s.weight_pA[kept], s.delay_ms[kept])
    return s, weight[kept]


def _save(arrays: Arrays, folder: Path) -> None:
    """Write the arrays one after another into a file, and where each is into an index."""
    index = []
    with open(folder / "arrays", "wb") as file:
        for name, array in arrays.items():
            index.append(f"{name} {file.tell()} {array.nbytes}\n")
            file.write(np.ascontiguousarray(array).data)  # array.tofile is silent about a full disk
    (folder / "index").write_text("".join(index))


def _pad(values: NDArray[Any], size: int) -> NDArray[Any]:
    return np.concatenate([values, np.zeros(size - len(values), dtype=values.dtype)])


def _synapses(
    reservoirs: Sequence[Reservoir], lanes: int, size: int, dt_ms: float, real: str
) -> tuple[Arrays, int]:
    """Recurrent synapses of all blocks as compressed rows, and the longest delay in steps."""
    n = reservoirs[0].n_neurons
    per_reservoir, weights = zip(*(_effective(r, r.synapses) for r in reservoirs), strict=True)
    out_degree = np.concatenate([np.bincount(s.source, minlength=n) for s in per_reservoir])
    target = np.concatenate([s.target + k * n for k, s in enumerate(per_reservoir)])
    weight = np.concatenate(weights)
    delay = np.concatenate([s.delay_steps(dt_ms) for s in per_reservoir])
    shift = np.repeat(np.arange(lanes) * n * len(reservoirs), len(target))
    last = _pad(np.cumsum(np.tile(out_degree, lanes)), size).astype(np.int32)
    first = np.concatenate([[0], last[:-1]]).astype(np.int32)
    first[lanes * n * len(reservoirs) :] = 0
    return {
        "first_edge": first,
        "last_edge": last,
        "edge_target": (np.tile(target, lanes) + shift).astype(np.int32),
        "edge_weight": np.tile(weight, lanes).astype(real),
        # Brian2 wants seconds; a step of the program is one ms of its own time.
        "edge_delay": np.tile(delay * 1e-3, lanes).astype(real),
    }, int(delay.max(initial=0))


def _inputs(reservoirs: Sequence[Reservoir], n_channels: int, dt_ms: float, real: str) -> Arrays:
    """Input synapses of the blocks of one lane: by delay, the longest first, and by channel."""
    n = reservoirs[0].n_neurons
    per_reservoir, weights = zip(
        *(_effective(r, r.input_synapses(n_channels)) for r in reservoirs), strict=True
    )
    target = np.concatenate([s.target + k * n for k, s in enumerate(per_reservoir)])
    weight = np.concatenate(weights)
    steps = np.concatenate([s.delay_steps(dt_ms) for s in per_reservoir])
    delays = np.unique(steps)[::-1] if len(steps) else np.zeros(1)
    row = np.concatenate([s.source for s in per_reservoir]).astype(np.int64)
    if len(delays) > 1:
        row += np.searchsorted(-delays, -steps) * n_channels
    order = np.argsort(row, kind="stable")
    starts = np.arange(len(delays) * n_channels + 1)
    return {
        "input_delay": delays.astype(np.int32),
        "input_start": np.searchsorted(row[order], starts).astype(np.int64),
        "input_target": target[order].astype(np.int32),
        "input_weight": weight[order].astype(real),
    }
