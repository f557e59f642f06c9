"""What came of the conversion, for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.common.summaries import Summary
from lsm.files import atomic_path

#: Accuracy in % and its deviation, of 250 units (Kim, Li & Sejnowski 2019).
PUBLISHED = {"go-nogo": (93.9, 7.8), "context": (97.0, 6.6)}


def report(summary: Summary) -> str:
    """A summary as a table in Markdown."""
    lines = [
        f"Accuracy in % on {summary['settings']['trials']} new trials a network, "
        f"{len(summary['seeds'])} networks a task: mean (95 % interval)",
        "",
        "| task | rate network | spiking | without recurrence | published | 1/lambda | rate (Hz) |",
        "|---|---|---|---|---|---|---|",
    ]
    for task, found in summary["tasks"].items():
        accuracy = found["accuracy"]
        cells = [_percent(accuracy[n]) for n in ("rate", "spiking", "without_recurrence")]
        cells.append("{} ± {}".format(*PUBLISHED[task]) if task in PUBLISHED else "")
        cells.append(", ".join(f"{factor:g}" for factor in found["scaling_factors"]))
        cells.append(f"{found['rate_Hz']['mean']:.1f}")
        lines.append(f"| {task} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_report(path: Path, summary: Summary, pictures: Sequence[Path]) -> None:
    """Write the page; pictures lie beside it."""
    parts = [
        "# From rate networks to spiking ones",
        "Rate units trained by backpropagation through time, replaced one for one by leaky "
        "neurons; all weights are divided by one number, 1/lambda (Kim, Li & Sejnowski 2019). It "
        f"is sought on {summary['settings']['search_trials']} trials, and the accuracy is that on "
        "others. Without recurrence: the same neurons, with input and readout alone.",
        report(summary),
        *(f"![{picture.stem}]({picture.name})" for picture in pictures),
    ]
    with atomic_path(path) as temporary:
        temporary.write_text("\n\n".join(parts) + "\n")


def _percent(measure: dict[str, Any]) -> str:
    text = f"{100 * measure['mean']:.1f}"
    if measure["interval"] is not None:
        low, high = (100 * min(max(bound, 0.0), 1.0) for bound in measure["interval"])
        text += f" ({low:.1f} to {high:.1f})"
    return text
