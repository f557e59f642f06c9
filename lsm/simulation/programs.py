"""Programs: built once for their equations and size, kept on disk, run on job folders.

A program is a command that takes a job folder in the environment variable ``LSM_JOB`` and leaves
its results there: a compiled C++ program, or Brian2's NumPy target in a Python process.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from filelock import FileLock
from platformdirs import user_cache_path

from lsm.neurons import NeuronModel

Target = Literal["auto", "cpp", "numpy"]

#: Neurons of a program that holds several blocks; about where a step costs least for each.
LIQUID_SIZE = 1000
#: Programs kept in the cache; the longest unused goes first. One takes a quarter of a MB.
CACHE_PROGRAMS = 100

# No fused multiply-add and no -ffast-math: a neuron's numbers must not depend on its place.
# Brian2 writes a model's numbers as double ones; NumPy's are single. And without the last one a
# compiler gives up on vector instructions for models of more than a few variables: it would have
# to check that no two arrays overlap.
FLAGS = [
    *("-O3", "-march=native", "-std=c++17", "-w"),
    *("-ffp-contract=off", "-fsingle-precision-constant"),
    *("--param", "vect-max-version-for-alias-checks=1000"),
]

#: Flag of a program that also writes what its steps are made of; only breakdowns ask for one.
TIMED = "-DLSM_TIMED"

_builds = 0


class SimulationError(RuntimeError):
    """A liquid program could not be built or did not end well."""


def compilations() -> int:
    """Number of programs that this process has built."""
    return _builds


def cache_folder() -> Path:
    """Where built programs are kept: ``LSM_CACHE``, or the user's cache folder."""
    set_by_user = os.environ.get("LSM_CACHE")
    return Path(set_by_user) if set_by_user else user_cache_path("liquidstate")


def clear_cache() -> None:
    """Remove every built program (the folder named by ``LSM_CACHE`` itself is kept)."""
    for entry in (cache_folder() / "programs").glob("*"):
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)


def blocks_for(n_neurons: int) -> tuple[int, int]:
    """Size of the program for reservoirs of ``n_neurons``, and how many blocks fit side by side.

    All sizes up to half of :data:`LIQUID_SIZE` share one program; a larger reservoir has its own.
    """
    if n_neurons <= LIQUID_SIZE // 2:
        return LIQUID_SIZE, LIQUID_SIZE // n_neurons
    return n_neurons, 1


def describe(
    model: NeuronModel, *, size: int, noisy: bool, plastic: bool = False
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
        "flags": FLAGS,
    }


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


@cache
def _machine() -> dict[str, str]:
    """Versions and processor that a built program depends on."""
    try:
        compiler = subprocess.run(["g++", "--version"], capture_output=True, text=True)
    except OSError as error:
        raise SimulationError(f"no C++ compiler on {platform.node()}: {error}") from error
    if compiler.returncode or not compiler.stdout:
        raise SimulationError(
            f"the C++ compiler does not work: 'g++ --version' ended with status "
            f"{compiler.returncode}: {compiler.stderr.strip()}; use target='numpy'"
        )
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        named = ("model name", "flags", "CPU implementer", "CPU part", "Features")  # x86 and ARM
        processor = "\n".join(sorted({line for line in lines if line.startswith(named)}))
    except OSError:
        processor = platform.processor() or platform.machine()
    here = Path(__file__).parent
    sources = [
        here / "build.py",
        here / "network.py",
        *sorted(here.glob("*.h")),
        *sorted(here.glob("templates/*.cpp")),
    ]
    code = b"".join(source.read_bytes() for source in sources)
    return {
        "brian2": version("brian2"),
        "numpy": np.__version__,
        "compiler": compiler.stdout.splitlines()[0],
        "processor": processor,
        "sources": hashlib.sha256(code).hexdigest(),
    }


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
        return [str(_built(self.description))]


def _built(description: dict[str, Any]) -> Path:
    key = json.dumps({"description": description, "machine": _machine()}, sort_keys=True)
    folder = cache_folder() / "programs"
    program = folder / hashlib.sha256(key.encode()).hexdigest()[:32] / "main"
    try:
        if not program.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # The lock goes with its process: whoever waits goes on if the builder dies.
            with FileLock(f"{program.parent}.lock"):
                if not program.exists():
                    _build(key, description, program)
                    _trim(folder)
    except OSError as error:
        raise SimulationError(
            f"cannot write programs into the cache {folder}: {error}; set LSM_CACHE to a folder "
            "with space"
        ) from error
    with suppress(OSError):  # marks the use; a shared cache may be read-only
        os.utime(program)
    return program


def _build(key: str, description: dict[str, Any], program: Path) -> None:
    global _builds
    name, folder = program.parent.name, program.parent.parent
    for left in folder.glob(f"build-{name}-*"):  # by a build that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"build-{name}-", dir=folder) as temporary:
        source, ready = Path(temporary) / "source", Path(temporary) / "ready"
        text = Path(temporary) / "description.json"
        text.write_text(json.dumps(description))
        generate = [sys.executable, "-m", "lsm.simulation.build", str(text), str(source)]
        _tool(generate)
        _compile(source, description["flags"])
        ready.mkdir()
        shutil.copy2(source / "main", ready / "main")
        (ready / "key.json").write_text(key)
        if program.parent.exists():
            shutil.rmtree(program.parent)
        os.replace(ready, program.parent)
    _builds += 1


def _compile(source: Path, flags: list[str]) -> None:
    """Compile every unit of a generated project, side by side, and link them to ``main``.

    What isn't a code object runs once: optimising it would be a sixth of the work. Code objects
    come first, so that functions of both are linked as these have them.
    """

    def unit(path: Path) -> str:
        made = str(path.with_suffix(".o"))
        folders = [f"-I{source}", f"-I{Path(__file__).parent}"]
        speed = [] if path.parent.name == "code_objects" else ["-O1"]
        _tool(["g++", "-c", *flags, *speed, *folders, str(path), "-o", made])
        return made

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(unit, sorted(source.rglob("*.cpp"))))
    _tool(["g++", *objects, "-o", str(source / "main")])


def _tool(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SimulationError(f"building a liquid program failed:\n{_said(done)}")


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout + done.stderr).strip().splitlines()
    return "\n".join(lines[-15:]) or "it said nothing"


def _trim(folder: Path) -> None:
    used = []
    for program in folder.glob("*/main"):
        with suppress(FileNotFoundError):  # another process may be trimming too
            used.append((program.stat().st_mtime, program.parent))
    for _, old in sorted(used)[:-CACHE_PROGRAMS]:
        shutil.rmtree(old, ignore_errors=True)  # not its lock: someone may be waiting for it


def run(command: list[str], job: Path) -> None:
    """Run a program on a job folder.

    Raises
    ------
    SimulationError
        With what the program said.
    """
    try:
        done = subprocess.run(
            command,
            env=_environment(job),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise _not_started(error) from error
    if done.returncode or not (job / "states").exists():
        raise SimulationError(
            f"a liquid program ended with status {done.returncode}: {_said(done)}"
        )


def start(command: list[str], job: Path, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program that hears its sample on standard input and answers on standard output."""
    try:
        return subprocess.Popen(
            command,
            env=_environment(job),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    except OSError as error:
        raise _not_started(error) from error


def _environment(job: Path) -> dict[str, str]:
    return os.environ | {"LSM_JOB": str(job), "OMP_NUM_THREADS": "1"}


def _not_started(error: OSError) -> SimulationError:
    return SimulationError(f"a liquid program could not be started: {error}")
