"""The page of slow against fast learning: verdicts, a table of the grid, and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, Part, RunFiles, Section, Value
from experiments.lab.page.contents import plain
from experiments.lab.page.figures import heading, note, pictures, prose, table, verdicts
from experiments.lab.statistics import MIN_RUNS
from experiments.studies.force.comparison.claims import QUESTIONS, sentence
from experiments.studies.force.comparison.settings import ANY_RATE, SPEEDS
from experiments.studies.force.measures import LEARNED

_MEANING = """\
A spiking LIF network and the rate network matched to it, trained by FORCE with the same weights and
encoder, after Newton & Nicola 2025, PLoS Computational Biology. {neurons} neurons each learn from
{begin:g} to {end:g} s, every {learn_every_ms:g} ms, and then run alone; errors are taken over
{test_ms:g} ms, which begin {settle_ms:g} ms later. Seeds {seed} to {last}.

- **error**: NRMSE; for targets with a period after the best shift in time and change of tempo of up
  to 5 %. 0 is perfect; 1, the most that is counted, is what an output has that stays at the
  target's mean. *Learned*: below {learned:g}.
- **decoder**: weights from neurons to outputs. *Own*: each network runs with its own; *exchanged*:
  with the other's. *Any tempo* forgives up to {any_tempo:g} %, and *tempo* is the best one, in
  parts of the target's; *taught*: the target is fed back instead of the output.
- **slow, fast**: alpha, the inverse of the ridge penalty with which learning starts: {alphas}.
- **most correlated point**: chosen for each half of the seeds by the other half; the G and Q beside
  it are the choice of all seeds.
- **supported**: the 95 % interval of the mean over seeds lies on the claimed side of the bound;
  *contradicted*: it lies on the other; *undecided*: the bound lies in it, or there is none.
"""
_PICTURES = {
    "errors": "Errors after slow and fast learning. A dot is a seed, a line joins its two, a bar "
    "is the mean of logarithms; dotted: below it a network has learned.",
    "grid": "Means over seeds at each point of the grid: errors as logarithms, those above 1 as 1.",
    "decoders": "Decoder weights of the same neurons in both networks, first seed.",
    "exchange": "Errors of each network with its own decoder, with the other's, and with that one "
    "where another tempo is forgiven or the target is fed back. A dot is a seed, a bar the mean of "
    "logarithms.",
}


def page_of_comparison(run: RunFiles) -> Page:
    """The page of a comparison."""
    summary = run.summary
    caption = note(
        "G: strength of the recurrent weights; Q: of the feedback. Means over seeds, of errors as "
        "logarithms."
    )
    return Page(
        title=f"Slow against fast learning: {summary['task']}",
        asked=[
            "Do a spiking and a rate network that learn slowly come to the same decoder, so that "
            "each can run with the other's, and does fast learning help the rate network, but "
            "not the spiking one, and part their decoders?"
        ],
        facts={},
        sections=[
            Section("What the numbers mean", [prose(_meaning(summary))]),
            Section("Verdicts", _verdicts(summary)),
            Section("The grid of G and Q", [caption, _grid(summary["points"])]),
            Section("Pictures", pictures(run.folder, _PICTURES)),
        ],
        measures={
            f"{claim['place']}: {claim['title']}": Value(
                claim["value"], claim["interval"], note=claim["verdict"]
            )
            for claim in summary["claims"]
            if claim["value"] is not None
        },
        settings=summary["settings"],
    )


def _meaning(summary: Mapping[str, Any]) -> str:
    settings = summary["settings"]
    begin, end = (settings["learning"] * time / 1e3 for time in settings["learn_ms"])
    alphas = ", ".join(f"{speed} {alpha:g}" for speed, alpha in summary["alphas"].items())
    return _MEANING.format(
        **settings | {"alphas": alphas},
        begin=begin,
        end=end,
        last=settings["seed"] + summary["seeds"] - 1,
        learned=LEARNED,
        any_tempo=100 * ANY_RATE,
    )


def _verdicts(summary: Mapping[str, Any]) -> list[Part]:
    remarks = [f"{summary['seeds']} seeds, 95 % intervals over seeds."]
    if summary["quick"]:
        remarks += ["A quick run: small networks and little learning, whose verdicts say little."]
    if summary["seeds"] < MIN_RUNS:
        remarks += [f"Below {MIN_RUNS} seeds there is no interval, and every claim is undecided."]
    answers = [
        {"verdict": summary["answers"][name], "said": question}
        for name, question in QUESTIONS.items()
    ]
    claims = [{"verdict": c["verdict"], "said": sentence(c)} for c in summary["claims"]]
    return [
        *map(note, remarks),
        heading("What was asked"),
        verdicts(answers),
        heading("All claims"),
        verdicts(claims),
    ]


def _grid(points: list[dict[str, Any]]) -> Part:
    """Means at each point and speed at which there are networks."""
    names = list(points[0][SPEEDS[0]])
    rows = [
        [
            f"{point['G']:g}",
            f"{point['Q']:g}",
            speed,
            *(_cell(point[speed][name]) for name in names),
        ]
        for point in points
        for speed in SPEEDS
        if point[speed]["lif_own"] is not None
    ]
    return table(["G", "Q", "learning", *map(plain, names)], rows)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
