"""Train rate networks on cognitive tasks, make them spiking by one scaling factor, and test both.

``python experiments/rate_to_spiking.py`` does Go-NoGo, XOR and context-dependent integration with
five networks of 250 units each (Kim, Li & Sejnowski 2019, PNAS 116:22811): rate units under Dale's
law are trained by backpropagation through time, then replaced one for one by leaky neurons whose
weights, but for those of inputs, are theirs over 1/lambda; that is sought on some trials and judged
on others.

``--network FILE.npz --task xor`` takes a network that was trained elsewhere: arrays ``recurrent``
(units, units; rows are targets, inhibitory columns negative), ``input`` (units, channels),
``output`` (1, units) and ``tau_ms`` (units,), of units tau dx/dt = -x + W r + W_in u with r the
logistic function of x; channels are as :mod:`tasks.cognitive` has them.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys

from experiments.common.command import Experiment
from experiments.common.conversion.settings import ALL, ConversionSettings
from experiments.common.conversion.sweep import convert_all
from lsm.base.files import expanded
from tasks.cognitive import COGNITIVE


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="rate_to_spiking.py", description=__doc__.splitlines()[0])
    default = ConversionSettings()
    add = p.add_argument
    add("--task", choices=[*COGNITIVE, ALL], default=ALL, help="what is learned (all)")
    add("--network", type=expanded, help="take this trained network (.npz) for --task")
    add("--units", type=int, help=f"units of a network ({default.units})")
    add("--seed", type=int, default=default.seed, help=f"of the first network ({default.seed})")
    add("--seeds", type=int, help=f"networks a task, each with its own seed ({default.seeds})")
    add(
        "--search-trials",
        type=int,
        help=f"trials that each scaling factor is tried on ({default.search_trials})",
    )
    add("--trials", type=int, help=f"trials of the test ({default.trials})")
    add("--out", type=expanded, default=default.out, help=f"folder of the results ({default.out})")
    add("--resume", action="store_true", help="do only what the folder has no record of")
    add("--quick", action="store_true", help="one small network, few factors, few trials")
    return p


EXPERIMENT = Experiment(
    parser,
    ConversionSettings.from_options,
    convert_all,
    resumes="does what is missing",
    brings={"units": "network"},
)


def main(arguments: list[str] | None = None) -> int:
    return EXPERIMENT.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
