"""classify.py: whose its figures are, what it does again, and how it divides samples."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy import stats
from sklearn.ensemble import VotingClassifier

from experiments.classify import main
from experiments.lab import outside
from experiments.lab.options import configuration
from experiments.lab.page import RunFiles
from experiments.studies.classify import methods
from experiments.studies.classify.experiment import Classify
from experiments.studies.classify.folds import make_folds
from experiments.studies.classify.methods import classifier
from experiments.studies.classify.page import page
from experiments.studies.classify.settings import (
    CONTROLS,
    LIQUIDS,
    ONLINE,
    WITHOUT_LIQUID,
    ClassifySettings,
)
from lsm import LSMClassifier, NoWiring, compilations, simulate
from lsm.encoders import ENCODERS
from lsm.plasticity.pretraining import PRETRAINING
from lsm.spikes import SpikeTrains
from readouts import READOUTS
from tasks import Task
from tasks.rivals import RIVALS
from tests.experiments.classify_runs import arguments, assert_one_line, run, settings_of


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    """Folder and summary of a small run with an ensemble; not to be written to."""
    folder = tmp_path_factory.mktemp("small")
    before = compilations()
    summary = run(folder, liquids=2)
    assert compilations() - before <= 1
    return folder, summary


@pytest.fixture
def gestures(monkeypatch):
    """Recordings of three people in two sessions, of which the second tests; not easy."""
    rng = np.random.default_rng(0)
    labels, people, sessions = np.indices((2, 3, 2 * 14)).reshape(3, -1)
    sessions = 1 + sessions % 2
    rates = np.column_stack([6 + labels + people, 7 - labels, np.full(len(labels), 8)])
    trains = [[rng.uniform(0, 100, rng.poisson(rate)) for rate in row] for row in rates]
    task = Task(
        name="EMG",
        spikes=SpikeTrains.from_lists(trains, duration_ms=100),
        labels=labels,
        train=np.flatnonzero(sessions == 1)[::2],
        fitness=np.flatnonzero(sessions == 1)[1::2],
        test=np.flatnonzero(sessions == 2),
        groups=np.array(["ann", "bob", "eve"])[people],
        metadata={"session": sessions},
        signals=rng.normal(size=(len(labels), 1, 20)) + labels[:, np.newaxis, np.newaxis],
    )
    monkeypatch.setattr(outside, "make_task", lambda *_, **__: task)
    return {"task": "EMG", "folds": None, "quick": None}


def outcome(summary):
    """What of a summary depends on settings and seeds alone."""
    return {k: v for k, v in summary.items() if k not in ("seconds", "compilations")}


def predicted(folder, method="liquid"):
    """Labels by seed, fold and way, from the records of a method."""
    lines = (folder / "records.jsonl").read_text().splitlines()[1:]
    records = [record for record in map(json.loads, lines) if record["method"] == method]
    return {(r["seed"], r["fold"], w): x for r in records for w, x in r["predicted"].items()}


def counted(monkeypatch):
    """Keep the names of the trials that are measured."""
    done, measure = [], Classify.measure

    def measured(self, trial, tick):
        done.append(trial.name)
        return measure(self, trial, tick)

    monkeypatch.setattr(Classify, "measure", measured)
    return done


def test_accuracies_are_those_of_the_estimators(small):
    folder, summary = small
    found = predicted(folder)
    whole, cut, together = [], [], []
    settings = settings_of(liquids=2)
    for fold in make_folds(settings):
        X, y, test = fold.task.spikes, fold.task.labels, fold.test
        models = []
        for k in range(2):
            model = classifier(settings, fold.random_state(methods._LIQUIDS, k))
            models.append((str(k), model))
            whole.append(model.fit(X[fold.train], y[fold.train]).score(X[test], y[test]))
            model = classifier(settings, 0)
            model.set_params(reservoir=models[k][1].reservoir_.replace(wiring=NoWiring()))
            cut.append(model.fit(X[fold.train], y[fold.train]).score(X[test], y[test]))
        voting = VotingClassifier(models, voting="soft").fit(X[fold.train], y[fold.train])
        together.append(voting.score(X[test], y[test]))
        np.testing.assert_array_equal(found[0, fold.number, "ensemble"], voting.predict(X[test]))
    assert summary["liquid"]["liquid"]["mean"] == pytest.approx(np.mean(whole))
    assert summary["liquid"]["liquid_without_recurrence"]["mean"] == pytest.approx(np.mean(cut))
    assert summary["test_accuracy"] == pytest.approx(np.mean(together))
    assert [*summary["liquid"]["ensemble"]["by_fold"].values()] == pytest.approx(together)
    assert len({*whole, *cut}) > 1


def test_liquids_of_other_kinds_stand_beside_the_main_one_with_its_seeds(tmp_path):
    options = {"pretraining": "stdp", "rivals": "plain,extended,stdp", "neurons": None}
    summary = run(tmp_path, reservoir="deckers2022:20", **options)
    liquids = {
        "liquid": ("deckers2022:20", ["stdp"]),
        "plain": (20, None),
        "extended": ("deckers2022:20", None),
        "stdp": (20, "critical_stdp"),
    }
    for fold in make_folds(settings_of(reservoir="deckers2022:20", **options)):
        X, y = fold.task.spikes, fold.task.labels
        for way, (reservoir, pretraining) in liquids.items():
            model = LSMClassifier(
                reservoir,
                pretraining=pretraining,
                random_state=fold.random_state(methods._LIQUIDS, 0),
                n_jobs=1,
            ).fit(X[fold.train], y[fold.train])
            found = predicted(tmp_path, way)[0, fold.number, way]
            np.testing.assert_array_equal(np.ravel(found), model.predict(X[fold.test]))
        cut = model.set_params(
            reservoir=liquid_of(fold, "deckers2022:20", "stdp").replace(wiring=NoWiring()),
            pretraining=None,
        ).fit(X[fold.train], y[fold.train])
        found = predicted(tmp_path)[0, fold.number, "liquid_without_recurrence"]
        np.testing.assert_array_equal(np.ravel(found), cut.predict(X[fold.test]))
    assert (summary["reservoir"], summary["pretraining"]) == ("deckers2022", ["stdp"])
    assert [*summary["rivals"]] == ["plain", "extended", "stdp"]
    own = summary["liquid"]["liquid"]["mean"]
    for way, found in summary["rivals"].items():
        assert summary["differences"][way]["mean"] == pytest.approx(own - found["mean"])
    assert "liquids (deckers2022, stdp) of 20 neurons" in page(RunFiles(tmp_path, summary)).title
    again = run(
        tmp_path, reservoir="deckers2022:20", resume=True, **options | {"rivals": "stdp,plain"}
    )
    assert again["liquid"] == summary["liquid"]


def liquid_of(fold, reservoir, pretraining):
    """The reservoir of a liquid on a fold."""
    model = LSMClassifier(
        reservoir, pretraining=pretraining, random_state=fold.random_state(methods._LIQUIDS, 0)
    )
    return model.fit(fold.task.spikes[fold.train], fold.task.labels[fold.train]).reservoir_


def test_rivals_vote_as_the_main_liquids_do(tmp_path):
    summary = run(tmp_path, liquids=2, rivals="plain")
    assert summary["rivals"]["plain"] == summary["liquid"]["ensemble"]
    assert summary["differences"]["plain"]["mean"] == 0


@pytest.mark.filterwarnings("ignore:wiring")  # the task's samples are short
def test_controls_are_the_main_liquids_less_one_thing_at_the_same_rate(tmp_path):
    options = {"reservoir": "delayed:20", "neurons": None, "rivals": "uncoupled,undelayed"}
    summary = run(tmp_path, **options)
    for fold in make_folds(settings_of(**options)):
        X, y = fold.task.spikes, fold.task.labels
        liquid = liquid_of(fold, "delayed:20", None)
        assert liquid.synapses.delay_ms.min() >= 200
        controls = {"uncoupled": NoWiring(), "undelayed": replace(liquid.wiring, delay_ms=1.0)}
        for way, wiring in controls.items():
            model = LSMClassifier(
                liquid.replace(wiring=wiring),
                pretraining="calibrate",
                random_state=fold.random_state(methods._LIQUIDS, 0),
                n_jobs=1,
            ).fit(X[fold.train], y[fold.train])
            found = predicted(tmp_path, way)[0, fold.number, way]
            np.testing.assert_array_equal(np.ravel(found), model.predict(X[fold.test]))
            counts = simulate(model.reservoir_, X[fold.train], state="excitatory")
            rate = counts.mean() / X.durations_ms.mean() * 1000
            assert rate == pytest.approx(40, rel=0.2)
    assert summary["memory_bits"]["uncoupled"]["spikes in flight"] == 0
    assert summary["memory_bits"]["liquid"]["spikes in flight"] > 20 * 200


def test_what_hears_spikes_as_they_come_says_its_memory(tmp_path):
    summary = run(tmp_path, rivals=",".join(ONLINE), state="traces:20")
    fold = make_folds(settings_of(rivals="none"))[0]
    for name in ONLINE:
        assert 0 <= summary["rivals"][name]["mean"] <= 1
    bits = summary["memory_bits"]
    assert [*bits] == ["liquid", *ONLINE]
    assert bits["leaky-counts"] == {"rival": 32 * 4 * fold.task.spikes.n_channels}
    assert bits["liquid"]["readout"] == 32 * 20
    text = page(RunFiles(tmp_path, summary)).text()
    assert "Memory, in bits kept between two steps" in text


def test_a_summary_says_what_it_is_of(small):
    summary = small[1]
    assert (summary["task"], summary["split"], summary["held_out"]) == (
        "TPR4",
        "2 folds",
        ["0", "1"],
    )
    assert (summary["main"], summary["neurons"], summary["liquids"]) == ("ensemble", 20, 2)
    assert summary["settings"]["rate_Hz"] == 40
    assert np.sum(summary["confusion"]) == summary["settings"]["samples"] == 240
    assert {"chance", "raw_counts, ridge", "raw_counts, logistic"} < set(summary["baselines"])
    assert "random_projections, ridge" in summary["baselines"]
    assert summary["baselines"]["chance"]["mean"] == pytest.approx(0.25)
    assert summary["best_without_liquid"]["accuracy"] > 0.9  # the task needs no liquid


def test_resumed_from_wherever_it_was_cut_off(small, tmp_path, monkeypatch):
    content = (small[0] / "records.jsonl").read_bytes()
    done = counted(monkeypatch)
    ends = [i + 1 for i, byte in enumerate(content) if byte == ord("\n")]
    assert len(ends) == 1 + 2 * 3  # the header, and two folds with three methods
    # After the header; within the second record; before the last line's end; nothing is missing.
    for cut, missing in [(ends[0], 6), (ends[2] - 9, 5), (ends[-1] - 1, 1), (ends[-1], 0)]:
        (tmp_path / "records.jsonl").write_bytes(content[:cut])
        done.clear()
        assert outcome(run(tmp_path, liquids=2, resume=True)) == outcome(small[1])
        assert len(done) == missing


def test_an_interrupt_keeps_what_is_done(tmp_path, monkeypatch, capsys):
    def interrupted(fold):
        raise KeyboardInterrupt

    monkeypatch.setattr(methods, "without_liquid", interrupted)
    assert main(arguments(tmp_path)) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted; --resume does what is missing"
    assert {key[:2] for key in predicted(tmp_path)} == {(0, 0)}


def test_a_new_run_sets_an_earlier_one_aside(small, tmp_path):
    shutil.copytree(small[0], tmp_path, dirs_exist_ok=True)
    summary = run(tmp_path, folds=3)
    assert len(summary["held_out"]) == 3
    assert json.loads((tmp_path / "summary.json.old").read_text()) == small[1]
    assert (tmp_path / "records.jsonl.old").exists()


def test_seeds_and_rivals_may_be_added(tmp_path, gestures, monkeypatch):
    options = gestures | {"official": True}
    first = run(tmp_path, **options)
    done = counted(monkeypatch)
    more = {"seeds": 3, "rivals": "svm", "paired_by": "group", "resume": True}
    summary = run(tmp_path, **options, **more)
    # What no seed has a part in isn't done again.
    assert sorted(done) == ["liquid"] * 2 + ["random_projections"] * 2 + ["svm"]
    assert summary["test_accuracies"][0] == first["test_accuracy"]
    assert len(set(summary["test_accuracies"])) > 1
    assert summary["baselines"]["raw_counts, ridge"] == first["baselines"]["raw_counts, ridge"]
    assert summary["baselines"]["raw_counts, ridge"]["runs"] == 1
    assert summary["liquid"]["liquid"]["runs"] == 3
    assert summary["held_out"] == ["test"]
    # Pairs are participants, their accuracies means over seeds.
    groups = [summary[k][w]["by_group"] for k, w in (("liquid", "liquid"), ("rivals", "svm"))]
    assert list(groups[0]) == ["ann", "bob", "eve"]
    pairs = [[one[name] for name in groups[0]] for one in groups]
    test = stats.ttest_rel(*pairs)
    difference = summary["differences"]["svm"]
    assert difference["n"] == 3
    assert difference["mean"] == pytest.approx(np.mean(pairs[0]) - np.mean(pairs[1]))
    assert difference["interval"] == pytest.approx([*test.confidence_interval(0.95)])


def test_groups_are_left_out_in_turn(tmp_path, gestures):
    settings = settings_of(**gestures, by="session", seeds=2)
    for fold in make_folds(settings):
        session = fold.task.metadata["session"]
        assert {*session[fold.test]} == {int(fold.name)}
        assert len(fold.train) + len(fold.test) == len(session)
    assert [fold.name for fold in make_folds(settings)] == ["1", "2"] * 2
    summary = run(tmp_path, **gestures, by="group")
    assert summary["held_out"] == ["ann", "bob", "eve"]
    liquid = summary["liquid"]["liquid"]
    assert liquid["by_fold"] == pytest.approx(liquid["by_group"])


def test_another_seed_is_another_task_if_it_is_generated(tmp_path):
    one, other = make_folds(settings_of(official=True, folds=None, seeds=2))
    assert not np.array_equal(one.task.spikes.times_ms, other.task.spikes.times_ms)
    summary = run(tmp_path, folds=None, official=True, seeds=2)
    assert summary["baselines"]["first_spikes, ridge"]["runs"] == 2


def test_another_seed_is_other_folds_of_recordings(gestures):
    recorded = settings_of(**gestures | {"folds": 2}, seeds=2)
    first, _, second, _ = make_folds(recorded)
    assert first.task is second.task
    assert not np.array_equal(first.test, second.test)
    keys = ((0,), (2, 0), (2, 1))
    states = [fold.random_state(*key) for fold in make_folds(recorded) for key in keys]
    assert len({*states}) == len(states)


def test_signals_are_heard_through_an_encoder(tmp_path, gestures):
    options = gestures | {"official": True}
    summary = run(tmp_path, encoder="integrate-and-fire", **options)
    assert summary["hear"] == "signals"
    (fold,) = make_folds(settings_of(**options, hear="signals"))
    assert fold.inputs is fold.task.signals


def test_a_time_series_set_stands_beside_all_rivals(tmp_path):
    for module in ("aeon", "reservoirpy"):
        pytest.importorskip(module, reason="the rivals need it")
    options = {"folds": None, "official": True, "rivals": None}
    summary = run(tmp_path, task="aeon:UnitTest", seeds=2, **options)
    assert (summary["hear"], [*summary["rivals"]]) == ("signals", ["svm", "minirocket", "esn"])
    assert {"aeon", "reservoirpy"} < set(summary["versions"])
    assert summary["rivals"]["svm"]["runs"] == 1
    assert summary["rivals"]["esn"]["runs"] == summary["rivals"]["minirocket"]["runs"] == 2
    assert "signal_bins_10, ridge" in summary["baselines"]
    assert summary["test_accuracy"] > 0.5  # of two classes


def test_a_page_states_figures_and_ranks_nothing(small):
    printed = page(RunFiles(*small)).text()
    accuracies, differences = printed.partition("\nAccuracy\n")[2].split("Differences, ")
    rows = dict(re.findall(r"^  (\w[\w ,]*?)  +(\d+\.\d\d)", accuracies, flags=re.MULTILINE))
    ways = [*small[1]["liquid"].items(), *small[1]["baselines"].items()]
    assert {*rows} == {way.replace("_", " ") for way, _ in ways}
    for way, found in ways:
        assert float(rows[way.replace("_", " ")]) == pytest.approx(100 * found["mean"], abs=0.01)
    assert differences.startswith("paired by seed and fold\n  ensemble less ")
    assert re.search(r"^  chance  +\+\d+\.\d\d  +2$", differences, flags=re.MULTILINE)
    assert " to " not in differences  # of two pairs there is no interval
    ranking = r"best|worst|better|worse|beat|win|lose|rank|superior|outperform|significant"
    assert not re.search(ranking, accuracies + differences, flags=re.IGNORECASE)


def test_what_a_task_of_groups_has_is_said(tmp_path, gestures, capsys):
    assert main(arguments(tmp_path, **gestures, by="hour")) == 2
    assert_one_line(capsys.readouterr(), "--by .* task EMG has, 'session', 'group'; got 'hour'")


def test_a_task_of_one_class_is_refused(tmp_path, capsys):
    assert main(arguments(tmp_path, task="Pattern")) == 2
    assert_one_line(capsys.readouterr(), "--task Pattern must have two classes or more to tell")


def test_records_of_another_run_are_not_resumed(small, tmp_path, capsys):
    shutil.copytree(small[0], tmp_path, dirs_exist_ok=True)
    assert main(arguments(tmp_path, liquids=2, neurons=9, resume=True)) == 2
    assert_one_line(capsys.readouterr(), r"of another run: neurons was 20, now 9")
    assert main(arguments(tmp_path, liquids=2, folds=3, resume=True)) == 2
    assert_one_line(capsys.readouterr(), r"of another run: split was '2 folds', now '3 folds'")
    assert json.loads((tmp_path / "summary.json").read_text()) == small[1]


def test_defaults_are_those_of_the_estimator_and_of_the_task():
    settings = ClassifySettings.from_options(task="EMG")
    default = LSMClassifier(300, state="bins:3", random_state=3, n_jobs=-1)
    assert classifier(settings, 3).get_params() == default.get_params()
    assert (settings.split, settings.hear, settings.rivals) == ("5 folds", "spikes", ("svm",))
    assert settings.out == Path("results/classify-EMG-5-folds")
    assert ClassifySettings.from_options(task="EMG", quick=True).neurons == 100
    assert ClassifySettings.from_options(task="EMG", encoder="poisson").hear == "signals"
    named = ClassifySettings.from_options(task="NMNIST", reservoir="maass2002", quick=True)
    assert (named.neurons, classifier(named, 0).reservoir) == (135, "maass2002:135")
    archived = ClassifySettings.from_options(task="aeon:UnitTest", official=True, rivals=("svm",))
    assert archived.hear == "signals"
    assert archived.out == Path("results/classify-aeon-UnitTest-official-split")


def test_own_data_are_a_task(tmp_path):
    y = np.arange(30) % 2
    X = np.random.default_rng(0).normal(size=(30, 2, 50)) + 2 * y[:, np.newaxis, np.newaxis]
    np.savez(tmp_path / "own.npz", X=X, y=y, groups=np.arange(30) // 10)
    summary = run(tmp_path / "out", task=None, data=tmp_path / "own.npz", folds=None, by="group")
    assert (summary["task"], summary["held_out"]) == ("own", ["0", "1", "2"])
    assert summary["settings"]["data"] == str(tmp_path / "own.npz")
    assert summary["test_accuracy"] > 0.8  # of two classes
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_text())
    assert config["task"] == "own"


def test_what_is_wrong_with_own_data_is_one_line(tmp_path, capsys):
    (tmp_path / "own.csv").write_text("sample,time_ms,channel,label\na,soon,0,x\n")
    assert main(arguments(tmp_path, task=None, data=tmp_path / "own.csv")) == 2
    assert_one_line(capsys.readouterr(), r"own\.csv, line 2: time_ms must be a number, got 'soon'")


def test_rivals_are_those_of_the_library():
    assert [*RIVALS] == [*WITHOUT_LIQUID, *ONLINE]


def test_help_says_what_there_is_to_choose_from(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    printed = capsys.readouterr().out
    words = " ".join(printed.split())
    assert "NMNIST" in words
    assert f"--encoder {{auto,{','.join(ENCODERS)}}} of signals (auto)" in words
    assert f"--readout {{{','.join(READOUTS)}}} what learns (ridge)" in words
    assert "(bins:3; --reservoir kernels: counts, of its rivals bins:3)" in words
    assert f"training spikes: {', '.join(PRETRAINING)} (nothing)" in words
    assert "neurons of a liquid (300; --quick: 100; " in words
    for name in (*WITHOUT_LIQUID, *ONLINE, *CONTROLS, *LIQUIDS):
        assert re.search(rf"^  {name}  +\w", printed, flags=re.MULTILINE), name


def test_kernels_come_by_name_with_what_they_want():
    settings = settings_of(reservoir="kernels:50", neurons=None)
    assert (settings.reservoir, settings.neurons, settings.state) == ("kernels", 50, "auto")
    assert settings_of(reservoir="kernels", neurons=None).neurons == 2500
    assert settings_of(reservoir="maass2002", neurons=None).state == "bins:3"
    model = classifier(settings, 0)
    assert (model.reservoir, model.state) == ("kernels:50", "auto")
    assert classifier(settings, 0, "plain").reservoir == 50


def test_an_event_camera_is_heard_by_receptive_fields_unless_another_liquid_is_asked_for():
    settings = ClassifySettings.from_options(task="NMNIST")
    assert (settings.neurons, settings.rivals) == (300, ("svm", "plain"))
    model = classifier(settings, 0, sensor_size=(17, 17, 2))
    assert (model.reservoir, model.sensor_size, model.state) == (
        "fields:300",
        (17, 17, 2),
        "bins:3",
    )
    assert classifier(settings, 0, "plain").reservoir == 300
    plain = ClassifySettings.from_options(task="NMNIST", reservoir="plain", neurons=20)
    assert (classifier(plain, 0).reservoir, plain.rivals) == (20, ("svm",))
    preset = ClassifySettings.from_options(task="NMNIST", reservoir="maass2002", neurons=135)
    assert classifier(preset, 0).reservoir == "maass2002:135"


def test_a_task_says_which_liquid_suits_it_and_what_is_left_out():
    settings = ClassifySettings.from_options(task="Watch")
    assert (settings.by, settings.split) == ("group", "by group")
    assert (settings.reservoir, settings.neurons) == ("kernels", 1000)
    assert (settings.state, settings.hear) == ("auto", "signals")
    assert "folds" not in configuration(settings, {"task": "Watch"})
    folds = ClassifySettings.from_options(task="Watch", folds=3, neurons=40)
    assert (folds.by, folds.split, folds.reservoir, folds.neurons) == (
        *(None, "3 folds"),
        *("kernels", 40),
    )
    assert ClassifySettings.from_options(task="Bonn5").split == "5 folds"
    plain = ClassifySettings.from_options(task="Bonn5", reservoir="plain")
    assert (plain.reservoir, plain.neurons, plain.state, plain.hear, plain.rivals) == (
        *(None, 300, "bins:3", "spikes"),
        ("svm",),
    )


def test_braille_is_heard_by_delay_lines_at_their_rate_unless_others_are_asked_for():
    settings = ClassifySettings.from_options(task="Braille")
    assert settings.rivals == ("svm", "plain")
    models = [classifier(settings, 0, rival) for rival in (None, "plain")]
    assert [model.reservoir for model in models] == ["delay_lines:300", 300]
    assert [model.rate_Hz for model in models] == [80, 80]
    slow = ClassifySettings.from_options(task="Braille", reservoir="plain", rate_Hz=40.0)
    assert (classifier(slow, 0).reservoir, classifier(slow, 0).rate_Hz) == (300, 40)
    assert slow.rivals == ("svm",)


def test_receptive_fields_need_a_task_with_a_sensor(tmp_path, capsys):
    assert main(arguments(tmp_path, reservoir="fields")) == 2
    assert_one_line(capsys.readouterr(), r"--reservoir fields needs a task that knows its sensor's")


def test_kernels_without_recurrence_are_what_they_are(tmp_path):
    pytest.importorskip("aeon")
    small = {"quick": None, "folds": None, "official": True, "neurons": None}
    summary = run(tmp_path, task="aeon:UnitTest", reservoir="kernels:40", **small)
    assert summary["differences"]["liquid_without_recurrence"]["mean"] == 0
    assert summary["test_accuracy"] > 0.7
