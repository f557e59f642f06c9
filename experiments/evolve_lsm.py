"""Evolve a liquid state machine on a task, test it, and set it beside its controls.

``python experiments/evolve_lsm.py --task PR12`` evolves 20 neurons with the settings of
Lopez-Herrera et al. (Math. Comput. Appl. 31(2):65, 2026) and writes its results into ``--out``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evolution import ENCODINGS, RECIPES
from experiments.common.evolving import run_all
from experiments.common.settings import CONTROLS, Settings
from lsm import SimulationError
from lsm.states import STATES
from readouts import READOUTS
from tasks import TASKS


def parser() -> argparse.ArgumentParser:
    """The options, which are the fields of :class:`Settings` by the same names."""
    p = argparse.ArgumentParser(
        prog="evolve_lsm.py",
        description="Evolve a liquid state machine on a task and test it beside its controls.",
        epilog="Defaults stand in brackets.",
    )
    add = p.add_argument
    add("--task", help=f"one of {', '.join(TASKS)} (default: PR12)")
    add("--data", type=Path, help="folder of recordings, for tasks that have some")
    add("--split", choices=("takes", "speaker"), help="FSDD: what is held out for testing")
    add("--gap-ms", type=float, help="TXOR: silence between the segments (30)")
    add(
        "--recipe",
        choices=list(RECIPES),
        help="what liquids share (driven; FR5: rates, FSDD: speech)",
    )
    add("--neurons", type=int, help="neurons of a liquid (20; FSDD: 300)")
    add("--population", type=int, help="liquids of a generation (50; FSDD: 20)")
    add("--generations", type=int, help="generations after the first (100; FSDD: 10)")
    add("--encode", help=f"what evolves: {', '.join(ENCODINGS)} (both)")
    add("--dt", type=float, help="time step in ms (1)")
    add("--state", help=f"what the readout sees: {', '.join(STATES)} (counts)")
    add("--readout", help=f"one of {', '.join(READOUTS)} (ridge; FR5: logistic)")
    add("--redraw-fitness", action="store_true", help="draw the fitness split anew each generation")
    add("--fresh-templates", action="store_true", help="draw new templates too, each generation")
    add("--runs", type=int, help="repetitions with seeds of their own (1)")
    add("--seed", type=int, help="decides everything that is random (0)")
    add("--n-jobs", type=int, help="processes at a time; -1: all cores (-1)")
    add("--controls", choices=CONTROLS, help="what accuracies stand beside (default)")
    add("--out", type=Path, help="folder of the results (results/TASK-seedSEED)")
    add("--resume", action="store_true", help="go on where an interrupted run stopped")
    add("--quick", action="store_true", help="a small run that shows that all is well")
    return p


def main(arguments: list[str] | None = None) -> int:
    options = vars(parser().parse_args(arguments))
    try:
        run_all(Settings.from_options(**options))
    except (ValueError, TypeError, OSError, SimulationError) as error:
        print(f"evolve_lsm.py: error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
