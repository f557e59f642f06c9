"""The readers, and small valid files of each.

A new reader is a :class:`Reader` and its place in :data:`READERS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from evolution import GenomeSpace, evolve
from experiments.lab.configuration import read_options
from experiments.lab.page.rendering import page_of
from experiments.lab.page.tested import read_tested
from experiments.lab.records import Records
from experiments.lab.results import read_run
from experiments.lab.sweep.collecting import compare, table
from experiments.lab.sweep.specification import read_runs
from experiments.lab.sweep.store import all_records
from experiments.studies import reference_of, study_of
from experiments.studies.evolve import STUDY as EVOLVE
from experiments.studies.evolve.page import logbook_of
from lsm import LSMClassifier, Reservoir, load, save
from lsm.base.archives import write_archive
from lsm.conversion import SigmoidNetwork
from lsm.neurons import NeuronModel
from lsm.nir import from_nir, to_nir
from lsm.saving import LoadError
from lsm.topology import MatrixWiring
from readouts import ForceReadout, RidgeReadout, RidgeRegressionReadout
from tasks import make_task, read_wav, task_from
from tasks.emg import emg
from tasks.nmnist import nmnist
from tests.fuzz import recordings
from tests.fuzz.mutations import Mutation, of_bytes, of_json, of_npz, of_skops, of_text
from tests.fuzz.written import written


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


# Models and reservoirs


def _ramps() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.arange(8) % 2
    ramp = np.linspace(-3, 3, 20) * (2 * y[:, np.newaxis, np.newaxis] - 1)
    return ramp + rng.normal(size=(8, 2, 20)), y


def _models(folder: Path) -> list[bytes]:
    states = np.random.default_rng(0).normal(size=(20, 5))
    models: list[Any] = [
        RidgeReadout().fit(states, np.arange(20) % 3),
        RidgeRegressionReadout().fit(states, states[:, 0]),
        ForceReadout().fit(states, states[:, :2]),
        LSMClassifier(20, random_state=0).fit(*_ramps()),
        _with_matrix(),
    ]
    return written(folder, *(lambda path, model=model: save(model, path) for model in models))


def _sklearn_models(folder: Path) -> list[bytes]:
    states = np.random.default_rng(0).normal(size=(20, 5))
    network = MLPClassifier(2, tol=1.0, n_iter_no_change=1)  # which has learned enough at once
    models = (
        *(LogisticRegression(), make_pipeline(StandardScaler(), SVC())),
        VotingClassifier([("a", network), ("b", RidgeReadout())], voting="soft"),
        CalibratedClassifierCV(GaussianProcessClassifier(), cv=2, method="isotonic"),
    )
    fitted = [model.fit(states, np.arange(20) % 2) for model in models]
    return written(folder, *(lambda path, model=model: save(model, path) for model in fitted))


def _load_sklearn_model(path: Path) -> None:
    """Loading is the project's; what scikit-learn then makes of arrays that don't fit raises."""
    model = load(path)
    with suppress(AttributeError, TypeError, ValueError), np.errstate(all="ignore"):
        model.predict(np.ones((3, 5)))


def _load_model(path: Path) -> None:
    model = load(path)
    readout = getattr(model, "readout_", model)
    if hasattr(readout, "predict"):
        with suppress(NotFittedError), np.errstate(all="ignore"):
            readout.predict(np.ones((3, getattr(readout, "n_features_in_", 1))))


def _with_matrix() -> Reservoir:
    weights = np.random.default_rng(0).random((6, 6)) * 100
    return Reservoir.random(6, random_state=0, wiring=MatrixWiring(weights, delay_ms=1.0))


def _with_equations() -> Reservoir:
    model = NeuronModel.from_equations(
        "own",
        "dv/dt = (I*R - v)/tau : volt\ndI/dt = -I/tau : amp",
        parameters={"tau": (10, "ms"), "R": (40, "Mohm")},
        threshold="v > 10*mV",
        reset="v = 0*mV",
    )
    return Reservoir.random(5, random_state=0, model=model, ranges={})


def _reservoirs(folder: Path) -> list[bytes]:
    some = (Reservoir.random(6, random_state=0), _with_matrix(), _with_equations())
    return written(folder, *(one.save for one in some))


def _load_reservoir(path: Path) -> None:
    assert Reservoir.load(path).n_neurons >= 1


# Graphs: their content as JSON, since the file itself is read by nir and HDF5, which are others'


def _graphs(folder: Path) -> list[bytes]:
    weights = np.random.default_rng(0).random((4, 4)) * [[100], [100], [100], [-100]]
    wiring = MatrixWiring(weights, delay_ms=1.0)
    reservoir = Reservoir.random(4, random_state=0, parameters={"t_ref_ms": 0.0}, wiring=wiring)
    graph = to_nir(reservoir, n_channels=2).to_dict()
    return [json.dumps(graph, default=lambda array: array.tolist()).encode()]


def _read_graph(path: Path) -> None:
    nir = import_module("nir")
    try:
        graph = nir.dict2NIRNode(_with_arrays(json.loads(path.read_bytes())))
    except Exception as error:  # nir refuses it
        raise LoadError(f"{path} is no graph: {error}") from error
    try:
        from_nir(graph)
    except (TypeError, ValueError) as error:  # which have no file to name
        raise LoadError(f"{path}: {error}") from error


def _with_arrays(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: [tuple(edge) for edge in one]
            if key == "edges"
            else np.array(one)
            if isinstance(one, list)
            else _with_arrays(one)
            for key, one in node.items()
        }
    return node


# Evolution and experiments


_SPACE = GenomeSpace(4, {"tau_m_ms": (5.0, 20.0)}, box=(1.0, 1.0))


def _search(path: Path, *, resume: bool) -> None:
    evolve(
        _SPACE,
        lambda genomes, _: [genome.parameters.mean() / 100 for genome in genomes],
        population=4,
        generations=3 if resume else 2,
        random_state=0,
        checkpoint=path,
        resume=resume,
    )


def _checkpoints(folder: Path) -> list[bytes]:
    path = folder / "made" / "evolution.npz"
    _search(path, resume=False)
    return [path.read_bytes()]


def _resume(path: Path) -> None:
    for other in path.parent.glob(f"{path.name}.*"):
        other.unlink()
    _search(path, resume=True)


_TRIAL = {
    "trial": "0123456789abcdef0123",
    "experiment": "classify",
    "parameters": {"task": "FR5", "seed": 0, "rivals": ["svm"]},
    "command": "python experiments/classify.py --task FR5 --seed 0",
    "seconds": 1.5,
    "attempts": 1,
}
_DONE = _TRIAL | {"status": "done", "result": {"test_accuracy": 0.5, "by": {"a": 1, "b": [2]}}}
_FAILED = _TRIAL | {"status": "failed", "error": "ValueError: no", "traceback": "..."}


def _trials(folder: Path) -> list[bytes]:
    return [json.dumps(one, indent=2).encode() for one in (_DONE, _FAILED)]


def _collect(path: Path) -> None:
    """What is no whole record is left out, and said to be."""
    ((_, record),) = all_records(path.parents[1])
    if record is None:
        raise LoadError(f"{path} isn't whole")
    rows = table([record, dict(_DONE)])
    if record["status"] == "done" and "test_accuracy" in record["result"]:
        compare(rows, ["task", "seed"], "test_accuracy", minimise=False)


_IDENTITY = {"task": "FR5", "neurons": 20}


def _records(folder: Path) -> list[bytes]:
    lines = [json.dumps(_IDENTITY)]
    for seed in range(3):
        record = {"seed": seed, "fold": 0, "method": "liquid", "accuracy": 0.5, "seconds": 1.0}
        lines.append(json.dumps(record))
    return ["".join(f"{line}\n" for line in lines).encode()]


def _configurations(folder: Path) -> list[bytes]:
    one = (
        "task: TXOR\nneurons: 20\ngap_ms: 30\ngains: true\naims: accuracy,spikes\nout: results/a\n"
    )
    return [one.encode(), b"task: FSDD\ndata: /data\nsplit: group\ndt: 0.5\nseed: 3\nquick: true\n"]


def _specifications(folder: Path) -> list[bytes]:
    one = """experiment: rate_to_spiking
fixed:
  task: xor
grid:
  units: [20, 50]
  seed: [0, 1, 2]
sample:
  method: sobol
  number: 4
  seed: 0
  parameters:
    trials: {from: 10, to: 100}
    search-trials: [5, 6]
"""
    other = "experiment: what_when\ngrid:\n  - seed: [0, 1]\n  - seed: [2]\n    trials: [30]\n"
    return [one.encode(), other.encode()]


_SUMMARY = {
    "experiment": "force_training",
    "seed": 0,
    "learned": True,
    "diverged": "",
    "seconds": {"total": 3.5},
    "settings": {
        **{"task": "sine", "model": "lif", "note": "", "n_neurons": 300, "G": 0.1, "Q": 30.0},
        **{"learn_ms": [5000.0, 10_000.0], "duration_ms": 12_000.0},
    },
    "versions": {"numpy": "2.3.5"},
    "nrmse": 0.1,
    "nrmse_drift_tolerant": None,
}


def _make_page(path: Path) -> None:
    run = read_run(path.parent)
    page_of(run, study_of(run.summary, path=path.parent / "summary.json"))


def _run_folder(folder: Path) -> None:
    for name, content in (
        ("summary.json", _summaries(folder)[0]),
        ("logbook.csv", _logbooks(folder)[0]),
    ):
        (folder / name).write_bytes(content)


def _summaries(folder: Path) -> list[bytes]:
    return [json.dumps(_SUMMARY).encode(), json.dumps(_SUMMARY | {"runs": 1}).encode()]


def _logbooks(folder: Path) -> list[bytes]:
    return [b"generation,best,mean,std\r\n0,0.5,0.4,0.1\r\n1,0.6,0.5,0.1\r\n"]


def _beside_a_run(make: Callable[[Path], list[bytes]]) -> Callable[[Path], list[bytes]]:
    def made(folder: Path) -> list[bytes]:
        _run_folder(folder)
        return make(folder)

    return made


def _tested(folder: Path) -> list[bytes]:
    arrays = {
        "labels": np.array([0, 1, 1]),
        "predicted": np.array([0, 1, 0]),
        "shown": np.array([0, 2]),
        "components": np.ones((2, 2), np.float32),
        "explained": np.array([0.6, 0.3]),
    }
    header = {"format": 1, "classes": ["a", "b"], "description": "two classes"}
    return written(folder, lambda path: write_archive(path, header, arrays))


def _networks(folder: Path) -> list[bytes]:
    rng = np.random.default_rng(0)
    network = SigmoidNetwork(rng.normal(size=(4, 4)), rng.normal(size=(4, 2)), np.ones(4), 20.0)
    parts = {name: getattr(network, name) for name in ("recurrent", "input", "output", "tau_ms")}
    return written(folder, network.save, lambda path: np.savez(path, **parts))


_ALL = (
    Reader("model", "model.npz", _models, _load_model, of_npz),
    Reader("skops", "model.npz", _sklearn_models, _load_sklearn_model, of_skops, needs="skops"),
    Reader("reservoir", "reservoir.npz", _reservoirs, _load_reservoir, of_npz),
    Reader("nir", "graph.json", _graphs, _read_graph, of_json, needs="nir"),
    Reader("checkpoint", "evolution.npz", _checkpoints, _resume, of_npz),
    Reader("trial", "records/trial.json", _trials, _collect, of_json),
    Reader("records", "records.jsonl", _records, lambda p: Records(p, _IDENTITY), of_json),
    Reader(
        "configuration",
        "config.yaml",
        _configurations,
        lambda path: read_options(EVOLVE.settings, EVOLVE.parser, [f"--config={path}"]),
        of_text,
    ),
    Reader(
        "specification",
        "spec.yaml",
        _specifications,
        lambda path: read_runs(path, reference_of),
        of_text,
    ),
    Reader(
        "summary",
        "summary.json",
        _beside_a_run(_summaries),
        _make_page,
        of_json,
    ),
    Reader(
        "logbook",
        "logbook.csv",
        _beside_a_run(_logbooks),
        lambda path: logbook_of(read_run(path.parent)),
        of_text,
    ),
    Reader("tested", "tested.npz", _tested, read_tested, of_npz),
    Reader("network", "network.npz", _networks, SigmoidNetwork.load, of_npz),
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
