"""Train networks in the closed loop by FORCE, and see whether they go on alone.

``python experiments/force_training.py --task sine --model lif`` trains one network as published
(Nicola & Clopath 2017; Newton & Nicola 2025), lets it run alone for 2 s (a target whose period is a
second or more: as long as published), and leaves pictures, a summary and a page. ``--task all``
makes the table: each task with each model for which settings are known, several seeds, beside the
same without recurrence. ``--grid`` trains at many G and Q, and says for which share of them the
task is learned. ``--compare slow fast`` compares learning rates in spiking and rate networks.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.force:STUDY")
