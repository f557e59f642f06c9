"""Evolve a liquid state machine on a task, test it, and set it beside its controls.

``python experiments/evolve_lsm.py --task PR12`` evolves 20 neurons with the genome and the
sizes of Lopez-Herrera et al. (Math. Comput. Appl. 31(2):65, 2026) and a recipe of our own
(``driven``; theirs is ``--recipe paper --state excitatory``). Its results go into ``--out``.
"""

if __name__ == "__main__":
    from experiments.lab.interrupts import end_quietly

    end_quietly()

import sys

from experiments.studies.evolve import STUDY

main = STUDY.main

if __name__ == "__main__":
    sys.exit(main())
