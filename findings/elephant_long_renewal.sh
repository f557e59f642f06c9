#!/usr/bin/env bash
# elephant 1.2.1 (SciPy 1.17.1): long spike trains of a log-normal or inverse Gaussian process are empty.
#
# An equilibrium renewal process, which is what these generators make unless told otherwise, begins with a
# first interval of its own. elephant finds it by integrating the intervals' survival function from 0 to the
# end of the train, and where the train is some thousand intervals long, the quadrature's points all fall
# beyond the intervals and it finds no mass there. So the first spike comes after the end: of every train,
# without a warning. At 50 Hz 200 s have the 10,000 spikes that they should, of a log-normal process with
# sigma .5, and 600 s have none at all; of an inverse Gaussian one with CV .5 already 200 s have none. A
# silent neuron is what a study then takes for its null model. Gamma processes, and Poisson ones with dead
# time, are as they should be. (equilibrium=False has all spikes; so has an equilibrium train in pieces.)
#
# Needs Python 3.11 to 3.13. Fails if this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet elephant==1.2.1 neo==0.14.6 quantities==0.16.4 scipy==1.17.1 numpy==2.3.5
cat > "$work/trains.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")

import numpy as np
import quantities as pq
from elephant import spike_train_generation as generation

PROCESSES = {
    "log-normal, sigma .5": (generation.StationaryLogNormalProcess, {"sigma": 0.5}),
    "inverse Gaussian, CV .5": (generation.StationaryInverseGaussianProcess, {"cv": 0.5}),
    "gamma, order 4": (generation.StationaryGammaProcess, {"shape_factor": 4.0}),
}


def counts(name, seconds, **more):
    process, options = PROCESSES[name]
    trains = process(50 * pq.Hz, t_stop=seconds * pq.s, **options, **more)
    np.random.seed(0)
    return [len(train) for train in trains.generate_n_spiketrains(5)]


found = {
    (name, seconds, more): counts(name, seconds, **dict(more))
    for name in PROCESSES
    for seconds in (20, 200, 600)
    for more in ((), (("equilibrium", False),))
}
for (name, seconds, more), spikes in found.items():
    print(f"{name}, {50 * seconds} spikes in {seconds} s are expected: {spikes} {dict(more) or ''}")


def as_expected(seconds, spikes):
    return all(abs(n - 50 * seconds) < 0.1 * 50 * seconds for n in spikes)


empty = {
    ("log-normal, sigma .5", 600),
    ("inverse Gaussian, CV .5", 200),
    ("inverse Gaussian, CV .5", 600),
}
right = all(
    spikes == [0] * 5 if (name, seconds) in empty and not more else as_expected(seconds, spikes)
    for (name, seconds, more), spikes in found.items()
)
print("As described." if right else "This has changed.")
sys.exit(not right)
PYTHON
"$work/venv/bin/python" "$work/trains.py"
