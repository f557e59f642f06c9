"""The pages of the documentation: their Python runs, links lead somewhere, Sphinx builds them.

The blocks of a page run in order, in one namespace and in a temporary folder. A block whose fence
says ```` ```python needs=elephant,pynapple ```` is left out where one of these isn't installed.
"""

import ast
import inspect
import os
import re
import shlex
import subprocess
import sys
import zlib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from experiments.benchmarks import BENCHMARK
from experiments.console import COMMANDS
from experiments.lab.configuration import read_options
from experiments.lab.sweep.specification import read_runs
from experiments.studies import STUDIES, find_study, reference_of

TOP = Path(__file__).parent.parent
DOCS = TOP / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if "_build" not in page.parts]
#: Pages that people meet outside of the built documentation.
OTHERS = [TOP / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
OTHERS += sorted((TOP / "examples").glob("*.md"))
#: Packages all of whose public names have docstrings.
DOCUMENTED = ("lsm", "evolution", "readouts", "tasks", "experiments")
#: What tests/test_readme.py runs.
ELSEWHERE = {DOCS / "guide" / "closed_loop.md"}


def label(page):
    return str(page.relative_to(TOP))


def blocks(page):
    """Line of the page, packages that it needs, and code of each block of Python."""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence" and token.info.startswith("python"):
            fence = re.fullmatch(r"python(?: needs=(\w+(?:,\w+)*))?", token.info.strip())
            assert fence, f"{page.name}: a block is python or python needs=a,b; got {token.info!r}"
            yield token.map[0] + 1, fence[1].split(",") if fence[1] else [], token.content


WITH_PYTHON = [page for page in PAGES if any(blocks(page)) and page not in ELSEWHERE]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of packages that call each other
@pytest.mark.parametrize("page", WITH_PYTHON, ids=label)
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


def commands(page):
    """Module and options of each command line of an experiment that is written out."""
    text = page.read_text(encoding="utf-8")
    started = rf"(?:python experiments/([a-z_]+)\.py|\bliquidstate ({'|'.join(COMMANDS)})\b)"
    for script, word, options in re.findall(started + r"([^`\n#]*)", text):
        if "..." not in options:
            yield script or COMMANDS[word], shlex.split(options)


@pytest.mark.parametrize("page", [p for p in [*PAGES, *OTHERS] if any(commands(p))], ids=label)
def test_commands_of_the_page_are_taken(page, tmp_path, monkeypatch, task_table):
    code = next((code for _, _, code in blocks(page)), "")
    (tmp_path / "my_tasks.py").write_text(code)  # what --task my_tasks:... of the page names
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name, options in commands(page):
        if name in STUDIES:
            study = find_study(name)
            study.settings.from_options(**read_options(study.settings, study.parser, options))
        elif name == "benchmark":
            BENCHMARK.settings.from_options(
                **read_options(BENCHMARK.settings, BENCHMARK.parser, options)
            )
        else:
            import_module(f"experiments.{name}").parser().parse_args(options)


def test_specifications_of_sweeps_are_taken(tmp_path):
    page = (DOCS / "guide" / "sweep.md").read_text(encoding="utf-8")
    specifications = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    numbers = []
    for text in specifications:
        (tmp_path / "spec.yaml").write_text(text)
        numbers.append(len(read_runs(tmp_path / "spec.yaml", reference_of)))
    assert numbers == [30, 48]


def anchors(page):
    """What links may name behind a `#`: headings, as GitHub and MyST write them."""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    headings = [
        tokens[k + 1].content for k, token in enumerate(tokens) if token.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def links(page):
    """Targets of the links and pictures of a page."""
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        for child in token.children or []:
            target = child.attrs.get("href") or child.attrs.get("src")
            if target:
                yield str(target)


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=label)
def test_links_of_the_page_lead_somewhere(page):
    broken = []
    for link in links(page):
        if re.match(r"(https?|mailto):", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if path.is_relative_to(DOCS / "gallery"):  # made by Sphinx, of the examples
            script = (TOP / "examples" / path.name).with_suffix(".py")
            exists = path.name == "index" or script.exists()
        else:
            exists = path.exists() or path.with_suffix(".rst").exists()
        if not exists or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            broken.append(link)
    assert not broken


def test_every_page_is_in_a_table_of_contents():
    listed = set()
    for page in PAGES:
        for block in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(), flags=re.DOTALL):
            names = [line for line in block.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / f"{name}.md").resolve() for name in names}
    assert {page for page in PAGES if page not in listed} == {DOCS / "index.md"}


def inventory(path):
    """Last parts of the names that the reference describes."""
    *_, content = path.read_bytes().split(b"\n", 4)
    return {
        line.split()[0].rpartition(".")[2]
        for line in zlib.decompress(content).decode().splitlines()
    }


def public_names():
    """All but modules that the packages of the reference list in their `__all__`."""
    for page in sorted((DOCS / "api").glob("*.rst")):
        if page.stem != "index":
            package = import_module(page.stem)
            for name in getattr(package, "__all__", ()):
                if not (name.startswith("__") or inspect.ismodule(getattr(package, name))):
                    yield f"{page.stem}.{name}"


def test_sphinx_builds_them_without_warnings(tmp_path):
    for package in ("sphinx", "sphinx_gallery", "myst_parser", "furo"):
        pytest.importorskip(package, reason="the extra docs isn't installed")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-D", "plot_gallery=0"]
    done = subprocess.run(
        [*command, "-d", tmp_path / "doctrees", DOCS, tmp_path / "html"],
        env=os.environ | {"MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    html = tmp_path / "html"
    described = inventory(html / "objects.inv")
    assert not [name for name in public_names() if name.rpartition(".")[2] not in described]
    assert (html / "gallery" / "closed_loop.html").exists()
    pages = [path.read_text() for path in html.rglob("*.html")]
    fetched = re.compile(r"""<(?:script|link|img)\b[^>]*(?:src|href)=["'](?:https?:)?//""")
    assert not [page for page in pages if fetched.search(page)]


def undocumented(path):
    """Public modules, classes, functions and methods of a file that have no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [("module", tree)]
    while nodes:
        name, node = nodes.pop()
        if not ast.get_docstring(node):
            yield f"{path.relative_to(TOP)}:{getattr(node, 'lineno', 1)} {name}"
        if isinstance(node, ast.Module | ast.ClassDef):
            kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            nodes += [
                (child.name, child)
                for child in node.body
                if isinstance(child, kinds) and not child.name.startswith("_")
            ]


@pytest.mark.parametrize("package", DOCUMENTED)
def test_every_public_name_has_a_docstring(package):
    paths = sorted((TOP / package).rglob("*.py"))
    assert not [place for path in paths for place in undocumented(path)]
