"""What happened in a liquid: spikes, rates, currents."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lsm.base.checks import positive, whole
from lsm.base.quantities import in_unit
from lsm.plots.colours import EXCITATORY, INHIBITORY, INPUT, POPULATIONS, legend_beside
from lsm.reservoir import Reservoir
from lsm.simulation import Recording
from lsm.spikes import SpikeTrains

#: What spikes look like.
_STROKES: dict[str, Any] = {"marker": "|", "linestyle": ""}


def plot_raster(
    axes: Axes, reservoir: Reservoir, recording: Recording, sample: SpikeTrains | None = None
) -> Axes:
    """Plot the spikes of one sample: excitatory neurons, inhibitory ones, input channels below.

    However many the channels are, the liquid has at least half of the height.

    Parameters
    ----------
    axes : matplotlib Axes
    reservoir : Reservoir
    recording : Recording
        Of ``reservoir``, from :func:`lsm.record`.
    sample : SpikeTrains, optional
        The sample that was recorded; its spikes are drawn at the rows below zero.

    Raises
    ------
    ValueError
        A recording of another number of neurons, more or fewer samples than one.
    """
    _check_neurons(reservoir, recording)
    if sample is not None and len(sample) != 1:
        raise ValueError(f"sample must hold one sample, as spikes[k] gives it, got {len(sample)}")
    # Where there are more channels than neurons, they stand closer together.
    n_channels = 0 if sample is None else sample.n_channels
    apart = min(1.0, reservoir.n_neurons / max(n_channels, 1))
    size = float(np.clip(600 / (reservoir.n_neurons + apart * n_channels), 1, 6))
    plot_spikes(
        axes,
        recording.spike_times_ms,
        recording.spike_neurons,
        reservoir.excitatory,
        markersize=size,
    )
    if sample is not None:
        below = -2 - apart * sample.channels
        look = _STROKES | {"markersize": max(1.0, apart * size)}
        axes.plot(sample.times_ms, below, color=INPUT, label="input", **look)
        axes.axhline(-1, color=INPUT, linewidth=0.5)
        axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick < reservoir.n_neurons])
        axes.set_ylim(-2 - apart * n_channels, reservoir.n_neurons + 2)
    axes.set_xlim(0, recording.t_ms[-1])
    legend_beside(axes)
    return axes


def plot_spikes(
    axes: Axes, times_ms: ArrayLike, neurons: ArrayLike, excitatory: ArrayLike, **look: Any
) -> Axes:
    """Spikes in the rows of their neurons, excitatory neurons below inhibitory ones.

    Parameters
    ----------
    axes : matplotlib Axes
    times_ms : array (spikes,)
    neurons : int array (spikes,)
    excitatory : bool array (neurons,)
    **look
        As `Axes.plot` has it, of the strokes.

    Raises
    ------
    ValueError
        Times and neurons of different lengths, a neuron that isn't there.
    """
    times, sources = in_unit(times_ms, "times_ms"), whole(neurons, "neurons")
    is_excitatory = np.asarray(excitatory, dtype=bool)
    n = len(is_excitatory)
    if times.shape != sources.shape or np.any((sources < 0) | (sources >= n)):
        raise ValueError(
            f"times_ms and neurons must have one length, and neurons lie in 0..{n - 1}, got the "
            f"shapes {times.shape} and {sources.shape} and neurons up to {sources.max(initial=0)}"
        )
    # Excitatory neurons first, so that the two populations stand apart.
    row = np.empty(n, dtype=int)
    row[np.argsort(~is_excitatory, kind="stable")] = np.arange(n)
    for polarity, colour, label in POPULATIONS:
        some = is_excitatory[sources] == polarity
        axes.plot(times[some], row[sources[some]], color=colour, label=label, **(_STROKES | look))
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("neuron")
    legend_beside(axes)
    return axes


def plot_rates(
    axes: Axes, reservoir: Reservoir, recording: Recording, *, bin_ms: float = 5.0
) -> Axes:
    """Plot the mean firing rate of each population over time, in Hz.

    Parameters
    ----------
    axes : matplotlib Axes
    reservoir : Reservoir
    recording : Recording
        Of ``reservoir``, from :func:`lsm.record`.
    bin_ms : float
        Width of a bin; the last one may be shorter.

    Raises
    ------
    ValueError
        A recording of another number of neurons, bins that aren't above 0.
    """
    _check_neurons(reservoir, recording)
    end = float(recording.t_ms[-1])
    starts = np.arange(0, end, positive(bin_ms, "bin_ms"))
    edges = np.append(starts, end)
    for polarity, colour, label in POPULATIONS:
        population = reservoir.excitatory == polarity
        if not population.any():
            continue
        times = recording.spike_times_ms[population[recording.spike_neurons]]
        counts, _ = np.histogram(times, bins=edges)
        axes.stairs(
            counts / population.sum() / np.diff(edges) * 1e3, edges, color=colour, label=label
        )
    axes.set_xlim(0, end)
    axes.set_ylim(0)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("rate (Hz)")
    legend_beside(axes)
    return axes


def plot_activity(
    figure: Figure,
    reservoir: Reservoir,
    recording: Recording,
    sample: SpikeTrains | None = None,
    *,
    bin_ms: float = 5.0,
) -> tuple[Axes, Axes]:
    """Plot a raster with the populations' rates below it, in a figure of their own.

    Parameters
    ----------
    figure : matplotlib Figure
    reservoir, recording, sample
        As :func:`plot_raster` has them.
    bin_ms : float
        As :func:`plot_rates` has it.

    Returns
    -------
    tuple of two matplotlib Axes
        The raster, the rates.
    """
    bin_ms = positive(bin_ms, "bin_ms")
    raster, rates = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    plot_raster(raster, reservoir, recording, sample)
    raster.set_xlabel("")
    plot_rates(rates, reservoir, recording, bin_ms=bin_ms)
    rates.get_legend().remove()  # the raster's says the same
    return raster, rates


def plot_currents(
    axes: Axes, t_ms: ArrayLike, excitatory_pA: ArrayLike, inhibitory_pA: ArrayLike
) -> Axes:
    """Plot excitatory and inhibitory current of a neuron over time, and their sum.

    Parameters
    ----------
    axes : matplotlib Axes
    t_ms, excitatory_pA, inhibitory_pA : arrays (steps,)
        The inhibitory current with its sign.

    Raises
    ------
    ValueError
        Arrays of several lengths.
    """
    t = in_unit(t_ms, "t_ms")
    e = in_unit(excitatory_pA, "excitatory_pA")
    i = in_unit(inhibitory_pA, "inhibitory_pA")
    if not (t.ndim == 1 and t.shape == e.shape == i.shape):
        raise ValueError(
            "t_ms, excitatory_pA and inhibitory_pA must be one-dimensional and of one length, got "
            f"the shapes {t.shape}, {e.shape} and {i.shape}"
        )
    axes.axhline(0, color=INPUT, linewidth=0.5)
    axes.plot(t, e, color=EXCITATORY, label="excitatory")
    axes.plot(t, i, color=INHIBITORY, label="inhibitory")
    axes.plot(t, e + i, color="black", linewidth=0.8, label="sum")
    axes.set_xlim(0, t.max(initial=0) or None)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("current (pA)")
    legend_beside(axes)
    return axes


def _check_neurons(reservoir: Reservoir, recording: Recording) -> None:
    if len(recording.v_mV) != reservoir.n_neurons:
        raise ValueError(
            f"recording must be of the reservoir's {reservoir.n_neurons} neurons, got "
            f"{len(recording.v_mV)}"
        )
