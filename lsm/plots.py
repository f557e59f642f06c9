"""Pictures of liquids. Each function draws into given axes and returns them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba

from lsm.reservoir import Reservoir
from lsm.simulation import Recording
from lsm.spikes import SpikeTrains

#: Colours that are told apart by people who are colour-blind (Okabe & Ito 2008).
EXCITATORY, INHIBITORY, INPUT = "#D55E00", "#0072B2", "#555555"


def plot_raster(
    axes: Axes, reservoir: Reservoir, recording: Recording, sample: SpikeTrains | None = None
) -> Axes:
    """Spikes of one sample: excitatory neurons, inhibitory ones, and input channels below.

    Parameters
    ----------
    axes : matplotlib Axes
    reservoir : Reservoir
    recording : Recording
        Of ``reservoir``, from :func:`lsm.record`.
    sample : SpikeTrains, optional
        The sample that was recorded; its spikes are drawn at the rows below zero.
    """
    # Excitatory neurons first, so that the two populations stand apart.
    row = np.empty(reservoir.n_neurons, dtype=int)
    row[np.argsort(~reservoir.excitatory, kind="stable")] = np.arange(reservoir.n_neurons)
    for polarity, colour, label in (
        (True, EXCITATORY, "excitatory"),
        (False, INHIBITORY, "inhibitory"),
    ):
        chosen = reservoir.excitatory[recording.spike_neurons] == polarity
        axes.plot(
            recording.spike_times_ms[chosen],
            row[recording.spike_neurons[chosen]],
            "|",
            color=colour,
            label=label,
        )
    if sample is not None:
        axes.plot(sample.times_ms, -2 - sample.channels, "|", color=INPUT, label="input")
        axes.axhline(-1, color=INPUT, linewidth=0.5)
        axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick < reservoir.n_neurons])
    axes.set_xlim(0, recording.t_ms[-1])
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("neuron")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return axes


def plot_liquid(axes: Axes, reservoir: Reservoir, rates_hz: np.ndarray | None = None) -> Axes:
    """The liquid in space: neurons at their first two coordinates, synapses between them.

    Parameters
    ----------
    axes : matplotlib Axes
    reservoir : Reservoir
    rates_hz : array (neurons,), optional
        Firing rates, shown as the size of the neurons.
    """
    x = reservoir.positions[:, :2]
    synapses = reservoir.synapses
    strength = np.abs(synapses.weight_pA)
    # The strongest synapses say what the picture is for; more than some thousands say nothing.
    strongest = np.argsort(-strength)[:3000]
    source, target = synapses.source[strongest], synapses.target[strongest]
    alpha = 0.6 * strength[strongest] / max(strength.max(initial=0), 1e-12)
    axes.add_collection(
        LineCollection(
            list(np.stack([x[source], x[target]], axis=1)),
            colors=[
                to_rgba(EXCITATORY if excitatory else INHIBITORY, a)
                for excitatory, a in zip(reservoir.excitatory[source], alpha, strict=True)
            ],
            linewidths=0.8,
            zorder=1,
        )
    )
    size = np.full(len(x), 40.0)
    if rates_hz is not None:
        size = 15 + 150 * rates_hz / max(rates_hz.max(), 1e-12)
    for polarity, colour, label in (
        (True, EXCITATORY, "excitatory"),
        (False, INHIBITORY, "inhibitory"),
    ):
        chosen = reservoir.excitatory == polarity
        axes.scatter(
            x[chosen, 0],
            x[chosen, 1],
            s=size[chosen],
            c=colour,
            label=label,
            edgecolors="white",
            zorder=2,
        )
    margin = 0.03 * (reservoir.side or 1.0)
    axes.set_xlim(-margin, (reservoir.side or 1.0) + margin)
    axes.set_ylim(-margin, (reservoir.side or 1.0) + margin)
    axes.set_aspect("equal")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return axes
