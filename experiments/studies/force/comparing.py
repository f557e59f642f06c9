"""Slow against fast learning, in spiking and in rate networks: measured, then judged.

The work is cut into pairs, a spiking and a rate network of one seed at one point of the grid and
one speed; each network leaves a record, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.errors import InputError
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.page import write_page
from experiments.lab.progress import note
from experiments.lab.records import Key, Records, open_records
from experiments.lab.results import versions, write_json
from experiments.lab.statistics import Summary
from experiments.studies.force import comparing_pairs as pairs
from experiments.studies.force.comparing_claims import judge, report
from experiments.studies.force.comparing_pairs import KINDS, PROTOCOLS, Protocol, Scale, measure
from experiments.studies.force.comparing_pictures import draw, write_report
from experiments.studies.force.comparing_table import Pair, Place
from lsm import compilations

#: An interval needs three seeds.
SEEDS, QUICK_SEEDS = 5, 3
#: A sixth of the learning, too little to judge by.
QUICK = Scale(neurons=300, learning=1 / 6)


@dataclass(frozen=True)
class CompareSettings:
    """Options of ``force_training.py --compare``.

    Parameters
    ----------
    speeds : tuple of str
        What is compared: of "slow" and "fast".
    task : str
    seed : int
        The first of them.
    seeds : int, optional
    gains, feedbacks : tuple of float, optional
        G and Q, of which every pair is a point of the grid.
    n_jobs : int
        Pairs at a time; -1: one a core.

    Raises
    ------
    InputError
        Naming the option, what was expected and what came.
    """

    speeds: tuple[str, ...] = ("slow", "fast")
    task: str = "sine"
    seed: int = 0
    seeds: int | None = None
    gains: tuple[float, ...] | None = None
    feedbacks: tuple[float, ...] | None = None
    n_jobs: int = 1
    out: Path = Path("results/force_compare")
    resume: bool = False
    quick: bool = False

    def __post_init__(self) -> None:
        if self.task not in PROTOCOLS:
            raise InputError(
                f"--task must be one of {', '.join(PROTOCOLS)} with --compare, got {self.task!r}"
            )
        known = tuple(self.protocol.alphas)
        if not self.speeds or [one for one in self.speeds if one not in known]:
            raise InputError(
                f"--compare must be of {', '.join(known)}, got {' '.join(self.speeds) or 'nothing'}"
            )
        if self.seeds is None:
            object.__setattr__(self, "seeds", QUICK_SEEDS if self.quick else SEEDS)
        if self.n_seeds < 1:
            raise InputError(f"--seeds must be at least 1, got {self.seeds}")
        if self.seed < 0:
            raise InputError(f"--seed must not be negative, got {self.seed}")
        for option, values in (("--gains", self.gains), ("--feedbacks", self.feedbacks)):
            for value in values or ():
                if not (math.isfinite(value) and value >= 0):
                    raise InputError(f"{option} must be finite and not negative, got {value:g}")
        if self.n_jobs == 0:
            raise InputError("--n-jobs must not be 0: a number of pairs, or -1 for all cores")

    @property
    def protocol(self) -> Protocol:
        return PROTOCOLS[self.task]

    @property
    def scale(self) -> Scale:
        return QUICK if self.quick else Scale()

    @property
    def n_seeds(self) -> int:
        return int(self.seeds or 0)

    @property
    def points(self) -> list[tuple[float, float]]:
        """G and Q of each point of the grid."""
        own = self.protocol
        gains = self.gains or (own.point[:1] if self.quick else own.gains)
        feedbacks = self.feedbacks or (own.point[1:] if self.quick else own.feedbacks)
        return list(product(sorted(set(gains)), sorted(set(feedbacks))))

    @property
    def places(self) -> list[Place]:
        """Of all pairs; whole grids of one seed come first."""
        seeds = range(self.seed, self.seed + self.n_seeds)
        return [
            Place(speed, gain, feedback, seed)
            for seed in seeds
            for gain, feedback in self.points
            for speed in dict.fromkeys(self.speeds)
        ]

    def identity(self) -> dict[str, Any]:
        """What a record depends on beside its key, ready for JSON."""
        own = self.protocol
        return asdict(self.scale) | {
            "task": self.task,
            "alphas": own.alphas,
            "learn_ms": list(own.learn_ms),
            "test_ms": own.test_ms,
            "settle_ms": pairs.SETTLE_MS,
            "dt_ms": pairs.DT_MS,
            "learn_every_ms": pairs.LEARN_EVERY_MS,
            "connectivity": pairs.CONNECTIVITY,
        }


def compare(settings: CompareSettings) -> Summary:
    """Do what is missing, write pictures, report and summary, and return the summary.

    Errors are those of :func:`experiments.lab.records.open_records`.
    """
    started = time.perf_counter()
    folder, records = open_records(settings.out, settings.identity(), resume=settings.resume)
    _work(settings, records)

    done = [
        Pair(place, {kind: records[_key(place, kind)] for kind in KINDS})
        for place in settings.places
    ]
    summary = {
        "experiment": "force_compare",
        "task": settings.task,
        "quick": settings.quick,
        "seeds": settings.n_seeds,
        "alphas": settings.protocol.alphas,
        **judge(done, settings.protocol.point),
        "compilations": compilations(),
        "seconds": {
            "total": time.perf_counter() - started,
            **{f"a_{kind}_network": _mean_seconds(done, kind) for kind in KINDS},
        },
        "versions": versions(),
        "settings": settings.identity() | {"seed": settings.seed},
    }
    pictures = draw(folder, done, summary)
    write_report(folder / "report.md", summary, pictures)
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{report(summary)}\nresults in {folder}", flush=True)
    return summary


def _work(settings: CompareSettings, records: Records) -> None:
    """Do the pairs that have no record yet."""
    missing = [
        place
        for place in settings.places
        if not all(_key(place, kind) in records for kind in KINDS)
    ]
    steps = 2 * len(KINDS)  # each network is trained, and tested
    total, left = steps * len(settings.places), steps * len(missing)

    with threadpool_limits(1), tqdm(total=total, initial=total - left, unit="step") as bar:

        def tick() -> None:
            raise_if_interrupted()
            bar.update()

        def one(place: Place) -> Pair:
            alpha = settings.protocol.alphas[place.speed]
            return Pair(place, measure(settings.task, place, alpha, settings.scale, tick))

        # Threads: nearly all of the time is spent in programs and in NumPy, outside of Python.
        pool = Parallel(n_jobs=settings.n_jobs, prefer="threads", return_as="generator_unordered")
        for pair in pool(delayed(one)(place) for place in missing):
            place = pair.place
            for kind in KINDS:
                if _key(place, kind) not in records:
                    records.add(_key(place, kind), pair.records[kind])
            errors = ", ".join(f"{kind} {pair.error(kind):.3f}" for kind in KINDS)
            at = f"G {place.gain:g}, Q {place.feedback:g}"
            note(f"seed {place.seed}, {place.speed}, {at}: {errors}")


def _key(place: Place, kind: str) -> Key:
    return place.seed, 0, f"{place.speed}, G {place.gain!r}, Q {place.feedback!r}, {kind}"


def _mean_seconds(done: list[Pair], kind: str) -> float:
    return float(np.mean([pair.records[kind]["seconds"] for pair in done]))
