"""Evolve a liquid state machine on a task, test it, and set it beside its controls.

``python experiments/evolve_lsm.py --task PR12`` evolves 20 neurons with the genome and the
sizes of Lopez-Herrera et al. (Math. Comput. Appl. 31(2):65, 2026) and a recipe of our own
(``driven``; theirs is ``--recipe paper --state excitatory``). Its results go into ``--out``.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys
from contextlib import nullcontext
from typing import Any

from evolution import ENCODINGS, RECIPES
from experiments.common.cluster import dask
from experiments.common.command import Experiment
from experiments.common.evolve.pareto import AIMS
from experiments.common.evolve.runs import run_all
from experiments.common.evolve.settings import CONTROLS, Settings
from lsm.base.files import expanded
from lsm.states import STATE_FORMS
from readouts import READOUTS
from tasks import TASKS

EPILOG = """Defaults stand in parentheses.

recipes:
  driven          inputs that drive the liquid, recurrent synapses that matter
  rates           inputs that fire a neuron by themselves: for rates
  speech          inputs of both signs, slow membranes: for many busy channels
  varied          the same neurons, all weights scaled to the task's input
  adaptive        neurons that tire, scaled likewise; all time constants evolve
  izhikevich      cortical neurons (Izhikevich 2003), scaled likewise
  paper           the evolved liquid as its authors built it
encodings:
  both            both of the following evolve
  configurations  parameters and polarity of the neurons evolve
  positions       positions of the neurons evolve
controls:
  none            the evolved liquid alone
  default         baselines without a liquid, random liquids, the liquid without recurrence
  full            also searches of equal budget (random; CMA-ES on the gains of a random
                  liquid; without recurrence), ablations, new templates
"""


def parser() -> argparse.ArgumentParser:
    """The options, which are the fields of :class:`Settings` by the same names."""
    p = argparse.ArgumentParser(
        prog="evolve_lsm.py",
        description="Evolve a liquid state machine on a task and test it beside its controls.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = p.add_argument
    add("--task", help=f"one of {', '.join(TASKS)} (default: PR12)")
    add("--data", type=expanded, help="folder of recordings, for tasks that have some")
    add("--resample", action="store_true", help="FSDD: mix channels and bring other rates to 8 kHz")
    add(
        "--split",
        choices=("own", "group"),
        help="what is held out for testing: the task's own test set, or each group in turn (own)",
    )
    add("--gap-ms", type=float, help="TXOR: silence between the segments (30)")
    add(
        "--recipe",
        choices=list(RECIPES),
        help="what liquids share (driven; FR5: rates, FSDD: speech, other recordings: varied)",
    )
    add("--neurons", type=int, help="neurons of a liquid (20; recordings: 300)")
    add("--population", type=int, help="liquids of a generation (50; recordings: 20)")
    add("--generations", type=int, help="generations after the first (100; recordings: 10)")
    add("--encode", help=f"what evolves: {', '.join(ENCODINGS)} (both)")
    add("--dimensions", type=int, help="of the positions: 2 or 3 (2)")
    add("--gains", action="store_true", help="gains of weights and delays evolve too")
    add("--aims", help=f"several aims, by NSGA-II: {','.join(AIMS)}, or two of them")
    add("--dt", type=float, help="time step in ms (1)")
    add("--state", help=f"what the readout sees: {', '.join(STATE_FORMS)} (counts)")
    add("--readout", help=f"one of {', '.join(READOUTS)} (ridge; FR5: logistic)")
    add("--redraw-fitness", action="store_true", help="draw the fitness split anew each generation")
    add("--fresh-templates", action="store_true", help="draw new templates too, each generation")
    add("--runs", type=int, help="repetitions with seeds of their own (1)")
    add("--seed", type=int, help="decides everything that is random (0)")
    where = p.add_mutually_exclusive_group()
    where.add_argument("--n-jobs", type=int, help="processes at a time; -1: all cores (-1)")
    where.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="simulate on the workers of this Dask"
    )
    add("--controls", choices=CONTROLS, help="what accuracies stand beside (default)")
    add("--out", type=expanded, help="folder of the results (results/TASK-seedSEED)")
    add("--resume", action="store_true", help="go on where an interrupted run stopped")
    add("--quick", action="store_true", help="a small run: 8 liquids, 3 generations, few samples")
    return p


def work(settings: Settings) -> dict[str, Any]:
    """Do all runs, here or on a cluster."""
    with dask(settings.scheduler) if settings.scheduler else nullcontext():
        return run_all(settings)


EXPERIMENT = Experiment(
    parser, Settings.from_options, work, resumes="goes on from the last generation"
)


def main(arguments: list[str] | None = None) -> int:
    return EXPERIMENT.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
