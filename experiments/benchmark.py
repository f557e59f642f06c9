"""What a liquid costs, and whether it is what others have: the claims that a machine can check.

``python experiments/benchmark.py`` has fifteen parts (``--parts`` chooses); ``--against FOLDER``
sets processor times and memory beside those of another checkout instead, in turns:

costs     A sample of PR12 in a liquid: this program, a hand-written loop, and Brian2 the naive
          way, in one run on one machine, one thread each, in turns; the least of several times.
          This program is timed as a user calls it, with its files and processes, once its programs
          are built. The hand-written loop computes the same spikes and is timed without any
          preparation. The naive way makes a network and runs it for each sample.
peers     Noise in other liquids, here and with what else runs on the machine: Brian2, snnTorch,
          Norse, PyTorch, NEST, reservoirpy (``peers/``); the spikes are compared.
scaling   Time and peak of memory against samples, neurons, synapses, channels, liquids and jobs.
jobs      What a second job gains, beside two copies of an arithmetic loop, in turns.
breakdown What the time is made of: of a generation of evolution, and of samples in liquids.
lanes     What is idle where samples side by side differ in length, as the program counts it.
networks  Presets against plain Brian2 programs (``lsm.presets.plain_brian2``): rates and CV over
          seeds, and how long the spikes are identical where the plain program has the preset's
          wiring.
size      Time and peak of memory of a large reservoir.
metrics   Ranks, separation and memory capacity of many reservoirs: one call, one program.
loop      FORCE in a closed loop: this program, plain NumPy and a hand-written loop, in one run.
balance   Spoken digits (FSDD, where found): what the tuner and inhibitory plasticity make of
          the currents, on takes that neither has heard (``tuning.py``).
readouts  The ridge readout where samples are fewer than features, beside scikit-learn's.
kernels   Random kernels in spikes on the series that come with aeon, beside MiniRocket and controls
          (``kernels.py``).
codes     What spike codes keep of these series, and what kernels reach with each (``codes.py``).
learning  An iteration of e-prop: this program, plain NumPy, PyTorch and NEST (``learners/``).
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.lab.interrupts import end_quietly

    end_quietly()

import sys
from collections.abc import Sequence

from experiments.benchmarks import BENCHMARK
from experiments.lab.command import run_command
from experiments.lab.references import load_reference


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what a command line asks for, and return the exit status."""

    def work() -> int:
        read_options = load_reference("experiments.lab.configuration:read_options", "options")
        words = sys.argv[1:] if arguments is None else arguments
        given = read_options(BENCHMARK.settings, BENCHMARK.parser, words)
        status: int = load_reference("experiments.benchmarks.running:run", "benchmark")(given)
        return status

    return run_command(BENCHMARK.program, work, again="start it again")


if __name__ == "__main__":
    sys.exit(main())
