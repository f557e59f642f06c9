"""learn.py: trainings beside their controls, and liquids that are drawn, evolved or trained."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from experiments.lab.page import page_of, read_run
from experiments.learn import main
from experiments.studies.learn import STUDY
from experiments.studies.learn.comparison import HALF, ONE, SVM, Comparison
from experiments.studies.learn.judging import RecallJudge, recall_state
from experiments.studies.learn.networks import CLASSES
from experiments.studies.learn.problem import make_problem
from experiments.studies.learn.rules import (
    RUNS,
    Backpropagation,
    Unfiltered,
    Untraced,
    make_rule,
)
from experiments.studies.learn.sample import eligibility, read_sample, write_sample
from experiments.studies.learn.settings import WAYS, LearnSettings
from experiments.studies.learn.training import Training
from lsm import FilteredTraces, SpikeCounts, SpikeTrains, compilations
from lsm.learning import EProp, Targets, evaluate
from lsm.learning.activity import run_batch
from lsm.neurons.linear import linear_step
from tests.lsm.learning.test_backward import MODELS, random_activity, random_network

LEARN = ["--task", "Parity2", "--quick"]
COMPARE = [
    "--task",
    "TXOR",
    "--quick",
    "--recipe",
    "driven",
    "--compare",
    "draw",
    "evolve",
    "eprop",
]


def run(folder, line):
    before = compilations()
    assert main([*line, "--out", str(folder)]) == 0
    assert compilations() - before <= 1
    return folder, json.loads((folder / "summary.json").read_text())


@pytest.fixture(scope="module")
def trained(cache, tmp_path_factory):
    """Folder and summary of a small training; not to be written to."""
    return run(tmp_path_factory.mktemp("trained"), LEARN)


@pytest.fixture(scope="module")
def compared(cache, tmp_path_factory):
    """Folder and summary of a small comparison; not to be written to."""
    return run(tmp_path_factory.mktemp("compared"), COMPARE)


def weights(folder, way, part):
    with np.load(folder / f"{way}-seed0.npz") as archive:
        return archive[f"held/{part}"]


def test_a_training_is_shown_beside_its_controls(trained):
    folder, summary = trained
    assert list(summary["measures"]) == ["eprop", "frozen", "unadapted"]
    for way in summary["measures"].values():
        assert way["iterations"] == [4]
        assert way["runs"] == [2 * 64 * 4 + 17]  # a look at held-out samples, at the end
        assert 0 <= way["forgotten"][0] <= 1
    for name in ("curves", "weights", "raster", "signals", "classes"):
        assert (folder / f"{name}.png").stat().st_size > 10_000
    page = page_of(read_run(folder), STUDY)
    accuracy = 100 * (1 - summary["measures"]["frozen"]["mean"])
    assert re.search(rf"  frozen +{accuracy:.2f}", page.text())


def test_controls_leave_out_what_they_say(trained):
    folder, _ = trained
    with np.load(folder / "sample.npz") as sample:
        before = sample["recurrent_before"]
        assert not np.array_equal(before, sample["recurrent_after"])
    np.testing.assert_array_equal(weights(folder, "frozen", "recurrent"), before)
    assert not np.array_equal(
        weights(folder, "frozen", "inputs"), weights(folder, "eprop", "inputs")
    )


def test_a_training_resumes_with_what_is_missing(trained, tmp_path, monkeypatch):
    folder, summary = trained
    lines = (folder / "records.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "records.jsonl").write_text("".join(lines[:3]))
    for name in ("history.jsonl", "sample.npz", "unadapted-seed0.npz"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    done, measure = [], Training.measure

    def counted(self, trial, tick):
        done.append(trial.name)
        return measure(self, trial, tick)

    monkeypatch.setattr(Training, "measure", counted)
    _, again = run(tmp_path, [*LEARN, "--resume"])
    assert done == ["unadapted"]
    for way, spread in summary["measures"].items():
        assert again["measures"][way]["errors"] == spread["errors"]


def test_values_are_followed(cache, tmp_path):
    _, summary = run(tmp_path, ["--task", "Pattern", "--quick", "--samples", "10"])
    assert list(summary["measures"]) == ["eprop", "frozen"]
    assert summary["measures"]["eprop"]["mean"] > 0


def test_classes_at_each_step_are_told(cache, tmp_path):
    line = ["--quick", "--task", "Machine4", "--controls", "none", "--samples", "10"]
    _, summary = run(tmp_path, line)
    assert 0 < summary["measures"]["eprop"]["mean"] < 1


def test_accuracy_by_class_makes_up_the_error(cache):
    settings = LearnSettings.from_options(task="Machine4", samples=10, neurons=20)
    problem, training = make_problem(settings, 0), Training(settings)
    network, test = training._network(problem, "eprop", 0), problem.task.test
    by_class = np.array(training._by_class(problem, network, test))
    labels, targets = problem.targets.values[test], problem.targets[test]
    shares = np.bincount(labels[labels >= 0]) / np.sum(labels >= 0)
    _, error = evaluate(network, problem.task.spikes[test], targets)
    assert 1 - by_class @ shares == pytest.approx(error)


@pytest.fixture(scope="module")
def batch(cache):
    """A small published network, and a sample that has been through it."""
    rng = np.random.default_rng(0)
    network = CLASSES.sample(8, 2, n_neurons=12, adaptive=True, rng=rng)
    spikes = SpikeTrains.from_dense(rng.random((1, 8, 60)) < 0.15, dt_ms=1.0)
    activity = run_batch(network.reservoir, spikes)
    return network, activity, Targets(np.array([1]), "cross_entropy", 20.0)


def errors_of(batch):
    network, activity, targets = batch
    outputs = network.readout.outputs(activity.neurons, 1.0)
    return targets.compare(outputs, activity.n_steps, 1.0).errors


def gradients(rule, batch):
    network, activity, targets = batch
    return rule.of_activity(network, activity, targets, dt_ms=1.0).weights


@pytest.mark.parametrize("rule", [EProp(), Unfiltered()])
def test_gradients_are_sums_of_traces_times_signals(batch, rule):
    network, activity, _ = batch
    errors = errors_of(batch)
    if not isinstance(rule, Unfiltered):
        errors = network.readout.back(errors, 1.0)
    synapses = np.arange(20)
    traces = eligibility(network, activity, synapses, 0.3)
    receivers = network.synapses["recurrent"].target[synapses]
    expected = np.sum((errors[:, 0] @ network.readout.weights)[:, receivers] * traces, axis=0)
    assert np.any(expected)
    np.testing.assert_allclose(
        gradients(rule, batch)["recurrent"][synapses], expected, rtol=1e-4, atol=1e-8
    )


def test_without_traces_only_the_last_step_counts(batch):
    network, activity, _ = batch
    steps, _, n = activity.neurons.shape
    signals = network.readout.back(errors_of(batch), 1.0)[:, 0] @ network.readout.weights
    psi = activity.pseudo_derivatives(0, steps, 0.3)[:, 0]
    fired = np.zeros((steps, n))
    fired[activity.neurons.step, activity.neurons.source] = 1
    # A spike adds its weight to the potential of the next step.
    expected = fired[:-1].T @ (psi * signals)[1:]
    synapses = network.synapses["recurrent"]
    np.testing.assert_allclose(
        gradients(Untraced(), batch)["recurrent"],
        expected[synapses.source, synapses.target],
        rtol=1e-4,
        atol=1e-8,
    )


def by_tangents(rule, network, activity, targets):
    """Gradients of recurrent synapses forward in time: what one more unit of each changes."""
    reservoir = network.reservoir
    synapses, model = network.synapses["recurrent"], reservoir.model
    parameters = dict(reservoir.parameters)
    step = linear_step(replace(model, detached=()), parameters, 1.0)
    if step.hard:
        fall = model.constants(parameters, 1.0)["u_reset"] - activity.closeness * step.threshold
    outputs = network.readout.outputs(activity.neurons, 1.0)
    comparison = targets.compare(outputs, activity.n_steps, 1.0)
    signals = network.readout.back(comparison.errors, 1.0) @ network.readout.weights
    steps, (n,) = len(signals), activity.n_steps
    excess = activity.neurons.counts() / n - rule.rate_target_Hz / 1000
    signals += rule.rate_strength * excess / comparison.window_steps / n
    fired = np.zeros(activity.neurons.shape[::2], dtype=bool)
    fired[activity.neurons.step, activity.neurons.source] = True
    psi = activity.pseudo_derivatives(0, steps, rule.dampening)[:, 0]
    factors = np.atleast_2d(model.weight_factor(dict(reservoir.parameters)))
    row, delays = (synapses.weight_pA < 0) * (len(factors) - 1), synapses.delay_steps(1.0)
    variables = np.array([model.state.index(name) for name in model.targets])[row]
    factor = factors[row, synapses.target]
    gradient = np.zeros(len(synapses))
    for k in range(len(synapses)):
        x, changed = np.zeros(step.reading.shape), np.zeros((steps, fired.shape[1]))
        for t in range(steps):
            x = np.einsum("jkn,kn->jn", step.matrix, x)
            if step.hard:
                x[0, activity.held[t]] = 0
            changed[t] = psi[t] * np.sum(step.reading * x, axis=0)
            x += step.jumps * changed[t]
            if step.hard:
                x[0, fired[t]] = 0
                x[0] += fall[t, 0] * changed[t]
            came = np.where(t >= delays, changed[t - delays, synapses.source], 0)
            came *= synapses.weight_pA
            came[k] += t >= delays[k] and fired[t - delays[k], synapses.source[k]]
            np.add.at(x, (variables, synapses.target), came * factor)
        gradient[k] = np.sum(signals[:, 0] * changed)
    return gradient


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_backpropagation_counts_what_spikes_cause_elsewhere_and_resets(model):
    rng = np.random.default_rng(0)
    network = random_network(rng, model, 1.0)
    weights = network.weights()
    network = network.with_weights(weights | {"recurrent": 100 * weights["recurrent"]})
    activity = random_activity(rng, network, np.array([25]), 1.0)
    targets = Targets(np.array([1]), "cross_entropy", 6.0)
    rule = Backpropagation(rate_strength=100.0)
    found = rule.of_activity(network, activity, targets, dt_ms=1.0).weights["recurrent"]
    expected = by_tangents(rule, network, activity, targets)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found / scale, expected / scale, atol=1e-10)
    eprop = EProp(rate_strength=100.0).of_activity(network, activity, targets, dt_ms=1.0)
    assert not np.allclose(found / scale, eprop.weights["recurrent"] / scale, atol=1e-3)


def test_sparser_networks_lack_synapses_alone():
    def drawn(density):
        rng = np.random.default_rng(0)
        return CLASSES.sample(8, 2, n_neurons=40, adaptive=True, rng=rng, density=density)

    whole, sparse = drawn(1.0), drawn(0.25)
    assert len(whole.synapses["recurrent"]) == 40 * 39
    assert 0.2 < len(sparse.synapses["recurrent"]) / (40 * 39) < 0.3
    weights = [network.synapses["recurrent"].weight_pA for network in (whole, sparse)]
    assert np.std(weights[1]) == pytest.approx(2 * np.std(weights[0]), rel=0.1)
    np.testing.assert_array_equal(sparse.readout.weights, whole.readout.weights)
    for network in (whole, sparse):
        assert np.all(network.synapses["inputs"].weight_pA == whole.synapses["inputs"].weight_pA)


@pytest.mark.parametrize("rule", ["eprop", "perturb", "reward"])
def test_traces_and_signals_are_of_eprop_alone(cache, tmp_path, rule):
    problem = make_problem(LearnSettings.from_options(task="Parity2", samples=10), 0)
    rng = np.random.default_rng(0)
    channels = problem.task.spikes.n_channels
    network = CLASSES.sample(
        channels, problem.targets.n_outputs, n_neurons=12, adaptive=True, rng=rng
    )
    write_sample(tmp_path / "sample.npz", problem, network, network, make_rule(rule, ""))
    arrays = read_sample(tmp_path / "sample.npz").arrays
    assert {"recurrent_before", "outputs_after"} <= set(arrays)
    assert ({"traces", "signals"} <= set(arrays)) == (rule == "eprop")


def test_noisy_rules_go_forward_alone():
    assert RUNS["perturb"] == make_rule("perturb", "").copies + 1
    assert RUNS["reward"] == 1


def test_all_that_trains_says_its_runs():
    for way in WAYS.keys() - {"draw", "evolve"}:
        assert RUNS[way] >= 1
        assert make_rule(way, "").trains == ("inputs", "recurrent", "readout")


def test_rules_train_what_their_controls_say():
    assert make_rule("eprop", "frozen").trains == ("inputs", "readout")
    assert make_rule("eprop", "readout").trains == ("readout",)
    assert isinstance(make_rule("eprop", "untraced"), Untraced)


def test_all_ways_have_as_many_network_runs(compared):
    _, summary = compared
    measures = summary["measures"]
    assert list(measures) == [
        *(SVM, ONE, HALF, "draw", "evolve", "eprop", "eprop from evolved"),
    ]
    for way in ("draw", "evolve", "eprop", "eprop from evolved"):
        assert 0.5 * 2000 < measures[way]["runs"] <= 2000
    assert measures[HALF]["runs"] <= 1000
    assert len(summary["differences"]) == 7 * 6 / 2


def test_evidence_is_compared_by_traces_in_its_recall():
    settings = LearnSettings.from_options(
        task="Evidence", samples=10, compare=("draw",), neurons=20, population=4, runs=2000
    )
    comparison = Comparison(settings)
    assert recall_state(comparison._problem[1]).at == (1 - 75 / 2250, 1.0)


def test_traces_of_spikes_long_before_the_recall_are_nothing(cache):
    rng = np.random.default_rng(0)
    dense = np.zeros((6, 8, 600), dtype=int)
    dense[:, :, :100] = rng.random((6, 8, 100)) < 0.2
    X, y = SpikeTrains.from_dense(dense, dt_ms=1.0), np.arange(6) % 2
    samples = {"train_samples": np.arange(4), "fitness_samples": np.arange(4, 6)}
    judge = RecallJudge(X, y, state=FilteredTraces((20.0,), at=(0.9, 1.0)), **samples)
    network = CLASSES.sample(8, 2, n_neurons=12, adaptive=True, rng=rng)
    states = judge._simulate([network.reservoir], X, judge.state)
    assert states.shape[-1] == 24
    assert not states.any()
    counts = judge._simulate([network.reservoir], X, SpikeCounts())
    assert counts.any()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["--task", "Evidenz"], "--task must be one of .*'Evidenz', did you mean 'Evidence'"),
        (["--rule", "bptt"], "--rule must be one of eprop, perturb, reward; got 'bptt'"),
        (
            ["--rule", "perturb", "--feedback", "symmetric"],
            "--feedback goes with --rule eprop, not with --rule perturb",
        ),
        (
            ["--rule", "reward", "--rate-strength", "3"],
            "--rate-strength goes with --rule eprop, not with --rule reward",
        ),
        (
            ["--rule", "reward", "--controls", "frozen,untraced"],
            "--controls untraced goes with --rule eprop, not with --rule reward",
        ),
        (["--rule", "perturb", "--controls", "bptt"], "--controls bptt goes with --rule eprop"),
        (["--controls", "frosen"], "--controls must be one of none, frozen.*did you mean 'frozen'"),
        (["--task", "Pattern", "--controls", "unadapted"], "--controls unadapted needs adaptive"),
        (["--batch", "85"], "--batch must not be above the 67 samples that are trained on, got 85"),
        (["--rule", "perturb", "--batch", "85"], "--batch must not be above the 67 samples"),
        (["--learning-rate", "0"], "--learning-rate must be above 0 and finite, got 0"),
        (["--noise", "-1"], "--noise must be at least 0 and finite, got -1"),
        (["--runs", "1000"], "--runs goes with --compare, not with --rule"),
        (["--compare", "draw", "--rule", "eprop"], "--rule can't stand beside --compare: give one"),
        (["--compare", "draw", "--goal", "0.1"], "--goal goes with --rule, not with --compare"),
        (
            ["--compare", "drawn"],
            "--compare must be one of draw.*did you mean 'draw'",
        ),
        (["--compare", "draw", "--batch", "68"], "--batch must not be above the 67 samples"),
        (["--compare", "draw", "--runs", "200"], "--runs must be at least 672, two generations of"),
        (
            ["--compare", "eprop", "--recipe", "izhikevich"],
            "--recipe izhikevich: model 'izhikevich' has no pseudo-derivative",
        ),
        (["--compare", "draw", "--split", "group"], "--split group: by must be one of"),
        (["--compare", "draw", "--task", "Pattern"], "--compare needs a task of one class"),
        (["--compare", "draw", "--task", "Copy4"], "--compare needs a task of one class a sample"),
        (["--task", "Braille", "--samples", "20"], "--samples is for tasks that are generated"),
        (["--task", "Evidence", "--gap-ms", "5.5"], ".*delay_ms"),
        (["--density", "0"], "--density must be above 0 and finite, got 0"),
        (["--density", "2"], "--density must be at most 1, got 2"),
    ],
)
def test_bad_input_is_refused_in_one_line(tmp_path, monkeypatch, capsys, line, message):
    for experiment in (Training, Comparison):
        monkeypatch.setattr(experiment, "measure", lambda *_: pytest.fail("worked"))
    usual = [] if "--task" in line else ["--task", "Parity2"]
    assert main(["--quick", *usual, *line, "--out", str(tmp_path)]) == 2
    (printed,) = capsys.readouterr().err.splitlines()
    assert re.match(f"learn.py: error: {message}", printed)
