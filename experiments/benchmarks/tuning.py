"""Balance stage by stage: by design, then by inhibitory plasticity, measured on unseen samples."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.page import Part
from experiments.lab.page.figures import table
from experiments.lab.results import Results
from lsm import InputWiring, Reservoir, metrics, record
from lsm.metrics.regime import finite_median
from lsm.plasticity import inhibitory
from lsm.plasticity.balance import balance, mean_currents
from lsm.spikes import SpikeTrains
from lsm.topology import FixedInDegree
from tasks import fsdd, make_task

FULL: dict[str, Any] = {"liquids": 5, "neurons": 200, "learned": 100, "unseen": 60}
QUICK = {"liquids": 2, "neurons": 60, "learned": 20, "unseen": 10}
#: What a reservoir goes through, in this order.
STAGES = ("drawn", "balanced", "plastic", "plastic and balanced")
#: A neuron is balanced where its mean current is less than this part of its excitation.
LOOSE = 0.05
#: What is cut off from the start of a run, where potentials still remember the reset.
START_MS = 200.0
#: Width of the bins in which spikes are counted for synchrony.
BIN_MS = 5.0
#: Columns of the report: head and format, by what :func:`measured` has.
_COLUMNS = {
    "loose": ("< 5 %", ".1%"),
    "tight": ("corr(I_E, -I_I)", ".3f"),
    "lag_ms": ("lag (ms)", ".1f"),
    "cv": ("CV", ".2f"),
    "synchrony": ("chi, spikes", ".2f"),
    "rate_Hz": ("rate (Hz)", ".1f"),
}


def tuned_on_speech(
    *, liquids: int, neurons: int, learned: int, unseen: int, seed: int
) -> list[dict[str, Any]]:
    """New liquids learn from spoken digits; at each stage others, of other takes, measure them.

    Returns
    -------
    list of dict
        One for each reservoir and stage: ``reservoir``, its number; ``stage``; and what
        :func:`measured` has.
    """
    task = make_task("FSDD", random_state=seed)
    rng = np.random.default_rng(seed)
    spikes = task.spikes[rng.permutation(task.train)[:learned]]
    long = metrics.end_to_end(task.spikes[rng.permutation(task.fitness)[:unseen]])
    sampled = [tunable_liquid(neurons, random_state=rng) for _ in range(liquids)]
    return [
        {"reservoir": number, "stage": stage} | measured(reservoir, long)
        for number, liquid in enumerate(sampled)
        for stage, reservoir in tune(liquid, spikes).items()
    ]


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
    n_inhibitory = int((~excitatory).sum())
    degree = (n // 10, n // 10, n_inhibitory, n_inhibitory // 2)
    return Reservoir.random(
        n,
        random_state=random_state,
        ranges={"tau_m_ms": (10.0, 30.0)},
        parameters={"v_threshold_mV": -67.0, "tau_syn_ms": 5.0},
        excitatory=excitatory,
        wiring=FixedInDegree(degree, weight_pA=(10.0, 10.0, -20.0, -20.0), delay_ms=(0.0,) * 4),
        inputs=InputWiring(fraction=0.1, weight_pA=60.0, weight_sd_pA=20.0, neurons="all"),
    )


def tune(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    learning_rate: float = 0.01,
    rounds: int = 2,
    max_iter: int = 150,
) -> dict[str, Reservoir]:
    """The reservoir at each of the :data:`STAGES`.

    Plasticity aims at the median rate of the balanced excitatory neurons, so that it hasn't to
    change the rate.

    Parameters
    ----------
    spikes : SpikeTrains
        Unlabelled samples to learn from, in an order that mixes the classes.
    rounds : int
        Times that plasticity hears all samples.
    learning_rate, max_iter
        As :func:`lsm.plasticity.inhibitory` and :func:`lsm.plasticity.balance.balance` have them.
    """
    with warnings.catch_warnings():
        # Whom balance misses is what the table is there to say.
        warnings.filterwarnings("ignore", message=".*off the wanted balance")
        plastic = balanced = balance(reservoir, spikes, max_iter=max_iter)
        rates = mean_currents(balanced, spikes).rates_Hz[reservoir.excitatory]
        for _ in range(rounds):
            plastic = inhibitory(
                plastic, spikes, rate_Hz=float(np.median(rates)), learning_rate=learning_rate
            )
        again = balance(plastic, spikes, max_iter=max_iter)
    return dict(zip(STAGES, (reservoir, balanced, plastic, again), strict=True))


def measured(reservoir: Reservoir, long: SpikeTrains) -> dict[str, float]:
    """Balance, irregularity and synchrony in one long run.

    Parameters
    ----------
    long : SpikeTrains
        One sample of many seconds (:func:`lsm.metrics.end_to_end`).

    Returns
    -------
    dict
        ``loose``: share of the neurons that are balanced to :data:`LOOSE`. The others are of
        excitatory neurons, as plasticity changes these: ``tight``, ``lag_ms``, median correlation
        of I_E with -I_I, and the lag of the largest one; ``cv``, ``rate_Hz``, medians; and
        ``synchrony``, Golomb's chi of their spikes in bins of :data:`BIN_MS`.
    """
    recording = record(reservoir, long)
    e, i = (
        side[:, round(START_MS) :] for side in metrics.synaptic_currents(reservoir, recording, long)
    )
    excitatory = reservoir.excitatory
    tight = metrics.tight_balance(e[excitatory], i[excitatory])
    values = {
        "tight": tight.correlation,
        "lag_ms": tight.lag_ms,
        "cv": metrics.interval_cv(recording)[excitatory],
        "rate_Hz": metrics.firing_rates(recording)[0, excitatory],
    }
    counts = metrics.binned_counts(recording, bin_ms=BIN_MS)[0][excitatory]
    return {
        "loose": float((metrics.loose_balance(e, i) < LOOSE).mean()),
        "synchrony": metrics.synchrony(counts),
        **{name: finite_median(each) for name, each in values.items()},
    }


def tuning_report(rows: Sequence[Mapping[str, Any]] | None) -> list[Part]:
    """The table: mean over reservoirs and, in brackets, smallest and largest."""
    if rows is None:
        return []
    cells = []
    for stage in STAGES:
        cells.append([stage])
        for name, (_, form) in _COLUMNS.items():
            values = np.array([row[name] for row in rows if row["stage"] == stage])
            low, high = (format(value, form) for value in (values.min(), values.max()))
            cells[-1].append(f"{values.mean():{form}} ({low} to {high})")
    return [table(["stage", *(head for head, _ in _COLUMNS.values())], cells)]


def _measure(settings: BenchmarkSettings, _: Results) -> list[dict[str, Any]] | None:
    try:
        fsdd.speakers()
    except ValueError as error:
        print(f"balance: left out: {error}")
        return None
    return tuned_on_speech(**settings.size(FULL, QUICK), seed=settings.seed)


PART = BenchmarkPart("Balance", _measure, tuning_report)
