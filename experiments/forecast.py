"""Forecast series with liquids, beside echo state networks and linear models in the same run.

``python experiments/forecast.py`` does NARMA10, Mackey-Glass and the memory capacity with 400
neurons: tables, a summary and pictures go into ``--out``.
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.common.interrupts import end_quietly

    end_quietly()

import argparse
import sys
from typing import Any

from experiments.common.command import Experiment
from experiments.common.forecast.forecasting import ForecastSettings, forecast
from experiments.common.forecast.tasks import FORECAST_TASKS
from lsm.base.files import expanded

ALL = "all"


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="forecast.py", description=__doc__.splitlines()[0])
    defaults = ForecastSettings()
    add = p.add_argument
    add("--task", choices=[*FORECAST_TASKS, ALL], default=ALL, help="what is forecast (all)")
    add(
        "--neurons",
        type=int,
        default=defaults.neurons,
        help=f"neurons of a liquid, units of an echo state network ({defaults.neurons})",
    )
    add(
        "--seeds",
        type=int,
        default=defaults.seeds,
        help=f"repetitions with other series and other reservoirs ({defaults.seeds})",
    )
    add(
        "--out", type=expanded, default=defaults.out, help=f"folder of the results ({defaults.out})"
    )
    add("--resume", action="store_true", help="do only what the folder has no record of")
    add("--quick", action="store_true", help="short series")
    return p


def settings(*, task: str, **options: Any) -> ForecastSettings:
    return ForecastSettings(tasks=tuple(FORECAST_TASKS) if task == ALL else (task,), **options)


EXPERIMENT = Experiment(parser, settings, forecast, resumes="does what is missing")


def main(arguments: list[str] | None = None) -> int:
    return EXPERIMENT.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
