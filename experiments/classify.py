"""Cross-validate random, calibrated liquids on a task, beside their controls and rivals.

``python experiments/classify.py --task FSDD --official`` trains `lsm.LSMClassifier` with its
default settings on the official training set and tests it once. The same liquid without recurrence,
baselines without a liquid and rivals, other liquids among them, see the same samples.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys

from experiments.common.classify.classifying import classify
from experiments.common.classify.settings import HEAR, QUICK_NEURONS, ClassifySettings
from experiments.common.command import Experiment
from lsm import PRESETS
from lsm.base.files import expanded
from lsm.encoders import ENCODERS
from lsm.plasticity.pretraining import PRETRAINING
from lsm.states import STATE_FORMS
from readouts import READOUTS
from tasks import TASKS

EPILOG = """Defaults stand in parentheses.

rivals:
  svm             support vector machine on simple statistics of the input
  minirocket      aeon's MiniRocket; needs signals
  esn             echo state network of as many units as the liquid; needs signals
  plain           the default liquid, for a --reservoir or --pretraining to be set beside
  extended        preset deckers2022: inhibition of equal weight, adaptation, heterogeneity
  stdp            the default liquid, its synapses tuned by critical_stdp
  stdp-matched    the same, weights scaled back to the default liquid's rate

Liquids are paired with the main one by random state: the same neurons and inputs, but for the
preset's. Their sizes are the main one's.
"""


def parser() -> argparse.ArgumentParser:
    """The options, which are the fields of :class:`ClassifySettings` by the same names."""
    p = argparse.ArgumentParser(
        prog="classify.py",
        description="Cross-validate random liquids on a task, beside their controls and rivals.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = p.add_argument
    add("--task", required=True, help=f"one of {', '.join(TASKS)}")
    add("--data", type=expanded, help="folder of recordings, for tasks that have some")
    add("--resample", action="store_true", help="FSDD: mix channels and bring other rates to 8 kHz")
    tested = p.add_mutually_exclusive_group()
    tested.add_argument("--folds", type=int, help="parts of a cross-validation (5)")
    tested.add_argument(
        "--by", help="leave out in turn each group (the speaker, participant), session, ..."
    )
    tested.add_argument(
        "--official", action="store_true", help="train and test as the task divides its samples"
    )
    add(
        "--paired-by",
        help="what differences are paired by: group, session, ... (each fold of each seed)",
    )
    add(
        "--hear",
        choices=HEAR,
        help="the task's spikes, or its signals through the estimator's encoder "
        "(spikes; aeon's sets, and with --encoder: signals)",
    )
    add("--encoder", help=f"of signals: {', '.join(ENCODERS)} (auto)")
    add(
        "--reservoir",
        metavar="NAME[:N]",
        help=f"a preset, with N neurons: {', '.join(PRESETS)} (varied integrate-and-fire neurons)",
    )
    add(
        "--pretraining",
        metavar="RULE,...",
        help=f"what liquids settle by on training spikes: {', '.join(PRETRAINING)} (nothing)",
    )
    add("--neurons", type=int, help="neurons of a liquid (300; a preset's own number)")
    add("--state", help=f"what the readout sees: {', '.join(STATE_FORMS)} (the estimator's)")
    add("--readout", help=f"one of {', '.join(READOUTS)} (ridge)")
    add("--liquids", type=int, help="liquids whose probabilities are added up (1)")
    add("--seeds", type=int, help="repetitions with other liquids and other folds (1)")
    add("--seed", type=int, help="the first seed (0)")
    add(
        "--rivals",
        help="none, or some of those below (svm; aeon's sets: all without a liquid that are "
        "installed)",
    )
    add("--n-jobs", type=int, help="processes at a time; -1: all cores (-1)")
    add("--out", type=expanded, help="folder of the results (results/classify-TASK-SPLIT)")
    add("--resume", action="store_true", help="do only what the folder has no record of")
    add("--quick", action="store_true", help=f"few samples, {QUICK_NEURONS} neurons")
    return p


EXPERIMENT = Experiment(
    parser,
    ClassifySettings.from_options,
    classify,
    resumes="does what is missing",
    brings={"neurons": "reservoir"},
)


def main(arguments: list[str] | None = None) -> int:
    return EXPERIMENT.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
