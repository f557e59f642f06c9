"""Read many broken files; see :mod:`tests.fuzz`."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from tqdm import tqdm

from tests.fuzz.readers import READERS
from tests.fuzz.running import MEGABYTES, SECONDS, Tally, run


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Break small valid files and read them, by every reader of the project.",
        epilog=f"""Each broken file must be refused by an error that names it, or load, within
        {SECONDS:g} s of processor time and {MEGABYTES:g} MB. 200,000 take half an hour or so of one
        core. Files that are at fault are kept in a folder. Exit status: 0 none is; 1 some are.""",
    )
    add = p.add_argument
    add("--inputs", type=int, default=20_000, help="broken files, of all readers (20000)")
    add("--readers", nargs="+", choices=READERS, default=list(READERS), help="by default all")
    add("--first", type=int, default=0, help="number of each reader's first broken file (0)")
    add("--keep", type=Path, help="where files that are at fault go (a new temporary folder)")
    return p


def main() -> int:
    options = parser().parse_args()
    each = -(-options.inputs // len(options.readers))
    numbers = range(options.first, options.first + each)
    tallies = [Tally(name) for name in options.readers]
    with (
        suppress(KeyboardInterrupt),  # then of those that were read
        tqdm(total=each * len(tallies), unit="file", smoothing=0) as bar,
    ):
        for tally in tallies:
            bar.set_description(tally.reader)
            for outcome in run(tally.reader, numbers):
                tally.add(outcome)
                bar.update()
    print(f"{'reader':16}{'files':>8}{'refused':>9}{'faults':>8}{'seconds':>9}{'MB':>7}")
    for one in tallies:
        print(
            f"{one.reader:16}{one.inputs:8}{one.refused:9}{one.n_faults:8}{one.seconds:9.2f}"
            f"{one.megabytes:7.0f}"
        )
    total = sum(one.inputs for one in tallies)
    print(f"{'all':16}{total:8}{sum(one.refused for one in tallies):9}")
    if not any(one.n_faults for one in tallies):
        return 0
    folder = options.keep or Path(mkdtemp(prefix="fuzz-faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    for one in tallies:
        for outcome in one.faults.values():
            path = folder / f"{one.reader}-{outcome.number}"
            path.write_bytes(outcome.content)
            path.with_suffix(".txt").write_text(outcome.fault)
            print(f"\n{path}: {outcome.fault}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
