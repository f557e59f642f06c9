"""What tuning makes of liquids that hear speech: a table, and a picture of currents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.benchmarks.tuning import STAGES, Row, tunable_liquid, tune, tuning_table
from experiments.lab.page import Part
from experiments.lab.page.figures import table
from experiments.lab.results import Results
from lsm import Reservoir, record
from lsm.metrics import synaptic_currents, tight_balance
from lsm.plots import plot_currents
from lsm.spikes import SpikeTrains
from tasks import fsdd, make_task

FULL: dict[str, Any] = {"liquids": 5, "neurons": 200, "heard": 100, "unseen": 60}
QUICK = {"liquids": 2, "neurons": 60, "heard": 20, "unseen": 10}


def tuned_on_speech(
    *, liquids: int, neurons: int, heard: int, unseen: int, seed: int
) -> tuple[list[Row], Figure]:
    """The table of new liquids on spoken digits, and a picture of the first one's currents.

    They learn from ``heard`` samples; ``unseen`` ones of other takes measure them.
    """
    task = make_task("FSDD", random_state=seed)
    rng = np.random.default_rng(seed)
    spikes = task.spikes[rng.permutation(task.train)[:heard]]
    others = task.spikes[rng.permutation(task.fitness)[:unseen]]
    given = [tunable_liquid(neurons, random_state=rng) for _ in range(liquids)]
    tuned = [tune(liquid, spikes) for liquid in given]
    return tuning_table(tuned, others), plot_tuning(tuned[0], others[0])


#: Columns of a report: head, key and format.
_COLUMNS = (
    ("< 5 %, all", "loose", ".1%"),
    ("< 5 %, E", "loose_excitatory", ".1%"),
    ("corr(I_E, -I_I)", "tight", ".3f"),
    ("lag (ms)", "lag_ms", ".1f"),
    ("CV", "cv", ".2f"),
    ("CV .7-1.3", "irregular", ".0%"),
    ("CV2", "cv2", ".2f"),
    ("chi, v", "synchrony", ".2f"),
    ("chi, spikes", "synchrony_spikes", ".2f"),
    ("rate (Hz)", "rate_Hz", ".1f"),
)


def tuning_report(rows: Sequence[Mapping[str, Any]] | None) -> list[Part]:
    """The table: mean over reservoirs and, in brackets, smallest and largest."""
    if rows is None:
        return []
    cells = []
    for stage in STAGES:
        cells.append([stage])
        for _, key, form in _COLUMNS:
            values = np.array([row[key] for row in rows if row["stage"] == stage])
            parts = (values.mean(), values.min(), values.max())
            cells[-1].append("{} ({} to {})".format(*(format(part, form) for part in parts)))
    return [table(["stage", *(head for head, _, _ in _COLUMNS)], cells)]


def plot_tuning(stages: Mapping[str, Reservoir], sample: SpikeTrains) -> Figure:
    """Currents of one neuron in one sample, before and after inhibitory plasticity.

    Of the excitatory neuron whose correlation of excitation with inhibition afterwards is the
    median one.

    Parameters
    ----------
    stages : mapping
        Of :func:`tune`.
    sample : SpikeTrains
        One that was not learned from.
    """
    shown = (STAGES[1], STAGES[3])
    recordings = [record(stages[name], sample) for name in shown]
    currents = [
        synaptic_currents(stages[name], recording, sample)
        for name, recording in zip(shown, recordings, strict=True)
    ]
    tight = [tight_balance(*both, dt_ms=1.0).correlation for both in currents]
    candidates = np.flatnonzero(stages[shown[1]].excitatory & np.isfinite(tight[1]))
    neuron = int(candidates[np.argsort(tight[1][candidates])[len(candidates) // 2]])
    figure = Figure(figsize=(8, 5.2))
    rows = figure.subplots(2, 1, sharex=True, sharey=True)
    for axes, name, (e, i), correlation in zip(rows, shown, currents, tight, strict=True):
        plot_currents(axes, recordings[0].t_ms, e[neuron], i[neuron])
        axes.set_title(f"{name}: correlation of I_E with -I_I {correlation[neuron]:.2f}")
    rows[0].set_xlabel("")
    return figure


def _measure(settings: BenchmarkSettings, results: Results) -> list[Row] | None:
    try:
        fsdd.speakers()
    except ValueError as error:
        print(f"balance: left out: {error}")
        return None
    rows, figure = tuned_on_speech(**settings.size(FULL, QUICK), seed=settings.seed)
    results.figure("balance", figure, settings.pictures)
    return rows


PART = BenchmarkPart("Balance", "balance", _measure, tuning_report)
