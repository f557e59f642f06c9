"""A liquid program on Brian2's NumPy target: the twin of ``tape.h``, where no compiler is.

``LSM_JOB=folder python -m lsm.simulation.numpy_program DESCRIPTION`` runs a job.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Network, NetworkOperation, NeuronGroup, Synapses, prefs, second
from numpy.typing import NDArray

from lsm.base.processes import end_with_input
from lsm.simulation.network import FUNCTIONS, liquid, network
from lsm.simulation.noise import noise
from lsm.simulation.numpy_job import SpikeTimes, fill, flush_denormals, reader
from lsm.simulation.programs import real
from lsm.simulation.rows import KINDS
from lsm.topology import mix

NEVER = np.iinfo(np.int32).max


class Tape:
    """Plays the samples of a job; see ``tape.h`` for the same in C++."""

    def __init__(self, job: Path, description: dict[str, Any]) -> None:
        self.load = load = reader(job)
        self.job = job
        self.size: int = description["size"]
        self.real = real(description)
        self.net: Network | None = None
        shape = load("shape", "i8")
        self.n, self.reservoirs, n_lanes, self.gap = map(int, shape[:4])
        self.recording, self.streaming = map(bool, shape[4:])
        self.rows, self.ms_per_step = (
            load("rows", "i4").reshape(-1, 2),
            load("ms_per_step", "f8")[0],
        )
        self.powers = load("decay_powers", "f8").reshape(-1, 256 + 23)
        self.traces = len(self.powers)
        self.lane_size = self.n * self.reservoirs
        self.steps = load("sample_steps", "i4").copy()
        self.reading_start, self.reading_row = (
            load("reading_start", "i8"),
            load("reading_row", "i8"),
        )
        self.reading_step = load("reading_step", "i4")
        self.event_start, self.event_end = load("event_start", "i8"), load("event_end", "i8")
        self.event_step, self.event_channel = load("event_step", "i4"), load("event_channel", "i4")
        self.input_start, self.input_target = load("input_start", "i8"), load("input_target", "i4")
        self.input_weight = load("input_weight", self.real)
        self.input_delay = load("input_delay", "i4")
        self.sample_key, self.noise_key = load("sample_key", "u8"), load("noise_key", "u8")
        self.edges, self.edge_kind = load("edge_target", "i4"), load("edge_kind", "i4")
        self.utilisation = load("utilisation", "f8")
        self.recovery = load("recovery_powers", "f8").reshape(-1, 256 + 23)
        self.edge_touched = np.full(len(self.edge_kind), -1)
        self.edge_use, self.edge_resource = np.zeros((2, len(self.edge_kind)))
        self.initial = load("start", self.real).reshape(-1, self.size)
        bounds = load("lane_start", "i8")
        self.sample, self.last = bounds[:-1].copy(), bounds[1:]
        self.start = np.zeros(n_lanes, dtype=np.int64)
        self.done = np.zeros(n_lanes, dtype=bool)
        self.local = np.zeros(n_lanes, dtype=np.int64)
        lanes = np.repeat(np.arange(n_lanes), self.lane_size)
        self.lane_of = np.concatenate([lanes, np.zeros(self.size - len(lanes), dtype=lanes.dtype)])
        self.tally = np.zeros((self.traces, self.size))
        self.touched = np.zeros(self.size, dtype=np.int64)
        self.times = SpikeTimes(load("refractory_steps", "i4").astype(np.int64) - 1)
        self.states = np.zeros(
            (len(self.reading_step), self.reservoirs, len(self.rows), self.n),
            dtype=np.float32,
        )
        self.noise_prefix = np.zeros(self.size, dtype=np.uint64)
        self.recorded = load("recorded", "i4")
        self.record_weights = load("recorded_weights", "f4").reshape(-1, self.n)
        recorded_steps = int(self.steps.max()) if len(self.recorded) else 0
        self.records = np.zeros((recorded_steps, len(self.steps), self.n), dtype=np.float32)
        self.recorded_spikes: list[NDArray[np.int32]] = []  # steps, samples, neurons
        self.trace: list[NDArray[np.floating[Any]]] = []
        self.spikes: list[tuple[NDArray[np.int32], int]] = []

    def attach(self, group: NeuronGroup, description: dict[str, Any]) -> None:
        """Take over the group's arrays, and begin the first sample of each lane."""
        fill(group, self.load, description["constants"], self.real)
        # The arrays themselves, which the code objects share.
        self.arrays = [group.variables[name].get_value() for name in description["state"]]
        self.targets = [group.variables[name].get_value() for name in description["targets"]]
        self.release = group.variables["release"].get_value()
        self.release[:] = NEVER
        for lane in range(len(self.sample)):
            self.begin(lane, 0)

    def attach_synapses(self, synapses: Synapses) -> None:
        """Set weights and delays of the recurrent synapses."""
        synapses.w = self.load("edge_weight", self.real)
        synapses.delay = self.load("edge_delay", self.real) * second
        if len(self.edge_kind):
            synapses.edge = self.load("edge_index", "i4")

    def begin(self, lane: int, step: int) -> None:
        """Begin a lane's next sample at a step: reset all state, or rest where none is left."""
        block = slice(lane * self.lane_size, (lane + 1) * self.lane_size)
        self.done[lane] = self.sample[lane] == self.last[lane]
        self.release[block] = NEVER if self.done[lane] else 0
        if self.done[lane]:  # potentials stay: at rest a neuron may be above its threshold
            return
        for array, initial in zip(self.arrays, self.initial, strict=True):
            array[block] = initial[block]
        edges = len(self.edge_kind) // len(self.sample)
        self.edge_touched[lane * edges : (lane + 1) * edges] = -1
        self.tally[:, block] = 0
        self.touched[block] = 0
        self.times.begin(block)
        self.start[lane], self.local[lane] = step, 0
        if self.streaming:
            self.event_step, self.event_channel = self.event_step[:0], self.event_channel[:0]
            self.steps[0] = 0
            while not self.listen():
                pass
        if len(self.sample_key):
            key = self.sample_key[self.sample[lane]]
            self.noise_prefix[block] = mix(key, self.noise_key[block])

    def deliver(self, lane: int, local: int) -> None:
        """Add the weights of a lane's input spikes at a step of its sample."""
        sample = self.sample[lane]
        events = slice(self.event_start[sample], self.event_end[sample])
        channels = (len(self.input_start) - 1) // len(self.input_delay)
        block = slice(lane * self.lane_size, (lane + 1) * self.lane_size)
        arriving = [
            d * channels + channel
            for d, delay in enumerate(self.input_delay)
            for channel in self.event_channel[events][self.event_step[events] == local - delay]
        ]
        for number in arriving:
            row = slice(self.input_start[number], self.input_start[number + 1])
            target, weight = self.input_target[row], self.input_weight[row]
            up = weight > 0
            np.add.at(self.targets[0][block], target[up], weight[up])
            np.add.at(self.targets[-1][block], target[~up], weight[~up])

    def left(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """What is left of each trace (traces, neurons) after each neuron's number of steps."""
        return _power(self.powers, np.arange(self.traces)[:, None], steps)

    def read(self, lane: int) -> NDArray[np.float32]:
        """The liquid state of a lane at the end of a step (reservoirs, rows, neurons)."""
        block = slice(lane * self.lane_size, (lane + 1) * self.lane_size)
        local = self.local[lane]
        traces = self.tally[:, block] * self.left(local - self.touched[block])
        state = np.empty((len(self.rows), self.lane_size), dtype=np.float32)
        for out, (kind, number) in zip(state, self.rows, strict=True):
            match KINDS[kind]:
                case "trace":
                    out[:] = traces[number]
                case "variable":
                    out[:] = self.arrays[number][block]
                case "proportion":
                    out[:] = self.times.proportion(block, local)
                case measure:
                    out[:] = self.times.steps(measure, block, local) * self.ms_per_step
        return state.reshape(-1, self.reservoirs, self.n).transpose(1, 0, 2)

    def read_what_is_due(self, lane: int) -> None:
        """Read the liquid state of a lane where its sample is to be read after this step."""
        sample = self.sample[lane]
        due = self.reading_step[self.reading_start[sample] : self.reading_start[sample + 1]]
        for k in np.flatnonzero(due == self.local[lane] + 1):
            self.states[self.reading_row[sample] + k] = self.read(lane)

    def finish(self, lane: int, step: int) -> None:
        """End a lane's sample: hold its neurons silent until the next one begins."""
        block = slice(lane * self.lane_size, (lane + 1) * self.lane_size)
        lost = np.flatnonzero(~np.isfinite(self.arrays[0][block]))
        if len(lost) and not self.recording:
            sys.exit(
                f"liquid program: the potential of neuron {lost[0] % self.n} is no number at the "
                "end of a sample (record() says since when)"
            )
        self.release[block] = step + 1 + self.gap

    def listen(self) -> bool:
        """The next chunk of a streamed sample from standard input; see ``tape.h``."""
        steps, spikes = map(int, self.hear(2, "i8"))
        if not steps:
            return False
        on_their_way = self.event_step >= self.steps[0] - self.input_delay.max()
        later = self.hear(spikes, "i4") + self.steps[0]
        self.event_step = np.append(self.event_step[on_their_way], later)
        channels = self.hear(spikes, "i4")
        self.event_channel = np.append(self.event_channel[on_their_way], channels)
        self.event_end = np.array([len(self.event_step)])
        self.steps[0] += steps
        return True

    @staticmethod
    def hear(size: int, dtype: str) -> NDArray[Any]:
        """Read so many numbers from standard input; ends the process where there are none."""
        n_bytes = size * np.dtype(dtype).itemsize
        heard = sys.stdin.buffer.read(n_bytes)
        if len(heard) < n_bytes:
            os._exit(0)  # nobody is there
        return np.frombuffer(heard, dtype=dtype)

    def tell(self) -> None:
        """Write the liquid state of the streamed sample to standard output."""
        sys.stdout.buffer.write(self.read(0).tobytes())
        sys.stdout.buffer.flush()

    def record(self) -> None:
        """Keep what is recorded, before any reset; see ``wide.h``."""
        for lane in np.flatnonzero(~self.done):
            local, sample = self.local[lane], self.sample[lane]
            block = slice(lane * self.n, (lane + 1) * self.n)
            if local < self.steps[sample]:
                out = self.records[local, self.reading_row[sample]]
                for variable, weight in zip(self.recorded, self.record_weights, strict=True):
                    out += weight * self.arrays[variable][block]
                out[self.release[block] > self.start[lane] + local] = 0

    # The functions of lsm.simulation.network.FUNCTIONS

    def advance(self, step: Any) -> Any:
        """Do all that a step has beside the neurons: input, readings, ends of samples."""
        now = int(step)
        for lane in np.flatnonzero(~self.done):
            local, steps = now - int(self.start[lane]), int(self.steps[self.sample[lane]])
            if local < steps:
                self.deliver(lane, local)
                if self.recording:
                    self.trace.extend(array[: self.n].copy() for array in self.arrays)
                self.read_what_is_due(lane)
            if local == steps - 1:
                if self.streaming:
                    self.tell()
                    if self.listen():
                        self.local[lane] = local + 1
                        break
                self.finish(lane, now)
            if local == steps - 1 + self.gap:
                self.sample[lane] += not self.streaming
                self.begin(lane, now + 1)
            else:
                self.local[lane] = local + 1
        if self.done.all():
            self.save()
        return np.int32(now + 1)

    def tally_spike(self, i: Any) -> Any:
        """Add spikes to the traces of these neurons."""
        local = self.local[self.lane_of[i]]
        self.tally[:, i] = self.tally[:, i] * self.left(local - self.touched[i]) + 1
        self.touched[i] = local
        self.times.fire(i, local)
        if self.recording:
            self.spikes.append((np.array(i, dtype=np.int32), int(self.local[0])))
        if len(self.recorded):
            row = self.reading_row[self.sample[self.lane_of[i]]]
            self.recorded_spikes.append(np.array([local, row, i % self.n], dtype=np.int32))
        return np.int32(1)

    def noise_at(self, i: Any) -> Any:
        """Noise of each neuron in this step, in deviations."""
        return noise(self.noise_prefix, self.local[self.lane_of])

    def edge_target(self, k: Any) -> Any:
        """Target of each recurrent synapse."""
        return self.edges[k]

    def efficacy(self, edge: Any) -> Any:
        """Efficacy of each synapse that carries a spike, by short-term plasticity."""
        lane = edge // (len(self.edge_kind) // len(self.sample))
        local, kind = self.local[lane], self.edge_kind[edge]
        U, use, resource = self.utilisation[kind], self.edge_use[edge], self.edge_resource[edge]
        first = self.edge_touched[edge] < 0
        steps = np.where(first, 0, local - self.edge_touched[edge])
        recovered = _power(self.recovery, 2 * kind, steps)
        prepared = _power(self.recovery, 2 * kind + 1, steps)
        new_resource = np.where(first, 1.0, 1.0 + (resource - resource * use - 1.0) * recovered)
        new_use = np.where(first, U, U + use * (1.0 - U) * prepared)
        self.edge_use[edge], self.edge_resource[edge] = new_use, new_resource
        self.edge_touched[edge] = local
        return (new_use * new_resource).astype(self.real)

    def save(self) -> None:
        """Write what was read and recorded, and stop."""
        results: dict[str, NDArray[Any]] = {"states": self.states}
        if self.recording:
            results["trace"] = np.array(self.trace, dtype=self.real)
            neurons: list[NDArray[Any]] = [np.empty(0), *(neuron for neuron, _ in self.spikes)]
            steps = [np.full(len(neuron), local) for neuron, local in self.spikes]
            results["spike_neuron"] = np.concatenate(neurons).astype(np.int32)
            results["spike_step"] = np.concatenate([np.empty(0), *steps]).astype(np.int32)
        if len(self.recorded):
            spikes = np.concatenate([np.empty((3, 0), np.int32), *self.recorded_spikes], axis=1)
            results |= dict(
                zip(("spike_step", "spike_sample", "spike_neuron"), spikes, strict=True)
            )
            results["recorded"] = self.records
        for name, array in results.items():
            (self.job / name).write_bytes(array.tobytes())  # says so if the disk is full
        assert self.net is not None
        self.net.stop()


def _power(
    table: NDArray[np.float64], row: NDArray[Any], steps: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Powers by their base, a row of the table (rows, 256 + 23), and exponent; these broadcast."""
    row, steps = np.broadcast_arrays(row, steps)
    product = table[row, steps & 255]
    high = steps >> 8
    for bit in range(int(high.max(initial=0)).bit_length()):
        odd = (high >> bit & 1).astype(bool)
        product[odd] *= table[row[odd], 256 + bit]
    return np.asarray(product)


def main(job: Path, description: dict[str, Any]) -> None:
    """Run the job in a folder."""
    prefs.reset_to_defaults()
    prefs.codegen.target = "numpy"
    tape = Tape(job, description)
    group = liquid(description)
    functions = {name: getattr(tape, name) for name in FUNCTIONS}

    def neurons() -> None:
        tape.attach(group, description)

    tape.net = network(group, description, functions, neurons, tape.attach_synapses)
    if len(tape.recorded):
        tape.net.add(NetworkOperation(tape.record, when="after_groups"))
    flush_denormals()
    tape.net.run(1e9 * second)


if __name__ == "__main__":
    end_with_input()
    main(Path(os.environ["LSM_JOB"]), json.loads(sys.argv[1]))
