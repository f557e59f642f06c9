"""One page with everything: pictures, table and verdicts, in a file of its own."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from experiments.common.balance_claims import report
from lsm.files import atomic_path

_STYLE = (
    "body{font:15px sans-serif;max-width:1100px;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;font-size:13px}td,th{padding:2px 8px;text-align:right}"
    "th{border-bottom:1px solid}img{max-width:100%}pre{white-space:pre-wrap}"
)
_CAPTIONS = {
    "balance": "Rates and balance on held-out input. Bands: 95 % intervals over seeds.",
    "accuracy": "Accuracy of readouts that were trained on what isn't spoilt.",
    "liquid": "Capacities, ranks and spikes, driven by uniform random numbers.",
    "currents": "Currents of one neuron hearing one held-out sample, first seed.",
    "verdicts": "Effects. Green: supported, red: contradicted, grey: undecided.",
}
#: Columns of the table, where a kind of input has them.
_COLUMNS = {
    "log2_ratio": "log2 ratio",
    "rate_Hz": "rate (Hz)",
    "loose": "loose",
    "tight": "tight",
    "lag_ms": "lag (ms)",
    "accuracy": "accuracy",
    "spoilt_accuracy": "spoilt",
    "retained": "retained",
    "memory_capacity": "memory capacity",
    "processing_capacity": "processing capacity",
    "kernel_rank": "kernel rank",
    "generalisation_rank": "generalisation rank",
    "lyapunov_per_s": "Lyapunov (1/s)",
    "cv": "CV",
}


def write_report(path: Path, summary: Mapping[str, Any], pictures: Sequence[Path]) -> None:
    """Write the page; pictures are in it."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>E/I balance</title>",
        f"<style>{_STYLE}</style><h1>Excitation and inhibition, at one rate</h1>",
        f"<p>{summary['seeds']} seeds a point, {summary['settings']['neurons']} neurons at "
        f"{summary['rate_Hz']:g} Hz. Points whose rate is more than 10 % off are left out of "
        "pictures and verdicts; of how many seeds a point is used, the table says.</p>",
    ]
    for picture in pictures:
        data = base64.b64encode(picture.read_bytes()).decode()
        caption = escape(_CAPTIONS[picture.stem])
        parts.append(f'<figure><img alt="{caption}" src="data:image/png;base64,{data}">')
        parts.append(f"<figcaption>{caption}</figcaption></figure>")
    for heard, points in summary["points"].items():
        parts.append(f"<h2>{escape(heard)}</h2>{_table(points)}")
    parts.append(f"<h2>Verdicts</h2><pre>{escape(report(summary))}</pre></html>")
    with atomic_path(path) as temporary:
        temporary.write_text("\n".join(parts))


def _table(points: Sequence[Mapping[str, Any]]) -> str:
    """Means of all seeds at each ratio, and their intervals' half widths."""
    names = [name for name in _COLUMNS if name in points[0]["measures"]]
    rows = ["".join(f"<th>{_COLUMNS[name]}</th>" for name in names) + "<th>seeds used</th>"]
    for point in points:
        cells = [_cell(point["measures"][name]) for name in names] + [str(point["matched"])]
        rows.append("".join(f"<td>{cell}</td>" for cell in cells))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _cell(measure: Mapping[str, Any]) -> str:
    if measure["mean"] is None:
        return ""
    text = f"{measure['mean']:.3g}"
    if measure["interval"] is not None:
        low, high = measure["interval"]
        text += f" ± {(high - low) / 2:.2g}"
    return text
