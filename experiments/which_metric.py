"""Tell which metrics of a liquid go with its accuracy, over random liquids on several tasks.

``python experiments/which_metric.py`` draws 200 liquids of 100 neurons that differ widely, measures
all that :mod:`lsm.metrics` says of them before any task, and correlates it by rank with their
accuracies on six tasks.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.which_metric:STUDY")
