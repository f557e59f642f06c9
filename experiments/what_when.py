"""Learn online what comes after a cue, and when, by several rules from the same states.

``python experiments/what_when.py --out results/what_when`` drives heterogeneous Izhikevich
reservoirs with a cue that is followed by A or B with controlled probability after a controlled
latency, switches either and back, and ends with verdicts over 10 seeds: on amplitudes, peaks,
trials until recovery, controls without recurrence or reservoir, and the angles between the weights
of what and of when. After Yamada & Chao (arXiv 2510.14382), of whose work only the abstract was at
hand; not a reproduction.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.what_when:STUDY")
