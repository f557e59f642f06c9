"""The study of the guide, in a folder of one's own: it runs, resumes, sweeps and gets a page."""

import json
import os
import re
import subprocess
import sys

import pytest

from experiments import report
from experiments import sweep as sweeping
from tests.experiments.sweeps import ROOT, records

GUIDE = (ROOT / "docs" / "extend" / "study.md").read_text()
#: Files that the guide shows, by their names.
FILES = dict(
    re.findall(r"^```\{code-block\} \w+\n:caption: `(\S+)`\n(.*?)^```$", GUIDE, re.M | re.S)
)


@pytest.fixture
def study(tmp_path, monkeypatch):
    """The study, made in the working folder."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "hearing"]:
        monkeypatch.delitem(sys.modules, name)


def commands(program):
    """Command lines of the guide that begin so, without that."""
    lines = re.findall(rf"^\$ python {re.escape(program)} (.*)$", GUIDE, re.M)
    assert lines
    return [line.split() for line in lines]


def test_the_study_of_the_guide_is_short_and_a_folder():
    assert {name.partition("/")[0] for name in FILES} == {"hearing", "sizes.yaml"}
    code = "".join(text for name, text in FILES.items() if name.endswith(".py"))
    assert len([line for line in code.splitlines() if line.strip()]) < 75


@pytest.mark.filterwarnings("ignore:the liquid stays below")  # so few neurons
def test_it_runs_resumes_sweeps_and_gets_a_page(study, tmp_path, capsys):
    run, again = commands("-m hearing")
    done = subprocess.run(
        [sys.executable, "-m", "hearing", *run],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Test accuracy, mean over seeds." in done.stdout
    folder = tmp_path / "results" / "hearing"
    before = (folder / "records.jsonl").read_text()
    assert len(before.splitlines()) == 1 + 2

    # As in the working folder, where Python looks first for what is started by -m.
    sys.path.insert(0, str(tmp_path))
    from hearing import STUDY

    assert STUDY.main(again) == 0
    after = (folder / "records.jsonl").read_text()
    assert after.startswith(before)
    assert len(after.splitlines()) == 1 + 3
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["experiment"] == "hearing"
    assert summary["advantage"]["n"] == 3
    page = (folder / "report.html").read_bytes()
    assert b"python -m hearing" in page
    capsys.readouterr()
    assert STUDY.main(["--neurons", "3"]) == 2
    assert capsys.readouterr().err == ("hearing.py: error: --neurons must be at least 4, got 3\n")
    sys.path.remove(str(tmp_path))

    sweep, collect = commands("experiments/sweep.py")
    for _ in range(2):
        assert sweeping.main([*sweep, "--n-jobs", "1"]) == 0
    assert "4 of 4 runs are done" in capsys.readouterr().out
    assert {record["attempts"] for record in records(tmp_path / "sizes")} == {1}
    assert sweeping.main(collect) == 0
    assert "best advantage.mean: " in capsys.readouterr().out

    (folder / "report.html").unlink()
    (remake,) = commands("experiments/report.py")
    assert report.main(remake) == 0
    assert (folder / "report.html").read_bytes() == page
    assert report.main(remake[:1]) == 2
