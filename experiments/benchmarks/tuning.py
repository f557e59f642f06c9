"""Balance stage by stage: by design, then by inhibitory plasticity, measured on unseen samples."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lsm import InputWiring, Reservoir, record
from lsm.metrics import (
    binned_counts,
    cv2,
    firing_rates,
    interval_cv,
    loose_balance,
    synaptic_currents,
    synchrony,
    tight_balance,
)
from lsm.plasticity import inhibitory
from lsm.plasticity.balance import balance, mean_currents
from lsm.spikes import SpikeTrains
from lsm.topology import FixedInDegree

Row = dict[str, Any]

#: What a reservoir goes through, in this order.
STAGES = ("drawn", "balanced", "plastic", "plastic and balanced")

#: A neuron is balanced where its mean current is less than this part of its excitation.
LOOSE = 0.05
#: CV of the long run that counts as irregular.
IRREGULAR = (0.7, 1.3)
#: What is cut off from the start of a run, where potentials still remember the reset.
START_MS = 200.0
#: Width of the bins in which spikes are counted for synchrony.
BIN_MS = 5.0


def tunable_liquid(
    n: int = 200, *, random_state: int | np.random.Generator | None = None
) -> Reservoir:
    """A liquid in which inhibition can follow excitation in time.

    Inhibitory neurons hear the input by themselves, so that inhibition is neither late nor a mere
    echo of the rate; each neuron hears a tenth of the channels, so that neurons differ; and each
    excitatory neuron hears all inhibitory ones, two fifths of the neurons, of which it can choose.
    Thresholds 3 mV above rest let neurons fire from fluctuations alone, which is all that balance
    leaves.

    Parameters
    ----------
    n : int
        60 % of them excitatory.
    random_state : int, Generator or None
    """
    excitatory = np.arange(n) < round(0.6 * n)
    inhibitory_neurons = int((~excitatory).sum())
    degree = (n // 10, n // 10, inhibitory_neurons, inhibitory_neurons // 2)
    return Reservoir.random(
        n,
        random_state=random_state,
        ranges={"tau_m_ms": (10.0, 30.0)},
        parameters={"v_threshold_mV": -67.0, "tau_syn_ms": 5.0},
        excitatory=excitatory,
        wiring=FixedInDegree(degree, weight_pA=(10.0, 10.0, -20.0, -20.0), delay_ms=(0.0,) * 4),
        inputs=InputWiring(fraction=0.1, weight_pA=60.0, weight_sd_pA=20.0, neurons="all"),
    )


def end_to_end(spikes: SpikeTrains) -> SpikeTrains:
    """All samples one after another, as a single long one."""
    start = np.concatenate([[0.0], np.cumsum(spikes.durations_ms)])
    return SpikeTrains(
        spikes.times_ms + start[spikes.sample_indices()],
        spikes.channels,
        np.array([0, len(spikes.times_ms)]),
        start[-1:],
        spikes.n_channels,
    )


def tune(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    rate_Hz: float | None = None,
    learning_rate: float = 0.01,
    rounds: int = 2,
    max_iter: int = 150,
    dt_ms: float = 1.0,
) -> dict[str, Reservoir]:
    """The reservoir at each of the :data:`STAGES`.

    Parameters
    ----------
    spikes : SpikeTrains
        Unlabelled samples to learn from, in an order that mixes the classes.
    rate_Hz : float, optional
        What plasticity aims at; by default the median rate of the balanced excitatory neurons, so
        that it hasn't to change the rate.
    rounds : int
        Times that plasticity hears all samples.
    learning_rate, max_iter, dt_ms
        As :func:`lsm.plasticity.inhibitory` and :func:`lsm.plasticity.balance.balance` have them.
    """
    with warnings.catch_warnings():
        # Whom balance misses is what the table is there to say.
        warnings.filterwarnings("ignore", message=".*off the wanted balance")
        balanced = balance(reservoir, spikes, max_iter=max_iter, dt_ms=dt_ms)
        if rate_Hz is None:
            rates = mean_currents(balanced, spikes, dt_ms=dt_ms).rates_Hz
            rate_Hz = float(np.median(rates[reservoir.excitatory]))
        plastic = balanced
        for _ in range(rounds):
            plastic = inhibitory(
                plastic, spikes, rate_Hz=rate_Hz, learning_rate=learning_rate, dt_ms=dt_ms
            )
        again = balance(plastic, spikes, max_iter=max_iter, dt_ms=dt_ms)
    return dict(zip(STAGES, (reservoir, balanced, plastic, again), strict=True))


def measured(reservoir: Reservoir, long: SpikeTrains, *, dt_ms: float = 1.0) -> Row:
    """Balance, irregularity and synchrony in one long run.

    Parameters
    ----------
    long : SpikeTrains
        One sample of many seconds (:func:`end_to_end`).

    Returns
    -------
    dict
        ``loose``, ``loose_excitatory``: share of the neurons, and of the excitatory ones, that are
        balanced to :data:`LOOSE`. ``tight``, ``peak``, ``lag_ms``: median over excitatory neurons
        of the correlation of I_E with -I_I, of the largest one over lags, and of its lag;
        ``tight_low``, ``tight_high``: quartiles. ``cv``, ``cv_low``, ``cv_high``, ``irregular``:
        median and quartiles of the CV, and share within :data:`IRREGULAR`; ``cv2``; ``rate_Hz``;
        all of excitatory neurons, as plasticity changes these. ``cv_inhibitory``: of the others.
        ``synchrony``: Golomb's chi of the potentials of excitatory neurons; ``synchrony_spikes``:
        of their spikes in bins of :data:`BIN_MS`.
    """
    recording = record(reservoir, long, dt_ms=dt_ms)
    start = round(START_MS / dt_ms)
    e, i = (side[:, start:] for side in synaptic_currents(reservoir, recording, long))
    excitatory = reservoir.excitatory
    balanced = loose_balance(e, i) < LOOSE
    tight = tight_balance(e[excitatory], i[excitatory], dt_ms=dt_ms)
    cv = interval_cv(recording)
    low, middle, high = _quartiles(tight.correlation)
    cv_low, cv_middle, cv_high = _quartiles(cv[excitatory])
    counts = binned_counts(recording, bin_ms=BIN_MS)[0][excitatory]
    within = (cv[excitatory] >= IRREGULAR[0]) & (cv[excitatory] <= IRREGULAR[1])
    return {
        "loose": float(balanced.mean()),
        "loose_excitatory": float(balanced[excitatory].mean()),
        "tight": middle,
        "tight_low": low,
        "tight_high": high,
        "peak": _median(tight.peak),
        "lag_ms": _median(tight.lag_ms),
        "cv": cv_middle,
        "cv_low": cv_low,
        "cv_high": cv_high,
        "irregular": float(within.mean()),
        "cv_inhibitory": _median(cv[~excitatory]),
        "cv2": _median(cv2(recording)[excitatory]),
        "synchrony": synchrony(recording.v_mV[excitatory, start:]),
        "synchrony_spikes": synchrony(counts),
        "rate_Hz": _median(firing_rates(recording)[0, excitatory]),
    }


def tuning_table(
    tuned: Sequence[Mapping[str, Reservoir]], unseen: SpikeTrains, *, dt_ms: float = 1.0
) -> list[Row]:
    """What reservoirs are at each stage, on samples that they haven't learned from.

    Parameters
    ----------
    tuned : sequence of mapping
        Of :func:`tune`, one for each reservoir.
    unseen : SpikeTrains
        Samples to measure with, end to end.
    dt_ms : float

    Returns
    -------
    list of dict
        One for each reservoir and stage: ``reservoir``, its number; ``stage``; and what
        :func:`measured` has.
    """
    long = end_to_end(unseen)
    return [
        {"reservoir": number, "stage": stage} | measured(reservoir, long, dt_ms=dt_ms)
        for number, stages in enumerate(tuned)
        for stage, reservoir in stages.items()
    ]


def _quartiles(values: np.ndarray) -> tuple[float, float, float]:
    """Quartiles of what is a number; NaN where nothing is."""
    some = values[np.isfinite(values)] if np.isfinite(values).any() else np.array([np.nan])
    low, middle, high = np.quantile(some, [0.25, 0.5, 0.75]).tolist()
    return low, middle, high


def _median(values: np.ndarray) -> float:
    return _quartiles(values)[1]
