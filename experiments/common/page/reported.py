"""Pages of experiments that leave a ``report.md``: the same, with its pictures inside.

They are made from any folder that has a summary, so that a new experiment has a page too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from experiments.common.errors import InputError
from experiments.common.page.contents import Page, Section, Value, percent, plain
from experiments.common.page.figures import image_of, note, picture, verdicts
from experiments.common.page.runs import RunFiles
from experiments.common.summaries import Summary
from lsm.base.files import refusing


def page(run: RunFiles) -> Page:
    """What the experiment's own report says."""
    summary = run.summary
    path = run.folder / "report.md"
    if path.exists():
        with refusing(path, "a report", kind=InputError):
            title, parts = _rendered(run, path.read_text(encoding="utf-8"))
    else:
        title, parts = run.experiment, [note("This experiment leaves pictures alone.")]
        parts += [picture(one, one.stem) for one in sorted(run.folder.glob("*.png"))]
    measures = _MEASURES.get(run.experiment, lambda _: {})(summary)
    return Page(
        title=title,
        asked=[],
        facts=measures if run.experiment in _FEW else {},
        sections=[Section("", parts)],
        measures=measures,
        settings=summary.get("settings", {}),
    )


def _rendered(run: RunFiles, text: str) -> tuple[str, list[Markup]]:
    """Title, and HTML; what is HTML in the text already stays text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def image(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
        path = run.folder / str(tokens[index].attrGet("src"))
        return image_of(path, tokens[index].content) if path.parent == run.folder else ""

    def fence(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
        return _said(tokens[index].content)

    markdown.add_render_rule("image", image)
    markdown.add_render_rule("fence", fence)
    markdown.add_render_rule("table_open", lambda *_: '<div class="wide"><table class="plain">')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    tokens = markdown.parse(text)
    title = run.experiment
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title, tokens = tokens[1].content, tokens[3:]
    return title, [Markup(markdown.renderer.render(tokens, markdown.options, {}))]


def _said(text: str) -> Markup:
    """Lines as they are, or as lists of verdicts where that is what they are."""
    lines = text.rstrip().split("\n")
    found = [next(filter(None, (form.match(line) for form in _VERDICTS)), None) for line in lines]
    if not any(found):
        return Markup("<pre>{}</pre>").format("\n".join(lines))
    parts = []
    rows = zip(lines, found, strict=True)
    for judged, some in groupby(rows, lambda row: row[1] is not None):
        if judged:
            parts.append(verdicts([match.groupdict() for _, match in some if match]))
        else:
            heads = [line.strip() for line, _ in some if line.strip()]
            parts += [
                Markup("<h3>{}</h3>" if head.endswith("?") else "<p>{}</p>").format(head)
                for head in heads
            ]
    return Markup("").join(parts)


def _training(summary: Summary) -> dict[str, Value]:
    found = {name: value for name, value in summary.items() if isinstance(value, float)}
    return {_WORDS.get(name, plain(name)): Value(value) for name, value in found.items()}


def _grid(summary: Summary) -> dict[str, Value]:
    return {"points that learn": percent(summary["share_learned"])}


def _table(summary: Summary) -> dict[str, Value]:
    """Medians over seeds, from the least to the largest; a divergence has none."""
    return {
        f"{row['task']}, {row['model']}: {_WORDS.get(name, plain(name))}": Value(
            median, None if low is None or high is None else (low, high)
        )
        for row in summary["rows"]
        for name, (median, low, high) in row["measures"].items()
        if median is not None
    }


def _claims(summary: Summary) -> dict[str, Value]:
    found = {}
    for claim in summary["claims"]:
        mean = claim["value"] if "value" in claim else claim["mean"]
        if mean is not None:
            where = claim.get("place") or claim.get("group")
            name = f"{where}: {claim.get('title') or claim['claim']}"
            found[name] = Value(mean, claim["interval"], note=claim["verdict"])
    return found


def _conversion(summary: Summary) -> dict[str, Value]:
    return {
        f"{task}: {plain(name)}": percent(one["mean"], one["interval"])
        for task, found in summary["tasks"].items()
        for name, one in found["accuracy"].items()
    }


_JUDGED = "(?P<verdict>supported|contradicted|undecided)"
#: A claim with its verdict, and a question with its answer, as the reports have them.
_VERDICTS = (
    re.compile(rf"\s*{_JUDGED}\s+(?P<said>.+)"),
    re.compile(rf"(?P<said>.+\?) {_JUDGED}$"),
)
_WORDS = {"nrmse": "NRMSE", "nrmse_drift_tolerant": "NRMSE, drift-tolerant"}
#: Numbers of a summary, by experiment.
_MEASURES = {
    "force_training": _training,
    "force_training, grid": _grid,
    "force_training, table": _table,
    "force_compare": _claims,
    "what_when": _claims,
    "rate_to_spiking": _conversion,
}
#: Experiments of whose numbers there are few enough to stand at the top.
_FEW = ("force_training", "force_training, grid", "rate_to_spiking")
