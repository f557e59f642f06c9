"""The page of the conversion: accuracies of both networks, and pictures of each task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, RunFiles, Section, percents
from experiments.lab.page.contents import plain
from experiments.lab.page.figures import note, pictures, table_of

#: Accuracy in % and its deviation, of 250 units (Kim, Li & Sejnowski 2019).
PUBLISHED = {"go-nogo": (93.9, 7.8), "context": (97.0, 6.6)}
#: Heads of the table, and what stands below each.
_COLUMNS = {
    "task": "{task}",
    "rate network": "{rate}",
    "spiking": "{spiking}",
    "without recurrence": "{without_recurrence}",
    "published, spiking": "{published}",
    "1/lambda, each": "{factors}",
    "firing rate (Hz)": "{rate_Hz[mean]:.1f}",
}
_PICTURES = {
    "outputs": "Outputs of both networks by condition, first seed; shaded: what is judged.",
    "factors": "Accuracy by 1/lambda, on the trials of the search.",
    "raster": "Spikes of one trial, first seed.",
}


def page(run: RunFiles) -> Page:
    """What is said of the conversion."""
    summary, settings, seeds = run.summary, run.summary["settings"], run.summary["seeds"]
    training = settings["training"]
    origin, networks = "Rate units of a network that was given", "repetitions with one network"
    if training is not None:
        origin = f"{training['units']} rate units trained by backpropagation through time"
        networks = "networks"
    caption = note(
        f"Accuracy on {settings['trials']} new trials each; {len(seeds)} {networks} a task "
        f"(seeds {seeds[0]} to {seeds[-1]}): mean (95 % interval)."
    )
    rows = [_row(task, measured) for task, measured in summary["tasks"].items()]
    accuracies = {
        f"{row['task']}: {plain(name)}": row[name] for row in rows for name in row["accuracy"]
    }
    return Page(
        title="From rate networks to spiking ones",
        asked=[
            f"{origin}, replaced one for one by leaky neurons; weights between them and onto the "
            "output are divided by one number, 1/lambda (Kim, Li & Sejnowski 2019). It is sought "
            f"on {settings['search_trials']} trials, and the accuracy is that on others.",
            "Published: mean ± standard deviation of networks of 250 units. Without recurrence: "
            "the same neurons, with input and readout alone.",
        ],
        facts=accuracies,
        sections=[
            Section("Accuracy", [caption, table_of(_COLUMNS, rows)]),
            *(
                Section(
                    task,
                    pictures(run.folder, {f"{task}-{name}": _PICTURES[name] for name in _PICTURES}),
                )
                for task in summary["tasks"]
            ),
        ],
        measures=accuracies,
        settings=settings,
    )


def _row(task: str, measured: Mapping[str, Any]) -> dict[str, Any]:
    """What the table says of a task."""
    published = "{}\u00a0% ± {}".format(*PUBLISHED[task]) if task in PUBLISHED else ""
    factors = ", ".join(f"{factor:g}" for factor in measured["scaling_factors"])
    accuracies = percents(measured["accuracy"])
    return {"task": task, "published": published, "factors": factors, **measured, **accuracies}
