"""What is installed holds all that is needed: templates, headers, stubs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("lsm", "evolution", "readouts", "tasks", "experiments")
# As setuptools builds a wheel, without building one, which asks an index for setuptools.
SCRIPT = """
import json
from setuptools import Distribution

distribution = Distribution({"script_name": "setup.py"})
distribution.parse_config_files(["setup.cfg"])
command = distribution.get_command_obj("build_py")
command.ensure_finalized()
modules = [file for _, _, file in command.find_all_modules()]
data = [f"{folder}/{file}" for _, folder, _, files in command.data_files for file in files]
print(json.dumps([*modules, *data]))
"""


def test_a_wheel_has_every_file_of_the_packages():
    pytest.importorskip("setuptools")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    packed = {str(Path(file)) for file in json.loads(done.stdout.splitlines()[-1])}
    files = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert files - packed == set()
    prose = "experiments/studies/what_when/asked.md"
    style = "experiments/lab/pictures.mplstyle"
    assert {"experiments/templates/slurm.sh", "lsm/simulation/tape.h", prose, style} <= packed
