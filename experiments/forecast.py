"""Forecast series with liquids, beside echo state networks and linear models in the same run.

``python experiments/forecast.py`` does NARMA10, Mackey-Glass and the memory capacity with 400
neurons: a page, a summary and pictures go into ``--out``.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.lab.interrupts import end_quietly

    end_quietly()

import sys
from collections.abc import Sequence

from experiments.studies.forecast import STUDY


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the study with a command line's arguments, and return its exit status."""
    return STUDY.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
