"""Files of one's own that are called as one of the packages: one line says which file it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = "from experiments.console import main; main(['--help'])"


def python(script, folder):
    """What Python does with a script in a folder, where it looks first."""
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", ["lsm.py", "readouts.py", "tasks/__init__.py"])
def test_a_command_says_which_file_hides_a_package(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("MINE = 1\n")
    done = python(COMMAND, tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    package = name.partition("/")[0].removesuffix(".py")
    assert line.startswith(f"error: {path} hides the package {package} of liquidstate")


def test_the_library_says_which_file_hides_its_readouts(tmp_path):
    path = tmp_path / "readouts.py"
    path.write_text("MINE = 1\n")
    done = python("import lsm", tmp_path)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: {path} hides the package readouts of liquidstate")


def test_names_that_are_not_needed_are_free(tmp_path):
    """What hides nothing, or nothing that is asked for: a folder without code, one's own tasks."""
    (tmp_path / "tasks").mkdir()
    assert python(COMMAND, tmp_path).returncode == 0
    (tmp_path / "tasks" / "__init__.py").write_text("")
    assert python("import lsm; lsm.Reservoir", tmp_path).returncode == 0
