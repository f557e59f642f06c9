"""The versions that are promised are those that `.ci/versions` runs."""

import configparser
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script():
    loader = SourceFileLoader("versions", str(TOP / ".ci" / "versions"))
    module = module_from_spec(spec_from_loader("versions", loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def setup():
    parser = configparser.ConfigParser()
    parser.read(TOP / "setup.cfg")
    return parser


def test_every_promised_python_is_run_and_no_other(script, setup):
    low, high = re.findall(r"3\.(\d+)", setup["options"]["python_requires"])
    assert list(script.PYTHONS) == [f"python3.{minor}" for minor in range(int(low), int(high))]
    first, last = re.search(
        r"Python (3\.\d+) to (3\.\d+)", (TOP / "README.md").read_text()
    ).groups()
    assert (f"python{first}", f"python{last}") == (script.PYTHONS[0], script.PYTHONS[-1])


def test_it_runs_what_the_readme_says_and_tests_that_exist(script):
    assert script.first_line() == ["experiments/evolve_lsm.py", "--task", "PR12"]
    assert all(list(TOP.glob(pattern)) for pattern in script.TESTS)


def test_every_dependency_has_a_lowest_version(setup):
    """Without one, the lowest that is installed is the oldest there ever was."""
    extras = setup["options.extras_require"]
    lines = [setup["options"]["install_requires"], *extras.values()]
    required = [line for block in lines for line in block.strip().splitlines()]
    assert len(required) > 30
    assert not [line for line in required if not re.search(r">=|==|^liquidstate\[", line)]


def test_what_holds_others_back_is_no_part_of_the_tests_where_it_would(script, setup):
    lines = setup["options.extras_require"]["test"].strip().splitlines()
    (held,) = [line for line in lines if re.search(rf"\b{script.HELD_BACK}\b", line)]
    assert held == f'liquidstate[{script.HELD_BACK}] ; python_version < "3.12"'
