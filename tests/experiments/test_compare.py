"""compare.py: methods by name on tasks, what is done again, and what is refused."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from experiments.compare import main
from experiments.lab.errors import InputError
from experiments.studies.compare import divided, methods
from experiments.studies.compare.experiment import Compare
from experiments.studies.compare.methods import Method, method_of
from lsm import LSMClassifier, LSMEnsemble
from tasks import make_task

FREQUENT = "tests.experiments.test_compare:frequent"


def frequent(random_state):
    """A method from outside."""
    return DummyClassifier(random_state=random_state)


def arguments(folder, *more, tasks=("TPR4", "PR4"), names=("20", "svm", FREQUENT)):
    line = ["--quick", "--seed", "1", "--folds", "2", "--n-jobs", "1", "--out", str(folder)]
    return [*line, *more, "--tasks", *tasks, "--methods", *names]


def summary_of(folder):
    return json.loads((folder / "summary.json").read_text())


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    assert main(arguments(folder, "--reference", "svm")) == 0
    return folder


def test_methods_are_scored_on_the_same_folds(small):
    summary = summary_of(small)
    task = make_task("TPR4", random_state=1, samples_per_class=60)
    scores = []
    for number, (train, test) in enumerate(task.folds(n_splits=2, random_state=1)):
        model = LSMClassifier(20, random_state=2 + number, n_jobs=1)
        model.fit(task.spikes[train], task.labels[train])
        scores.append(model.score(task.spikes[test], task.labels[test]))
    assert summary["accuracies"]["TPR4"]["20"] == scores
    assert list(summary["accuracies"]) == ["TPR4", "PR4"]
    assert summary["mean"]["20"] == pytest.approx(
        np.mean([np.mean(each["20"]) for each in summary["accuracies"].values()])
    )
    assert set(summary["differences"]) == {"20", FREQUENT}
    assert "at least 3 methods and 5 tasks" in summary["no_critical_difference"]


def test_the_page_has_methods_and_tasks(small, capsys):
    text = (small / "report.html").read_text()
    for shown in ("svm less it", "TPR4", "PR4", "There is no picture", "Wilcoxon"):
        assert shown in text


def test_only_what_is_missing_is_done(small, tmp_path, monkeypatch):
    done, measure = [], Compare.measure

    def measured(self, trial, tick):
        done.append((trial.seed, trial.fold, trial.name))
        return measure(self, trial, tick)

    monkeypatch.setattr(Compare, "measure", measured)
    (tmp_path / "records.jsonl").write_text((small / "records.jsonl").read_text())
    line = arguments(tmp_path, "--resume", tasks=["PR4", "TPR4"], names=[FREQUENT, "20", "esn:9"])
    monkeypatch.setattr(methods, "predict_rival", lambda *_, units, **__: [units])
    monkeypatch.setattr(Method, "needs_signals", False)
    monkeypatch.setattr(type(methods.RIVALS["esn"]), "missing", "")
    assert main(line) == 0
    assert done == [(1, fold, f"{task}: esn:9") for task in ("PR4", "TPR4") for fold in range(2)]
    assert (
        summary_of(tmp_path)["accuracies"]["PR4"]["20"]
        == (summary_of(small)["accuracies"]["PR4"]["20"])
    )


def test_what_no_seed_has_a_part_in_is_done_once(tmp_path, monkeypatch):
    pytest.importorskip("aeon", reason="series come with aeon")
    monkeypatch.setattr(Compare, "measure", lambda self, trial, tick: {"accuracy": trial.seed / 4})
    line = ["--official", "--seeds", "3", "--out", str(tmp_path), "--tasks", "aeon:UnitTest"]
    assert main([*line, "--methods", "svm", "20"]) == 0
    assert summary_of(tmp_path)["accuracies"]["aeon:UnitTest"] == {
        "svm": [0] * 3,
        "20": [0, 0.25, 0.5],
    }


def test_ensembles_and_sizes_by_name():
    assert method_of("5xkernels:2500") == Method("kernels:2500", members=5)
    assert method_of("300") == Method("300")
    assert method_of("2xonline-esn:40") == Method("online-esn", members=2, units=40)
    assert method_of("svm").drawn is False
    assert method_of("2x20").drawn is True


def test_an_ensemble_of_liquids_is_the_estimators():
    task = make_task("TPR4", random_state=0, samples_per_class=20)
    train, test = task.training, task.test
    found = method_of("2x20").predict(task, train, test, random_state=3, n_jobs=1)
    model = LSMEnsemble(LSMClassifier(20), n_liquids=2, random_state=3)
    expected = model.fit(task.spikes[train], task.labels[train]).predict(task.spikes[test])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tasks": ["TPR5"]}, "--tasks must be one of FR5, .* got 'TPR5', did you mean 'TPR"),
        ({"tasks": ["Pattern"]}, "--tasks Pattern must have two classes or more to tell apart"),
        ({"names": ["svm"]}, "--methods must be at least two, got svm"),
        ({"names": ["svm", "svm"]}, "--methods must be at least two, got svm"),
        ({"names": ["20", "kernel"]}, "--methods must be a number of .* did you mean 'kernels'"),
        ({"names": ["20", "0"]}, "--methods must be a number of neurons, .*; got '0'"),
        ({"names": ["20", "kernels:x"]}, "--methods kernels:x: .* number of neurons behind"),
        ({"names": ["20", "2xsvm"]}, "--methods 2xsvm: an ensemble is of 2 to 1000 liquids"),
        ({"names": ["20", "1001x20"]}, "--methods 1001x20: an ensemble is of 2 to 1000 liquids"),
        ({"names": ["20", "100001"]}, "--methods must have at most 100000 neurons, got 100001"),
        ({"names": ["20", "kernels:100001"]}, "reservoir must be at most 100000 neurons"),
        ({"names": ["20", "delayed:100001"]}, "n must be at most 100000 neurons, got 100001"),
        ({"names": ["20", "esn:10001"]}, "a number of units, at most 10000, behind the colon"),
        ({"names": ["20", "1x20"]}, "--methods 1x20: an ensemble is of 2 to 1000 liquids"),
        ({"names": ["20", f"2x{FREQUENT}"]}, "an ensemble is of 2 to 1000 liquids, or rivals"),
        ({"names": ["20", "delay-units:0"]}, "--methods delay-units:0: .* number of units"),
        (
            {"names": ["20", "svm:5"]},
            "--methods svm:5: svm has no number of units; esn, delay-units",
        ),
        ({"names": ["20", "nowhere:made"]}, "--methods nowhere:made: nowhere can't be imported"),
        ({"names": ["20", f"{__name__}:FREQUENT"]}, "must be a function that makes a classifier"),
        ({"more": ["--reference", "esn"]}, "--reference must be one of 20, svm, .* got 'esn'"),
        ({"more": ["--by", "group"]}, "--by can't stand beside --folds|--folds can't stand"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_any_work(
    tmp_path, monkeypatch, capsys, options, message
):
    monkeypatch.setattr(Compare, "measure", lambda *_: pytest.fail("measured"))
    more = options.pop("more", [])
    assert main(arguments(tmp_path / "out", *more, **options)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("compare.py: error: ")
    assert re.search(message, line), line
    assert not (tmp_path / "out").exists()


def test_rivals_of_signals_need_tasks_with_signals(monkeypatch):
    monkeypatch.setattr(type(methods.RIVALS["esn"]), "missing", "")
    from experiments.studies.compare import STUDY

    settings = STUDY.settings.from_options(tasks=("TPR4",), methods=("esn", "20"), quick=True)
    with pytest.raises(InputError, match="--methods esn needs tasks with signals, got TPR4"):
        Compare(settings)


def test_receptive_fields_need_tasks_with_a_sensor(tmp_path, capsys):
    assert method_of("fields:50").needs_sensor
    assert method_of("5xfields").needs_sensor
    assert not method_of("50").needs_sensor
    assert main(arguments(tmp_path, tasks=("TPR4",), names=("fields:50", "50"))) == 2
    assert "--methods fields:50 needs tasks with a sensor, got TPR4" in capsys.readouterr().err


def test_functions_from_outside_get_the_sensor_that_they_ask_for(tmp_path, capsys):
    reference = "experiments.studies.compare.divided:alone"
    assert method_of(reference).needs_sensor
    assert main(arguments(tmp_path, tasks=("TPR4",), names=(reference, "50"))) == 2
    assert f"--methods {reference} needs tasks with a sensor" in capsys.readouterr().err


DIVIDED = [
    name
    for name, made in vars(divided).items()
    if callable(made) and made.__module__ == divided.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("name", DIVIDED)
def test_liquids_that_divide_the_work_learn_a_task(name, monkeypatch):
    monkeypatch.setattr(divided, "NEURONS", 21)
    task = make_task("TPR4", random_state=0, samples_per_class=20)
    for sensor_size in ((8, 1, 1), (4, 2, 1)):
        seen = replace(task, sensor_size=sensor_size)
        predicted = method_of(f"{divided.__name__}:{name}").predict(
            seen, task.training, task.test, random_state=0, n_jobs=1
        )
        assert np.mean(predicted == task.labels[task.test]) > 0.6


def test_receptive_fields_hear_the_sensor_of_the_task():
    task = make_task("TPR4", random_state=0, samples_per_class=20)
    seen = replace(task, sensor_size=(4, 2, 1))
    predicted = method_of("fields:20").predict(
        seen, task.training, task.test, random_state=3, n_jobs=1
    )
    model = LSMClassifier("fields:20", sensor_size=(4, 2, 1), random_state=3)
    model.fit(task.spikes[task.training], task.labels[task.training])
    np.testing.assert_array_equal(predicted, model.predict(task.spikes[task.test]))
