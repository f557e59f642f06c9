"""A closed loop as a job: what ``loop.h`` and ``numpy_program.py`` read, and what they leave."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from tqdm.auto import tqdm

from lsm.base import processes
from lsm.base.steps import rounded
from lsm.base.temporary import temporary_folder
from lsm.reservoir import Reservoir
from lsm.simulation import programs
from lsm.simulation.job import _save, _synapses
from lsm.simulation.loop.blocks import Arrays, Floats, pad, padded
from lsm.simulation.loop.rules import rule_of
from lsm.simulation.loop.state import (
    Loop,
    Recorded,
    State,
    currents,
    filter_constants,
    rest_of,
)
from lsm.simulation.programs import SimulationError, Target
from lsm.topology import mix

#: Neurons of a program: the next multiple, so that reservoirs of like size share one.
SIZE_STEP = 500


def run(
    loop: Loop,
    state: State,
    steps: int,
    *,
    wanted: Floats | None,
    gate: Floats | None,
    inputs: csr_array,
    learning: NDArray[np.int64],
    teaching: NDArray[np.int64],
    target: Target,
    progress: bool,
) -> tuple[State, Recorded]:
    """Run a closed loop for some steps.

    Parameters
    ----------
    wanted : array (steps, outputs), optional
    gate : array (steps,), optional
    inputs : csr_array (steps, channels)
    learning, teaching : arrays (windows, 2)
        First step of each window and the one after its last, counted from the very beginning.
    target, progress
        As in :func:`lsm.simulate`.
    """
    where = programs.resolve_target(target)
    n = loop.reservoir.n_neurons
    size = -(-n // SIZE_STEP) * SIZE_STEP if where == "cpp" else n
    drives = currents(loop.reservoir.model, loop.reservoir.parameters, loop.dt_ms)
    description = _describe(loop.reservoir, size, list(drives))
    if where == "cpp":
        description["rule"] = rule_of(loop.readout).SOURCE
        command = programs.Program(description, where).command()
    else:
        description |= {"rule": loop.readout.RULE, "path": [*map(str, sys.path)]}
        module = "lsm.simulation.loop.numpy_program"
        command = [sys.executable, "-m", module, json.dumps(description)]
    arrays = _arrays(loop, state, steps, size, drives)
    arrays |= {"learning": learning, "teaching": teaching}
    arrays["shape"][9:11] = wanted is not None, gate is not None
    signals = {
        "target": wanted,
        "gate": gate,
        "input_count": np.diff(inputs.indptr).astype(np.int32),
        "input_channel": inputs.indices.astype(np.int32),
        "input_value": inputs.data,
    }
    try:
        with temporary_folder("job") as folder:
            _save(arrays, folder)
            for signal, values in signals.items():
                if values is not None:
                    with open(folder / signal, "wb") as file:
                        file.write(np.ascontiguousarray(values).data)
            _play(command, folder, steps, progress)
            return _read(folder, loop, state)
    except OSError as error:
        raise SimulationError(
            f"cannot write a job into {tempfile.gettempdir()}: {error}; "
            "set TMPDIR to a folder with space"
        ) from error


def _describe(reservoir: Reservoir, size: int, drives: list[str]) -> dict[str, Any]:
    noisy = bool(np.any(reservoir.parameters["noise_pA"]))
    headers = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.h")))
    description = programs.describe(reservoir.model, size=size, noisy=noisy)
    return description | {
        "drives": drives,
        "loop": hashlib.sha256(headers).hexdigest(),
    }


def _arrays(
    loop: Loop, state: State, steps: int, size: int, drives: Mapping[str, tuple[Floats, Floats]]
) -> Arrays:
    """The job, but for its signals and windows."""
    reservoir, n = loop.reservoir, loop.reservoir.n_neurons
    synapses, longest = _synapses([reservoir], 1, size, loop.dt_ms, "float32")
    constants = reservoir.model.constants(dict(reservoir.parameters), loop.dt_ms)
    refractory = 1 + rounded(reservoir.parameters["t_ref_ms"], loop.dt_ms)
    shape = [n, loop.encoder.shape[1], loop.input_weights.shape[1], state.step, steps, loop.every]
    shape += [loop.probe_every, loop.output_every, longest, False, False]
    rule = rule_of(loop.readout)
    idle = np.iinfo(np.int32).max
    recorded = np.zeros(n, dtype=np.int8)
    recorded[loop.probed["spikes"]] = 1
    arrays = {name: _pad(values.astype(np.float32), size) for name, values in constants.items()}
    arrays |= synapses
    arrays |= {name: array for name, array in state.arrays.items() if name != "waits"}
    arrays |= {f"state_{name}": _doubles(state.learned[name]) for name in rule.STATE}
    arrays |= {
        "shape": np.array(shape, dtype=np.int64),
        "refractory_steps": _pad(refractory.astype(np.int32), size),
        "release": _pad(state.arrays["waits"], size, idle),
        "filter_constants": np.array(filter_constants(loop.rise_ms, loop.decay_ms, loop.dt_ms)),
        "learning_rule": np.frombuffer(rule.__name__.encode(), dtype=np.int8),
        "learning_constants": _doubles(rule.constants(loop.readout)),
        "encoder": pad(loop.encoder.T, n),
        "input_weight": pad(loop.input_weights.T, n),
        "drive_base": np.array([base for base, _ in drives.values()]),
        "drive_slope": np.array([slope for _, slope in drives.values()]),
        "noise_key": mix(reservoir.seed, np.arange(n)),
        "spikes_kept": recorded,
    }
    for name in ("potentials", "weights", "filtered"):
        arrays[f"probed_{name}"] = loop.probed[name]
    return arrays


def _doubles(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _pad(values: NDArray[Any], size: int, value: Any = 0) -> NDArray[Any]:
    width = [(0, 0)] * (values.ndim - 1) + [(0, size - values.shape[-1])]
    return np.ascontiguousarray(np.pad(values, width, constant_values=value))


def _play(command: list[str], folder: Path, steps: int, progress: bool) -> None:
    """Run the program to its end, and show how far it is."""
    with tempfile.TemporaryFile() as errors:
        process = programs.start(command, folder, errors)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            bar = tqdm(total=steps, disable=not progress, desc="closed loop", unit="step")
            with bar:
                for line in process.stdout:
                    bar.update(int(line) - bar.n)
                if not process.wait():
                    bar.update(steps - bar.n)
        finally:
            processes.end(process)
            process.stdin.close()
            process.stdout.close()
        if process.returncode or not (folder / "diverged").exists():
            errors.seek(0)
            message = errors.read().decode(errors="replace").strip() or "standard error is empty"
            raise SimulationError(
                f"a closed loop ended with status {process.returncode}: {message}"
            )


def _read(folder: Path, loop: Loop, before: State) -> tuple[State, Recorded]:
    def read(name: str, dtype: Any) -> NDArray[Any]:
        return np.fromfile(folder / name, dtype=dtype)

    n, outputs = loop.encoder.shape
    kinds: dict[str, Any] = dict.fromkeys(("filtered", "rising", "decoder", "fed"), np.float64)
    kinds |= {"start": np.float32} | dict.fromkeys(
        ("waits", "recent_neuron", "recent_step"), np.int32
    )
    arrays = {name: read(name, kind) for name, kind in kinds.items()}
    arrays["decoder"] = arrays["decoder"].reshape(outputs, padded(n))
    rule = rule_of(loop.readout)
    missing = [name for name in rule.STATE if not (folder / f"state_{name}").exists()]
    if missing:
        raise SimulationError(
            f"the learning rule {rule.__name__} must leave the arrays that its STATE names: in "
            f"NumPy `state` returns them, in C++ `keep` writes them; got no {', '.join(missing)}"
        )
    learned = {name: read(f"state_{name}", np.float64) for name in rule.STATE}
    after = State(int(read("count", np.int64)[0]), arrays, before.learned | learned)
    probed = loop.probed["potentials"]
    records = {name: len(neurons) for name, neurons in loop.probed.items()}
    return after, Recorded(
        outputs=read("outputs", np.float64).reshape(-1, outputs),
        potentials=_rows(read("potentials", np.float32), records["potentials"])
        + rest_of(loop.reservoir)[probed],
        filtered=_rows(read("traces", np.float64), records["filtered"]),
        weights=_rows(read("weights", np.float64), records["weights"], outputs),
        spike_step=read("spike_step", np.int32),
        spike_neuron=read("spike_neuron", np.int32),
        diverged=(folder / "diverged").read_text(),
    )


def _rows(values: NDArray[Any], *shape: int) -> NDArray[Any]:
    count = np.prod(shape)
    return values.reshape(len(values) // count if count else 0, *shape)
