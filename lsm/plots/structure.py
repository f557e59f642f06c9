"""What a reservoir is: neurons in space, synapses over distance, eigenvalues."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.art3d import Line3DCollection  # type: ignore[import-untyped]
from numpy.typing import ArrayLike

from lsm.base.checks import positive_int
from lsm.base.quantities import in_unit
from lsm.plots.colours import EXCITATORY, INHIBITORY, POPULATIONS, legend_beside
from lsm.reservoir import Reservoir
from lsm.topology import DistanceWiring
from lsm.topology.hashing import blocks
from lsm.topology.wiring import POLARITIES

#: The strongest synapses say what a picture is for; more than some thousands say nothing.
MOST_SYNAPSES = 3000


def plot_liquid(axes: Axes, reservoir: Reservoir, rates_hz: ArrayLike | None = None) -> Axes:
    """Plot the liquid in space: neurons at their places, synapses between them.

    Of more than :data:`MOST_SYNAPSES` synapses the strongest are drawn, the same share of each
    polarity; how opaque they are is their weight, compared with the strongest of their polarity.

    Parameters
    ----------
    axes : matplotlib Axes
        Made with ``projection="3d"`` for three dimensions; others show the first two.
    reservoir : Reservoir
        With positions in as many dimensions at least.
    rates_hz : array (neurons,), optional
        Firing rates, shown as the size of the neurons.

    Raises
    ------
    ValueError
        Positions of fewer dimensions than the axes, another number of rates than neurons.
    """
    dimensions = 3 if axes.name == "3d" else 2
    if reservoir.positions.shape[1] < dimensions:
        raise ValueError(
            f"positions must have {dimensions} dimensions to be drawn into these axes, got "
            f"{reservoir.positions.shape[1]}"
        )
    size = np.full(reservoir.n_neurons, 40.0)
    if rates_hz is not None:
        rates = in_unit(rates_hz, "rates_hz")
        if rates.shape != size.shape:
            raise ValueError(
                f"rates_hz must have the shape ({len(size)},), one for each neuron, got "
                f"{rates.shape}"
            )
        size = 15 + 150 * rates / max(rates.max(), 1e-12)
    x = reservoir.positions[:, :dimensions]
    synapses = reservoir.synapses
    strongest, strength = _strongest(reservoir)
    source, target = synapses.source[strongest], synapses.target[strongest]
    alpha = 0.6 * strength
    lines = list(np.stack([x[source], x[target]], axis=1))
    look: dict[str, Any] = {
        "colors": [
            to_rgba(EXCITATORY if excitatory else INHIBITORY, a)
            for excitatory, a in zip(reservoir.excitatory[source], alpha, strict=True)
        ],
        "linewidths": 0.8,
        "zorder": 1,
    }
    collection = LineCollection if dimensions == 2 else Line3DCollection
    axes.add_collection(collection(lines, **look), autolim=False)
    for polarity, colour, label in POPULATIONS:
        population = reservoir.excitatory == polarity
        axes.scatter(
            *x[population].T,  # type: ignore[misc]
            s=size[population],
            c=colour,
            label=label,
            edgecolors="white",
            zorder=2,
        )
    sides = np.broadcast_to(np.asarray(reservoir.side), reservoir.positions.shape[1])
    for name, side in zip("xyz"[:dimensions], sides, strict=False):
        getattr(axes, f"set_{name}label")(name)
        if dimensions == 3:  # as many ticks as a short side has room for
            margin = 0.03 * (side or 1.0)
            getattr(axes, f"set_{name}lim")(-margin, (side or 1.0) + margin)
            ticks = MaxNLocator(max(1, round(6 * side / max(sides.max(), 1e-12))), integer=True)
            getattr(axes, f"{name}axis").set_major_locator(ticks)
    if dimensions == 3:
        axes.set_aspect("equal")
        axes.tick_params("z", pad=8)  # type: ignore[arg-type]  # it begins where the y axis ends
    else:
        axes.update_datalim([(0, 0), tuple(sides[:2])])
        # Of axes that shrink, layout engines don't know what room their labels have.
        axes.set_aspect("equal", adjustable="datalim")
    legend_beside(axes)
    return axes


def _strongest(reservoir: Reservoir) -> tuple[np.ndarray, np.ndarray]:
    """The synapses to draw, and their weights as parts of the largest of their polarity."""
    synapses = reservoir.synapses
    share = min(1.0, MOST_SYNAPSES / max(len(synapses), 1))
    weight, excitatory = np.abs(synapses.weight_pA), reservoir.excitatory[synapses.source]
    populations = []
    for polarity, _, _ in POPULATIONS:
        population = np.flatnonzero(excitatory == polarity)
        order = np.argsort(-weight[population], kind="stable")
        populations.append(population[order[: round(share * len(population))]])
    relative = [
        weight[indices] / max(weight[indices].max(initial=0), 1e-12) for indices in populations
    ]
    return np.concatenate(populations), np.concatenate(relative)


def plot_distance(axes: Axes, reservoir: Reservoir, *, bins: int = 20) -> Axes:
    """Plot the probability of a synapse over the distance of two neurons, by their polarities.

    Points: the share of the pairs in a bin that are connected; lines: the rule, where it is a
    :class:`lsm.DistanceWiring`.

    Parameters
    ----------
    axes : matplotlib Axes
    reservoir : Reservoir
    bins : int
        From 0 to the length of the longest synapse.
    """
    x, synapses = reservoir.positions, reservoir.synapses
    inhibitory = (~reservoir.excitatory).astype(np.intp)
    between = synapses.source != synapses.target
    source, target = synapses.source[between], synapses.target[between]
    longest = float(np.linalg.norm(x[source] - x[target], axis=1).max(initial=0)) or 1.0
    edges = np.linspace(0, longest, positive_int(bins, "bins") + 1)

    def count(source: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Pairs (arrays that broadcast) by polarity and bin."""
        distance = np.linalg.norm(x[source] - x[target], axis=-1)
        at = np.minimum((distance / longest * bins).astype(np.intp), bins - 1)
        place = (2 * inhibitory[source] + inhibitory[target]) * bins + at
        return np.bincount(place[distance <= longest], minlength=4 * bins).reshape(4, bins)

    n = reservoir.n_neurons
    every = np.arange(n)
    pairs = sum(count(rows[:, None], every) for rows in blocks(n, n)) - count(every, every)
    connected = count(source, target)
    centres = (edges[:-1] + edges[1:]) / 2
    for k, name in enumerate(POLARITIES):
        has_pairs = pairs[k] > 0
        if not has_pairs.any():
            continue
        look: dict[str, Any] = {
            "color": EXCITATORY if name[0] == "E" else INHIBITORY,
            "marker": "o" if name[1] == "E" else "^",
            "fillstyle": "full" if name[1] == "E" else "none",
            "markersize": 4,
        }
        axes.plot(
            centres[has_pairs],
            connected[k][has_pairs] / pairs[k][has_pairs],
            ls="",
            label=name,
            **look,
        )
        if isinstance(reservoir.wiring, DistanceWiring):
            d = np.linspace(0, longest, 200)
            p = reservoir.wiring.probability[k] * reservoir.wiring.falloff(d**2)
            axes.plot(d, p, color=look["color"], ls="-" if name[1] == "E" else "--", lw=0.8)
    axes.set_xlim(0, longest)
    axes.set_ylim(0)
    axes.set_xlabel("distance")
    axes.set_ylabel("connection probability")
    legend_beside(axes)
    return axes


def plot_spectrum(axes: Axes, reservoir: Reservoir) -> Axes:
    """Plot the eigenvalues of the weight matrix, in pA, in the complex plane.

    The dashed circle is where those of a random matrix end whose entries vary as much, source by
    source, and are independent (Rajan & Abbott 2006, Phys. Rev. Lett. 97:188104).

    Parameters
    ----------
    axes : matplotlib Axes
    reservoir : Reservoir
        The work grows with the third power of its size: 1000 neurons take some seconds.
    """
    synapses, n = reservoir.synapses, reservoir.n_neurons
    weights = np.zeros((n, n))
    np.add.at(weights, (synapses.source, synapses.target), synapses.weight_pA)
    values = np.linalg.eigvals(weights)
    axes.plot(values.real, values.imag, ".", color="black", label="eigenvalues")
    radius = float(np.sqrt(weights.var(axis=1).sum()))
    angle = np.linspace(0, 2 * np.pi, 200)
    axes.plot(
        radius * np.cos(angle),
        radius * np.sin(angle),
        "--",
        color=INHIBITORY,
        linewidth=0.8,
        label="random matrix",
    )
    axes.set_aspect("equal", adjustable="datalim")
    axes.locator_params(nbins=5)
    axes.set_xlabel("real part (pA)")
    axes.set_ylabel("imaginary part (pA)")
    legend_beside(axes)
    return axes
