"""What came of the conversion, for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.lab.results import write_text
from experiments.lab.statistics import Summary, in_brackets

#: Accuracy in % and its deviation, of 250 units (Kim, Li & Sejnowski 2019).
PUBLISHED = {"go-nogo": (93.9, 7.8), "context": (97.0, 6.6)}


def report(summary: Summary) -> str:
    """A summary as a table in Markdown."""
    seeds = summary["seeds"]
    of = "networks" if summary["settings"]["network"] is None else "repetitions with one network"
    lines = [
        f"Accuracy in % on {summary['settings']['trials']} new trials each; {len(seeds)} {of} a "
        f"task (seeds {seeds[0]} to {seeds[-1]}): mean (95 % interval)",
        "",
        "| task | rate network | spiking | without recurrence | published, spiking "
        "| 1/lambda, each | firing rate (Hz) |",
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
    training = summary["settings"]["training"]
    origin = "Rate units of a network that was given"
    if training is not None:
        origin = f"{training['units']} rate units trained by backpropagation through time"
    parts = [
        "# From rate networks to spiking ones",
        f"{origin}, replaced one for one by leaky neurons; weights between them and onto the "
        "output are divided by one number, 1/lambda (Kim, Li & Sejnowski 2019). It is sought on "
        f"{summary['settings']['search_trials']} trials, and the accuracy is that on others. "
        "Published: mean ± standard deviation of networks of 250 units. Without recurrence: the "
        "same neurons, with input and readout alone.",
        report(summary),
        *(f"![{picture.stem}]({picture.name})" for picture in pictures),
    ]
    write_text(path, "\n\n".join(parts) + "\n")


def _percent(measure: dict[str, Any]) -> str:
    bounds = measure["interval"]
    if bounds is not None:
        bounds = [100 * min(max(bound, 0.0), 1.0) for bound in bounds]
    return f"{100 * measure['mean']:.1f}{in_brackets(bounds, '.1f')}"
