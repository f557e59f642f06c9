"""Cross-validate random, calibrated liquids on a task, beside their controls and rivals.

``python experiments/classify.py --task FSDD --official`` trains `lsm.LSMClassifier` with its
default settings on the official training set and tests it once. The same liquid without recurrence,
baselines without a liquid and rivals, other liquids among them, see the same samples.
``--data FILE`` takes samples of your own (``docs/own_data.md``).
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.classify:STUDY")
