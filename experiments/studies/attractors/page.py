"""The page of machines in attractors."""

from __future__ import annotations

from experiments.lab.page import Page, RunFiles, Section, Value, percent
from experiments.lab.page.figures import note, picture, table_of

_COLUMNS = {
    "neurons": "{neurons}",
    "states": "{states}",
    "inputs": "{inputs}",
    "noise of weights": "{noise:g}",
    "walks without an error": "{walks}",
    "steps right": "{steps}",
    "dense binary reading, steps right": "{dense}",
    "spikes a neuron and second": "{rate_Hz:.1f}",
}


def page(run: RunFiles) -> Page:
    """What is said of them."""
    summary, settings = run.summary, run.summary["settings"]
    rows = [
        size
        | {
            name: percent(size[name]["mean"], size[name]["interval"])
            for name in ("walks", "steps", "dense")
        }
        for size in summary["sizes"]
    ]
    measures = {
        f"{row['neurons']} neurons, {row['states']} states, noise {row['noise']:g}: walks": row[
            "walks"
        ]
        for row in rows
    }
    largest = {
        f"states of the largest machine in {n} neurons, of those tried": Value(states)
        for n, states in summary["largest"].items()
    }
    said = note(
        f"{settings['machines']} machines of each size, a walk of {summary['steps']} inputs each; "
        "means and 95 % intervals over machines. The largest is that of which at least nine in ten "
        "walk without an error."
    )
    return Page(
        title="State machines in attractors",
        asked=[
            "Can a table of transitions be wired into spiking neurons, with weights of two bits "
            "under Dale's law, so that they walk on it?",
        ],
        facts=measures | largest,
        sections=[
            Section("Walks", [table_of(_COLUMNS, rows), said]),
            Section("A walk", [picture(run.folder / "walk.png", "Rates of the states' groups.")]),
        ],
        measures=measures,
        settings=settings,
    )
