"""Learn classes a few at a time, and see what is forgotten.

``python experiments/continual.py --task FSDD`` gives two digits at a time to a recursive ridge
readout on a fixed liquid, which forgets nothing, to the same on a liquid that e-prop goes on
training, to e-prop alone, and to a logistic readout that learns by gradient; each beside itself
with all samples at once.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.continual:STUDY")
