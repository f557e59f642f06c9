"""The page of a classification: liquids on held-out samples, beside their controls and rivals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.lab.page import Page, Part, RunFiles, Section
from experiments.lab.page.contents import Value, percent, percents, plain
from experiments.lab.page.figures import dots, folded, table
from experiments.lab.page.tested import Tested, read_tested, sections_of_tested
from lsm.metrics.statistics import percentage_points

Summary = Mapping[str, Any]

#: Groups that the page names; where there are more, they are recordings rather than people.
_MOST_GROUPS = 50


def page(run: RunFiles) -> Page:
    """What is said of a classification."""
    summary = run.summary
    tested = read_tested(run.folder / "tested.npz")
    rows = {
        plain(way): accuracy
        for family in ("liquid", "rivals", "baselines")
        for way, accuracy in percents(summary[family]).items()
    }
    main, strongest = plain(summary["main"]), plain(summary["best_without_liquid"]["name"])
    facts = {
        "Test accuracy": rows[main],
        "Best without a liquid": replace(rows[strongest], note=strongest),
    }
    if "liquid without recurrence" in rows:
        facts["Without recurrence"] = rows["liquid without recurrence"]
    matrix = np.array(summary["confusion"]) if "confusion" in summary else None
    return Page(
        title=f"{summary['task']}: {_liquids(summary)} of {summary['neurons']} neurons",
        asked=_asked(summary, tested),
        facts=facts,
        sections=[
            Section("Accuracy", _accuracy(summary, rows, main)),
            *_memory(summary),
            *_groups(summary),
            *sections_of_tested(tested, reader="the first liquid", counts=matrix),
        ],
        measures=rows,
        settings=summary["settings"],
    )


def _liquids(summary: Summary) -> str:
    """Of which kind, where they are no default ones."""
    kind = [summary.get("reservoir"), *(summary.get("pretraining") or ())]
    return f"liquids ({', '.join(filter(None, kind))})" if any(kind) else "liquids"


def _asked(summary: Summary, tested: Tested | None) -> list[str]:
    seeds, held_out = len(summary["seeds"]), len(summary["held_out"])
    split = summary["split"] + (f" ({held_out})" if summary["split"].startswith("by ") else "")
    what = f" ({tested.description})" if tested and tested.description else ""
    return [
        f"How well do random liquids tell the classes of {summary['task']} apart{what}, beside the "
        "same liquids without recurrence, and methods without a liquid, on the same samples?",
        f"Held out: {split}; {seeds} seed{'s' if seeds > 1 else ''}.",
    ]


def _accuracy(summary: Summary, rows: Mapping[str, Value], main: str) -> list[Part]:
    caption = (
        "Accuracy on held-out samples, in %: means over folds and seeds, with 95 % intervals "
        "where there are three or more. Over seeds of one split, these say what other liquids "
        "would give, not other data."
    )
    pairs = summary["paired_by"] or "seed and fold"
    cells = [
        [plain(way), percentage_points(difference), str(difference["n"])]
        for way, difference in summary["differences"].items()
    ]
    heads = [f"{main} less", "percentage points (95 % interval)", "pairs"]
    differences = folded(f"Differences, paired by {pairs}", table(heads, cells))
    return [dots(caption, rows, strong=[main]), differences]


def _memory(summary: Summary) -> list[Section]:
    """Bits kept from one step to the next, of what hears samples as they come."""
    bits = summary.get("memory_bits")
    if not bits:
        return []
    parts = list(dict.fromkeys(part for kept in bits.values() for part in kept))
    cells = [
        [plain(way), f"{sum(kept.values()):,}", *(f"{kept.get(part, 0):,}" for part in parts)]
        for way, kept in bits.items()
    ]
    return [Section("Memory, in bits kept between two steps", [table(["", "all", *parts], cells)])]


def _groups(summary: Summary) -> list[Section]:
    """Accuracy by speaker, participant and the like."""
    groups = summary["liquid"][summary["main"]].get("by_group")
    if not groups or len(groups) > _MOST_GROUPS:
        return []
    rows = {name: percent(value) for name, value in groups.items()}
    return [Section("By group", [dots("Accuracy on each group's samples, in %.", rows)])]
