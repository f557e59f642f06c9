"""One training: its pictures, its summary and its report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from experiments.lab.page import write_page
from experiments.lab.results import output_folder, versions, write_json, write_text
from experiments.studies.force.measures import LEARNED, error, measures
from experiments.studies.force.pictures import draw
from experiments.studies.force.plans import Plan
from experiments.studies.force.training import Course, train
from lsm import compilations
from tasks.targets import TARGETS

_NAMES = {
    "nrmse_learning": "NRMSE, second half of learning",
    "nrmse": "NRMSE, test",
    "nrmse_drift_tolerant": "NRMSE, test, drift-tolerant",
    "same_sign": "share of the time with the target's sign",
    "rate_Hz": "mean firing rate (Hz)",
    "valid_time_ms": "valid time (ms)",
    "return_map_distance": "distance of return maps",
    "exponent_per_s": "largest exponent (1/s)",
    "target_exponent_per_s": "that of the target in the same time (1/s)",
    "spectrum_distance": "distance of spectra",
}
_CAPTIONS = {
    "outputs": "Target and output.",
    "error": "Error over time.",
    "weights": "Decoder weights over time.",
    "raster": "Activity around the end of learning.",
    "lorenz": "Attractor, return map and spectrum in the test.",
}


def train_one(plan: Plan, *, seed: int, out: Path, progress: bool = True) -> dict[str, Any]:
    """Train a plan's network, write all of it to a folder, and return the summary."""
    started, folder = time.perf_counter(), output_folder(out)
    course = train(plan, seed=seed, progress=progress)
    found = outcome(course)
    measured = found.pop("measures")
    pictures = [] if course.trained.diverged else draw(folder, course)
    summary = {
        "experiment": "force_training",
        "seed": seed,
        **found,
        **measured,
        "compilations": compilations(),
        "seconds": {**course.seconds, "total": time.perf_counter() - started},
        "versions": versions(),
        "settings": plan.described(),
    }
    write_text(folder / "report.md", _report(plan, summary, pictures))
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{in_words(plan, summary)}\nresults in {folder}", flush=True)
    return summary


def outcome(course: Course) -> dict[str, Any]:
    """Measures and verdict of a course, ready for JSON."""
    found = measures(course)
    return {
        "learned": error(found) < LEARNED,
        "diverged": course.trained.diverged,
        "measures": found,
    }


def in_words(plan: Plan, summary: dict[str, Any]) -> str:
    """A summary as lines for a person."""
    settings = plan.settings
    lines = [
        f"{plan.task}, {plan.model}: {settings.n_neurons} neurons, G {settings.G:g}, "
        f"Q {settings.Q:g}, learning from {settings.learn_ms[0] / 1e3:g} to "
        f"{settings.learn_ms[1] / 1e3:g} s of {settings.duration_ms / 1e3:g} s; "
        f"seed {summary['seed']}",
        *([f"not as published: {plan.note}"] if plan.note else []),
        *([summary["diverged"]] if summary["diverged"] else []),
    ]
    for name, title in _NAMES.items():
        if (value := summary.get(name)) is not None:
            lines.append(f"  {title:<44}{value:>10.3g}")
    return "\n".join(lines)


def _report(plan: Plan, summary: dict[str, Any], pictures: list[Path]) -> str:
    task = TARGETS[plan.task]
    head, *rows = in_words(plan, summary).split("\n")
    lines = [f"# {plan.task}, {plan.model}", "", f"{task.description}. {task.source}.", "", head]
    lines += ["", "```", *rows, "```", ""]
    lines += [
        "NRMSE: root mean square of output less target, over the target's standard deviation. In "
        "the test the network runs alone. Drift-tolerant: after the best shift in time and change "
        f"of tempo of up to 5 %. Learned: that, or else the NRMSE, is below {LEARNED:g}.",
        "",
    ]
    for picture in pictures:
        lines += [f"![{_CAPTIONS[picture.stem]}]({picture.name})", ""]
    lines += ["| setting | value |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in summary["settings"].items()]
    return "\n".join(lines) + "\n"
