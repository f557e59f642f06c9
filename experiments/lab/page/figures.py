"""Figures of a page: dots with intervals, charts, tables and pictures, as HTML."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from experiments.lab.errors import InputError
from experiments.lab.figures import COLOURS
from experiments.lab.page.contents import PERCENT, Part, Value, best_first
from lsm.metrics.statistics import in_brackets

environment = Environment(
    loader=PackageLoader("experiments.lab.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
environment.globals["palette"] = COLOURS

#: What was claimed, the number by which it was judged, and its verdict.
Claim = Mapping[str, Any]


def macro(name: str, *, text: str = "", **content: Any) -> Part:
    """Fill a macro of the template of figures."""
    module = environment.get_template("figures.html").module
    return Part(Markup(getattr(module, name)(**content)), text)


def dots(
    caption: str,
    rows: Mapping[str, Value],
    *,
    strong: Sequence[str] = (),
    colours: Sequence[str] = (),
) -> Part:
    """A row for each value: a dot where it is, a line for its interval, and both in numbers.

    Rows are sorted, the best first; the axis begins where the dots are, or at 0 where all are the
    same number. Rows named in `strong` stand out; `colours`, where given, are the rows'.
    """
    marked = dict(zip(rows, colours, strict=False))
    rows = best_first(rows)
    values = [bound for value in rows.values() for bound in (value.mean, *(value.interval or ()))]
    if len(set(values)) == 1:
        values += [0.0 if values[0] else 1.0]
    locator = MaxNLocator(5, steps=[1, 2, 5, 10])
    ticks = np.asarray(locator.tick_values(min(values), max(values)))
    if all(value.unit == PERCENT for value in rows.values()):
        ticks = np.unique(np.clip(ticks, 0, 100))
    cells = [[name, value.text, value.range, value.note] for name, value in rows.items()]
    text = f"{caption}\n{_aligned(cells)}"
    look = {"caption": caption, "strong": strong, "colours": marked}
    return macro("dots", text=text, rows=rows, ticks=ticks.tolist(), **look)


def chart(
    caption: str,
    lines: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    small: bool = False,
    **look: bool,
) -> Part:
    """Lines or points on two axes, drawn to the width of the screen; hovering says what a point is.

    Parameters
    ----------
    lines : sequence of mapping
        ``name``, ``x`` and ``y``; ``line`` or points; optionally ``low`` and ``high`` of a band,
        ``tips`` for the points, ``hollow`` (whether each is), ``colour``, ``faint``. Of those
        with one name, the legend has the first.
    x, y : str
        Labels of the axes.
    small : bool
        Several stand in a row.
    **look
        As the script has them: ``square`` and ``diagonal``, equal width and height, and a line of
        equal values; ``whole``, values of x are whole numbers.
    """
    spec = {"x": x, "y": y, "series": list(lines), **look}
    return macro("chart", caption=caption, spec=spec, small=small)


def series(name: str, x: ArrayLike, y: ArrayLike, **look: Any) -> dict[str, Any]:
    """A series of a chart, its numbers to five digits."""
    xs, ys = ([float(f"{value:.5g}") for value in np.asarray(values)] for values in (x, y))
    return {"name": name, "x": xs, "y": ys, **look}


def confusion(matrix: NDArray[np.int64], classes: Sequence[str]) -> Part:
    """Labels given (columns) to samples of each class (rows), in percent of the class."""
    names = list(classes) or [str(k) for k in range(len(matrix))]
    return macro("confusion", names=names, rows=matrix.tolist())


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Part:
    """A table whose first column are names."""
    return macro("table", heads=heads, rows=rows, text=_aligned([heads, *rows]))


def table_of(columns: Mapping[str, str], records: Iterable[Mapping[str, Any]]) -> Part:
    """A table of records: heads, and below each what `str.format` makes of a record."""
    rows = [[form.format_map(record) for form in columns.values()] for record in records]
    return table(list(columns), rows)


def table_of_columns(columns: Mapping[str, Mapping[str, object]]) -> Part:
    """A table of columns by their heads, whose cells are by the names of the rows."""
    names = dict.fromkeys(name for column in columns.values() for name in column)
    rows = [[name, *(str(each.get(name, "")) for each in columns.values())] for name in names]
    return table(["", *columns], rows)


def verdicts(claims: Sequence[Mapping[str, str]]) -> Part:
    """Claims, each with ``verdict`` and ``said``."""
    text = "\n".join(f"  {claim['verdict']:<13}{claim['said']}" for claim in claims)
    return macro("verdicts", claims=claims, text=text)


def sentence(claim: Claim) -> str:
    """A claim and its number."""
    number = "no number" if claim["mean"] is None else f"{claim['mean']:.3g}"
    return f"{claim['claim']}: {number}{in_brackets(claim['interval'])} {claim['unit']}".rstrip()


def claims_in_groups(
    claims: Sequence[Claim],
    *,
    group: Callable[[Claim], str] = lambda claim: claim["group"],
    text: Callable[[Claim], str] = sentence,
) -> list[Part]:
    """Verdicts under the question that they belong to."""
    parts = [note("Means and 95 % intervals over seeds.")]
    for name in dict.fromkeys(map(group, claims)):
        parts.append(heading(f"{name}?"))
        some = [claim for claim in claims if group(claim) == name]
        parts.append(verdicts([{"verdict": c["verdict"], "said": text(c)} for c in some]))
    return parts


def measures_of(
    claims: Sequence[Claim], name: Callable[[Claim], str] = lambda c: f"{c['group']}: {c['claim']}"
) -> dict[str, Value]:
    """Numbers of claims that have one, by which runs are compared."""
    return {
        name(claim): Value(claim["mean"], claim["interval"], note=claim["verdict"])
        for claim in claims
        if claim["mean"] is not None
    }


def heading(text: str) -> Part:
    """A heading below that of a section."""
    return Part(Markup("<h3>{}</h3>").format(text), text)


def prose(markdown: str) -> Part:
    """Paragraphs, lists and tables in Markdown, in which HTML stays text; not on terminals."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("table_open", lambda *_: '<div class="wide"><table class="plain">')
    reader.add_render_rule("table_close", lambda *_: "</table></div>")
    return Part(Markup(reader.render(markdown)))


def prose_of(module: str, *names: str, **values: Any) -> Part:
    """Markdown files beside a module, one after another, with values in place of their braces."""
    texts = [Path(module).with_name(f"{name}.md").read_text(encoding="utf-8") for name in names]
    return prose("".join(texts).format(**values))


def picture(path: Path, caption: str) -> Part:
    """A picture file under its caption, inlined; nothing where there is no such file.

    Raises
    ------
    InputError
        It is no picture.
    """
    if not path.exists():
        return Part(Markup(""))
    try:
        with Image.open(path) as image:
            # Charts have few colours, and their files become a third as large.
            few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    except OSError as error:
        raise InputError(f"{path} is no picture: {error}") from error
    buffer = io.BytesIO()
    few.save(buffer, "png")
    data = base64.b64encode(buffer.getvalue()).decode()
    return macro("picture", caption=caption, data=data, width=few.width, height=few.height)


def pictures(folder: Path, captions: Mapping[str, str]) -> list[Part]:
    """Pictures of a run under their captions, by their names without the ending."""
    return [picture(folder / f"{name}.png", caption) for name, caption in captions.items()]


def gallery(parts: Sequence[Part]) -> Part:
    """Small charts in rows."""
    return macro("gallery", parts=parts)


def folded(title: str, part: Part) -> Part:
    """What is shown when it is asked for."""
    html = Markup("<details><summary>{}</summary>{}</details>").format(title, part)
    return Part(html, f"{title}\n{part.text}" if part.text else "")


def note(text: str) -> Part:
    """A remark in small letters."""
    return Part(Markup("<p class=note>{}</p>").format(text), text)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [map(str.ljust, row, widths) for row in rows]
    return "\n".join("  " + "  ".join(line).rstrip() for line in lines)
