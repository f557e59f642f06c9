"""How much of the work of samples side by side is idle, where they differ in length.

A lane waits where a chunk has no sample left for it. The program itself counts its steps
(`lsm.simulation.timing.idle_share`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.page import Part
from experiments.lab.page.figures import table_of
from lsm import Reservoir, SpikeTrains
from lsm.simulation.timing import idle_share
from tasks import fsdd, make_task

#: Liquids and neurons: one for a classifier, and a generation of evolution.
LIQUIDS = ((1, 300), (50, 20))
#: Samples whose lengths are drawn, the logarithms evenly between these.
UNEVEN, QUICK_UNEVEN, LENGTHS_MS = 3000, 200, (100.0, 1000.0)
CHANNELS, CHANNEL_HZ = 20, 20.0


def idle_lanes(seed: int, *, quick: bool) -> list[dict[str, Any]]:
    """Share of the lanes' steps without a sample, for some sets of samples in some liquids.

    Returns
    -------
    list of dict
        ``title`` of the set, ``samples``, ``lengths_ms`` (shortest, mean, longest), ``liquids``,
        ``neurons`` and the share ``idle``.
    """
    rng, rows = np.random.default_rng(seed), []
    for title, spikes in _sets(seed, quick=quick):
        lengths = spikes.durations_ms
        for liquids, neurons in LIQUIDS:
            reservoirs = [Reservoir.random(neurons, random_state=rng) for _ in range(liquids)]
            rows.append(
                {
                    "title": title,
                    "samples": len(spikes),
                    "lengths_ms": [lengths.min(), lengths.mean(), lengths.max()],
                    "liquids": liquids,
                    "neurons": neurons,
                    "idle": idle_share(reservoirs, spikes),
                }
            )
    return rows


def _sets(seed: int, *, quick: bool) -> Iterator[tuple[str, SpikeTrains]]:
    """Of one length, of drawn lengths and, where it is found, speech."""
    per_class = 20 if quick else 1000
    yield "PR12", make_task("PR12", random_state=seed, samples_per_class=per_class).spikes
    yield "drawn lengths", uneven(QUICK_UNEVEN if quick else UNEVEN, seed)
    try:
        fsdd.speakers()
    except ValueError as error:
        print(f"lanes: FSDD left out: {error}")
        return
    yield "FSDD", make_task("FSDD", random_state=seed, takes=7 if quick else None).spikes


def uneven(n_samples: int, seed: int) -> SpikeTrains:
    """Poisson spikes in samples of drawn lengths."""
    rng = np.random.default_rng([seed, 2])
    shortest, longest = np.log(LENGTHS_MS)
    lengths_ms = np.exp(rng.uniform(shortest, longest, n_samples)).round()
    counts = rng.poisson(CHANNELS * CHANNEL_HZ * lengths_ms / 1e3)
    return SpikeTrains(
        rng.random(counts.sum()) * np.repeat(lengths_ms, counts),
        rng.integers(CHANNELS, size=counts.sum()),
        np.concatenate([[0], np.cumsum(counts)]),
        lengths_ms,
        CHANNELS,
    )


def lanes_report(rows: Sequence[Mapping[str, Any]]) -> list[Part]:
    """A table of the sets and their idle steps."""
    columns = {
        "samples": "{title}",
        "number": "{samples:,}",
        "shortest, mean, longest, ms": "{lengths_ms[0]:.0f}, {lengths_ms[1]:.0f}, "
        "{lengths_ms[2]:.0f}",
        "liquids x neurons": "{liquids} x {neurons}",
        "idle, %": "{percent:.1f}",
    }
    return [table_of(columns, [{**row, "percent": 100 * row["idle"]} for row in rows])]


def _measure(settings: BenchmarkSettings, _: object) -> list[dict[str, Any]]:
    return idle_lanes(settings.seed, quick=settings.quick)


PART = BenchmarkPart("Lanes that wait", _measure, lanes_report)
