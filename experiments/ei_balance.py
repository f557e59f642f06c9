"""Sweep the E/I ratio of liquids through balance at one firing rate, and judge what is claimed.

``python experiments/ei_balance.py --out results/ei_balance`` measures balance, capacities, ranks,
accuracy on FSDD and TXOR, and robustness at ratios from a third to three, with 20 seeds, and ends
with a verdict on each claim.

Of a seed all ratios share neurons, wiring, input weights, samples and what spoils them, so that
differences are paired. They differ in inhibition, scaled in each neuron until -mean(I_I) /
mean(I_E), external input included, is what is asked for, and in thresholds, which bring each neuron
to 10 Hz: with equal rates excitation is equal too, and what is compared is its balance alone. Each
kind of input has liquids tuned on it. Ratio and rate are measured anew on samples that didn't tune;
where the mean rate is more than 10 % off, as it gets where thresholds have come down to rest under
strong inhibition, a point isn't compared. Intervals say what other liquids, recordings and
templates would give, for this kind of liquid.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys
from typing import Any

from experiments.common.balance.settings import (
    INPUTS,
    QUICK_SEEDS,
    SEEDS,
    BalanceSettings,
)
from experiments.common.balance.sweep import sweep
from experiments.common.command import Experiment
from lsm.base.files import expanded

ALL = "all"


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="ei_balance.py", description=__doc__.splitlines()[0])
    add = p.add_argument
    add(
        "--task",
        choices=[*INPUTS, ALL],
        default=ALL,
        help="what liquids hear; signal: capacities and ranks (all)",
    )
    add("--data", type=expanded, help="folder of FSDD's recordings")
    add(
        "--seeds",
        type=int,
        help=f"repetitions with other liquids and samples ({SEEDS}; --quick: {QUICK_SEEDS})",
    )
    add("--n-jobs", type=int, default=-1, help="seeds at a time; -1: one a core (-1)")
    add(
        "--out",
        type=expanded,
        default=BalanceSettings.out,
        help=f"folder of the results ({BalanceSettings.out})",
    )
    add("--resume", action="store_true", help="do only what the folder has no record of")
    add("--quick", action="store_true", help="small liquids, few ratios, few samples")
    return p


def settings(*, task: str, **options: Any) -> BalanceSettings:
    return BalanceSettings(inputs=INPUTS if task == ALL else (task,), **options)


EXPERIMENT = Experiment(parser, settings, sweep, resumes="does what is missing")


def main(arguments: list[str] | None = None) -> int:
    return EXPERIMENT.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
