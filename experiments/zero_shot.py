"""Match spoken and seen digits that were never trained.

``python experiments/zero_shot.py`` trains small projections of the states of two frozen liquids,
one that hears FSDD and one that sees N-MNIST, on eight digits, by a contrastive loss, and matches
the other two; all 45 pairs in turn, beside the same without liquids, a canonical correlation
analysis, and projections without training.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.zero_shot:STUDY")
