"""Make the page of a finished run again, or one that sets several side by side.

``python experiments/report.py DIR`` writes ``DIR/report.html`` from the files in the folder, which
may be of an older version. With more folders ``--out`` gets one page: accuracies with their
intervals, fitness over generations, and the settings that differ.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys
from pathlib import Path

from experiments.common.command import run
from experiments.common.errors import InputError
from experiments.common.page import write_comparison, write_page
from lsm.base.files import expanded

_OUT = Path("comparison.html")


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="report.py", description=__doc__.splitlines()[0])
    p.add_argument("folders", type=expanded, nargs="+", metavar="DIR", help="results of a run")
    p.add_argument("--out", type=expanded, help=f"file of the comparison ({_OUT})")
    return p


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    return run("report.py", lambda: _work(options.folders, options.out), again="start it again")


def _work(folders: list[Path], out: Path | None) -> None:
    if len(folders) > 1:
        path = write_comparison(out or _OUT, folders)
    elif out is not None:
        raise InputError(f"--out is for several DIR, got --out {out} with one")
    else:
        path = write_page(folders[0])
    print(f"{path}, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    sys.exit(main())
