"""The experiment: what is missing is measured, and all that is there is judged.

A seed is a piece of work and leaves a record, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.page import write_page
from experiments.lab.progress import note
from experiments.lab.records import Key, Records, open_records
from experiments.lab.results import versions, write_json
from experiments.lab.summaries import Summary
from experiments.studies.what_when.claims import TITLES, Record, errors, judge
from experiments.studies.what_when.pictures import draw
from experiments.studies.what_when.report import verdicts, write_report
from experiments.studies.what_when.seed import STEPS, SWITCHED, measure
from experiments.studies.what_when.settings import SMOOTHED, SOON, WhatWhenSettings
from lsm import compilations


def run(settings: WhatWhenSettings) -> Summary:
    """Do what is missing, write summary, report and pictures, and return the summary.

    Errors are those of :func:`experiments.lab.records.open_records`.
    """
    started = time.perf_counter()
    folder, records = open_records(settings.out, settings.identity(), resume=settings.resume)
    _work(settings, records)

    found = [records[_key(seed)] for seed in settings.all_seeds]
    summary = {
        "experiment": "what_when",
        "seeds": list(settings.all_seeds),
        "rules": {rule: _means(found, rule) for rule in TITLES},
        "claims": judge(found),
        "angles": {
            name: {rule: _mean([one[name][rule] for one in found]) for rule in found[0][name]}
            for name in ("angles", "shuffled")
        },
        "random_angles": _mean([one["random_angles"] for one in found]),
        "compilations": compilations(),
        "seconds": {
            "total": time.perf_counter() - started,
            "measured": sum(one["seconds"] for one in found),
        },
        "versions": versions(),
        "settings": settings.identity(),
    }
    pictures = draw(folder, found, settings.trials)
    write_report(folder / "report.md", summary, pictures)
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{verdicts(summary['claims'])}\nresults in {folder}", flush=True)
    return summary


def _work(settings: WhatWhenSettings, records: Records) -> None:
    """Do the seeds that have no record yet."""
    missing = [seed for seed in settings.all_seeds if _key(seed) not in records]
    total = STEPS * settings.seeds
    with (
        threadpool_limits(1),
        tqdm(total=total, initial=total - STEPS * len(missing), unit="step") as bar,
    ):
        for seed in missing:
            before, first = time.perf_counter(), bar.n

            def tick(what: str, seed: int = seed) -> None:
                raise_if_interrupted()
                bar.set_postfix_str(f"seed {seed}, {what}", refresh=False)
                bar.update()

            content = measure(settings, seed, tick)
            seconds = time.perf_counter() - before
            records.add(_key(seed), content | {"seconds": seconds})
            bar.update(first + STEPS - bar.n)
            note(f"seed {seed}: {seconds:.0f} s")


def _key(seed: int) -> Key:
    return seed, 0, "all"


def _means(records: Sequence[Record], rule: str) -> dict[str, Any]:
    """Means over seeds of a rule; how many ran away."""
    found = [record["rules"][rule] for record in records]
    return {
        "slope": _mean([one["slope"] for one in found]),
        "peak_off_ms": _mean([one["peak_off_ms"] for one in found]),
        "steady": float(errors(records, rule).mean()),
        "recovery": {kind: _mean([one[kind]["recovery"] for one in found]) for kind in SWITCHED},
        "moved": float(np.mean([_soon_moved(one[kind]) for one in found for kind in SWITCHED])),
        "diverged": sum(one["diverged"] is not None for one in found),
    }


def _soon_moved(found: Record) -> float:
    """How far outputs have come at the end of the trials that are asked for."""
    return float(np.array(found["moved"])[:, :SOON][:, -SMOOTHED:].mean())


def _mean(values: Sequence[Any]) -> Any:
    return np.mean(values, axis=0).tolist()
