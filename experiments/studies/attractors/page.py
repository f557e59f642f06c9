"""The page of machines in attractors."""

from __future__ import annotations

from experiments.lab.page import Page, RunFiles, Section, Value, percent
from experiments.lab.page.figures import note, picture, table_of

_SHARES = {"walks": "walks without an error", "steps": "steps right", "dense": "dense, steps right"}
_COLUMNS = {
    "": "{name}",
    "ms an input": "{period_ms:.0f}",
    "spikes a second": "{spikes_a_second:.0f}",
} | {heading: f"{{{name}}}" for name, heading in _SHARES.items()}


def page(run: RunFiles) -> Page:
    """What is said of them."""
    summary, settings = run.summary, run.summary["settings"]
    rows = [
        size | {name: percent(size[name]["mean"], size[name]["interval"]) for name in _SHARES}
        for size in summary["sizes"]
    ]
    measures = {row["name"]: row["walks"] for row in rows}
    largest = {
        f"states of the largest machine in {n} neurons, of those tried": Value(states)
        for n, states in summary["largest"].items()
    }
    said = note(
        f"{settings['machines']} machines of each size, a walk of {summary['steps']} inputs each; "
        "means and 95 % intervals over machines. The largest is that of which at least nine in ten "
        "walk without an error; the dense reading is of as many binary neurons."
    )
    return Page(
        title="State machines in attractors",
        asked=["Can a table of transitions be wired into spiking neurons that walk on it?"],
        facts=measures | largest,
        sections=[
            Section("Walks", [table_of(_COLUMNS, rows), said]),
            Section("A walk", [picture(run.folder / "walk.png", "Spikes of the states' groups.")]),
        ],
        measures=measures,
        settings=settings,
    )
