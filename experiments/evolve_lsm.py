"""Evolve a liquid state machine on a task, test it, and set it beside its controls.

``python experiments/evolve_lsm.py --task PR12`` evolves 20 neurons with the genome and the
sizes of Lopez-Herrera et al. (Math. Comput. Appl. 31(2):65, 2026) and a recipe of our own
(``driven``; theirs is ``--recipe paper --state excitatory``). Its results go into ``--out``.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.evolve:STUDY")
