"""Run a study at many settings, on this machine or on many, and collect what came of it.

``python experiments/sweep.py SPEC.yaml --out DIR`` does every run that the file asks for and that
the folder has no record of; ``python experiments/sweep.py --collect DIR`` makes tables and pictures
of the records. `experiments.lab.sweep.specification` says what a file looks like. ``--study
package.module:NAME`` takes a study from outside, whose name the file has: the file itself names no
code, so that a sweep that goes on is told again.

A run is one command line of a study and leaves one record, ``DIR/records/<digest of its
parameters>.json``: there whole or not at all, so that nothing that was recorded is lost or done
again, whatever ends the sweep, and several sweeps may share a folder. Failures are records too,
with their traceback.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.lab.interrupts import end_quietly

    end_quietly()

import argparse
import re
import sys

from experiments.lab.command import run_command
from experiments.lab.errors import InputError
from experiments.lab.study import Study
from experiments.studies import find_study, outside_study, reference_of
from lsm.base.files import expanded, write_text

EPILOG = """exit status: 0 all runs are done; 1 some have failed, or records were damaged;
2 it can't be done; 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    p = argparse.ArgumentParser(
        prog="sweep.py",
        description=__doc__.splitlines()[0],
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = p.add_argument
    add("spec", type=expanded, nargs="?", metavar="SPEC.yaml", help="what to do")
    add("--out", type=expanded, metavar="DIR", help="folder of the records")
    add("--study", metavar="package.module:NAME", help="a study from outside")
    where = p.add_mutually_exclusive_group()
    where.add_argument("--n-jobs", type=int, default=-1, help="runs at a time; -1: one a core")
    where.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="do runs on the workers of this Dask"
    )
    add("--shard", metavar="i/n", help="do only the i-th of n parts, from 1/n to n/n")
    add("--retries", type=int, default=0, help="how often a run that fails is tried again (0)")
    add("--keep", action="store_true", help="keep what runs write, in DIR/trials")
    add("--collect", type=expanded, metavar="DIR", help="make tables and pictures of a folder")
    add("--metric", help="what --collect compares (the study's)")
    add("--minimise", action="store_true", help="the smaller that metric, the better")
    return p


def main(arguments: list[str] | None = None) -> int:
    """Do or collect what a command line asks for, and return its exit status."""
    options = parser().parse_args(arguments)

    def work() -> int:
        if options.study is not None:
            outside_study(options.study)
        return _run(options) if options.collect is None else _collect(options)

    return run_command("sweep.py", work, again="the same command does what is left")


def _collect(options: argparse.Namespace) -> int:
    from experiments.lab.sweep.collecting import collect

    if options.minimise and options.metric is None:
        raise InputError("--minimise is for a --metric, and none was given")
    if options.spec is not None:
        raise InputError(f"--collect {options.collect} takes no file, got {options.spec}")

    def find(name: str) -> Study:
        outside = options.study and outside_study(options.study)
        return outside if outside and outside.name == name else find_study(name)

    damaged = collect(options.collect, find, metric=options.metric, minimise=options.minimise)
    return 1 if damaged else 0


def _run(options: argparse.Namespace) -> int:
    from experiments.lab.cluster import dask, local
    from experiments.lab.progress import note
    from experiments.lab.sweep.engine import run_missing
    from experiments.lab.sweep.specification import read_runs
    from experiments.lab.sweep.store import Store

    if options.spec is None or options.out is None:
        raise InputError("SPEC.yaml and --out DIR are needed, or --collect DIR")
    if options.n_jobs == 0:
        raise InputError("--n-jobs must not be 0: a number of processes, or -1 for all cores")
    if options.retries < 0:
        raise InputError(f"--retries must not be negative, got {options.retries}")
    first, step = _shard(options.shard)
    runs = read_runs(options.spec, reference_of, study=options.study)[first::step]
    with dask(options.scheduler) if options.scheduler else local(options.n_jobs) as before:
        store = Store(options.out)
        write_text(store.folder / options.spec.name, options.spec.read_text(encoding="utf-8"))
        damaged = store.set_damaged_aside(runs)
        for path in damaged:
            note(f"a record isn't whole, its run starts again: {path}")
        failed = run_missing(runs, store, before=before, retries=options.retries, keep=options.keep)
    print(f"{len(runs) - len(failed)} of {len(runs)} runs are done; records in {store.folder}")
    if failed:
        note(f"{len(failed)} failed, first {failed[0]}; their records say why")
    return 1 if failed or damaged else 0


def _shard(text: str | None) -> tuple[int, int]:
    """Where the runs of a part begin, and how far apart they are."""
    if text is None:
        return 0, 1
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise InputError(f"--shard must be i/n with i from 1 to n, got {text!r}")
    return int(match[1]) - 1, int(match[2])


if __name__ == "__main__":
    sys.exit(main())
