"""The evolved liquid: in space, to be turned, and beside where it began."""

from __future__ import annotations

from typing import Any

import numpy as np

from evolution.ancestry import Ancestry
from experiments.lab.page.contents import Part
from experiments.lab.page.figures import chart, gallery, macro, series
from lsm import Reservoir
from lsm.plots.colours import EXCITATORY, INHIBITORY, POPULATIONS

#: The strongest synapses of a larger number are drawn.
_SYNAPSES = 20_000


def in_space(reservoir: Reservoir, first: Ancestry | None, *, which: str = "") -> Part:
    """The liquid's neurons and synapses; a slider leads from where neurons began to where they are.

    Hovering a neuron says its parameters, and shows its synapses alone. `which` begins the caption.
    """
    synapses = reservoir.synapses
    order = np.argsort(-np.abs(synapses.weight_pA), kind="stable")[:_SYNAPSES]
    spec: dict[str, Any] = {
        "positions": reservoir.positions.round(3).tolist(),
        "excitatory": reservoir.excitatory.astype(int).tolist(),
        "side": np.broadcast_to(np.array(reservoir.side), reservoir.positions.shape[1]).tolist(),
        "source": synapses.source[order].tolist(),
        "target": synapses.target[order].tolist(),
        "colours": [INHIBITORY, EXCITATORY],
        "tips": _tips(reservoir),
        "first": None,
    }
    if first is not None and first.inherited.any():
        places = first.positions.round(3).tolist()
        spec["first"] = [
            place if inherited else None
            for place, inherited in zip(places, first.inherited, strict=True)
        ]
    few = f", of which the strongest {_SYNAPSES:,} are drawn" if len(synapses) > _SYNAPSES else ""
    caption = (
        f"{which}{reservoir.n_neurons} neurons, {int(reservoir.excitatory.sum())} of them "
        f"excitatory, and {len(synapses):,} synapses{few}. Drag to turn it (or focus it and use "
        "the arrow keys); hover or tap a neuron to see its parameters and its own synapses."
    )
    return macro("liquid", caption=caption, spec=spec)


def _tips(reservoir: Reservoir) -> list[str]:
    """What is said of each neuron."""
    n, values = reservoir.n_neurons, reservoir.parameters
    incoming = np.bincount(reservoir.synapses.target, minlength=n)
    outgoing = np.bincount(reservoir.synapses.source, minlength=n)
    tips = []
    for k, excitatory in enumerate(reservoir.excitatory):
        kind = "excitatory" if excitatory else "inhibitory"
        lines = [f"neuron {k}, {kind}", f"synapses: {incoming[k]} in, {outgoing[k]} out"]
        tips.append("\n".join([*lines, *(f"{name} {values[name][k]:.4g}" for name in values)]))
    return tips


def against_first(reservoir: Reservoir, first: Ancestry) -> list[Part]:
    """Parameters of the evolved liquid beside those of the first generation."""
    spread, moved = [], []
    for name, drawn, before in zip(first.names, first.drawn.T, first.parameters.T, strict=True):
        evolved = reservoir.parameters[name]
        lines = [
            _distribution("first generation", drawn, "#888888"),
            _distribution("evolved", evolved, EXCITATORY),
        ]
        spread.append(chart(name, lines, x=name, y="share below", small=True))
        points = [
            series(
                label,
                before[rows],
                evolved[rows],
                colour=colour,
                tips=[f"neuron {k}" for k in np.flatnonzero(rows)],
            )
            for polarity, colour, label in POPULATIONS
            if (rows := first.inherited & (reservoir.excitatory == polarity)).any()
        ]
        look = {"square": True, "diagonal": True, "small": True}
        moved.append(chart(name, points, x=f"first {name}", y="evolved", **look))
    return [gallery(spread), *([gallery(moved)] if first.inherited.any() else [])]


def _distribution(name: str, values: np.ndarray, colour: str) -> dict[str, Any]:
    """A cumulative distribution, as a line of at most 100 points."""
    share = np.linspace(0, 1, min(len(values), 100))
    return series(name, np.quantile(values, share), share, colour=colour, line=True)
