"""Processes end with the one that started them: killed, interrupted, or at its own end."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from lsm import Reservoir, SpikeTrains, simulate
from lsm.base import processes
from lsm.base.temporary import remove_left
from tests.experiments.sweeps import ROOT, alive, children, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

#: Of one reservoir, a sample of a million s.
LONG = """
import sys, threading, time
from lsm import Reservoir, SpikeTrains, simulate
from lsm.simulation import Stream

spikes = SpikeTrains.from_lists([[[1.0]]], duration_ms=1e9)

def play(target):
    simulate(Reservoir.random(20, random_state=0), spikes, target=target)
"""
#: The same on both targets, a stream within a chunk, a build that has started a compiler.
ALL = """
from lsm.base import processes

def stream():
    with Stream(Reservoir.random(20, random_state=0), n_channels=1) as open:
        open.push(spikes)

def build():
    text = "import subprocess as s; from lsm.base.processes import *; end_with_input(); " \\
        "s.run(['sleep', '1000'])"
    processes.run([sys.executable, "-c", text])

works = [(play, "cpp"), (play, "numpy"), (stream,), (build,)]
for work, *arguments in works:
    threading.Thread(target=work, args=arguments, daemon=True).start()
time.sleep(1000)
"""
#: joblib's workers, and a fork of multiprocessing's.
WORKERS = """
from joblib import Parallel, delayed
from multiprocessing import get_context

get_context("fork").Process(target=play, args=["cpp"]).start()
Parallel(n_jobs=2)(delayed(play)("cpp") for _ in range(4))
"""


@pytest.fixture(scope="module")
def built():
    """The program, so that none of what builds it is taken for one that runs."""
    simulate(Reservoir.random(20, random_state=0), SpikeTrains.from_lists([[[1.0]]], duration_ms=9))


def running(pid, part):
    """How many of what a process has started, and what that has, have a part in their command."""
    found = 0
    for child in children(pid):
        try:
            with open(f"/proc/{child}/cmdline", "rb") as line:
                found += part.encode() in line.read()
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (ALL, {"programs": 2, "lsm.simulation.numpy_program": 1, "sleep\0001000": 1}),
        (WORKERS, {"programs": 3}),
    ],
    ids=["programs", "workers"],
)
@pytest.mark.usefixtures("built")
def test_what_a_killed_process_has_started_ends(tmp_path, text, wanted):
    owner = subprocess.Popen(
        [sys.executable, "-c", LONG + text],
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    try:
        wait_for(
            lambda: all(running(owner.pid, part) == n for part, n in wanted.items()), owner, 100
        )
        started = children(owner.pid)
        for child in started if text == ALL else []:
            os.kill(child, signal.SIGINT)  # these are its parent's to answer
            os.kill(child, signal.SIGTERM)
        time.sleep(0.3)
        assert alive(started) == started
        assert len(list(tmp_path.glob("liquidstate-job-*.tmp"))) == 3
        remove_left(tmp_path)  # by somebody else, while it lives
        assert len(list(tmp_path.glob("liquidstate-job-*.tmp"))) == 3
    finally:
        owner.kill()
    owner.communicate(timeout=30)  # nobody holds its output
    deadline = time.monotonic() + 30
    while alive(started) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(started)
    remove_left(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_threads_run_ends_with_the_script(tmp_path):
    text = LONG + (
        "from pathlib import Path\n"
        "threading.Thread(target=play, args=['cpp'], daemon=True).start()\n"
        "while not list(Path(sys.argv[1]).glob('liquidstate-job-*/index')): time.sleep(0.01)\n"
        "time.sleep(0.2)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", text, str(tmp_path)],
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        timeout=100,
    )
    assert done.returncode == 0
    assert not list(tmp_path.iterdir())


def test_an_interrupt_kills_what_is_waited_for():
    def interrupt():
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        processes.run(["sleep", "1000"])
    thread.join()
    assert not running(os.getpid(), "sleep\0001000")
    assert not processes._running


def test_a_signal_waits_until_a_process_has_been_started():
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 (where it is raised is what is tested)
        with processes.undisturbed():
            # To this thread: one to the process may be heard by another, if there are any.
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            reached = True
        pytest.fail("it was lost")
    assert reached
