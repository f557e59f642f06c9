"""Train networks by rules that reach their recurrent weights, and set training beside evolution.

``python experiments/learn.py --task Evidence --rule eprop`` trains the published network and what
it is to be compared with: the same with frozen recurrent weights, and without adaptation. It leaves
learning curves, what a sample looks like before and after, traces and learning signals, and what
was forgotten. ``--compare draw evolve eprop`` draws liquids, evolves them or trains them, at equal
numbers of network runs.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.learn:STUDY")
