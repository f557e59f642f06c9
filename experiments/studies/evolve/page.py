"""The page of an evolved liquid, from one run or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evolution.ancestry import ancestry_of
from evolution.encodings import ENCODING_NOTES
from experiments.lab.errors import InputError
from experiments.lab.outside import known_task
from experiments.lab.page.contents import (
    Page,
    Part,
    Section,
    Value,
    percent,
    plain,
)
from experiments.lab.page.figures import chart, dots, folded, note, picture, series, table
from experiments.lab.page.liquid import against_first, in_space
from experiments.lab.page.tested import read_tested, sections_of_tested
from experiments.lab.results import RunFiles, read_run
from experiments.lab.study import Summary
from experiments.studies.evolve.experiment import accuracies
from lsm import Reservoir
from lsm.base.files import refusing
from lsm.base.tables import read_table
from lsm.metrics.statistics import MIN_RUNS, mean_and_interval, percentage_points

_EVOLVED, _WITHOUT = "evolved liquid", "best without a liquid"
#: Of the baselines, those with a liquid.
_WITH_LIQUID = ("random_mean", "random_best", "no_recurrence")
_REMARKS = {
    "random_best": "the best by fitness, then tested",
    "random_mean": "mean of all that were drawn",
    "chance": "the most frequent class",
}
_FACTS = {
    "Test accuracy": _EVOLVED,
    "Best without a liquid": _WITHOUT,
    "Random liquids": "random mean",
    "Without recurrence": "no recurrence",
}
Logbooks = Mapping[str, Mapping[str, Sequence[float]]]


def page(run: RunFiles) -> Page:
    """What is said of an evolution; of several the best by fitness stands for the liquids."""
    summary, parts = run.summary, runs_of(run)
    if not parts:
        raise InputError(f"{run.folder} has no folders of its runs, run-00 and so on")
    best = max(parts, key=lambda part: float(part.summary["fitness"]))
    tested = read_tested(best.folder / "tested.npz")
    rows = _rows([part.summary for part in parts])
    several = len(parts) > 1
    logbooks = {
        part.name if several else "": logbook for part in parts if (logbook := logbook_of(part))
    }
    caption = "One test sample: input, and what the liquid does."
    return Page(
        title=f"{summary['task']}: an evolved liquid of {summary['neurons']} neurons",
        asked=_asked(summary, len(parts), tested.description if tested else ""),
        facts={title: rows[name] for title, name in _FACTS.items() if name in rows},
        sections=[
            Section("Accuracy", _accuracy(run, rows, len(parts))),
            Section("Fitness over generations", _fitness(logbooks)),
            *_liquid(best, several=several),
            *sections_of_tested(tested, reader="the evolved liquid"),
            Section("Spikes", [picture(best.folder / "raster.png", caption)]),
        ],
        measures=rows | {"fitness": percent(summary["fitness"])},
        curves={name: logbook["best"] for name, logbook in logbooks.items()},
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


def _asked(summary: Mapping[str, Any], runs: int, description: str) -> list[str]:
    several = f" in each of {runs} runs with seeds of their own" if runs > 1 else ""
    what = f" ({description})" if description else ""
    return [
        f"Does evolution find a liquid whose states tell the classes of {summary['task']} apart"
        f"{what}, and is it better than random liquids, than the same liquid without recurrence, "
        "and than no liquid at all?",
        f"Evolved were {ENCODING_NOTES[summary['encode']]}, judged by the accuracy of a "
        f"{summary['readout']} readout on samples that it wasn't trained on: "
        f"{np.mean(summary['evaluations']):,.0f} liquids were evaluated{several}. Test samples "
        "were used once, when everything was chosen.",
        *_family(summary),
    ]


def _family(summary: Mapping[str, Any]) -> list[str]:
    """What fitness and tests were on, where it was a family of tasks."""
    settings = summary["settings"]
    if not (members := settings.get("family")):
        return []
    if known_task(settings["task"]).recorded:
        return ["Fitness is the mean over groups that were left out of the training samples."]
    return [
        "What was sought is a liquid for a family of tasks: each generation met new members, with "
        f"templates of their own, the best of it {members} of them. Every accuracy of a liquid is "
        "the mean over ten members that no search has met, with a readout trained anew on each; "
        "what is reached without a liquid is that of one more member.",
    ]


def _rows(summaries: Sequence[Summary]) -> dict[str, Value]:
    """Test accuracy of the evolved liquid, and of all that it stands beside, over all runs."""
    columns = [{_EVOLVED: each["test_accuracy"]} | accuracies(each) for each in summaries]
    without = set(summaries[0].get("baselines", {})) - set(_WITH_LIQUID)
    remarks = _REMARKS | ({"best_without_liquid": _strongest(summaries)} if without else {})
    rows = {}
    for name in sorted(columns[0], key=without.__contains__):  # liquids first
        spread = mean_and_interval(np.array([column[name] for column in columns]))
        label = _WITHOUT if name == "best_without_liquid" else plain(name)
        rows[label] = percent(spread["mean"], spread["interval"], remarks.get(name, ""))
    return rows


def _strongest(summaries: Sequence[Summary]) -> str:
    """Name and readout of the best without a liquid; of several runs, the most frequent."""
    names = Counter(plain(str(each["best_without_liquid"])) for each in summaries)
    name, times = names.most_common(1)[0]
    return name if times == len(summaries) else f"{name} in {times} of {len(summaries)}"


def _accuracy(run: RunFiles, rows: Mapping[str, Value], runs: int) -> list[Part]:
    caption = "Accuracy on test samples, in %."
    if runs >= MIN_RUNS:
        caption += f" Means of {runs} runs, and 95 % intervals of the means."
        above = run.summary["above"].items()
        cells = [[plain(name), percentage_points(difference)] for name, difference in above]
        heads = ["the evolved liquid less", "percentage points (95 % interval)"]
        remark = folded("Differences, paired by run", table(heads, cells))
    else:
        n = f"{runs} runs: an interval needs {MIN_RUNS}" if runs > 1 else "One run: no interval"
        remark = note(f"{n}. Another seed draws other samples and other liquids.")
    parts = [dots(caption, rows, strong=[_EVOLVED]), remark]
    if front := run.summary.get("pareto"):
        heads = list(front[0])
        cells = [[row["file"], *(f"{row[name]:.4g}" for name in heads[1:])] for row in front]
        parts.append(folded(f"The Pareto front: {len(front)} liquids", table(heads, cells)))
    return [*parts, picture(run.folder / "pareto.png", "The Pareto front of several aims.")]


def _fitness(logbooks: Logbooks) -> list[Part]:
    """Best and mean of each generation; of several runs, the best of each."""
    if not logbooks:
        return [note("There is no logbook.csv.")]
    caption = "The best of each generation, by run."
    lines = [
        series(name or "best", log["generation"], 100 * np.array(log["best"]), line=True)
        for name, log in logbooks.items()
    ]
    if len(logbooks) == 1:
        caption = "Fitness on samples that no readout was trained on."
        (log,) = logbooks.values()
        mean, sd = (100 * np.array(log[name]) for name in ("mean", "std"))
        band = {"low": (mean - sd).round(3).tolist(), "high": (mean + sd).round(3).tolist()}
        label = "mean ± standard deviation"
        lines.append(series(label, log["generation"], mean, line=True, **band))
    curves = chart(caption, lines, x="generation", y="fitness (accuracy, %)", whole=True)
    return [curves, *_what_evolved([log["best"] for log in logbooks.values()])]


def _what_evolved(best: Sequence[Sequence[float]]) -> list[Part]:
    """Where evolution added nothing to what it began with."""
    if max(map(len, best)) == 1:
        return [note("Nothing evolved: this is the best of liquids drawn at random.")]
    first = sum(max(curve) <= curve[0] for curve in best)
    if not first:
        return []
    which = "The" if len(best) == 1 else f"In {first} of {len(best)} runs the"
    text = f"{which} first generation had the best liquid: evolution found none that is fitter."
    return [note(text)]


def _liquid(best: RunFiles, *, several: bool) -> list[Section]:
    path, checkpoint = best.folder / "best.npz", best.folder / "evolution.npz"
    if not path.exists():
        return []
    reservoir = Reservoir.load(path)
    first = ancestry_of(reservoir, checkpoint) if checkpoint.exists() else None
    which = f"Of {best.name}, the best by fitness: " if several else ""
    sections = [Section("The evolved liquid", [in_space(reservoir, first, which=which)])]
    if first is not None:
        text = (
            f"{int(first.inherited.sum())} of {reservoir.n_neurons} neurons have been passed on "
            "from the first generation, known by their keys: below, each value beside the one that "
            "the neuron began with. On the line nothing has changed."
            if first.inherited.any()
            else "No neuron's key is of the first generation: all were drawn anew on the way."
        )
        spread, *moved = against_first(reservoir, first)
        title = "Evolved against first parameters"
        sections.append(Section(title, [spread, note(text), *moved]))
    return sections
