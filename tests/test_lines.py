"""Lines of code are counted without what is no code, and a moved line is not a saved one."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def lines():
    loader = SourceFileLoader("count_lines", str(ROOT / ".ci" / "lines"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


SOURCE = '''"""What it is.

More.
"""

# Why.
TEXT = """a text

# that is code
"""


def f(x):
    """What it does."""
    "no docstring"
    return x  # a remark


class A:
    """Nothing."""
'''


def test_blanks_comments_and_docstrings_are_no_code(lines):
    assert lines.code_lines(SOURCE) == [
        *('TEXT = """a text', "# that is code", '"""'),
        *("def f(x):", '"no docstring"', "return x  # a remark"),
        "class A:",
    ]
    assert lines.code_lines("") == []


def write(folder, **modules):
    for name, text in modules.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    return folder


def test_what_has_moved_is_not_saved(lines, tmp_path, capsys):
    before = write(
        tmp_path / "before",
        experiments__old="a = 1\nb = 2\nc = 3\nd = 4\n",
        experiments__stays="x = 1\ny = 2\n",
        lsm__stays="z = 1\n",
    )
    after = write(
        tmp_path / "after",
        experiments__new="if 1:\n    a = 1\n",
        experiments__stays="x = 1\nb = 2\n",
        lsm__stays="z = 1\n",
        lsm__new="c = 3\n" + "#\n" * 350,
    )
    assert lines.main([str(before), str(after)]) == 0
    out = capsys.readouterr().out
    rows = {line[:40].strip(): line[40:].split() for line in out.splitlines() if line}
    assert rows["package"] == ["before", "after", "of", "before", "moved", "away", "saved"]
    # Of four lines one is in another module, one in another package, and two are gone: b is
    # written once more in a module that has stayed.
    assert rows["experiments"] == ["6", "4", "67%", "2", "1", "1"]
    assert rows["lsm"] == ["1", "2", "200%", "0", "0", "-1"]
    assert rows["total"] == ["7", "6", "86%", "2", "1", "1"]
    assert "removed 3 lines and written 2, beside 2 that have moved" in out
    assert "lsm/new.py: 351 lines" in out


def test_some_paths_alone_are_counted(lines, capsys):
    assert lines.main([str(ROOT), "--paths", "experiments/what_when.py", "lsm", "--all"]) == 0
    out = capsys.readouterr().out
    assert "experiments/what_when.py" in out
    assert "lsm/__init__.py" in out
    assert "experiments/sweep.py" not in out
