"""A closed loop on Brian2's NumPy target: the twin of ``loop.h``, where no compiler is.

``LSM_JOB=folder python -m lsm.simulation.loop.numpy_program DESCRIPTION`` runs a job. Sums go in
the order of the compiled program, so both give the same bits: by blocks where they are dot
products, row after row where they are sums of rows.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Network, NeuronGroup, Synapses, network_operation, prefs, second
from numpy.typing import NDArray

from lsm.base.processes import end_with_input
from lsm.simulation.loop.blocks import dot, padded
from lsm.simulation.loop.rules import load_rule
from lsm.simulation.loop.state import within
from lsm.simulation.network import FUNCTIONS, liquid, network
from lsm.simulation.noise import noise
from lsm.simulation.numpy_job import fill, flush_denormals, reader
from lsm.topology import mix

DTYPES = {
    "shape": "i8",
    "learning": "i8",
    "teaching": "i8",
    "noise_key": "u8",
    "spikes_kept": "i1",
    "start": "f4",
    "edge_weight": "f4",
    "edge_delay": "f4",
} | dict.fromkeys(
    (
        *("edge_target", "probed_potentials", "probed_weights", "probed_filtered"),
        *("recent_neuron", "recent_step", "release"),
    ),
    "i4",
)


class Loop:
    """Runs a job; see ``loop.h`` for the same in C++."""

    def __init__(self, job: Path, description: dict[str, Any]) -> None:
        self.read = read = reader(job)

        def load(name: str) -> NDArray[Any]:
            return read(name, DTYPES.get(name, "f8"))

        self.load, self.job, self.description = load, job, description
        self.net: Network | None = None
        (self.n, self.outputs, self.channels, self.first, self.steps, self.every) = map(
            int, load("shape")[:6]
        )
        self.probe_every, self.output_every, self.longest = map(int, load("shape")[6:9])
        size = padded(self.n)
        has_target, has_gate = map(int, load("shape")[9:])
        rule = load_rule(description["rule"])
        state = {name: load(f"state_{name}") for name in rule.STATE}
        self.rule = rule(self.n, load("learning_constants").tolist(), state)
        self.left, self.decay, self.risen = load("filter_constants").tolist()
        self.filtered, self.rising = load("filtered"), load("rising")
        self.decoder = load("decoder").reshape(self.outputs, size)
        self.encoder = load("encoder").reshape(self.outputs, size)
        self.input_weight = load("input_weight").reshape(self.channels, size)
        self.drive_base = load("drive_base").reshape(-1, self.n)
        self.drive_slope = load("drive_slope").reshape(-1, self.n)
        self.learning, self.teaching = (
            load(name).reshape(-1, 2) for name in ("learning", "teaching")
        )
        self.edges, self.recorded = load("edge_target"), load("spikes_kept").astype(bool)
        self.probed = {
            name: load(f"probed_{name}") for name in ("potentials", "weights", "filtered")
        }
        self.noise_prefix = mix(0, load("noise_key"))
        self.fed = load("fed")
        self.target = np.fromfile(job / "target").reshape(-1, self.outputs) if has_target else None
        self.gate = np.fromfile(job / "gate") if has_gate else None
        counts = np.fromfile(job / "input_count", dtype=np.int32)
        self.input_start = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        self.input_channel = np.fromfile(job / "input_channel", dtype=np.int32)
        self.input_value = np.fromfile(job / "input_value")
        steps = load("recent_step")
        self.recent = {
            step: load("recent_neuron")[steps == step]
            for step in range(self.first - self.longest, self.first)
        }
        self.now = self.first - 1
        self.fired = np.empty(0, dtype=np.int32)
        self.records: dict[str, list[Any]] = {
            name: [] for name in ("outputs", "potentials", "weights", "traces")
        }
        self.spikes: dict[str, list[NDArray[np.int32]]] = {"spike_neuron": [], "spike_step": []}

    def attach(self, group: NeuronGroup) -> None:
        """Take over the group's arrays, and set its neurons where the loop goes on from."""
        fill(group, self.read, self.description["constants"])
        # The arrays themselves, which the code objects share.
        self.arrays = [group.variables[name].get_value() for name in self.description["state"]]
        self.drives = [group.variables[name].get_value() for name in self.description["drives"]]
        self.release = group.variables["release"].get_value()
        self.release[:] = self.load("release")
        for array, start in zip(self.arrays, self.load("start").reshape(-1, self.n), strict=True):
            array[:] = start
        self.drive(0)

    def attach_synapses(self, synapses: Synapses) -> None:
        """Set weights and delays of the recurrent synapses."""
        synapses.w = self.load("edge_weight")
        synapses.delay = self.load("edge_delay") * second
        self.queue = synapses.pre

    def send_recent(self) -> None:
        """Spikes that were on their way when the loop stopped."""
        for neurons in self.recent.values():
            if len(neurons):
                self.queue.queue.push(neurons)
            self.queue.queue.advance()

    def drive(self, step: int) -> None:
        """Set the current of each neuron for a step: background, feedback and input."""
        current = np.zeros(padded(self.n))
        for fed, row in zip(self.fed, self.encoder, strict=True):
            current += fed * row
        for k in range(*self.input_start[step : step + 2]):
            current += self.input_value[k] * self.input_weight[self.input_channel[k]]
        for drive, base, slope in zip(self.drives, self.drive_base, self.drive_slope, strict=True):
            drive[:] = (base + slope * current[: self.n]).astype(np.float32)

    def filter(self) -> None:
        """Advance the filtered spikes by a step, with those of the step before."""
        self.filtered = self.left * self.filtered + self.risen * self.rising
        self.rising *= self.decay
        self.rising[self.fired] += 1.0
        neurons = self.fired[self.recorded[self.fired]]
        self.spikes["spike_neuron"].append(neurons)
        self.spikes["spike_step"].append(np.full(len(neurons), self.now, dtype=np.int32))
        if self.longest:
            self.recent.pop(self.now - self.longest)
            self.recent[self.now] = self.fired
        self.fired = np.empty(0, dtype=np.int32)

    def probe(self) -> None:
        """Record potentials, decoder weights and filtered spikes of the neurons to be probed."""
        self.records["potentials"].append(self.arrays[0][self.probed["potentials"]])
        self.records["weights"].append(self.decoder[:, self.probed["weights"]].T.ravel())
        self.records["traces"].append(self.filtered[self.probed["filtered"]])

    # The functions of lsm.simulation.network.FUNCTIONS

    def advance(self, step: Any) -> Any:
        """Do all that a step has beside the neurons: read out, feed back, learn, record."""
        step = int(step)
        self.now = self.first + step
        self.filter()
        z = dot(self.decoder, self.filtered)
        if not np.all(np.isfinite(z)):
            return self.end("weights")
        if self.now % self.output_every == 0:
            self.records["outputs"].append(z)
        wanted = None if self.target is None else self.target[step]
        self.fed = wanted if wanted is not None and within(self.teaching, self.now) else z
        if wanted is not None and self.now % self.every == 0 and within(self.learning, self.now):
            gate = 1.0 if self.gate is None else float(self.gate[step])
            diverged = self.rule.learn(self.filtered, z - wanted, gate, self.decoder)
            if diverged:
                return self.end(diverged)
        if self.now % self.probe_every == 0:
            self.probe()
        if step + 1 == self.steps:
            return self.end("")
        if self.steps >= 100 and (step + 1) % (self.steps // 100) == 0:
            print(step + 1, flush=True)
        self.drive(step + 1)
        return np.int32(step + 1)

    def tally_spike(self, i: Any) -> Any:
        """Note which neurons fire in this step."""
        self.fired = np.array(i, dtype=np.int32)
        return np.int32(1)

    def noise_at(self, i: Any) -> Any:
        """Noise of each neuron in this step, in deviations."""
        return noise(self.noise_prefix, np.full(self.n, self.now + 1))

    def edge_target(self, k: Any) -> Any:
        """Target of each recurrent synapse."""
        return self.edges[k]

    def efficacy(self, edge: Any) -> Any:
        """Efficacy of each synapse: 1, for there is no short-term plasticity in a loop."""
        return np.float32(1)

    def end(self, diverged: str) -> Any:
        """Write state and records, and stop; `diverged` names what diverged, if anything did."""
        done = self.now + 1 - self.first
        recent = {step: neurons for step, neurons in self.recent.items() if len(neurons)}
        none = [np.empty(0, dtype=np.int32)]
        results: dict[str, Any] = {
            "start": np.stack(self.arrays),
            "waits": np.maximum(self.release - done, 0).astype(np.int32),
            "filtered": self.filtered,
            "rising": self.rising,
            "decoder": self.decoder,
            "fed": self.fed,
            "recent_neuron": np.concatenate([*none, *recent.values()]),
            "recent_step": np.concatenate(
                [*none, *(np.full(len(recent[s]), s, dtype=np.int32) for s in recent)]
            ),
            "count": np.array([self.now + 1]),
        }
        for name, values in self.rule.state().items():
            results[f"state_{name}"] = np.asarray(values, dtype=np.float64)
        for name, rows in self.records.items():
            results[name] = np.concatenate(rows) if rows else np.empty(0)
        for name, spikes in self.spikes.items():
            results[name] = np.concatenate([*none, *spikes])
        for name, array in results.items():
            (self.job / name).write_bytes(array.tobytes())  # says so if the disk is full
        (self.job / "diverged").write_text(diverged)
        assert self.net is not None
        self.net.stop()
        return np.int32(done)


def main(job: Path, description: dict[str, Any]) -> None:
    """Run the job in a folder."""
    prefs.reset_to_defaults()
    prefs.codegen.target = "numpy"
    # Where the rule of a readout from outside may be.
    sys.path += [entry for entry in description["path"] if entry not in sys.path]
    loop = Loop(job, description)
    group = liquid(description)
    functions = {name: getattr(loop, name) for name in FUNCTIONS}
    loop.net = network(
        group, description, functions, lambda: loop.attach(group), loop.attach_synapses
    )

    @network_operation(when="start")
    def send_recent() -> None:
        if loop.now < loop.first:
            loop.send_recent()

    loop.net.add(send_recent)
    flush_denormals()
    loop.net.run(1e9 * second)


if __name__ == "__main__":
    end_with_input()
    main(Path(os.environ["LSM_JOB"]), json.loads(sys.argv[1]))
