"""Learn online what comes after a cue, and when, by several rules from the same states.

``python experiments/what_when.py --out results/what_when`` drives heterogeneous Izhikevich
reservoirs with a cue that is followed by A or B with controlled probability after a controlled
latency, switches either and back, and ends with verdicts over 10 seeds: on amplitudes, peaks,
trials until recovery, controls without recurrence or reservoir, and the angles between the weights
of what and of when. After Yamada & Chao (arXiv 2510.14382), of whose work only the abstract was at
hand; not a reproduction.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys

from experiments.common.command import Experiment
from experiments.common.what_when.run import run
from experiments.common.what_when.settings import WhatWhenSettings
from lsm.base.files import expanded


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="what_when.py", description=__doc__.splitlines()[0])
    defaults = WhatWhenSettings()
    add = p.add_argument
    add("--seed", type=int, default=defaults.seed, help=f"the first seed ({defaults.seed})")
    add(
        "--seeds",
        type=int,
        help=f"repetitions with other reservoirs, cues and outcomes ({defaults.seeds})",
    )
    add("--neurons", type=int, help=f"({defaults.neurons})")
    add(
        "--trials",
        type=int,
        help=f"of a block; there are three, with a switch between ({defaults.trials})",
    )
    add(
        "--out", type=expanded, default=defaults.out, help=f"folder of the results ({defaults.out})"
    )
    add("--resume", action="store_true", help="do only what the folder has no record of")
    add("--quick", action="store_true", help="one small reservoir, few trials")
    return p


EXPERIMENT = Experiment(parser, WhatWhenSettings.from_options, run, resumes="does what is missing")


def main(arguments: list[str] | None = None) -> int:
    return EXPERIMENT.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
