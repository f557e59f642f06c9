"""Series forecast by liquids, echo state networks and linear models, in one run.

The work is cut into pieces, a method on a task with a seed; each leaves a record, so that an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.errors import InputError
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.page import write_page
from experiments.lab.progress import note
from experiments.lab.records import Key, Records, open_records
from experiments.lab.results import versions, write_json
from experiments.lab.statistics import MIN_RUNS, Summary, in_brackets, interval
from experiments.studies.forecast.methods import (
    ECHO_STATE_NETWORK,
    ECHO_STATES,
    LIQUID,
    LIQUIDS,
    forecasters,
)
from experiments.studies.forecast.pictures import draw
from experiments.studies.forecast.tasks import FORECAST_TASKS, Result
from lsm import compilations
from tasks.data import optional


@dataclass(frozen=True)
class ForecastSettings:
    """Options of ``forecast.py``.

    Raises
    ------
    InputError
        Naming the option, what was expected and what came.
    """

    tasks: tuple[str, ...] = tuple(FORECAST_TASKS)
    neurons: int = 400
    seeds: int = 5
    out: Path = Path("results/forecast")
    resume: bool = False
    quick: bool = False

    def __post_init__(self) -> None:
        for name, least in (("neurons", 20), ("seeds", 1)):
            if getattr(self, name) < least:
                raise InputError(f"--{name} must be at least {least}, got {getattr(self, name)}")

    @property
    def steps(self) -> tuple[int, int]:
        """Steps of the training and of the test part."""
        return (1500, 800) if self.quick else (6000, 3000)

    def identity(self) -> dict[str, Any]:
        """What a record depends on beside its key, ready for JSON."""
        return {
            "neurons": self.neurons,
            "steps": list(self.steps),
            "liquids": {name: repr(liquid) for name, liquid in LIQUIDS.items()},
            "echo_states": {name: dict(options) for name, options in ECHO_STATES.items()},
        }


def forecast(settings: ForecastSettings) -> Summary:
    """Do what is missing, write the summary and the pictures, and return the summary.

    Errors are those of :func:`experiments.lab.records.open_records`.
    """
    started = time.perf_counter()
    folder, records = open_records(settings.out, settings.identity(), resume=settings.resume)
    missing_package = _missing_reservoirpy()
    if missing_package:
        note(f"the {ECHO_STATE_NETWORK} is left out: {missing_package}")
    ways = [
        (task, method)
        for task in settings.tasks
        for method in forecasters(task, settings.neurons)
        if not (missing_package and method == ECHO_STATE_NETWORK)
    ]
    _work(settings, ways, records)

    results: dict[str, dict[str, list[Result]]] = {task: {} for task in settings.tasks}
    for task, method in ways:
        keys = [_key(seed, task, method) for seed in range(settings.seeds)]
        results[task][method] = [records[key] for key in keys]
    rival = {} if missing_package else {"reservoirpy": version("reservoirpy")}
    summary = {
        "experiment": "forecast",
        "neurons": settings.neurons,
        "seeds": settings.seeds,
        "steps": dict(zip(("train", "test"), settings.steps, strict=True)),
        "tasks": {
            task: {method: _spread(found, by_method[LIQUID]) for method, found in by_method.items()}
            for task, by_method in results.items()
        },
        "compilations": compilations(),
        "seconds": {"total": time.perf_counter() - started},
        "versions": versions() | rival,
        "settings": settings.identity(),
    }
    for task, by_method in results.items():
        draw(folder / f"{task}.png", task, by_method)
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{report(summary)}\nresults in {folder}", flush=True)
    return summary


def report(summary: Summary) -> str:
    """A summary as tables for a person."""
    steps, seeds = summary["steps"], summary["seeds"]
    lines = [
        f"{summary['neurons']} neurons or units, {steps['train']} steps of training, "
        f"{steps['test']} of test; means and 95 % intervals over {seeds} seeds"
    ]
    for name, by_method in summary["tasks"].items():
        task = FORECAST_TASKS[name]
        headings = "".join(f"{heading:>30}" for heading in task.measures.values())
        lines += ["", task.title, f"{'':<36}{'features':>8}{headings}"]
        for method, spread in by_method.items():
            line = f"  {method:<34}{spread['n_features']:>8}"
            for measure in task.measures:
                line += f"{_with_interval(spread['measures'][measure]):>30}"
            lines.append(line)
    return "\n".join(lines)


def _work(settings: ForecastSettings, ways: list[tuple[str, str]], records: Records) -> None:
    """Do what has no record yet, seed after seed."""
    pieces = [(seed, *way) for seed in range(settings.seeds) for way in ways]
    missing = [piece for piece in pieces if _key(*piece) not in records]
    with (
        threadpool_limits(1),
        tqdm(total=len(pieces), initial=len(pieces) - len(missing), unit="result") as bar,
    ):
        for seed, task, method in missing:
            bar.set_postfix_str(f"seed {seed}, {task}: {method}")
            before = time.perf_counter()
            result = _result(settings, seed, task, method)
            seconds = time.perf_counter() - before
            records.add(_key(seed, task, method), result | {"seconds": seconds})
            bar.update()
            raise_if_interrupted()


def _result(settings: ForecastSettings, seed: int, task: str, method: str) -> Result:
    series, drawn = SeedSequence(seed).spawn(2)
    state = int(drawn.generate_state(1)[0])
    make = forecasters(task, settings.neurons)[method]
    return FORECAST_TASKS[task].run(lambda: make(state), *settings.steps, series)


def _key(seed: int, task: str, method: str) -> Key:
    return seed, 0, f"{task}: {method}"


def _missing_reservoirpy() -> str | None:
    try:
        optional("reservoirpy", "series")
    except ImportError as error:
        return str(error)
    return None


def _spread(results: list[Result], liquid: list[Result]) -> dict[str, Any]:
    """Measures over seeds, and how much larger the liquid's are, paired by seed."""
    measures = {}
    for name in results[0]["measures"]:
        values, its = (
            np.array([result["measures"][name] for result in found]) for found in (results, liquid)
        )
        measures[name] = _mean(values) | {
            "values": values.tolist(),
            "liquid_less_it": _mean(its - values),
        }
    return {
        "measures": measures,
        "n_features": results[0]["n_features"],
        "seconds_a_seed": float(np.mean([result["seconds"] for result in results])),
    }


def _mean(values: NDArray[np.float64]) -> dict[str, Any]:
    found = interval(values) if len(values) >= MIN_RUNS else None
    return {"mean": float(values.mean()), "interval": found}


def _with_interval(measure: dict[str, Any]) -> str:
    return f"{measure['mean']:.3g}{in_brackets(measure['interval'])}"
