"""Figures of a page: dots with intervals, charts, tables and pictures, as HTML."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from PIL import Image

from experiments.lab.errors import InputError
from experiments.lab.page.contents import PERCENT, Value

environment = Environment(
    loader=PackageLoader("experiments.lab.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}

#: Colours of a picture: charts have few, and their files become a third as large.
_COLOURS = 256


def macro(name: str, **content: Any) -> Markup:
    """Fill a macro of the template of figures."""
    return Markup(getattr(environment.get_template("figures.html").module, name)(**content))


def dots(
    caption: str,
    rows: Mapping[str, Value],
    *,
    strong: Sequence[str] = (),
    colours: Sequence[str] = (),
) -> Markup:
    """A row for each value: a dot where it is, a line for its interval, and both in numbers.

    Rows named in `strong` stand out; `colours`, where given, are the rows'.
    """
    values = [bound for value in rows.values() for bound in (value.mean, *(value.interval or ()))]
    locator = MaxNLocator(5, steps=[1, 2, 5, 10])
    ticks = np.asarray(locator.tick_values(min(values), max(values)))
    if all(value.unit == PERCENT for value in rows.values()):
        ticks = np.unique(np.clip(ticks, 0, 100))
    low, high = float(ticks[0]), float(ticks[-1])

    def place(value: float) -> float:
        return 100 * (value - low) / (high - low)

    drawn = [
        {
            "name": name,
            "value": value,
            "at": place(value.mean),
            "bar": value.interval and [place(bound) for bound in value.interval],
            "strong": name in strong,
            "colour": colours[k] if colours else "",
        }
        for k, (name, value) in enumerate(rows.items())
    ]
    marks = [{"at": place(tick), "text": f"{tick:.4g}"} for tick in ticks]
    return macro("dots", caption=caption, rows=drawn, ticks=marks)


def chart(
    caption: str,
    series: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    square: bool = False,
    diagonal: bool = False,
    small: bool = False,
    whole: bool = False,
) -> Markup:
    """Lines or points on two axes, drawn to the width of the screen; hovering says what a point is.

    Parameters
    ----------
    series : sequence of mapping
        ``name``, ``x`` and ``y``; ``line`` or points; optionally ``low`` and ``high`` of a band,
        ``tips`` for the points, ``hollow`` (whether each is), ``colour``, ``faint``. Of those
        with one name, the legend has the first.
    x, y : str
        Labels of the axes.
    square, diagonal : bool
        Equal width and height; a line of equal values.
    small : bool
        Several stand in a row.
    whole : bool
        Values of x are whole numbers.
    """
    spec = {"x": x, "y": y, "whole": whole, "square": square, "diagonal": diagonal}
    spec["series"] = list(series)
    return macro("chart", caption=caption, spec=spec, small=small)


def confusion(matrix: NDArray[np.int64], classes: Sequence[str]) -> Markup:
    """Labels given (columns) to samples of each class (rows), in percent of the class."""
    part = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    names = list(classes) or [str(k) for k in range(len(matrix))]
    rows = [
        {
            "name": name,
            "cells": [{"percent": p, "count": int(n)} for p, n in zip(*row, strict=True)],
        }
        for name, row in zip(names, zip(part.tolist(), matrix.tolist(), strict=True), strict=True)
    ]
    return macro("confusion", names=names, rows=rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """A table whose first column are names."""
    return macro("table", heads=heads, rows=rows)


def verdicts(claims: Sequence[Mapping[str, str]]) -> Markup:
    """Claims, each with ``verdict`` and ``said``."""
    return macro("verdicts", claims=claims)


def picture(path: Path, caption: str) -> Markup:
    """A picture file under its caption; nothing where there is no such file."""
    return (
        macro("picture", image=image_of(path, caption), caption=caption)
        if path.exists()
        else Markup("")
    )


def image_of(path: Path, alt: str) -> Markup:
    """A picture file, inlined; nothing where there is no such file.

    Raises
    ------
    InputError
        It is no picture.
    """
    if not path.exists():
        return Markup("")
    try:
        with Image.open(path) as image:
            flat = Image.new("RGBA", image.size, "white")
            flat.alpha_composite(image.convert("RGBA"))
    except OSError as error:
        raise InputError(f"{path} is no picture: {error}") from error
    buffer = io.BytesIO()
    few = flat.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(buffer, "png")
    data = base64.b64encode(buffer.getvalue()).decode()
    return macro("image", data=data, alt=alt, width=flat.width, height=flat.height)


def gallery(parts: Sequence[Markup]) -> Markup:
    """Small charts in rows."""
    return macro("gallery", parts=parts)


def folded(title: str, part: Markup) -> Markup:
    """What is shown when it is asked for."""
    return Markup("<details><summary>{}</summary>{}</details>").format(title, part)


def note(text: str) -> Markup:
    return Markup("<p class=note>{}</p>").format(text)
