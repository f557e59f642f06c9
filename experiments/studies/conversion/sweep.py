"""The conversion's experiment: networks are trained, their factor is sought, and they are tested.

Each of the three, for each task and seed, is a piece of work that leaves a record, so that an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.page import write_page
from experiments.lab.progress import note
from experiments.lab.records import Key, Record, Records, open_records
from experiments.lab.results import versions, write_json
from experiments.lab.statistics import MIN_RUNS, Summary, interval
from experiments.studies.conversion.pictures import draw
from experiments.studies.conversion.report import report, write_report
from experiments.studies.conversion.settings import ConversionSettings
from lsm import compilations
from lsm.conversion import SAMPLE_MS, SigmoidNetwork, run_trials, search_scaling_factor
from lsm.conversion.training import train_rates
from tasks.cognitive import COGNITIVE, STEP_MS, Trials, make_trials

_PIECES = ("train", "search", "test")
_MEASURES = ("rate", "spiking", "without_recurrence")


def convert_all(settings: ConversionSettings) -> Summary:
    """Do what is missing, write pictures, summary and report, and return the summary.

    Errors are those of :func:`experiments.lab.records.open_records`.
    """
    started = time.perf_counter()
    folder, records = open_records(settings.out, settings.identity(), resume=settings.resume)
    _work(settings, records, folder)

    found = {
        task: {
            piece: [records[_key(seed, task, piece)] for seed in settings.all_seeds]
            for piece in _PIECES
        }
        for task in settings.tasks
    }
    summary = {
        "experiment": "rate_to_spiking",
        "seeds": list(settings.all_seeds),
        "tasks": {task: _summarised(pieces) for task, pieces in found.items()},
        "compilations": compilations(),
        "seconds": {
            "total": time.perf_counter() - started,
            "measured": sum(
                record["seconds"]
                for pieces in found.values()
                for records_of in pieces.values()
                for record in records_of
            ),
        },
        "versions": versions(),
        "settings": settings.identity(),
    }
    pictures = [
        picture
        for task, pieces in found.items()
        for picture in draw(folder, task, pieces["search"], pieces["test"])
    ]
    write_report(folder / "report.md", summary, pictures)
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{report(summary)}\nresults in {folder}", flush=True)
    return summary


def _work(settings: ConversionSettings, records: Records, folder: Path) -> None:
    """Do what has no record yet, task after task, seed after seed."""
    pieces = [
        (task, seed, piece)
        for task in settings.tasks
        for seed in settings.all_seeds
        for piece in _PIECES
    ]
    missing = [one for one in pieces if _key(one[1], one[0], one[2]) not in records]
    with (
        threadpool_limits(1),
        tqdm(total=len(pieces), initial=len(pieces) - len(missing), unit="piece") as bar,
    ):
        for task, seed, piece in missing:
            bar.set_postfix_str(f"{task}, seed {seed}: {piece}")
            before = time.perf_counter()
            at = folder / f"{task}-seed{seed}.npz"
            if piece == "train":
                result = _train(settings, task, seed, at)
            elif piece == "search":
                result = _search(settings, task, seed, SigmoidNetwork.load(at))
            else:
                best = records[_key(seed, task, "search")]["best"]
                result = _test(settings, task, seed, SigmoidNetwork.load(at), best)
            seconds = time.perf_counter() - before
            records.add(_key(seed, task, piece), result | {"seconds": seconds})
            bar.update()
            raise_if_interrupted()


def _drawn(task: str, number: int, rng: np.random.Generator) -> Trials:
    return make_trials(task, number, random_state=rng)


def _train(settings: ConversionSettings, task: str, seed: int, path: Path) -> Record:
    """Train a network, or take the one that is given, and keep it."""
    if settings.network is not None:
        settings.given_network().save(path)
        return {"steps": 0, "accuracy": None, "error": None}
    rng = np.random.default_rng(_stream(task, seed, "train"))
    with tqdm(total=settings.training.most, unit="step", desc="training", leave=False) as bar:

        def tick(step: int, accuracy: float, error: float) -> None:
            raise_if_interrupted()
            bar.update(step - bar.n)
            bar.set_postfix_str(f"accuracy {100 * accuracy:.0f} %, error {error:.3f}")

        trained = train_rates(partial(_drawn, task), settings.training, rng, tick, step_ms=STEP_MS)
    trained.network.save(path)
    note(
        f"{task}, seed {seed}: trained in {trained.steps} steps, "
        f"accuracy {100 * trained.accuracy:.0f} %, error {trained.error:.3f}"
    )
    return {"steps": trained.steps, "accuracy": trained.accuracy, "error": trained.error}


def _search(settings: ConversionSettings, task: str, seed: int, network: SigmoidNetwork) -> Record:
    drawn, noise = _stream(task, seed, "search").spawn(2)
    trials = make_trials(task, settings.search_trials, random_state=drawn)
    found = search_scaling_factor(
        network,
        trials.inputs,
        lambda outputs: trials.correct(outputs[..., 0], step_ms=SAMPLE_MS),
        scaling_factors=settings.scaling_factors,
        step_ms=STEP_MS,
        random_state=int(noise.generate_state(1)[0]),
    )
    note(
        f"{task}, seed {seed}: 1/lambda {found.best:g}, accuracy {100 * found.accuracies.max():.0f}"
        " % on the trials of the search"
    )
    return {
        "scaling_factors": found.scaling_factors.tolist(),
        "accuracies": found.accuracies.tolist(),
        "best": found.best,
    }


def _test(
    settings: ConversionSettings, task: str, seed: int, network: SigmoidNetwork, factor: float
) -> Record:
    """Accuracies on trials that nothing was chosen by, and what pictures show of them."""
    drawn, *noises = _stream(task, seed, "test").spawn(4)
    trials = make_trials(task, settings.trials, random_state=drawn)
    of_rates, of_spikes, of_control = map(np.random.default_rng, noises)
    rate = network.run(
        trials.inputs, step_ms=STEP_MS, noise=settings.training.noise, random_state=of_rates
    )[..., 0]
    said = run_trials(network, factor, trials.inputs, step_ms=STEP_MS, random_state=of_spikes)
    alone = SigmoidNetwork(
        np.zeros_like(network.recurrent), network.input, network.output, network.tau_ms
    )
    control = run_trials(alone, factor, trials.inputs, step_ms=STEP_MS, random_state=of_control)
    every = round(STEP_MS / SAMPLE_MS)
    spiking = said.outputs[:, ::every, 0][:, : rate.shape[1]]
    curves = {}
    for condition in sorted(set(trials.conditions)):
        rows = np.array([one == condition for one in trials.conditions])
        curves[condition] = {
            "rate": rate[rows].mean(axis=0).round(4).tolist(),
            "spiking": spiking[rows].mean(axis=0).round(4).tolist(),
            "trial": spiking[np.argmax(rows)].round(4).tolist(),
        }
    shown = said.spike_trials == 0
    return {
        "rate": float(trials.correct(rate).mean()),
        "spiking": float(trials.correct(said.outputs[..., 0], step_ms=SAMPLE_MS).mean()),
        "without_recurrence": float(
            trials.correct(control.outputs[..., 0], step_ms=SAMPLE_MS).mean()
        ),
        "rate_Hz": float(said.rates_Hz.mean()),
        "correlation": float(np.corrcoef(rate.ravel(), spiking.ravel())[0, 1]),
        "curves": curves,
        "raster": {
            "condition": trials.conditions[0],
            "inhibitory": network.inhibitory.tolist(),
            "times_ms": said.spike_times_ms[shown].round(2).tolist(),
            "neurons": said.spike_neurons[shown].tolist(),
        },
    }


def _summarised(pieces: dict[str, list[Record]]) -> dict[str, Any]:
    tests, searches, trained = pieces["test"], pieces["search"], pieces["train"]
    return {
        "accuracy": {name: _mean([test[name] for test in tests]) for name in _MEASURES},
        "scaling_factors": [search["best"] for search in searches],
        "rate_Hz": _mean([test["rate_Hz"] for test in tests]),
        "correlation": _mean([test["correlation"] for test in tests]),
        "training_steps": [one["steps"] for one in trained],
    }


def _mean(values: list[float]) -> dict[str, Any]:
    array = np.array(values)
    return {
        "mean": float(array.mean()),
        "sd": float(array.std(ddof=1)) if len(array) > 1 else None,
        "interval": interval(array) if len(array) >= MIN_RUNS else None,
        "values": values,
    }


def _key(seed: int, task: str, piece: str) -> Key:
    return seed, 0, f"{task}: {piece}"


def _stream(task: str, seed: int, piece: str) -> SeedSequence:
    place = list(COGNITIVE).index(task)
    return SeedSequence(seed, spawn_key=(place, _PIECES.index(piece)))
