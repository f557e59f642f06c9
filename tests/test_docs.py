"""The pages of the documentation: their Python runs.

The blocks of a page run in order, in one namespace and in a temporary folder. A block whose fence
says ```` ```python needs=elephant,pynapple ```` is left out where one of these isn't installed.
"""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

DOCS = Path(__file__).parent.parent / "docs"


def blocks(page):
    """Line of the page, packages that it needs, and code of each block of Python."""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence" and token.info.startswith("python"):
            fence = re.fullmatch(r"python(?: needs=(\w+(?:,\w+)*))?", token.info.strip())
            assert fence, f"{page.name}: a block is python or python needs=a,b; got {token.info!r}"
            yield token.map[0] + 1, fence[1].split(",") if fence[1] else [], token.content


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of packages that call each other
@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_python_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace, left_out = {"__name__": "__main__"}, []
    for line, needs, code in blocks(page):
        if missing := [package for package in needs if find_spec(package) is None]:
            left_out.append(f"line {line} needs {', '.join(missing)}")
            continue
        # So many empty lines before that a traceback has the page's own numbers.
        exec(compile("\n" * line + code, str(page), "exec"), namespace)
    if left_out:
        pytest.skip("; ".join(left_out))
