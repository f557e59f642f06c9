"""Built programs on disk: built once for a description and a machine, checked, mended, trimmed.

A program stands in a folder of its own, ``main``, beside a digest of what it was built from and of
its bytes. What isn't as it was built, for whatever reason, is built again, and that is said: this
finds damage, not someone who may write to the cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from platformdirs import user_cache_path

from lsm.base import processes
from lsm.base.files import expanded
from lsm.base.temporary import remove_left, temporary_folder
from lsm.base.watching import is_watched

#: Programs kept in the cache; the longest unused goes first. One takes a quarter of a MB.
CACHE_PROGRAMS = 100

_builds, _seconds = 0, 0.0
#: Programs that were found whole, each as it was: inode, size, time of the last change.
_whole: dict[Path, tuple[int, int, int]] = {}


class SimulationError(RuntimeError):
    """A liquid program could not be built or did not end well."""


def compilations() -> int:
    """Number of programs that this process has built."""
    return _builds


def compilation_seconds() -> float:
    """How long this process took to build them."""
    return _seconds


def cache_folder() -> Path:
    """Where built programs are kept: ``LSM_CACHE``, or the user's cache folder."""
    set_by_user = os.environ.get("LSM_CACHE")
    return expanded(set_by_user) if set_by_user else user_cache_path("liquidstate")


def clear_cache() -> None:
    """Remove every built program (the folder named by ``LSM_CACHE`` itself is kept)."""
    for entry in (cache_folder() / "programs").glob("*"):
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)


def built(description: dict[str, Any]) -> Path:
    """The program of a description, built if it isn't there, or not as it was.

    Raises
    ------
    SimulationError
        The compiler fails, or the cache can't be written to, or not be run from.
    """
    key = json.dumps({"description": description, "machine": _machine()}, sort_keys=True)
    folder = cache_folder() / "programs"
    program = folder / hashlib.sha256(key.encode()).hexdigest()[:32] / "main"
    try:
        if not _is_whole(program, key):
            folder.mkdir(parents=True, exist_ok=True)
            # The lock goes with its process: whoever waits goes on if the builder dies.
            with FileLock(f"{program.parent}.lock"):
                if not _is_whole(program, key):
                    _build(key, description, program)
                    _trim(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    with suppress(OSError):  # marks the use; a shared cache may be read-only
        os.utime(_digest_of(program))
    return program


def _digest_of(program: Path) -> Path:
    return program.with_name("digest")


def _is_whole(program: Path, key: str) -> bool:
    """Whether a program is as it was built. It is read once, and again if it has changed."""
    try:
        status = program.stat()
        state = status.st_ino, status.st_size, status.st_mtime_ns
        if not os.access(program, os.X_OK):
            return False
        if _whole.get(program) == state:
            return True
        if _digest_of(program).read_bytes() != _digest(key, program):
            return False
    except OSError:
        return False
    _whole[program] = state
    return True


def _digest(key: str, program: Path) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + program.read_bytes()).hexdigest().encode()


def _unwritable(folder: Path, error: OSError) -> SimulationError:
    for place in (folder, *folder.parents):
        if place.is_file():
            return SimulationError(
                f"programs are kept in the folder {folder}, and {place} is a file; set LSM_CACHE "
                "to another folder"
            )
    return SimulationError(
        f"cannot write programs into the cache {folder}: {error}; set LSM_CACHE to a folder "
        "with space"
    )


@cache
def _machine() -> dict[str, str]:
    """Versions and processor that a built program depends on."""
    try:
        compiler = processes.run(["g++", "--version"])
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
        here / "wide" / "code.py",
        *sorted(here.rglob("*.h")),
        *sorted(here.rglob("*.cpp")),
    ]
    code = b"".join(source.read_bytes() for source in sources)
    return {
        "brian2": version("brian2"),
        "numpy": np.__version__,
        "compiler": compiler.stdout.splitlines()[0],
        "processor": processor,
        "sources": hashlib.sha256(code).hexdigest(),
    }


def _build(key: str, description: dict[str, Any], program: Path) -> None:
    global _builds, _seconds
    started, folder = time.perf_counter(), program.parents[1]
    if os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0):
        raise SimulationError(
            f"programs in the cache {folder} can't be run: its file system is mounted noexec; set "
            "LSM_CACHE to another folder"
        )
    damaged = os.path.lexists(program.parent)
    remove_left(folder)  # by builds that were killed
    if is_watched():
        print("compiling a program, once for this neuron model: some 10 s", file=sys.stderr)
    with temporary_folder("build", folder) as temporary:
        text, source = temporary / "description.json", temporary / "source"
        text.write_text(json.dumps(description))
        command = [sys.executable, "-m", "lsm.simulation.build", str(text), str(source)]
        # What the compiler leaves if it is killed goes with the folder.
        done = processes.run(command, env=os.environ | {"TMPDIR": str(temporary)})
        if done.returncode:
            raise SimulationError(f"building a liquid program failed:\n{last_lines(done)}")
        _digest_of(source / "main").write_bytes(_digest(key, source / "main"))
        (source / "key.json").write_text(key)
        if not program.parent.is_dir():
            program.parent.unlink(missing_ok=True)
            program.parent.mkdir()
        for name in ("key.json", "digest", "main"):
            _put(source / name, program.with_name(name))
    _builds += 1
    _seconds += time.perf_counter() - started
    if damaged:
        warnings.warn(f"the program {program} was damaged, and has been built again", stacklevel=2)


def _put(file: Path, target: Path) -> None:
    """Give a file its place on the disk; whoever runs what was there has it to the end."""
    with open(file, "rb") as written:
        os.fsync(written.fileno())
    if target.is_dir():
        shutil.rmtree(target)
    os.replace(file, target)


def last_lines(done: subprocess.CompletedProcess[str]) -> str:
    """The last lines of a process."""
    lines = (done.stdout + done.stderr).strip().splitlines()
    return "\n".join(lines[-15:]) or "nothing was printed"


def _trim(folder: Path) -> None:
    used = []
    for program in folder.glob("*/main"):
        with suppress(FileNotFoundError):  # another process may be trimming too
            used.append((_digest_of(program).stat().st_mtime, program.parent))
    for _, old in sorted(used)[:-CACHE_PROGRAMS]:
        shutil.rmtree(old, ignore_errors=True)  # not its lock: someone may be waiting for it
