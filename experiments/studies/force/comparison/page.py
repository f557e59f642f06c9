"""The page of slow against fast learning: verdicts, a table of the grid, and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, Part, RunFiles, Section, figures
from experiments.lab.page.contents import in_words, plain
from experiments.studies.force.comparison.claims import QUESTIONS, sentence
from experiments.studies.force.comparison.settings import ANY_RATE, SPEEDS
from experiments.studies.force.measures import LEARNED
from lsm.metrics.statistics import MIN_RUNS

_PICTURES = {
    "grid": "Means over seeds at each point of the grid, errors above 1 as 1.",
    "decoders": "Decoder weights of the same neurons in both networks, first seed.",
    "exchange": "Errors of each network with its own decoder, with the other's, and with that one "
    "where another tempo is forgiven or the target is fed back. A dot is a seed; dashed: below it "
    "a network has learned.",
}


def page_of_comparison(run: RunFiles) -> Page:
    """The page of a comparison."""
    summary, settings = run.summary, run.summary["settings"]
    begin, end = (settings["learning"] * time / 1e3 for time in settings["learn_ms"])
    meaning = figures.prose_of(
        __file__,
        "meaning",
        **settings | {"alphas": in_words(summary["alphas"])},
        **{"begin": begin, "end": end, "seeds": summary["seeds"]},
        learned=LEARNED,
        any_tempo=100 * ANY_RATE,
    )
    claims = [claim | {"mean": claim["value"]} for claim in summary["claims"]]
    return Page(
        title=f"Slow against fast learning: {summary['task']}",
        asked=[
            "Do a spiking and a rate network that learn slowly come to the same decoder, so that "
            "each can run with the other's, and does fast learning help the rate network, but "
            "not the spiking one, and part their decoders?"
        ],
        facts={},
        sections=[
            Section("What the numbers mean", [meaning]),
            Section("Verdicts", _verdicts(summary)),
            Section("The grid of G and Q", [_grid(summary["points"])]),
            Section("Pictures", figures.pictures(run.folder, _PICTURES)),
        ],
        measures=figures.measures_of(claims, lambda claim: f"{claim['place']}: {claim['title']}"),
        settings=settings,
    )


def _verdicts(summary: Mapping[str, Any]) -> list[Part]:
    remarks = []
    if summary["quick"]:
        remarks += ["A quick run: small networks and little learning, whose verdicts say little."]
    if summary["seeds"] < MIN_RUNS:
        remarks += [f"Below {MIN_RUNS} seeds there is no interval, and every claim is undecided."]
    answers = summary["answers"]
    claims = [{"verdict": c["verdict"], "said": sentence(c)} for c in summary["claims"]]
    return [
        *map(figures.note, remarks),
        figures.heading("What was asked"),
        figures.verdicts([{"verdict": answers[name], "said": QUESTIONS[name]} for name in answers]),
        figures.heading("All claims"),
        figures.verdicts(claims),
    ]


def _grid(points: list[dict[str, Any]]) -> Part:
    """Means at each point and speed at which there are networks."""
    rows = [
        [f"{point['G']:g}", f"{point['Q']:g}", speed, *map(_cell, point[speed].values())]
        for point in points
        for speed in SPEEDS
        if point[speed]["lif_own"] is not None
    ]
    return figures.table(["G", "Q", "learning", *map(plain, points[0][SPEEDS[0]])], rows)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
