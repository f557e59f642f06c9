"""Ctrl-C and SIGTERM at any moment: a line, a status, nothing lost and nothing left."""

import ast
import os
import signal
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from experiments.lab import interrupts
from experiments.lab.command import run_command
from experiments.lab.interrupts import interruptible
from lsm.base.files import remove_unfinished
from tests.experiments.sweeps import ROOT

SCRIPTS = sorted(
    path for path in (ROOT / "experiments").glob("*.py") if path.stem not in ("__init__", "console")
)
#: What is installed as ``liquidstate``.
CONSOLE = ["-c", "from experiments.console import main; main(['evolve'])"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


def load_script():
    loader = SourceFileLoader("interrupt", str(ROOT / ".ci" / "interrupt"))
    spec = spec_from_loader(loader.name, loader)
    module = module_from_spec(spec)
    sys.modules[loader.name] = module  # its dataclasses ask for it
    loader.exec_module(module)
    return module


@linux
def test_stopped_at_random_moments_a_command_goes_on_and_leaves_nothing(monkeypatch, capsys):
    """By kill -9, SIGTERM and Ctrl-C; ``.ci/interrupt`` does so with every command."""
    monkeypatch.syspath_prepend(ROOT / ".ci")  # as for a script that runs
    script = load_script()
    brief = "evolve_lsm.py --quick --task TPR4 --population 3 --controls none --n-jobs 2"
    monkeypatch.setattr(script, "COMMANDS", {"evolve_lsm": (brief, True)})
    monkeypatch.setattr(script, "PATIENCE_S", 30.0)  # where many tests run at once
    status = script.main(["--moments", "3", "--commands", "evolve_lsm"])
    said, faults = capsys.readouterr()
    assert status == 0, said + faults
    assert said.splitlines()[-1].split()[0::2] == ["evolve_lsm", "3", "0"]


@linux
@pytest.mark.parametrize(
    "words",
    [*([str(path)] for path in SCRIPTS), CONSOLE],
    ids=[*(path.stem for path in SCRIPTS), "liquidstate"],
)
def test_while_modules_load_it_is_a_line(words):
    number = (signal.SIGINT, signal.SIGTERM)[len(words[0]) % 2]
    running = subprocess.Popen(
        [sys.executable, *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    bit = 1 << (signal.SIGTERM - 1)  # of what a process handles
    while running.poll() is None:
        text = Path(f"/proc/{running.pid}/status").read_text()
        if int(text.split("SigCgt:")[1].split()[0], 16) & bit:
            break
        time.sleep(0.001)
    running.send_signal(number)
    assert running.communicate() == ("", "interrupted\n")
    assert running.returncode == 128 + number


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_hears_signals_before_it_loads_anything(script):
    documentation, *body = ast.parse(script.read_text()).body
    assert isinstance(documentation, ast.Expr)
    first = next(each for each in body if getattr(each, "module", "") != "__future__")
    if isinstance(first, ast.ImportFrom):  # of a study, which it loads once that is done
        assert first.module == "experiments.lab.script"
        return
    assert ast.unparse(first.test) == "__name__ == '__main__'"
    assert ast.unparse(first.body[-1]) == "end_quietly()"


@pytest.mark.parametrize("module", ["interrupts", "script"])
def test_what_handles_signals_loads_nothing_heavy(module):
    code = (
        f"import sys; before = set(sys.modules); import experiments.lab.{module}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "experiments" in loaded
    assert loaded - {"experiments"} <= sys.stdlib_module_names


@pytest.mark.parametrize("number", interrupts._ENDING)
def test_the_status_says_what_has_ended_it(number, capsys):
    before = signal.getsignal(number)
    ended = run_command("it", lambda: signal.raise_signal(number), again="start it again")
    assert ended == 128 + number
    assert capsys.readouterr().err == "interrupted; start it again\n"
    assert signal.getsignal(number) is before


def test_a_second_signal_ends_it_at_once(monkeypatch):
    ended = []
    monkeypatch.setattr(interrupts, "_end", ended.append)
    with interruptible():
        for number in (signal.SIGTERM, signal.SIGINT):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
    assert ended == [signal.SIGINT]


def test_what_is_to_be_ignored_is_ignored():
    """As a shell has it for what runs in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_that_meets_a_finalizer_comes_again(capsys):
    class Finalized:
        def __del__(self):
            signal.raise_signal(signal.SIGTERM)

    def work():
        Finalized()
        time.sleep(10)
        pytest.fail("it was dropped")

    assert run_command("it", work, again="start it again") == 128 + signal.SIGTERM
    assert capsys.readouterr().err == "interrupted; start it again\n"


def test_half_written_files_of_the_dead_go_with_the_next_start(tmp_path):
    old, new, other = (tmp_path / name for name in (".a.json.ab12.part", ".b.part", "c.part"))
    for path in (old, new, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (0, 0))
    remove_unfinished(tmp_path)
    assert not old.exists()
    assert new.exists()  # somebody may be at it
    assert other.exists()  # nobody here calls a file so
