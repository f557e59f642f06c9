"""What the peers took: a table, the goals, and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from matplotlib.figure import Figure

from experiments.benchmarks.peers.table import (
    CAREFUL,
    LOOP,
    NAIVE,
    NEST,
    NORSE,
    PROGRAM,
    PYTORCH,
    SNNTORCH,
)
from experiments.lab.page import Part
from experiments.lab.page.figures import table

Row = Mapping[str, Any]

_COLUMNS = (
    "ms a sample and liquid",
    "times this program",
    "liquids x samples",
    "largest difference",
    "% of spikes that differ",
)


@dataclass(frozen=True)
class Goal:
    """How many times as long as this program a peer should take.

    ``neurons`` and ``liquids`` choose the cases; all of them have to meet it.
    """

    peer: str
    at_least: float
    neurons: tuple[int, ...]
    liquids: tuple[int, ...] = (1, 50)

    def ratios(self, cases: Iterable[Row]) -> list[float]:
        """The ratio in each case; with the least time of a peer that was stopped."""
        some = [c for c in cases if c["neurons"] in self.neurons and c["liquids"] in self.liquids]
        return [ratio for case in some if (ratio := times(case, self.peer))]


_TENSORS = (SNNTORCH, NORSE, NEST)
GOALS = (
    Goal(LOOP, 1 / 1.5, (300,)),
    *(Goal(peer, 10, (100, 300)) for peer in _TENSORS),
    *(Goal(peer, 3, (1000,)) for peer in _TENSORS),
    *(Goal(peer, 3, (20,), (1,)) for peer in (*_TENSORS, PYTORCH)),
    Goal(NAIVE, 2000, (20,), (50,)),
    Goal(CAREFUL, 5, (20,), (50,)),
)


def times(case: Row, peer: str) -> float | None:
    """How many times as long as this program a peer took, or at least took."""
    ours, theirs = case["peers"][PROGRAM].get("ms"), _ms(case, peer)
    return theirs / ours if ours and theirs else None


def _digits(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}"


def _ms(case: Row, peer: str) -> float | None:
    result = case["peers"].get(peer, {})
    value: float | None = result.get("ms", result.get("more_than_ms"))
    return value


def case_report(case: Row) -> Part:
    """The table of a case."""
    title = f"{case['liquids']} x {case['neurons']} neurons, dt {case['dt_ms']:g} ms"
    activity = f"{case['activity']}, {case['rate_hz']:.1f} Hz"
    return table(
        [f"{title}; {activity}", *_COLUMNS], [_cells(case, name) for name in case["peers"]]
    )


def _cells(case: Row, name: str) -> list[str]:
    result = case["peers"][name]
    if "failed" in result:
        return [name, f"failed: {result['failed']}", *[""] * (len(_COLUMNS) - 1)]
    more, ratio = "" if "ms" in result else ">", times(case, name)
    compared = "difference" in result and name != PROGRAM
    return [
        name,
        f"{more}{_ms(case, name):.4g}",
        "-" if ratio is None else f"{more}{_digits(ratio)}",
        "{} x {}".format(*result["lanes"]),
        f"{result['difference']}" if compared else "-",
        f"{100 * result['share']:.2g}" if compared else "-",
    ]


def goals_report(cases: Sequence[Row]) -> Part:
    """The goals, with the ratios measured; those of which there is no case are left out."""
    rows = []
    for goal in GOALS:
        if ratios := goal.ratios(cases):
            liquids, neurons = (" and ".join(map(str, of)) for of in (goal.liquids, goal.neurons))
            span = f"{_digits(min(ratios))} to {_digits(max(ratios))}"
            met = f"{sum(ratio >= goal.at_least for ratio in ratios)} of {len(ratios)}"
            rows.append([goal.peer, f"{liquids} x {neurons}", _digits(goal.at_least), span, met])
    heads = ["goals, in times this program", "liquids x neurons", "at least", "measured", "met in"]
    return table(heads, rows)


def peers_report(result: Row) -> list[Part]:
    """The goals with what was measured, and the table of every case."""
    return [goals_report(result["cases"]), *map(case_report, result["cases"])]


def plot_peers(result: Row) -> dict[str, Figure]:
    """Times against sizes: ``peers-1ms`` and so on, one for each step, by their names."""
    cases, figures = result["cases"], {}
    names = list(cases[0]["peers"])
    for dt in dict.fromkeys(case["dt_ms"] for case in cases):
        activities = list(dict.fromkeys(case["activity"] for case in cases))
        liquids = list(dict.fromkeys(case["liquids"] for case in cases))
        figure = Figure(figsize=(5 * len(liquids) + 2, 4 * len(activities)), layout="constrained")
        axes = figure.subplots(
            len(activities), len(liquids), squeeze=False, sharex=True, sharey=True
        )
        for (row, activity), (column, side) in product(enumerate(activities), enumerate(liquids)):
            chosen = {"dt_ms": dt, "activity": activity, "liquids": side}
            some = [case for case in cases if all(case[k] == v for k, v in chosen.items())]
            ax = axes[row, column]
            for k, name in enumerate(names):
                _plot(ax, some, name, f"C{k}")
            ax.set_xscale("log")
            sizes = [case["neurons"] for case in some]
            ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
            ax.minorticks_off()
            ax.set_yscale("log")
            rates = [case["rate_hz"] for case in some]
            reached = f" ({min(rates):.0f} to {max(rates):.0f} Hz)"
            ax.set_title(f"{side} liquid{'s' * (side > 1)}, {activity}{reached}")
            ax.grid(alpha=0.3)
        for ax in axes[-1]:
            ax.set_xlabel("neurons of a liquid")
        for ax in axes[:, 0]:
            ax.set_ylabel("ms for a sample in a liquid")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper", frameon=False)
        figure.suptitle(
            f"Samples of {result['duration_ms']:g} ms, dt {dt:g} ms, one thread; "
            "open triangles: more than"
        )
        figures[f"peers-{dt:g}ms"] = figure
    return figures


def _plot(ax: Any, cases: Sequence[Row], name: str, colour: str) -> None:
    points = [(case["neurons"], _ms(case, name), "ms" in case["peers"][name]) for case in cases]
    points = [point for point in points if point[1]]
    thick = 2.5 if name == PROGRAM else 1.2
    ax.plot([p[0] for p in points], [p[1] for p in points], color=colour, lw=thick, label=name)
    for done, marker in ((True, "o"), (False, "^")):
        some = [p for p in points if p[2] == done]
        face = colour if done else "none"
        ax.plot(
            [p[0] for p in some], [p[1] for p in some], marker, color=colour, mfc=face, markersize=5
        )
