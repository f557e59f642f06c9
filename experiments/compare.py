"""Compare any methods on any tasks: paired differences, ranks and a critical difference.

``python experiments/compare.py --tasks TXOR FSDD aeon:GunPoint --methods 300 svm`` scores each
method on the same samples of each task. A method is a liquid, a rival without one, or a function of
your own that makes a classifier, ``package.module:function``.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.compare:STUDY")
