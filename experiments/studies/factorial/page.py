"""The page: effects by task, their picture, all cells, and whether rates matched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, RunFiles, Section, Value, percent
from experiments.lab.page.figures import note, picture, table
from experiments.studies.factorial.experiment import MEAN

_MATCH = ["on test samples", "wanted", "median", "5 to 95 %"]


def page(run: RunFiles) -> Page:
    """What is said of the factors."""
    summary = run.summary
    tasks, names = list(summary["effects"]), list(summary["effects"][MEAN])
    points = {
        f"{task}: {name}": _points(each)
        for task, of_task in summary["effects"].items()
        for name, each in of_task.items()
    }
    effects = [[name, *(_in_cell(points[f"{task}: {name}"]) for task in tasks)] for name in names]
    cells = [
        [
            ", ".join(f for f, on in zip(summary["factors"], cell, strict=True) if on) or "none",
            *(f"{100 * summary['scores'][task][k]['mean']:.1f}" for task in tasks),
        ]
        for k, cell in enumerate(summary["cells"])
    ]
    controls = {
        f"{task}: {name}": percent(each["mean"], each["interval"])
        for task, some in summary["controls"].items()
        for name, each in some.items()
    }
    rate, ratio = summary["rate_Hz"], summary["ratio"]
    matched = {"rate (Hz)": rate}
    matched |= {f"inhibition / excitation, {name}": each for name, each in ratio.items()}
    return Page(
        title="What pays in a liquid",
        asked=[
            "What do heterogeneous neurons, long delays, balanced inhibition and adaptation add, "
            "each and in pairs, at one firing rate?"
        ],
        facts={f"{name}, mean of tasks": points[f"{MEAN}: {name}"] for name in summary["factors"]},
        sections=[
            Section(
                "Effects",
                [
                    table(["points", *tasks], effects),
                    note(
                        "What switching it on adds, averaged over all settings of the others; of a "
                        "pair, how much more each adds with the other on than on average. Means "
                        f"and 95 % intervals over {summary['seeds']} seeds, each by itself. "
                        "Accuracies; of NARMA10 1 - NRMSE."
                    ),
                    picture(run.folder / "effects.png", "Effects in points."),
                ],
            ),
            Section("Liquids", [table(["%", *tasks], cells)]),
            Section(
                "Without a liquid", [table(["", "%"], [[n, str(v)] for n, v in controls.items()])]
            ),
            Section(
                "Match",
                [table(_MATCH, [_row(name, each) for name, each in matched.items()])],
            ),
        ],
        measures=points,
        settings=summary["settings"],
    )


def _points(each: Mapping[str, Any]) -> Value:
    bounds = each["interval"] and [100 * bound for bound in each["interval"]]
    return Value(100 * each["mean"], bounds, unit=" points")


def _in_cell(value: Value) -> str:
    bounds = value.interval
    return f"{value.mean:+.1f}" + (f" ({bounds[0]:+.1f} to {bounds[1]:+.1f})" if bounds else "")


def _row(name: str, each: Mapping[str, float]) -> list[str]:
    wanted, median, low, high = (f"{each[k]:.3g}" for k in ("wanted", "median", "low", "high"))
    return [name, wanted, median, f"{low} to {high}"]
