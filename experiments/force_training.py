"""Train networks in the closed loop by FORCE, and see whether they go on alone.

``python experiments/force_training.py --task sine --model lif`` trains one network as published
(Nicola & Clopath 2017; Newton & Nicola 2025), lets it run alone for 2 s (a target whose period is a
second or more: as long as published), and leaves pictures, a summary and a report. ``--task all``
makes the table: each task with each model for which settings are known, several seeds, beside the
same without recurrence. ``--grid`` trains at many G and Q, and says for which share of them the
task is learned. ``--compare slow fast`` compares learning rates in spiking and rate networks.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys
from typing import Any

from experiments.common.command import Experiment
from experiments.common.errors import InputError
from experiments.common.force.comparing import CompareSettings, compare
from experiments.common.force.grid import map_grid
from experiments.common.force.options import ALL, ForceOptions
from experiments.common.force.plans import MODELS
from experiments.common.force.single import train_one
from experiments.common.force.table import make_table
from lsm.base.files import expanded
from tasks.targets import TARGETS


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="force_training.py", description=__doc__.splitlines()[0])
    add = p.add_argument
    add("--task", default="sine", help=f"{', '.join(TARGETS)}; or {ALL}: the table (sine)")
    add("--model", help=f"{', '.join(MODELS)}: the matched rate network (the task's first)")
    add("--seed", type=int, default=0, help="of all that is drawn; the first of several (0)")
    add("--out", type=expanded, help="folder of the results (results/force_...)")
    what = p.add_mutually_exclusive_group()
    what.add_argument("--grid", action="store_true", help="train at many G and Q")
    what.add_argument(
        "--compare",
        nargs="+",
        choices=("slow", "fast"),
        help="learning rates to compare, in spiking and rate networks",
    )
    changes = p.add_argument_group("in place of the published settings")
    change = changes.add_argument
    change("--neurons", type=int)
    change("--G", type=float, help="strength of the recurrent weights, in the program's units")
    change("--Q", type=float, help="strength of the feedback")
    change("--alpha", type=float, help="P starts as I / alpha, for filtered spikes in Hz")
    change("--gain", choices=("textbook", "nicola-clopath"), help="what moves the decoder")
    change("--every", type=int, help="steps from one learning step to the next")
    change("--learn-s", type=float, nargs=2, metavar=("FROM", "TO"), help="when it learns")
    change("--duration-s", type=float, help="of the run; what follows learning is the test")
    several = p.add_argument_group("the table, the grid and the comparison")
    more = several.add_argument
    more("--tasks", nargs="+", metavar="TASK", help="of the table (all that have settings)")
    more("--models", nargs="+", choices=MODELS, help="of the table (all)")
    more("--gains", type=float, nargs="+", metavar="G", help="of the grid (0 to 2 x published)")
    more("--feedbacks", type=float, nargs="+", metavar="Q", help="of the grid (likewise)")
    more("--seeds", type=int, help="networks each (table: 3, grid: 1, comparison: 5)")
    more("--n-jobs", type=int, default=1, help="trainings at a time; -1: one a core (1)")
    more("--resume", action="store_true", help="do only what the folder has no record of")
    more("--quick", action="store_true", help="small networks")
    p.add_argument(
        "--published",
        action="store_true",
        help="the published programs to the letter, even where they take hours",
    )
    return p


def settings(**given: Any) -> ForceOptions | CompareSettings:
    return _comparison(given) if given["compare"] else ForceOptions.from_options(**given)


def work(options: ForceOptions | CompareSettings) -> dict[str, Any]:
    if isinstance(options, CompareSettings):
        return compare(options)
    several: dict[str, Any] = {
        "out": options.out,
        "resume": options.resume,
        "n_jobs": options.n_jobs,
    }
    if options.grid:
        return map_grid(
            options.plan(),
            gains=options.gains,
            feedbacks=options.feedbacks,
            seeds=options.seed_range,
            **several,
        )
    if options.task == ALL:
        return make_table(options.plans(), seeds=options.seed_range, **several)
    return train_one(options.plan(), seed=options.seed, out=options.out)


def _comparison(given: dict[str, Any]) -> CompareSettings:
    names = ("task", "seed", "seeds", "gains", "feedbacks", "out", "n_jobs", "resume", "quick")
    for name, value in given.items():
        if value is not None and value is not False and name not in ("compare", *names):
            raise InputError(f"--{name.replace('_', '-')} is not for --compare")
    options = {name: given[name] for name in names if given[name] is not None}
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    return CompareSettings(speeds=tuple(given["compare"]), **options)


EXPERIMENT = Experiment(parser, settings, work, resumes="does what is missing of several")


def main(arguments: list[str] | None = None) -> int:
    return EXPERIMENT.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
