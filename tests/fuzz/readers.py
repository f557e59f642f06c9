"""The readers, and small valid files of each.

A new reader is a :class:`Reader` and its place in :data:`READERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from experiments.lab.configuration import read_options
from experiments.lab.page.tested import read_tested
from experiments.lab.records import Records
from experiments.lab.results import read_run
from experiments.lab.sweep.specification import read_runs
from experiments.studies import reference_of
from experiments.studies.evolve import STUDY as EVOLVE
from experiments.studies.evolve.page import logbook_of
from lsm.conversion import SigmoidNetwork
from tasks import make_task, read_wav, task_from
from tasks.emg import emg
from tasks.encoded import read_spikes
from tasks.nmnist import nmnist
from tasks.watch import watch
from tests.fuzz import models, recordings, runs
from tests.fuzz.mutations import Mutation, of_bytes, of_json, of_npz, of_skops, of_text


@dataclass(frozen=True)
class Reader:
    """Something that reads files.

    Parameters
    ----------
    name : str
    file : str
        Where its file stands in a folder.
    make : callable
        Contents of valid files; it may put others beside them into the folder that it's given.
    read : callable
        Reads the file at a path, and uses what it holds; an error of the project's own, which
        names the file, where it can't be.
    mutate : callable
        Breaks a content.
    needs : str, optional
        A package without which there is nothing to read.
    """

    name: str
    file: str
    make: Callable[[Path], list[bytes]]
    read: Callable[[Path], object]
    mutate: Mutation
    needs: str = ""


_ALL = (
    Reader("model", "model.npz", models.models, models.load_model, of_npz),
    Reader(
        "skops",
        "model.npz",
        models.sklearn_models,
        models.load_sklearn_model,
        of_skops,
        needs="skops",
    ),
    Reader("reservoir", "reservoir.npz", models.reservoirs, models.load_reservoir, of_npz),
    Reader("nir", "graph.json", models.graphs, models.read_graph, of_json, needs="nir"),
    Reader("checkpoint", "evolution.npz", runs.checkpoints, runs.resume_search, of_npz),
    Reader("trial", "records/trial.json", runs.trials, runs.collect, of_json),
    Reader("records", "records.jsonl", runs.records, lambda p: Records(p, runs.IDENTITY), of_json),
    Reader(
        "configuration",
        "config.yaml",
        runs.configurations,
        lambda path: read_options(EVOLVE.settings, EVOLVE.parser, [f"--config={path}"]),
        of_text,
    ),
    Reader(
        "specification",
        "spec.yaml",
        runs.specifications,
        lambda path: read_runs(path, reference_of),
        of_text,
    ),
    Reader(
        "summary",
        "summary.json",
        runs.beside_a_run(runs.summaries),
        runs.make_page,
        of_json,
    ),
    Reader(
        "logbook",
        "logbook.csv",
        runs.beside_a_run(runs.logbooks),
        lambda path: logbook_of(read_run(path.parent)),
        of_text,
    ),
    Reader("tested", "tested.npz", runs.tested, read_tested, of_npz),
    Reader("network", "network.npz", models.networks, SigmoidNetwork.load, of_npz),
    Reader(
        "wav",
        "sound.wav",
        recordings.wavs,
        lambda p: read_wav(p, rate_Hz=8000, resample=True),
        of_bytes,
    ),
    Reader("atis", "00042.bin", recordings.atis, recordings.read_atis_file, of_bytes),
    Reader(
        "labels",
        "labels.csv",
        recordings.labels,
        lambda path: nmnist(0, path.parent),
        of_text,
    ),
    Reader("emg", "sessions.npz", recordings.gestures, lambda path: emg(0, path.parent), of_npz),
    Reader(
        "watch",
        "watch_dataset.npy",
        recordings.exercises,
        lambda path: watch(0, path.parent, window=20),
        of_bytes,
    ),
    Reader(
        "encoded",
        "encoded.npz",
        recordings.encoded,
        lambda path: read_spikes(path, recordings.ENCODED)[::-1],
        of_npz,
    ),
    Reader("own arrays", "own.npz", recordings.own_arrays, task_from, of_npz),
    Reader("own table", "own.csv", recordings.own_tables, task_from, of_text),
    Reader(
        "ts",
        "Mine/Mine_TRAIN.ts",
        recordings.series,
        lambda path: make_task("aeon:Mine", random_state=0, data=path.parents[1]),
        of_text,
        needs="aeon",
    ),
)
READERS = {reader.name: reader for reader in _ALL if not reader.needs or find_spec(reader.needs)}
