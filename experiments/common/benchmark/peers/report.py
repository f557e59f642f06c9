"""What the peers took: a table, the goals, and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from experiments.common.benchmark.peers import table
from experiments.common.results import write_figure

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """How many times as long as this program a peer should take, or no less than 1 / ``at_most``.

    ``neurons`` and ``liquids`` choose the cases; all of them have to meet it.
    """

    peer: str
    neurons: tuple[int, ...]
    liquids: tuple[int, ...] = (1, 50)
    at_least: float = 0.0
    at_most: float = 0.0

    def found(self, cases: Iterable[Row]) -> list[float]:
        """The ratio in each case; with the least time of a peer that was stopped."""
        some = [c for c in cases if c["neurons"] in self.neurons and c["liquids"] in self.liquids]
        ratios = [times(case, self.peer) for case in some]
        return [1 / r if self.at_most else r for r in ratios if r]

    def __str__(self) -> str:
        sizes = " and ".join(map(str, self.neurons))
        wanted = (
            f"this program takes at most {self.at_most:g} times as long"
            if self.at_most
            else f"takes at least {self.at_least:g} times as long"
        )
        return f"{self.peer}, {' and '.join(map(str, self.liquids))} x {sizes} neurons: {wanted}"


_TENSORS = (table.SNNTORCH, table.NORSE, table.NEST)
GOALS = (
    Goal(table.LOOP, (300,), at_most=1.5),
    *(Goal(peer, (100, 300), at_least=10) for peer in _TENSORS),
    *(Goal(peer, (1000,), at_least=3) for peer in _TENSORS),
    *(Goal(peer, (20,), (1,), at_least=3) for peer in (*_TENSORS, table.PYTORCH)),
    Goal(table.NAIVE, (20,), (50,), at_least=2000),
    Goal(table.CAREFUL, (20,), (50,), at_least=5),
)


def times(case: Row, peer: str) -> float | None:
    """How many times as long as this program a peer took, or at least took."""
    ours, theirs = case["peers"][table.PROGRAM].get("ms"), _ms(case, peer)
    return theirs / ours if ours and theirs else None


def _ms(case: Row, peer: str) -> float | None:
    found = case["peers"].get(peer, {})
    value: float | None = found.get("ms", found.get("more_than_ms"))
    return value


def case_report(case: Row) -> str:
    """The table of a case."""
    title = f"{case['liquids']} x {case['neurons']} neurons, dt {case['dt_ms']:g} ms"
    head = ("ms a sample", "times this", "liquids x", "largest", "% of spikes")
    units = ("and liquid", "program", "samples", "difference", "that differ")
    lines = [
        f"{title}, {case['rate_hz']:.1f} Hz".ljust(36) + "".join(f"{word:>13}" for word in head),
        f"  {case['activity']:<34}" + "".join(f"{word:>13}" for word in units),
        *(_line(case, name) for name in case["peers"]),
    ]
    return "\n".join(lines)


def _line(case: Row, name: str) -> str:
    found = case["peers"][name]
    if "failed" in found:
        return f"  {name:<34}  failed: {found['failed']}"
    more = "" if "ms" in found else ">"
    ms = f"{more}{_ms(case, name):.4g}"
    ratio = times(case, name)
    cells = [ms, "-" if ratio is None else f"{more}{ratio:.3g}", "{} x {}".format(*found["lanes"])]
    compared = "difference" in found and name != table.PROGRAM
    cells += [f"{found['difference']}", f"{100 * found['share']:.2g}"] if compared else ["-", "-"]
    return f"  {name:<34}" + "".join(f"{cell:>13}" for cell in cells)


def goals_report(cases: Sequence[Row]) -> str:
    """The goals, with the ratios found; those of which there is no case are left out."""
    lines = ["Goals, and the ratios found:"]
    for goal in GOALS:
        found = goal.found(cases)
        if found:
            met = sum(r <= goal.at_most if goal.at_most else r >= goal.at_least for r in found)
            span = f"{min(found):.3g} to {max(found):.3g}"
            lines.append(f"  {goal!s:<98}{span:>14}; met in {met} of {len(found)} cases")
    return "\n".join(lines)


def peers_report(result: Row) -> str:
    """The goals with what was found, and the table of every case."""
    cases = result["cases"]
    return "\n\n".join([goals_report(cases), *map(case_report, cases)])


def draw_peers(folder: Path, result: Row) -> list[Path]:
    """Draw times against sizes: ``peers-1ms.png`` and so on, one for each step."""
    cases, paths = result["cases"], []
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
                _draw(ax, some, name, f"C{k}")
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
        paths.append(folder / f"peers-{dt:g}ms.png")
        write_figure(paths[-1], figure)
    return paths


def _draw(ax: Any, cases: Sequence[Row], name: str, colour: str) -> None:
    points = [(case["neurons"], _ms(case, name), "ms" in case["peers"][name]) for case in cases]
    points = [point for point in points if point[1]]
    thick = 2.5 if name == table.PROGRAM else 1.2
    ax.plot([p[0] for p in points], [p[1] for p in points], color=colour, lw=thick, label=name)
    for done, marker in ((True, "o"), (False, "^")):
        some = [p for p in points if p[2] == done]
        face = colour if done else "none"
        ax.plot(
            [p[0] for p in some], [p[1] for p in some], marker, color=colour, mfc=face, markersize=5
        )
