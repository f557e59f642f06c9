"""A damaged cache: every program is as it was built, is built again, or is refused by name."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lsm.base import processes
from lsm.simulation import SimulationError, cache, compilations, programs, simulate
from tests.lsm.liquids import liquid, samples


def flip(program):
    content = bytearray(program.read_bytes())
    content[len(content) // 2] ^= 0x10
    program.write_bytes(content)


def substitute(program):
    """Something that ends well, and says that nothing ever fires."""
    program.write_text('#!/bin/sh\nhead -c 240 /dev/zero > "$LSM_JOB/states"\n')


def substitute_with_its_digest(program):
    substitute(program)
    other = cache._digest("another key", program)
    program.with_name("digest").write_bytes(other)


def folder_in_its_place(program):
    program.unlink()
    (program / "inside").mkdir(parents=True)


def file_in_its_folders_place(program):
    shutil.rmtree(program.parent)
    program.parent.write_text("a file")


def digest_is_a_folder(program):
    program.with_name("digest").unlink()
    (program.with_name("digest") / "inside").mkdir(parents=True)


DAMAGE = {
    "truncated": lambda program: os.truncate(program, program.stat().st_size // 2),
    "empty": lambda program: os.truncate(program, 0),
    "a flipped bit": flip,
    "another program": substitute,
    "another program and its digest": substitute_with_its_digest,
    "gone, its digest left": Path.unlink,
    "not executable": lambda program: program.chmod(0o644),
    "a folder in its place": folder_in_its_place,
    "a file in its folder's place": file_in_its_folders_place,
    "no digest, as older versions": lambda program: program.with_name("digest").unlink(),
    "a damaged digest": lambda program: program.with_name("digest").write_bytes(b"\xff" * 7),
    "a folder for a digest": digest_is_a_folder,
}


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A true program in a cache of its own, as another process left it."""
    whole = Path(programs.Program(DESCRIPTION, "cpp").command()[0])
    monkeypatch.setenv("LSM_CACHE", str(tmp_path))
    program = tmp_path / "programs" / whole.parent.name / "main"
    shutil.copytree(whole.parent, program.parent)
    real = processes.run

    def build(command, **options):
        if command[1:3] != ["-m", "lsm.simulation.build"]:
            return real(command, **options)
        Path(command[-1]).mkdir()
        shutil.copy2(whole, command[-1])  # what a build gives
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(processes, "run", build)
    return program


DESCRIPTION = programs.describe(liquid(0).model, size=1000, noisy=False)
SPIKES = samples(1, [10, 20, 30])


def states():
    return simulate(liquid(0), SPIKES, target="cpp")


@pytest.fixture(scope="module")
def undamaged():
    found = states()
    assert found.nbytes == 240
    assert found.any()
    return found


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_program_is_built_again_once_and_said(program, undamaged, kind):
    DAMAGE[kind](program)
    before = compilations()
    with pytest.warns(UserWarning, match=r"/main was damaged, and has been built again") as said:
        np.testing.assert_array_equal(states(), undamaged)
    assert len(said) == 1
    np.testing.assert_array_equal(states(), undamaged)
    assert compilations() == before + 1
    assert {path.name for path in program.parent.iterdir()} >= {"main", "digest"}
    assert not list(program.parents[1].glob("*.tmp"))


@pytest.mark.parametrize("kind", ["truncated", "another program"])
def test_what_was_whole_when_this_process_began_is_looked_at_again(program, undamaged, kind):
    np.testing.assert_array_equal(states(), undamaged)
    DAMAGE[kind](program)
    with pytest.warns(UserWarning, match="built again"):
        np.testing.assert_array_equal(states(), undamaged)


def test_a_whole_program_is_read_once(program, monkeypatch):
    states()
    monkeypatch.setattr(cache, "_digest", lambda *_: pytest.fail("read again"))
    states()


def test_who_runs_a_program_has_it_to_the_end_while_it_is_replaced(program, tmp_path):
    shutil.copy2(shutil.which("sleep"), program)
    with subprocess.Popen([program, "20"]) as running:
        with pytest.warns(UserWarning, match="built again"):
            states()
        assert running.poll() is None
        running.kill()


def test_a_file_where_the_cache_should_be_is_named_before_the_build(program, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LSM_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(cache, "_build", lambda *_: pytest.fail("built"))
    with pytest.raises(SimulationError, match=f"and {tmp_path / 'file'} is a file; set LSM_CACHE"):
        states()


def test_a_cache_that_nothing_can_be_run_from_is_named_before_the_build(tmp_path, monkeypatch):
    class NoExec:
        f_flag = getattr(os, "ST_NOEXEC", 0)

    if not NoExec.f_flag:
        pytest.skip("statvfs doesn't say it here")
    monkeypatch.setenv("LSM_CACHE", str(tmp_path))
    monkeypatch.setattr(os, "statvfs", lambda _: NoExec)
    monkeypatch.setattr(processes, "run", lambda *_, **__: pytest.fail("built"))
    with pytest.raises(SimulationError, match=r"can't be run: .* mounted noexec; set LSM_CACHE"):
        programs.Program(DESCRIPTION, "cpp").command()
