"""What the peers took: tables, and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.benchmarks.peers.table import PROGRAM
from experiments.lab.page import Part
from experiments.lab.page.figures import table_of
from lsm.plots import panels

Row = Mapping[str, Any]

_COLUMNS = {
    "ms a sample and liquid": "{ms}",
    "times this program": "{ratio}",
    "liquids x samples": "{lanes[0]} x {lanes[1]}",
    "largest difference": "{difference}",
    "% of spikes that differ": "{percent}",
}


def peers_report(result: Row) -> list[Part]:
    """The table of every case."""
    return [case_report(case) for case in result["cases"]]


def case_report(case: Row) -> Part:
    """What each peer took at a case, and how far its spikes are this program's."""
    title = f"{case['liquids']} x {case['neurons']} neurons, dt {case['dt_ms']:g} ms"
    columns = {f"{title}; {case['activity']}, {case['rate_hz']:.1f} Hz": "{name}"}
    return table_of(columns | _COLUMNS, [_cells(case, name) for name in case["peers"]])


def _cells(case: Row, name: str) -> dict[str, Any]:
    result = case["peers"][name]
    cells = {"name": name, "ratio": "-", "difference": "-", "percent": "-"} | result
    if "failed" in result:
        return cells | {"ms": f"failed: {result['failed']}"}
    cells["ms"] = f"{result['ms']:.4g}"
    if ours := case["peers"][PROGRAM].get("ms"):
        ratio = result["ms"] / ours
        cells["ratio"] = f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}"
    if "share" in result:
        cells["percent"] = f"{100 * result['share']:.2g}"
    return cells


def plot_peers(cases: Sequence[Row]) -> dict[str, Figure]:
    """Times against sizes: ``peers-1ms`` and so on, one for each step, by their names."""
    return {
        f"peers-{dt_ms:g}ms": _plot_step([case for case in cases if case["dt_ms"] == dt_ms])
        for dt_ms in dict.fromkeys(case["dt_ms"] for case in cases)
    }


def _plot_step(cases: Sequence[Row]) -> Figure:
    """A panel for each activity and number of liquids."""
    groups: dict[tuple[str, int], list[Row]] = {}
    for case in cases:
        groups.setdefault((case["activity"], case["liquids"]), []).append(case)
    figure, places = panels(len(groups), width=6, height=4, columns=2, sharex=True, sharey=True)
    for place, ((activity, liquids), some) in zip(places, groups.items(), strict=True):
        _plot_sizes(place, some)
        rates = [case["rate_hz"] for case in some]
        place.set_title(f"{liquids} x, {activity} ({min(rates):.0f} to {max(rates):.0f} Hz)")
    figure.legend(*places[0].get_legend_handles_labels(), loc="outside right upper")
    title = "Samples of {duration_ms:g} ms, dt {dt_ms:g} ms, one thread"
    figure.suptitle(title.format_map(cases[0]))
    return figure


def _plot_sizes(place: Axes, cases: Sequence[Row]) -> None:
    sizes = [case["neurons"] for case in cases]
    for name in cases[0]["peers"]:
        ms = [case["peers"][name].get("ms", np.nan) for case in cases]
        place.loglog(sizes, ms, "o-", lw=2.5 if name == PROGRAM else 1.2, label=name)
    place.set_xticks(sizes, [f"{size:,}" for size in sizes])
    place.minorticks_off()
    place.set_xlabel("neurons of a liquid")
    place.set_ylabel("ms for a sample in a liquid")
