"""Make the page of a finished run again, or one that sets several side by side.

``python experiments/report.py DIR`` writes ``DIR/report.html`` from the files in the folder, which
may be of an older version. With more folders ``--out`` gets one page: accuracies with their
intervals, fitness over generations, and the settings that differ. ``--study package.module:NAME``
names a study from outside.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.lab.interrupts import end_quietly

    end_quietly()

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.benchmarks import BENCHMARK
from experiments.lab.command import run_command
from experiments.lab.errors import InputError
from experiments.lab.study import Study
from experiments.studies import outside_study, study_of
from lsm.base.files import expanded

if TYPE_CHECKING:
    from experiments.lab.page import RunFiles

_OUT = Path("comparison.html")


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    p = argparse.ArgumentParser(prog="report.py", description=__doc__.splitlines()[0])
    p.add_argument("folders", type=expanded, nargs="+", metavar="DIR", help="results of a run")
    p.add_argument("--out", type=expanded, help=f"file of the comparison ({_OUT})")
    p.add_argument("--study", metavar="package.module:NAME", help="a study from outside")
    return p


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the page that a command line asks for, and return its exit status."""
    options = parser().parse_args(arguments)
    return run_command("report.py", lambda: _work(**vars(options)), again="start again")


def _work(folders: Sequence[Path], out: Path | None, study: str | None) -> None:
    from experiments.lab.page import page_of, read_run, write_comparison, write_page

    outside = outside_study(study) if study is not None else None

    def find(run: RunFiles) -> Study:
        known = [each for each in (outside, BENCHMARK) if each and each.is_of(run.summary)]
        return known[0] if known else study_of(run.summary, path=run.folder / "summary.json")

    runs = [(run := read_run(folder), find(run)) for folder in folders]
    path = out or _OUT
    if len(runs) > 1:
        write_comparison(path, runs)
    elif out is not None:
        raise InputError(f"--out is for several DIR, got --out {out} with one")
    else:
        ((run, kind),) = runs
        write_page(run, kind, page_of(run, kind))
        path = run.folder / "report.html"
    print(f"{path}, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    sys.exit(main())
