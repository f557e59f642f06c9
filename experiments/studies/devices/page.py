"""The page: curves of each liquid, and all numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, Part, RunFiles, Section, percent
from experiments.lab.page.figures import note, picture, table
from lsm.metrics.statistics import percentage_points


def page(run: RunFiles) -> Page:
    """What is said of devices."""
    liquids, settings = run.summary["liquids"], run.summary["settings"]
    undisturbed = {
        f"{liquid}, undisturbed{way}": percent(each[name]["mean"], each[name]["interval"])
        for liquid, each in liquids.items()
        for name, way in (("undisturbed", ""), ("hardened", ", hardened"))
    }
    disturbed = {
        f"{liquid}, {way}, {kind} {each['strength']:g}": percent(each["mean"], each["interval"])
        for liquid, of_liquid in liquids.items()
        for way, by_kind in of_liquid["ways"].items()
        for kind, several in by_kind.items()
        for each in several
    }
    return Page(
        title=f"Devices that are not perfect, {settings['task']}",
        asked=[
            "What do liquids lose on devices: with one readout for all, with one that was trained "
            "to take no notice of 4 bits and 10 % noise, with features calibrated on samples "
            "without labels, and with a readout for each device?"
        ],
        facts=undisturbed,
        sections=[Section(name, _parts(run, name, each)) for name, each in liquids.items()],
        measures=undisturbed | disturbed,
        settings=settings,
    )


def _parts(run: RunFiles, name: str, liquid: Mapping[str, Any]) -> list[Part]:
    ways = liquid["ways"]
    rows = [
        [f"{kind} {each['strength']:g}", *(_cell(by_kind[kind][k]) for by_kind in ways.values())]
        for kind, several in next(iter(ways.values())).items()
        for k, each in enumerate(several)
    ]
    rows.insert(0, ["undisturbed", _cell(liquid["undisturbed"]), _cell(liquid["hardened"]), "", ""])
    return [
        picture(
            run.folder / f"{name}.png", "Means over folds, 95 % intervals. Dotted: undisturbed."
        ),
        table(["", *ways], rows),
        note(
            "Accuracy in %, and points less the liquid undisturbed with its own readout, paired by "
            "fold, with 95 % intervals of three folds or more."
        ),
    ]


def _cell(each: Mapping[str, Any]) -> str:
    return f"{100 * each['mean']:.1f}: {percentage_points(each['less'])}"
