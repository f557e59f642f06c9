"""Give liquids heterogeneity, delays, balance and adaptation in all combinations, at one rate.

``python experiments/factorial.py`` draws liquids of 200 adaptive neurons in all 16 cells of the
design, which share wiring and inputs within a seed, brings excitatory neurons to 40 Hz and
inhibition to its ratio on training samples, and says for six tasks what each of the four adds, and
each pair. ``--tasks TXOR,NARMA10`` does some of them; ``--resume`` goes on, also with more seeds.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.factorial:STUDY")
