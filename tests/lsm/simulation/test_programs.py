"""Compiled programs: built once, kept in a bounded cache, and clear about what goes wrong."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import lsm
from lsm.base import processes
from lsm.neurons import LIF, LIF_ALPHA
from lsm.simulation import (
    SimulationError,
    cache,
    clear_cache,
    compilations,
    programs,
    record,
    simulate,
)
from lsm.states import FilteredTraces, SpikeCounts
from lsm.topology import DistanceWiring, InputWiring, NoWiring
from tests.lsm.liquids import liquid, one_sample, samples


def built(n=20, *, model=LIF, noisy=False):
    """The program for n neurons, built if it isn't there."""
    size, _ = programs.blocks_for(n)
    description = programs.describe(model, size=size, noisy=noisy)
    return Path(programs.Program(description, "cpp").command()[0])


def cached():
    return {path.parent.name for path in cache.cache_folder().glob("programs/*/main")}


def test_values_wiring_and_stimuli_build_nothing():
    simulate(liquid(0), samples(0, [10]))
    before, folders = compilations(), cached()
    for seed, n in enumerate([1, 7, 20, 64, 300, 500]):
        simulate(liquid(seed, n=n), samples(seed, range(1, 2 + seed), n_channels=1 + seed))
    for changes in [
        {"wiring": NoWiring()},
        {"wiring": DistanceWiring(weight_pA=(1, 2, -3, -4), delay_ms=(9, 8, 7, 6), length=0.1)},
        {"inputs": InputWiring(fraction=0.0)},
        {"parameters": {"tau_m_ms": 33.0, "c_m_pF": 100.0, "i_background_pA": 500.0}},
        {"excitatory": np.zeros(20, dtype=bool), "keys": np.arange(20), "seed": 9},
    ]:
        simulate([liquid(1), liquid(2).replace(**changes)], samples(1, [10, 20]))
    for state in ("bins", FilteredTraces((1.0, 2.0)), SpikeCounts("excitatory")):
        simulate(liquid(3), samples(2, [10]), state=state, dt_ms=0.3)
    record(liquid(4), samples(3, [10]), dt_ms=0.5)
    assert compilations() == before
    assert cached() == folders


def test_a_second_process_builds_nothing():
    built()
    script = (
        "from lsm import Reservoir, SpikeTrains, compilations, simulate\n"
        "spikes = SpikeTrains.from_lists([[[1.0]]], duration_ms=5)\n"
        "simulate(Reservoir.random(33, random_state=5), spikes)\n"
        "print(compilations())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "0\n", done.stderr


def test_sizes_up_to_500_share_a_program():
    assert {programs.blocks_for(n)[0] for n in (1, 20, 64, 300, 500)} == {1000}
    assert [programs.blocks_for(n)[1] for n in (1, 20, 64, 300, 500)] == [1000, 50, 15, 3, 2]
    assert programs.blocks_for(501) == (501, 1)


@pytest.fixture
def fake_builds(tmp_path, monkeypatch):
    """An empty cache, and tools that generate and compile at once; lists what was compiled."""
    compiled = []

    def pretend(command, **_):
        text, source = map(Path, command[-2:])
        assert command[:-2] == [sys.executable, "-m", "lsm.simulation.build"]
        source.mkdir()
        time.sleep(0.05)
        compiled.append(text.read_text())
        (source / "main").write_text("a program")
        (source / "main").chmod(0o755)
        return subprocess.CompletedProcess(command, 0, "", "")

    cache._machine()  # asks the compiler for its version, once
    monkeypatch.setattr(processes, "run", pretend)
    monkeypatch.setenv("LSM_CACHE", str(tmp_path / "cache"))
    return compiled


def test_a_program_is_built_once_for_its_equations_and_size(fake_builds):
    before, seconds = compilations(), cache.compilation_seconds()
    first = built()
    assert first.read_text() == "a program"
    assert cache.compilation_seconds() - seconds >= 0.05
    assert built() == built(n=400) == first
    assert compilations() - before == len(fake_builds) == 1
    others = [built(model=LIF_ALPHA), built(noisy=True), built(n=600), built(n=601)]
    assert len({first, *others}) == 5
    assert compilations() - before == len(fake_builds) == 5


def test_flags_and_machine_are_part_of_a_program(fake_builds, monkeypatch):
    first = built()
    with monkeypatch.context() as patch:
        patch.setattr(programs, "FLAGS", ["-O0"])
        assert built() != first
    machine = cache._machine()
    for part in machine:
        monkeypatch.setattr(cache, "_machine", lambda part=part: machine | {part: "another"})
        assert built() != first
    assert len(fake_builds) == 2 + len(machine)


def test_cache_is_cleared_by_one_call(fake_builds):
    built()
    assert len(cached()) == 1
    clear_cache()
    assert not cached()
    built()
    assert len(fake_builds) == 2


def test_cache_keeps_the_programs_used_last(fake_builds, monkeypatch):
    monkeypatch.setattr(cache, "CACHE_PROGRAMS", 3)
    used = [built(n=600 + k) for k in range(3)]
    for age, program in enumerate(used):
        os.utime(program.with_name("digest"), (1e9 - age, 1e9 - age))
    built(n=602)  # its use counts, however old it is
    newest = built(n=700)
    assert cached() == {path.parent.name for path in (used[0], used[2], newest)}


def test_cache_is_where_lsm_cache_says(fake_builds, tmp_path, monkeypatch):
    assert built().is_relative_to(tmp_path / "cache" / "programs")
    monkeypatch.delenv("LSM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert cache.cache_folder().name == "liquidstate"
    if sys.platform == "linux":
        assert cache.cache_folder() == tmp_path / "home" / "liquidstate"


def test_builders_at_the_same_time_build_once(fake_builds):
    threads = [threading.Thread(target=built) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fake_builds) == 1


def test_what_a_killed_build_left_behind_goes_with_the_next(fake_builds):
    program = built()
    shutil.rmtree(program.parent)
    left = program.parents[1] / "liquidstate-build-abcdefgh.tmp" / "source"
    left.mkdir(parents=True)
    built()
    assert sorted(path.name for path in program.parents[1].iterdir()) == [
        program.parent.name,
        f"{program.parent.name}.lock",
    ]


def test_a_read_only_cache_serves_what_it_holds_and_says_what_it_cannot(
    fake_builds, tmp_path, monkeypatch
):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    program = built()
    monkeypatch.setattr(os, "utime", refuse)
    assert built() == program
    (tmp_path / "file").touch()
    monkeypatch.setenv("LSM_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(SimulationError, match=r"and .*/file is a file; set LSM_CACHE"):
        built()
    monkeypatch.setenv("LSM_CACHE", str(tmp_path / "other"))
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(SimulationError, match=r"cannot write programs .* set LSM_CACHE"):
        built()
    assert len(fake_builds) == 1


def test_a_failed_build_says_why_and_leaves_nothing(fake_builds, monkeypatch):
    def fail(command, **_):
        return subprocess.CompletedProcess(command, 1, "", "as: no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(processes, "run", fail)
        with pytest.raises(SimulationError, match=r"building .* failed:\nas: no space left"):
            built()
    assert not [path for path in cache.cache_folder().glob("programs/*") if path.is_dir()]
    assert built().exists()


GENERATE = """
import json
from pathlib import Path
from lsm.simulation.build import generate

generate(json.loads(Path("description").read_text()), Path("source"))
"""


def test_a_users_preferences_for_brian2_change_nothing(tmp_path):
    # Brian2 reads this file where it starts; these flags would take the place of all others.
    (tmp_path / "brian_preferences").write_text(
        "codegen.cpp.extra_compile_args = ['-ffast-math']\n"
        "devices.cpp_standalone.openmp_threads = 4\n"
    )
    description = programs.describe(LIF, size=10, noisy=False)
    (tmp_path / "description").write_text(json.dumps(description))
    subprocess.run(
        [sys.executable, "-c", GENERATE],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(lsm.__file__).parents[1])},
        check=True,
    )
    units = list((tmp_path / "source").rglob("*.cpp"))
    assert len(units) > 5
    assert not any("omp.h" in unit.read_text() for unit in units)


@pytest.fixture
def path(tmp_path, monkeypatch):
    """An empty folder that is the PATH, with nothing remembered of the true one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    cache._machine.cache_clear()
    programs._warn_slow.cache_clear()
    yield folder
    cache._machine.cache_clear()


def tool(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_without_a_compiler_auto_warns_once(path, recwarn):
    assert programs.resolve_target("auto") == "numpy"
    assert programs.resolve_target("auto") == "numpy"
    (warning,) = recwarn.list
    assert "g++ not found: simulating with Brian2's NumPy target" in str(warning.message)
    with pytest.raises(SimulationError, match=r"target 'cpp' needs g\+\+, not found on the PATH"):
        simulate(liquid(0), one_sample(), target="cpp")


def test_a_worker_without_a_compiler_says_where(path):
    program = programs.Program(programs.describe(LIF, size=10, noisy=False), "cpp")
    with pytest.raises(SimulationError, match=rf"no C\+\+ compiler on {platform.node()}"):
        program.command()


def test_a_compiler_that_does_not_start_is_named(path):
    tool(path / "g++", "echo 'libisl.so.23: cannot open' >&2; exit 127")
    with pytest.raises(SimulationError, match=r"(?s)compiler does not work.*127.*libisl"):
        simulate(liquid(0), one_sample())


def test_what_the_compiler_says_is_passed_on(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{path}{os.pathsep}{os.defpath}")
    monkeypatch.setenv("LSM_CACHE", str(tmp_path / "cache"))
    tool(
        path / "g++",
        '[ "$1" = --version ] && echo "g++ 1.0" && exit; echo "cc1plus: out of memory" >&2; exit 1',
    )
    with pytest.raises(SimulationError, match="cc1plus: out of memory") as raised:
        simulate(liquid(0), one_sample())
    assert "Traceback" not in str(raised.value)


def test_an_unwritable_temporary_folder_is_named(tmp_path, monkeypatch):
    built()
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.raises(SimulationError, match=f"cannot write a job into {tmp_path}.*set TMPDIR"):
        simulate(liquid(0), one_sample())


def test_a_full_disk_is_named():
    resource = pytest.importorskip("resource", reason="limits of a process are POSIX's")
    built()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Room for a small file, not for the arrays: numpy's tofile is silent about what it can't write.
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(SimulationError, match=r"cannot write a job .* set TMPDIR"):
            simulate(liquid(0), one_sample())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_what_a_program_says_is_passed_on(tmp_path):
    program = [str(built())]
    with pytest.raises(SimulationError, match="status 3: liquid program: cannot read"):
        programs.run(program, tmp_path)
    with pytest.raises(SimulationError, match="could not be started"):
        programs.run([str(tmp_path / "nothing")], tmp_path / "brian2")
