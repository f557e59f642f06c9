"""What imports cost, and that none runs in a circle."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import evolution
import lsm
import readouts
import tasks

ROOT = Path(__file__).parents[1]
CIRCLES = runpy.run_path(str(ROOT / ".ci" / "circles"))
SLOW = {"sklearn", "joblib", "dask", "matplotlib", "brian2", "deap", "pandas", "tqdm", "scipy"}


def circles(folder, **files):
    """The circles among modules of a package p, by their sources."""
    (folder / "p").mkdir()
    for name, source in {"__init__": "", **files}.items():
        path = folder / "p" / ("__init__.pyi" if name == "stub" else f"{name}.py")
        path.write_text(source)
    return CIRCLES["circles"](CIRCLES["edges_of"](folder, ["p"]))


def test_nothing_is_imported_in_a_circle():
    done = subprocess.run([ROOT / ".ci" / "circles"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("0 circles among ")


@pytest.mark.parametrize(
    "back",
    [
        "import p.a",
        "from p import a",
        "from p.a import x",
        "from . import a",
        "from .a import x",
        "def f():\n    from p.a import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import x",
        "from importlib import import_module\nimport_module('p.a')",
        "import importlib\nname = 'a'\nimportlib.import_module(f'p.{name}')",
    ],
)
def test_every_way_to_import_counts(tmp_path, back):
    assert ["p.a", "p.b"] in circles(tmp_path, a="from p import b", b=back)


def test_imports_that_go_down_only_are_no_circle(tmp_path):
    assert (
        circles(tmp_path, __init__="from p.a import x", a="from p import b", b="import json") == []
    )


def test_a_package_and_a_module_that_asks_it_back_are_a_circle(tmp_path):
    assert circles(tmp_path, stub="from .a import x as x", a="from p import x") == [["p", "p.a"]]


def test_an_import_from_outside_runs_the_package_too(tmp_path):
    (tmp_path / "p" / "q").mkdir(parents=True)
    sources = {"__init__": "", "a": "import p.q.low", "q/__init__": "import p.a", "q/low": ""}
    for name, source in sources.items():
        (tmp_path / "p" / f"{name}.py").write_text(source)
    found = CIRCLES["circles"](CIRCLES["edges_of"](tmp_path, ["p"]))
    assert found == [["p.a", "p.q"]]


@pytest.mark.parametrize("package", [lsm, evolution, tasks, readouts])
def test_packages_import_what_is_asked_of_them(package):
    """They themselves nothing; every name that they list is there."""
    name = package.__name__
    script = f"import sys, {name}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {module.split(".")[0] for module in loaded} & SLOW == set()
    assert set(package.__all__) <= set(dir(package))
    for listed in package.__all__:
        assert getattr(package, listed) is not None
    with pytest.raises(AttributeError, match="not_there"):
        _ = package.not_there


@pytest.mark.parametrize(
    "statement",
    [
        "from tasks import TASKS",
        "from evolution import ENCODINGS, RECIPES",
        "from readouts import READOUTS, REGRESSION_READOUTS",
        "from lsm import PRESETS",
        "from lsm.states import STATE_FORMS",
    ],
)
def test_what_the_commands_choose_from_comes_without_what_is_slow(statement):
    script = f"import sys; {statement}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {module.split(".")[0] for module in loaded} & (SLOW - {"scipy", "deap"}) == set()
    # Of SciPy no more than its own start.
    public = {module.split(".")[1] for module in loaded if module.startswith("scipy.")}
    assert {part for part in public if not part.startswith("_")} <= {"version"}


def test_no_help_waits_for_what_is_slow():
    """Of any command; one process for all of them."""
    script = (
        "import contextlib, io, sys\n"
        "from experiments.console import COMMANDS, main\n"
        "for words in (['--help'], *([name, '--help'] for name in COMMANDS)):\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as shown, "
        "contextlib.suppress(SystemExit):\n"
        "        main(words)\n"
        "    assert 'usage: ' in shown.getvalue()\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    packages = {module.split(".")[0] for module in loaded}
    assert packages & (SLOW - {"scipy"} | {"distributed", "jinja2", "PIL", "pyarrow"}) == set()
    # Nor for parts of ours that it says nothing of.
    ours = {"lsm.topology", "lsm.reservoir", "lsm.simulation", "lsm.saving", "evolution.recipe"}
    assert set(loaded) & ours == set()
    assert "scipy.sparse" not in loaded


def test_the_version_is_that_of_the_distribution_or_says_that_there_is_none():
    script = (
        "from importlib import metadata\n"
        "def version(name): raise metadata.PackageNotFoundError(name)\n"
        "{}import lsm; print(lsm.__version__)"
    )

    def printed(patch):
        return subprocess.run(
            [sys.executable, "-c", script.format(patch)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert printed("").split(".")[0].isdecimal()
    assert printed("metadata.version = version\n") == "0+unknown"


def test_every_package_says_that_it_is_typed():
    for package in ("lsm", "evolution", "readouts", "tasks", "experiments"):
        assert (ROOT / package / "py.typed").is_file()
