"""Balance of excitation and inhibition: loose, of the means; tight, moment by moment."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.base.quantities import in_unit
from lsm.base.reprs import short_repr
from lsm.reservoir import Reservoir
from lsm.simulation import Recording
from lsm.spikes import SpikeTrains
from lsm.topology import Synapses

Floats = NDArray[np.float64]


@short_repr
class Currents(NamedTuple):
    """Synaptic currents, as means over each step.

    Attributes
    ----------
    excitatory : array
        In pA, (neurons, steps), from 0 on.
    inhibitory : array
        In pA, (neurons, steps), up to 0.
    """

    excitatory: Floats
    inhibitory: Floats


@short_repr
class TightBalance(NamedTuple):
    """Correlation of excitation with inhibition of each neuron; NaN where one is constant.

    Attributes
    ----------
    correlation : array
        Pearson's, of I_E with -I_I, at the same time, (neurons,).
    peak : array
        The largest correlation over all lags, (neurons,).
    lag_ms : array
        Lag of the peak in ms, (neurons,); positive where inhibition comes later.
    """

    correlation: Floats
    peak: Floats
    lag_ms: Floats


def loose_balance(excitatory: ArrayLike, inhibitory: ArrayLike) -> Floats:
    """Measure loose balance: ``|mean(I_E + I_I)| / mean(I_E)`` of each neuron, (neurons,).

    0 for exactly cancelled means, 1 without inhibition, above 1 where inhibition is more than twice
    excitation. External input belongs to the currents (van Vreeswijk & Sompolinsky 1996, Science
    274:1724). NaN where there is no excitation.

    Parameters
    ----------
    excitatory, inhibitory : array (neurons, steps)
        Currents from 0 on, and up to 0, as :func:`synaptic_currents` gives them.

    Raises
    ------
    ValueError
        Arrays of different shapes, not finite, or with the wrong sign.
    """
    e, i = _checked(excitatory, inhibitory)
    mean = e.mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        remainder = np.abs(mean + i.mean(axis=1)) / mean
    return np.where(mean > 0, remainder, np.nan)


def tight_balance(
    excitatory: ArrayLike, inhibitory: ArrayLike, *, dt_ms: float = 1.0, max_lag_ms: float = 20.0
) -> TightBalance:
    """Correlate excitatory with inhibitory currents, and find their lag (Deneve & Machens 2016).

    Correlations over time of I_E(t) with -I_I(t + lag), for all lags of whole steps up to
    ``max_lag_ms`` in both directions (Nat. Neurosci. 19:375). Currents are as smooth as their
    synapses: a correlation in a time much shorter than the time constant can't be told.

    Parameters
    ----------
    excitatory, inhibitory : array (neurons, steps)
        As in :func:`loose_balance`.
    dt_ms : float
        Time from step to step.
    max_lag_ms : float

    Raises
    ------
    ValueError
        As in :func:`loose_balance`; a lag beyond half of the steps.
    """
    e, i = _checked(excitatory, inhibitory)
    max_lag_ms, dt_ms = positive(max_lag_ms, "max_lag_ms"), positive(dt_ms, "dt_ms")
    most = int(max_lag_ms / dt_ms + 1e-6)
    if most > e.shape[1] // 2:
        raise ValueError(
            f"max_lag_ms must be at most half of the {e.shape[1]} steps, got {max_lag_ms:g} ms"
        )
    lags = np.arange(-most, most + 1)
    by_lag = np.stack([_correlation(*_shifted(e, -i, int(lag))) for lag in lags])
    # A neuron with a constant current has no best lag; it keeps its NaN.
    best = np.argmax(np.where(np.isnan(by_lag), -np.inf, by_lag), axis=0)
    peak = by_lag[best, np.arange(len(e))]
    lag_ms = np.where(np.isnan(peak), np.nan, lags[best] * dt_ms)
    return TightBalance(by_lag[most], peak, lag_ms)


def synaptic_currents(reservoir: Reservoir, recording: Recording, sample: SpikeTrains) -> Currents:
    """Excitatory and inhibitory current of each neuron, external input included.

    Models with one current (:attr:`lsm.NeuronModel.current`): the spikes of the recording and of
    the sample, convolved with exp(-t / tau_syn), or with what rises first, by way of the
    reservoir's synapses; those of positive weight make the excitatory current, those of negative
    weight the inhibitory one. Their sum is the model's synaptic current (of ``izhikevich``, times
    its capacitance). Models that have both apart
    (``lif_ei``, ``lif_cond``): they are taken from the recording, of conductances the currents at
    the potential of the time. The constant background current and noise are in none of them.

    A spike acts from the end of its step on. Currents are what flows in a step, not what is there
    at its end: right after a jump that is too much, by dt / (2 tau_syn), and so more of the faster
    one of two currents.

    Parameters
    ----------
    reservoir : Reservoir
    recording : Recording
        Of this reservoir and this sample, by :func:`lsm.record`.
    sample : SpikeTrains
        With one sample.

    Raises
    ------
    ValueError
        Equations of one's own, one current with short-term plasticity (weights change then), a
        recording of another number of neurons or another length.
    """
    model, p = reservoir.model, reservoir.parameters
    dt_ms = float(recording.t_ms[0])
    n, steps = recording.v_mV.shape
    if n != reservoir.n_neurons or len(sample) != 1 or sample.n_steps(dt_ms)[0] != steps:
        raise ValueError(
            f"recording must be of this reservoir and this one sample, got {n} neurons and {steps} "
            f"steps of {dt_ms:g} ms for {reservoir!r} and {sample!r}"
        )
    if not model.current:
        raise ValueError(
            f"reservoir must be of one of the package's models, got {model.name}, whose synaptic "
            "current is not known"
        )
    if len(model.targets) == 2:
        e, i = (
            _flowing(np.asarray(recording.variables[key], np.float64), p[tau], dt_ms)
            for key, tau in zip(model.targets, model.decay_times, strict=True)
        )
        if model.current == "exponential":
            return Currents(e, i)
        before = np.concatenate([p["v_rest_mV"][:, None], recording.v_mV[:, :-1]], axis=1)
        v = (before + recording.v_mV) / 2
        # The inhibitory conductance has the sign of its weights.
        return Currents(e * (p["v_e_mV"][:, None] - v), i * (v - p["v_i_mV"][:, None]))
    if reservoir.short_term is not None:
        raise ValueError(
            "reservoir must be without short-term plasticity, with which weights vary, or of a "
            f"model that has excitation and inhibition apart, got {model.name}"
        )
    spoke = np.rint(recording.spike_times_ms / dt_ms).astype(np.int64)
    inputs = reservoir.input_synapses(sample.n_channels)
    currents = np.zeros((2, n, steps))
    _hear(currents, _counts(recording.spike_neurons, spoke, n, steps), reservoir.synapses, dt_ms)
    input_counts = _counts(sample.channels, sample.steps(dt_ms), sample.n_channels, steps)
    _hear(currents, input_counts, inputs, dt_ms)
    if model.current != "exponential":
        return Currents(*(_rising(side, reservoir, dt_ms) for side in currents))
    for neuron, decay in enumerate(np.exp(-dt_ms / p["tau_syn_ms"])):
        currents[:, neuron] = scipy.signal.lfilter([1.0], [1.0, -decay], currents[:, neuron])
    return Currents(*(_flowing(side, p["tau_syn_ms"], dt_ms) for side in currents))


def _flowing(at_end: Floats, tau_ms: Floats, dt_ms: float) -> Floats:
    """Means over each step of what decays exponentially, of its values at the steps' ends."""
    mean = np.zeros_like(at_end)  # samples begin without
    mean[:, 1:] = at_end[:, :-1] * (-np.expm1(-dt_ms / tau_ms) * tau_ms / dt_ms)[:, None]
    return mean


def _rising(arrived: Floats, reservoir: Reservoir, dt_ms: float) -> Floats:
    """Means over each step of currents that rise first, of the weights that arrive at its end."""
    p = dict(reservoir.parameters)
    decay = p["tau_syn_ms"]
    rise = p.get("tau_rise_ms", decay)  # an alpha function rises as it decays
    c = reservoir.model.constants(p, dt_ms)
    jumps = arrived * reservoir.model.weight_factor(p)[:, None]
    mean = np.zeros_like(arrived)
    for k, rise_factor in enumerate(c.get("sy", c["s"])):
        # I' = y - I / decay and y' = -y / rise: what flows in a step is what both have lost.
        y = scipy.signal.lfilter([0.0, 1.0], [1.0, -rise_factor], jumps[k])  # when the step begins
        current = scipy.signal.lfilter([c["s2"][k]], [1.0, -c["s"][k]], y)
        charge = -np.diff(current, prepend=0.0) + rise[k] * (1 - rise_factor) * y
        mean[k] = decay[k] / dt_ms * charge
    return mean


def _counts(
    source: NDArray[np.int32], step: NDArray[np.int64], n_sources: int, steps: int
) -> Floats:
    """Spikes of each source in each step, (sources, steps)."""
    place = source * np.int64(steps) + step
    counts = np.bincount(place, minlength=n_sources * steps).reshape(n_sources, steps)
    return counts.astype(np.float64)


def _hear(currents: Floats, counts: Floats, synapses: Synapses, dt_ms: float) -> None:
    """Add to currents (sign, neurons, steps) the weights of spikes, where and when they arrive."""
    _, n, steps = currents.shape
    delay = synapses.delay_steps(dt_ms)
    inhibitory = (synapses.weight_pA < 0).astype(np.int64)
    for lag in np.unique(delay[delay < steps]):
        for sign in (0, 1):
            arriving = (delay == lag) & (inhibitory == sign)
            place = synapses.target[arriving], synapses.source[arriving]
            parts = (synapses.weight_pA[arriving], place)
            weights = scipy.sparse.csr_array(parts, shape=(n, len(counts)))
            currents[sign, :, lag:] += weights @ counts[:, : steps - lag]


def _checked(excitatory: ArrayLike, inhibitory: ArrayLike) -> tuple[Floats, Floats]:
    e = in_unit(excitatory, "excitatory", unit="pA")
    i = in_unit(inhibitory, "inhibitory", unit="pA")
    if e.ndim != 2 or e.shape != i.shape or not e.size:
        raise ValueError(
            "excitatory and inhibitory must both have the shape (neurons, steps), got "
            f"{e.shape} and {i.shape}"
        )
    if not (np.isfinite(e).all() and np.isfinite(i).all()):
        raise ValueError("excitatory and inhibitory must be finite")
    if e.min() < 0 or i.max() > 0:
        raise ValueError(
            "excitatory must not be below 0 and inhibitory not above, got currents from "
            f"{e.min():g} and up to {i.max():g}"
        )
    return e, i


def _shifted(x: Floats, y: Floats, lag: int) -> tuple[Floats, Floats]:
    """x(t) and y(t + lag), cut to the times that both have."""
    return (x[:, : x.shape[1] - lag], y[:, lag:]) if lag >= 0 else (x[:, -lag:], y[:, :lag])


def _correlation(x: Floats, y: Floats) -> Floats:
    """Pearson's correlation along the last axis; NaN where a side is constant."""
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    product = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    flat = (np.ptp(x, axis=1) == 0) | (np.ptp(y, axis=1) == 0)
    return np.where(flat, np.nan, (x * y).sum(axis=1) / np.where(flat, 1, product))
