"""Forecast series with liquids, beside echo state networks and linear models in the same run.

``python experiments/forecast.py`` does NARMA10, Mackey-Glass and the memory capacity with 400
neurons: a page, a summary and pictures go into ``--out``.
"""

if __name__ == "__main__":
    from experiments.lab.interrupts import end_quietly

    end_quietly()

import sys

from experiments.studies.forecast import STUDY

main = STUDY.main

if __name__ == "__main__":
    sys.exit(main())
