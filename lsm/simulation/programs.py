"""Programs: one for its equations and size, run on job folders.

A program is a command that takes a job folder in the environment variable ``LSM_JOB`` and leaves
its results there: a compiled C++ program, or Brian2's NumPy target in a Python process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Literal

from lsm.base import processes
from lsm.neurons import NeuronModel
from lsm.simulation.cache import SimulationError, built, last_lines

Target = Literal["auto", "cpp", "numpy"]
Precision = Literal["single", "double"]

#: Neurons of a program that holds several blocks; about where a step costs least for each.
LIQUID_SIZE = 1000

#: Samples that are simulated side by side where there are many.
LANES = 64

# No fused multiply-add and no -ffast-math: a neuron's numbers must not depend on its place.
# Brian2 writes a model's numbers as double ones; NumPy's are single. And without the last one a
# compiler gives up on vector instructions for models of more than a few variables: it would have
# to check that no two arrays overlap.
FLAGS = [
    *("-O3", "-march=native", "-std=c++17", "-w"),
    *("-pthread", "-ffp-contract=off", "-fsingle-precision-constant"),
    *("--param", "vect-max-version-for-alias-checks=1000"),
]

#: The same for a program that calculates in double precision.
DOUBLE_FLAGS = [flag for flag in FLAGS if "single" not in flag] + ["-DLSM_DOUBLE"]

#: Flag of a program that also writes what its steps are made of; only breakdowns ask for one.
TIMED = "-DLSM_TIMED"


def blocks_for(n_neurons: int) -> tuple[int, int]:
    """Size of the program for reservoirs of ``n_neurons``, and how many blocks fit side by side.

    All sizes up to half of :data:`LIQUID_SIZE` share one program; a larger reservoir has its own.
    """
    if n_neurons <= LIQUID_SIZE // 2:
        return LIQUID_SIZE, LIQUID_SIZE // n_neurons
    return n_neurons, 1


def describe(
    model: NeuronModel,
    *,
    size: int,
    noisy: bool,
    plastic: bool = False,
    precision: Precision = "single",
) -> dict[str, Any]:
    """What a program is made from; values, wiring and stimuli are not in it."""
    defaults = model.constants(model.complete({}, 1), 1.0)
    constants = sorted(defaults if noisy else set(defaults) - {"d"})
    return {
        "state": [model.inside(variable) for variable in model.state],
        "update": model.update,
        "threshold": model.threshold,
        "reset": model.reset,
        "targets": [model.inside(variable) for variable in model.targets],
        "plastic": plastic,
        "constants": constants,
        "noisy": noisy,
        "size": size,
        "lanes": LANES,
        "flags": DOUBLE_FLAGS if precision == "double" else FLAGS,
    }


def real(description: Mapping[str, Any]) -> str:
    """The type of the numbers of neurons and synapses in a program."""
    return "float64" if "-DLSM_DOUBLE" in description["flags"] else "float32"


def resolve_target(target: Target) -> Literal["cpp", "numpy"]:
    """``auto`` becomes ``cpp`` where a compiler is found, else ``numpy`` (and says so once)."""
    if target not in ("auto", "cpp", "numpy"):
        raise ValueError(f"target must be 'auto', 'cpp' or 'numpy', got {target!r}")
    if target == "numpy":
        return "numpy"
    if shutil.which("g++"):
        return "cpp"
    if target == "cpp":
        raise SimulationError(
            "target 'cpp' needs g++, not found on the PATH: install a C++ compiler, or use "
            "target='numpy'"
        )
    _warn_slow()
    return "numpy"


@cache
def _warn_slow() -> None:
    warnings.warn(
        "g++ not found: simulating with Brian2's NumPy target, which is many times slower",
        stacklevel=4,
    )


@dataclass(frozen=True)
class Program:
    """A program by what it is made from, so that any machine can have its own.

    Parameters
    ----------
    description : dict
        As :func:`describe` makes it.
    target : {"cpp", "numpy"}
    """

    description: dict[str, Any]
    target: Literal["cpp", "numpy"]

    def command(self) -> list[str]:
        """The command that runs it here, built first if it isn't in this machine's cache."""
        if self.target == "numpy":
            text = json.dumps(self.description)
            return [sys.executable, "-m", "lsm.simulation.numpy_program", text]
        return [str(built(self.description))]


def run(command: list[str], job: Path) -> None:
    """Run a program on a job folder.

    Raises
    ------
    SimulationError
        With what the program said.
    """
    try:
        done = processes.run(command, env=_environment(job))
    except OSError as error:
        raise _not_started(error) from error
    if done.returncode or not (job / "states").exists():
        raise SimulationError(
            f"a liquid program ended with status {done.returncode}: {last_lines(done)}"
        )


def start(command: list[str], job: Path, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program that hears its sample on standard input and answers on standard output.

    :func:`lsm.base.processes.end` is to follow.
    """
    try:
        return processes.start(
            command,
            env=_environment(job),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    except OSError as error:
        raise _not_started(error) from error


def _environment(job: Path) -> dict[str, str]:
    # What Brian2 logs goes with the job's folder.
    return os.environ | {"LSM_JOB": str(job), "TMPDIR": str(job), "OMP_NUM_THREADS": "1"}


def _not_started(error: OSError) -> SimulationError:
    return SimulationError(f"a liquid program could not be started: {error}")
