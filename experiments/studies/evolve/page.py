"""The page of an evolved liquid, from one run or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.lab.errors import InputError
from experiments.lab.page.contents import Page, Part, Section, Value, percent, plain
from experiments.lab.page.figures import chart, dots, folded, note, picture, table
from experiments.lab.page.liquid import against_first, in_space
from experiments.lab.page.tested import read_tested, sections_of_tested
from experiments.lab.results import RunFiles, read_run
from experiments.lab.statistics import MIN_RUNS, interval
from experiments.studies.evolve.ancestry import ancestry_of
from experiments.studies.evolve.summaries import accuracies
from lsm import Reservoir
from lsm.base.files import refusing
from lsm.base.tables import read_table

_EVOLVED, _WITHOUT = "evolved liquid", "best without a liquid"
#: Of the baselines, those with a liquid.
_WITH_LIQUID = ("random_mean", "random_best", "no_recurrence")
_REMARKS = {
    "random_best": "the best by fitness, then tested",
    "random_mean": "mean of all that were drawn",
    "chance": "the most frequent class",
}
_ENCODED = {
    "both": "parameters, polarity and positions of the neurons",
    "configurations": "parameters and polarity of the neurons",
    "positions": "positions of the neurons",
}


def page(run: RunFiles) -> Page:
    """What is said of an evolution; of several the best by fitness stands for the liquids."""
    summary, parts = run.summary, runs_of(run)
    if not parts:
        raise InputError(f"{run.folder} has no folders of its runs, run-00 and so on")
    best = max(parts, key=lambda part: float(part.summary["fitness"]))
    tested = read_tested(best.folder / "tested.npz")
    rows = _rows(run)
    sections = [
        Section("Accuracy", _accuracy(run, rows)),
        Section("Fitness over generations", _fitness(run)),
        *_liquid(best, several=len(parts) > 1),
        *sections_of_tested(tested, reader="the evolved liquid"),
        Section(
            "Spikes",
            [
                picture(
                    best.folder / "raster.png", "One test sample: input, and what the liquid does."
                )
            ],
        ),
    ]
    return Page(
        title=f"{summary['task']}: an evolved liquid of {summary['neurons']} neurons",
        asked=_asked(run, tested.description if tested else ""),
        facts=_facts(rows),
        sections=sections,
        measures=rows | {"fitness": percent(summary["fitness"])},
        curves={
            part.name if len(parts) > 1 else "": logbook["best"]
            for part in parts
            if (logbook := logbook_of(part))
        },
        settings=summary["settings"],
    )


def runs_of(run: RunFiles) -> list[RunFiles]:
    """The runs that this one is made of; itself, if it is one."""
    folders = sorted(run.folder.glob("run-*/summary.json"))
    number = run.summary.get("runs", 1)
    return [read_run(path.parent) for path in folders[:number]] if number > 1 else [run]


def logbook_of(run: RunFiles) -> dict[str, list[float]]:
    """Columns of ``logbook.csv``; empty where there is none."""
    path = run.folder / "logbook.csv"
    if not path.exists():
        return {}
    rows = read_table(path)
    with refusing(path, "a logbook", kind=InputError):
        return {name: [float(row[name]) for row in rows] for name in rows[0]}


def _asked(run: RunFiles, description: str) -> list[str]:
    summary = run.summary
    evolved = _ENCODED[summary["encode"]]
    runs = len(runs_of(run))
    several = f" in each of {runs} runs with seeds of their own" if runs > 1 else ""
    what = f" ({description})" if description else ""
    count = summary["evaluations"]
    return [
        f"Does evolution find a liquid whose states tell the classes of {summary['task']} apart"
        f"{what}, and is it better than random liquids, than the same liquid without recurrence, "
        "and than no liquid at all?",
        f"Evolved were {evolved}, judged by the accuracy of a {summary['readout']} readout on "
        f"samples that it wasn't trained on: {np.mean(count):,.0f} liquids were evaluated{several}."
        " Test samples were used once, when everything was chosen.",
    ]


def _rows(run: RunFiles) -> dict[str, Value]:
    """Test accuracy of the evolved liquid, and of all that it stands beside."""
    summary, parts = run.summary, runs_of(run)
    spread = summary.get("test_accuracy_interval") if len(parts) >= MIN_RUNS else None
    rows = {_EVOLVED: percent(summary["test_accuracy"], spread)}
    beside = [accuracies(part.summary) for part in parts]
    without = set(summary.get("baselines", {})) - set(_WITH_LIQUID)
    # Liquids first, then what has none.
    for name, value in sorted(accuracies(summary).items(), key=lambda row: row[0] in without):
        label, remark = plain(name), _REMARKS.get(name, "")
        if name == "best_without_liquid":
            label, remark = _WITHOUT, _strongest(parts)
        spread = None
        if len(parts) >= MIN_RUNS:
            spread = interval(np.array([each[name] for each in beside]))
        rows[label] = percent(value, spread, remark)
    return rows


def _strongest(parts: list[RunFiles]) -> str:
    """Name and readout of the best without a liquid; of several runs, the most frequent."""
    names = Counter(plain(str(part.summary["best_without_liquid"])) for part in parts)
    name, times = names.most_common(1)[0]
    return name if times == len(parts) else f"{name} in {times} of {len(parts)}"


def _facts(rows: Mapping[str, Value]) -> dict[str, Value]:
    wanted = {
        _EVOLVED: "Test accuracy",
        _WITHOUT: "Best without a liquid",
        "random mean": "Random liquids",
        "no recurrence": "Without recurrence",
    }
    return {title: rows[name] for name, title in wanted.items() if name in rows}


def _accuracy(run: RunFiles, rows: Mapping[str, Value]) -> list[Part]:
    runs = len(runs_of(run))
    caption = "Accuracy on test samples, in %."
    if runs >= MIN_RUNS:
        caption += f" Means of {runs} runs, and 95 % intervals of the means."
    found = [dots(caption, rows, strong=[_EVOLVED])]
    if runs < MIN_RUNS:
        n = f"{runs} runs: an interval needs {MIN_RUNS}" if runs > 1 else "One run: no interval"
        found.append(note(f"{n}. Another seed draws other samples and other liquids."))
    else:
        above = run.summary["above"].items()
        cells = [[plain(name), _above(difference)] for name, difference in above]
        heads = ["the evolved liquid less", "percentage points (95 % interval)"]
        found.append(folded("Differences, paired by run", table(heads, cells)))
    if front := run.summary.get("pareto"):
        heads = list(front[0])
        cells = [[row["file"], *(f"{row[name]:.4g}" for name in heads[1:])] for row in front]
        found.append(folded(f"The Pareto front: {len(front)} liquids", table(heads, cells)))
    found.append(picture(run.folder / "pareto.png", "The Pareto front of several aims."))
    return found


def _above(difference: Mapping[str, Any]) -> str:
    low, high = (100 * bound for bound in difference["interval"])
    return f"{100 * difference['mean']:+.2f} ({low:+.2f} to {high:+.2f})"


def _fitness(run: RunFiles) -> list[Part]:
    """Best and mean of each generation; of several runs, the best of each."""
    return [*_curves(run), *(note(text) for text in _what_evolved(run))]


def _what_evolved(run: RunFiles) -> list[str]:
    """Where evolution added nothing to what it began with."""
    best = [log["best"] for part in runs_of(run) if (log := logbook_of(part))]
    if not best or max(map(len, best)) == 1:
        return ["Nothing evolved: this is the best of liquids drawn at random."] if best else []
    first = sum(max(curve) <= curve[0] for curve in best)
    if not first:
        return []
    which = "The" if len(best) == 1 else f"In {first} of {len(best)} runs the"
    return [f"{which} first generation had the best liquid: evolution found none that is fitter."]


def _curves(run: RunFiles) -> list[Part]:
    """Fitness over generations."""
    parts = [part for part in runs_of(run) if logbook_of(part)]
    if not parts:
        return [note("There is no logbook.csv.")]
    axes: dict[str, Any] = {"x": "generation", "y": "fitness (accuracy, %)", "whole": True}
    if len(parts) == 1:
        log = {name: 100 * np.array(values) for name, values in logbook_of(parts[0]).items()}
        generation = logbook_of(parts[0])["generation"]
        low, high = log["mean"] - log["std"], log["mean"] + log["std"]
        series = [
            {"name": "best", "x": generation, "y": _short(log["best"]), "line": True},
            {
                "name": "mean ± standard deviation",
                "x": generation,
                "y": _short(log["mean"]),
                "low": _short(low),
                "high": _short(high),
                "line": True,
            },
        ]
        return [chart("Fitness on samples that no readout was trained on.", series, **axes)]
    series = [
        {
            "name": part.name,
            "x": logbook_of(part)["generation"],
            "y": _short(100 * np.array(logbook_of(part)["best"])),
            "line": True,
        }
        for part in parts
    ]
    return [chart("The best of each generation, by run.", series, **axes)]


def _short(values: np.ndarray) -> list[float]:
    return [round(float(value), 3) for value in values]


def _liquid(best: RunFiles, *, several: bool) -> list[Section]:
    path = best.folder / "best.npz"
    if not path.exists():
        return []
    try:
        reservoir = Reservoir.load(path)
    except ValueError as error:
        raise InputError(str(error)) from error
    first = ancestry_of(reservoir, best.folder / "evolution.npz")
    which = f"Of {best.name}, the best by fitness: " if several else ""
    found = [Section("The evolved liquid", [in_space(reservoir, first, which=which)])]
    if first is not None:
        said = (
            f"{int(first.found.sum())} of {reservoir.n_neurons} neurons have been passed on from "
            "the first generation, known by their keys: below, each value beside the one that the "
            "neuron began with. On the line nothing has changed."
            if first.found.any()
            else "No neuron's key is of the first generation: all were drawn anew on the way."
        )
        parts = against_first(reservoir, first)
        found.append(
            Section("Evolved against first parameters", [parts[0], note(said), *parts[1:]])
        )
    return found
