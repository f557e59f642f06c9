"""What the benchmark says of memory: of programs, not of this process's own children."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmarks.against_work import Memory

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="Linux says what memory a process takes"
)
MIB = 2**20


def test_a_programs_peak_is_seen():
    with Memory() as memory:
        subprocess.run(["sleep", "0.3"], check=True)
    small = memory.program_MiB
    assert 0 < small < 20
    copies = ["dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=30"]
    with Memory() as memory:
        subprocess.run(copies, check=True, stderr=subprocess.DEVNULL)
    assert small + 60 < memory.program_MiB < small + 80


def test_python_is_no_program():
    with Memory() as memory:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.3)"], check=True)
    assert memory.program_MiB == 0


def test_the_peak_of_a_process_is_of_the_block():
    np.ones(100 * MIB, dtype=np.uint8)
    with Memory() as before:
        pass
    with Memory() as during:
        np.ones(50 * MIB, dtype=np.uint8)
    assert during.process_MiB - before.process_MiB == pytest.approx(50, abs=10)
