"""force_training.py: protocols, measures of known outputs, what a run leaves, and what resumes."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.force_training import main
from experiments.lab.parsing import parse
from experiments.studies.force import STUDY, experiment, training
from experiments.studies.force.comparison.experiment import ComparisonOfSpeeds
from experiments.studies.force.experiment import FACTORS, make, spread
from experiments.studies.force.figures import plot_course, plot_errors
from experiments.studies.force.measures import LEARNED, mean_rate_Hz, measures
from experiments.studies.force.protocols import MODELS, make_protocol, published_settings
from experiments.studies.force.settings import ForceSettings
from experiments.studies.force.training import Course, train
from lsm.force import force_reservoir
from readouts import ForceReadout
from tasks.targets import TARGETS, make_target

#: 200 leaky neurons that learn the sine within a second.
SHORT = ["--neurons", "200", "--alpha", "4e4", "--learn-s", "0.5", "1.5"]


def options(*line):
    return ForceSettings.from_options(**parse(ForceSettings, STUDY.parser, line))


def course(said, wanted, made, *, dt_ms=0.5, **trained):
    """A course whose outputs are given; all but its first half is the test."""
    n = len(said)
    times = dt_ms * np.arange(1, n + 1)
    end = n // 2 * dt_ms
    records = {"t_ms": times, "outputs": said, "diverged": "", "time_ms": n * dt_ms}
    records |= {"spike_times_ms": np.empty(0), "spike_neurons": np.empty(0, dtype=int)}
    records |= {"probe_t_ms": times[::40], "weights": np.zeros((len(times[::40]), 10, 1))}
    changed = made.changed(learn_ms=(end / 2, end), duration_ms=n * dt_ms, dt_ms=dt_ms)
    fake = SimpleNamespace(**records | trained)
    return Course(changed, fake, wanted, dt_ms, np.arange(10), {})


def drawn(course):
    """All pictures of a course, drawn to the end."""
    figures = {name: plot() for name, plot in plot_course(course).items()}
    for figure in figures.values():
        figure.canvas.draw()
    return figures


def read(folder):
    return json.loads((folder / "summary.json").read_text())


# Protocols


@pytest.mark.parametrize("task", TARGETS)
def test_published_programs_are_taken_to_the_letter(task):
    for model, settings in TARGETS[task].settings.items():
        made = make_protocol(task, model, published=True)
        assert (made.settings, made.note) == (settings, "")
    assert set(TARGETS[task].settings) <= set(published_settings(task))
    assert ("rate" in published_settings(task)) == ("lif" in published_settings(task))


def test_short_periods_are_tested_for_two_seconds():
    made = make_protocol("sine", "lif").settings
    assert (made.learn_ms, made.duration_ms) == ((5000, 10_000), 12_000)
    assert make_protocol("sine", "lif", learn_ms=(500.0, 1500.0)).settings.duration_ms == 3500
    assert make_protocol("pitchfork", "lif").settings == TARGETS["pitchfork"].settings["lif"]


def test_a_rate_network_learns_at_the_same_times_by_longer_steps():
    spiking, rates = (make_protocol("sine", model).settings for model in ("lif", "rate"))
    assert rates.dt_ms == pytest.approx(10 * spiking.dt_ms)
    assert rates.dt_ms * rates.every == pytest.approx(spiking.dt_ms * spiking.every)


def test_nothing_takes_hours_unless_asked_for():
    rows = options("--task", "all").protocols
    assert max(one.cost for one in rows) < 900
    assert make_protocol("ode-to-joy", "izhikevich", published=True).cost > 3600


def test_what_is_other_than_published_is_noted():
    made = make_protocol("sine", "lif", G=0.2, Q=None)
    assert (made.settings.G, made.settings.Q) == (0.2, 30)
    assert made.note == "changed: G"
    shorter = make_protocol("van-der-pol-relaxation", "izhikevich")
    assert shorter.note
    assert shorter.settings.learn_ms != (5000, 10_000)


@pytest.mark.parametrize("model", ["lif", "izhikevich"])
def test_alpha_is_the_readouts_in_any_unit(model):
    made = options("--model", model, "--alpha", "4e4").protocol
    assert made.settings.p0_hz == pytest.approx(1 / 4e4)


def test_the_table_has_a_row_for_all_that_is_known():
    rows = [(one.task, one.model) for one in options("--task", "all").protocols]
    assert rows == [
        (task, model) for task in TARGETS for model in MODELS if model in published_settings(task)
    ]
    few = options("--task", "all", "--tasks", "sine", "lorenz", "--models", "theta", "rate")
    expected = [("sine", "theta"), ("sine", "rate"), ("lorenz", "theta"), ("lorenz", "rate")]
    assert [(one.task, one.model) for one in few.protocols] == expected


# Training


@pytest.fixture(scope="module")
def single(cache, tmp_path_factory):
    """Folder of a small run; not to be written to."""
    folder = tmp_path_factory.mktemp("single")
    assert main([*SHORT, "--out", str(folder)]) == 0
    return folder


def test_a_run_learns_and_leaves_everything(single):
    summary = read(single)
    assert summary["learned"]
    assert 0 < summary["nrmse_drift_tolerant"] < 0.15
    assert summary["nrmse"] >= summary["nrmse_drift_tolerant"]
    assert summary["nrmse_learning"] < 0.15
    assert 20 < summary["rate_Hz"] < 60
    assert summary["settings"]["p0"] == pytest.approx(2.5e-5)
    assert {"compilations", "versions", "seed"} <= set(summary)
    assert summary["seconds"]["total"] >= summary["seconds"]["run"] > 0
    for name in ("outputs", "error", "weights", "raster"):
        assert (single / f"{name}.png").stat().st_size > 10_000
    page = (single / "report.html").read_text()
    assert "Not as published: changed: n_neurons, learn_ms, p0" in page
    assert page.count("data:image/png") == 4


def test_a_seed_is_a_result(single):
    again, other = (measures(train(options(*SHORT).protocol, seed=seed)) for seed in (0, 1))
    summary = read(single)
    assert again == {name: summary[name] for name in again} != other


def test_the_training_is_that_of_the_library(single, monkeypatch):
    """What `train` hands to train_force, for settings in ms as in s."""
    heard = []

    def remember(reservoir, target, **rest):
        heard.append((reservoir, target, rest))
        raise InterruptedError

    monkeypatch.setattr(training, "train_force", remember)
    made = make_protocol(
        "songbird", "izhikevich", n_neurons=40, duration_ms=200.0, learn_ms=(10.0, 100.0)
    )
    with pytest.raises(InterruptedError):
        train(made, seed=3)
    ((reservoir, target, rest),) = heard
    published = TARGETS["songbird"].settings["izhikevich"]
    assert rest["readout"].get_params() == (
        ForceReadout(alpha=1e6 / published.p0, gain="nicola-clopath").get_params()
    )
    assert (rest["feedback"], rest["every"], rest["dt_ms"]) == (1e3, 100, 0.04)
    assert target.shape == (5000, 20)
    assert rest["inputs"].shape == (5000, 500)
    assert 7e3 < np.abs(rest["input_weights"]).max() < 8e3
    neurons = dict(published.neuron)
    expected = force_reservoir("izhikevich", 40, gain=published.G, parameters=neurons)
    for name, values in expected.parameters.items():
        np.testing.assert_array_equal(reservoir.parameters[name], values)
    scale = np.abs(expected.synapses.weight_pA).mean()
    assert np.abs(reservoir.synapses.weight_pA).mean() == pytest.approx(scale, rel=0.2)


def test_points_are_heard_from_a_random_direction(monkeypatch):
    heard = {}

    def remember(reservoir, target, **rest):
        heard.update(rest)
        raise InterruptedError

    monkeypatch.setattr(training, "train_force", remember)
    made = make_protocol(
        "classification", "izhikevich", n_neurons=300, duration_ms=1000.0, learn_ms=(0.0, 500.0)
    )
    with pytest.raises(InterruptedError):
        train(made, seed=0)
    lengths = np.linalg.norm(heard["input_weights"], axis=1)
    np.testing.assert_allclose(lengths, made.settings.input_gain)
    assert np.abs(heard["input_weights"].mean(axis=0)).max() < 0.2 * made.settings.input_gain


def test_rates_learn_and_are_counted(tmp_path):
    found = train(options("--model", "rate", *SHORT).protocol, seed=0)
    assert measures(found)["nrmse_drift_tolerant"] < 0.1
    assert 20 < mean_rate_Hz(found) < 60
    assert set(drawn(found)) == {"outputs", "error", "weights", "raster"}


@pytest.mark.filterwarnings("ignore:.* has diverged:RuntimeWarning")
@pytest.mark.parametrize("model", ["lif", "rate"])
def test_divergence_is_a_result(tmp_path, model):
    line = ["--neurons", "200", "--alpha", "1e-300", "--learn-s", "0.1", "0.3", "--model", model]
    assert main([*line, "--duration-s", "0.5", "--out", str(tmp_path)]) == 0
    summary = read(tmp_path)
    assert "diverged" in summary["diverged"]
    assert not summary["learned"]
    assert summary["nrmse"] is summary["rate_Hz"] is None
    assert "diverged" in (tmp_path / "report.html").read_text()
    assert not list(tmp_path.glob("*.png"))


# Measures


def test_a_drifting_sine_is_only_plainly_wrong():
    wanted = make_target("sine", duration_ms=4000, dt_ms=0.5).values
    said = np.roll(wanted, 67)  # a sixth of the period
    found = measures(course(said, wanted, make_protocol("sine", "lif")))
    assert found["nrmse"] == pytest.approx(2 * np.sin(np.pi * 67 / 400), rel=1e-3)
    assert found["nrmse_drift_tolerant"] == pytest.approx(0, abs=1e-3)


def test_a_rate_is_that_of_the_test():
    wanted = make_target("sine", duration_ms=4000, dt_ms=0.5).values
    times = np.array([500.0, 2100.0, 2500.0, 3900.0])
    found = course(wanted, wanted, make_protocol("sine", "lif"), spike_times_ms=times)
    assert mean_rate_Hz(found) == pytest.approx(3 / 10 / 2)


def test_a_noisy_target_is_tested_without_its_noise():
    made = make_protocol(
        "product-noisy", "lif", n_neurons=100, learn_ms=(50.0, 90.0), duration_ms=150.0
    )
    found = train(made, seed=0)
    clean = make_target("product", duration_ms=150, dt_ms=0.05).values
    np.testing.assert_array_equal(found.wanted, clean[::10])
    assert found.dt_ms == 0.5
    np.testing.assert_allclose(found.trained.t_ms, 0.05 + 0.5 * np.arange(300))
    assert (found.test.start, found.test.stop) == (180, 300)


@pytest.fixture(scope="module")
def chaos():
    """Two trajectories of 80 s each."""
    return [
        make_target("lorenz", duration_ms=80_000, dt_ms=2, random_state=seed).values
        for seed in (0, 1)
    ]


def test_other_motion_of_the_same_kind_is_the_lorenz_system(chaos, tmp_path):
    wanted, other = chaos
    near = course(other, wanted, make_protocol("lorenz", "theta"), dt_ms=2.0)
    found = measures(near)
    assert found["nrmse"] > 1
    assert found["valid_time_ms"] < 2000
    assert found["return_map_distance"] < 0.02
    assert found["spectrum_distance"] < 0.2
    assert found["exponent_per_s"] == pytest.approx(0.906, abs=0.25)
    assert found["target_exponent_per_s"] == pytest.approx(0.906, abs=0.25)
    assert "lorenz" in drawn(near)


def test_a_sine_is_not_the_lorenz_system(chaos):
    wanted, _ = chaos
    phase = 2 * np.pi * 0.002 / 0.75 * np.arange(len(wanted))[:, None]
    said = 0.3 + 0.3 * np.sin(phase + np.array([0.0, 1.0, 2.0]))
    found = measures(course(said, wanted, make_protocol("lorenz", "theta"), dt_ms=2.0))
    assert found["return_map_distance"] > 0.05
    assert found["spectrum_distance"] > 0.5
    still = measures(
        course(np.zeros_like(wanted), wanted, make_protocol("lorenz", "theta"), dt_ms=2.0)
    )
    assert still["return_map_distance"] is None
    assert still["exponent_per_s"] is None


def test_a_yes_or_no_is_judged_by_its_sign():
    wanted = np.tile([0.0, 0.5, 0.5, -0.5, -0.5], 400)[:, None]
    said = np.tile([9.0, 0.1, -0.1, -0.1, -0.1], 400)[:, None]
    found = measures(course(said, wanted, make_protocol("classification", "izhikevich")))
    assert found["same_sign"] == pytest.approx(3 / 4)


def test_many_outputs_are_drawn_as_images(tmp_path):
    wanted = make_target("songbird", duration_ms=12_000, dt_ms=1, random_state=0).values
    made = make_protocol("songbird", "izhikevich")
    figure = drawn(course(0.9 * wanted, wanted, made, dt_ms=1.0))["outputs"]
    assert sum(len(axes.images) for axes in figure.axes) == 8
    figure.savefig(tmp_path / "outputs.png")
    assert (tmp_path / "outputs.png").stat().st_size > 20_000


# The table and the grid

TABLE = ["--task", "all", "--tasks", "sine", "sawtooth", "--models", "lif", *SHORT]


@pytest.fixture(scope="module")
def table(cache, tmp_path_factory):
    """Folder of a small table; not to be written to."""
    folder = tmp_path_factory.mktemp("table")
    assert main([*TABLE, "--seeds", "2", "--out", str(folder)]) == 0
    return folder


def test_a_table_stands_beside_the_same_without_recurrence(table):
    summary = read(table)
    assert [(row["task"], row["model"]) for row in summary["rows"]] == [
        ("sine", "lif"),
        ("sawtooth", "lif"),
    ]
    row = summary["rows"][0]
    assert row["settings"]["G"] == 0.1
    median, low, high = row["measures"]["nrmse_drift_tolerant"]
    assert 0 < low <= median <= high
    assert row["paper"] == "picture"
    _, *records = map(json.loads, (table / "records.jsonl").read_text().splitlines())
    assert len(records) == 2 * 2 * 2
    without = [record for record in records if record["method"].endswith("G = 0")]
    assert [record["settings"]["G"] for record in without] == [0.0] * 4
    errors = [record["measures"]["nrmse"] for record in records if record["method"] == "sine, lif"]
    assert row["measures"]["nrmse"] == pytest.approx([np.mean(errors), min(errors), max(errors)])
    assert len((table / "trainings.csv").read_text().splitlines()) == 1 + 8
    page = (table / "report.html").read_text()
    assert page.count("data:image/png") == 1
    assert page.count('<th scope="row">sine</th><td>lif</td>') == 1
    assert (table / "errors.png").stat().st_size > 10_000


def planted(found):
    """An outcome with this drift-tolerant error; None: diverged."""
    names = ("nrmse_learning", "nrmse", "nrmse_drift_tolerant")
    return {
        "learned": found is not None and found < LEARNED,
        "diverged": "" if found is not None else "P has diverged",
        "measures": dict.fromkeys(names, found) | {"rate_Hz": 30.0},
    }


def test_what_diverged_counts_as_the_worst():
    """Of a valid time or a share that is the least, of an error the largest."""
    found = [{"measures": {"nrmse": 0.1, "valid_time_ms": 500.0}} for _ in range(2)]
    found.append({"measures": {"nrmse": None}})
    assert spread(found, "nrmse") == (0.1, 0.1, np.inf)
    assert spread(found[1:], "nrmse") == (np.inf, 0.1, np.inf)
    assert spread(found, "valid_time_ms") == (500, 0, 500)
    assert spread(found[1:], "valid_time_ms") == (250, 0, 500)


def test_a_second_start_does_what_is_missing(table, tmp_path, monkeypatch):
    text = (table / "records.jsonl").read_text()
    (tmp_path / "records.jsonl").write_text(text + '{"seed": 2, "fo')
    done = []
    monkeypatch.setattr(experiment, "train", lambda made, seed: (made.task, made.settings.G, seed))
    monkeypatch.setattr(experiment, "outcome", lambda course: done.append(course) or planted(None))
    line = [*TABLE, "--seeds", "3", "--resume", "--out", str(tmp_path)]
    assert main(line) == 0
    assert done == [("sine", 0.1, 2), ("sine", 0, 2), ("sawtooth", 0.1, 2), ("sawtooth", 0, 2)]
    assert (tmp_path / "records.jsonl").read_text().startswith(text)
    # Two that learned and one that diverged.
    assert read(tmp_path)["rows"][0]["measures"]["nrmse"][2] is None
    assert main(line) == 0
    assert len(done) == 4


def test_records_of_other_settings_are_refused(table, tmp_path, capsys):
    (tmp_path / "records.jsonl").write_text((table / "records.jsonl").read_text())
    line = [*TABLE, "--seeds", "2", "--Q", "20", "--resume", "--out", str(tmp_path)]
    assert main(line) == 2
    assert "is of another run: note of sine, lif was" in capsys.readouterr().err


def test_the_share_of_the_grid_that_learns(tmp_path, monkeypatch):
    """Learned where both G and Q are at least as published, by two of three seeds."""

    def errors(made, seed):
        if made.settings.G == 0:
            return None
        good = made.settings.G >= 0.1 and made.settings.Q >= 30
        return 0.05 if good and seed != 8 else 0.9

    monkeypatch.setattr(experiment, "train", errors)
    monkeypatch.setattr(experiment, "outcome", planted)
    assert main(["--grid", "--seed", "7", "--seeds", "3", "--out", str(tmp_path)]) == 0
    summary = read(tmp_path)
    G, Q = np.array(summary["G"]), np.array(summary["Q"])
    np.testing.assert_allclose((G, Q), np.outer((0.1, 30), FACTORS))
    assert summary["share_learned"] == pytest.approx(9 / 49)
    assert summary["nrmse_drift_tolerant"][0] == [None] * 7
    assert summary["nrmse_drift_tolerant"][4] == [0.9] * 4 + [0.05] * 3
    assert summary["seeds"] == [7, 8, 9]
    assert (tmp_path / "grid.png").stat().st_size > 10_000
    page = (tmp_path / "report.html").read_text()
    assert "18 % of 49 points learn" in page
    assert "For how much of the plane of G" in page


def test_a_table_has_the_measures_that_some_targets_have(tmp_path, monkeypatch):
    signs = iter((0.9, 0.5, 0.7, 0.6))

    def outcome(_):
        measured = planted(0.9)
        measured["measures"] |= {"same_sign": next(signs)}
        return measured

    monkeypatch.setattr(experiment, "train", lambda *_, **__: None)
    monkeypatch.setattr(experiment, "outcome", outcome)
    line = ["--task", "all", "--tasks", "classification", "--models", "izhikevich"]
    assert main([*line, "--seeds", "2", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text()
    assert "<td>0.8 (0.7 to 0.9)</td><td>0.55 (0.5 to 0.6)</td>" in page


def test_a_comparison_has_options_of_its_own():
    line = ["--compare", "slow", "fast", "--seeds", "2", "--gains", "0.1", "--feedbacks", "20"]
    settings = options(*line)
    assert settings.compare == ("slow", "fast")
    assert (settings.all_seeds, settings.gains, settings.feedbacks) == (range(2), (0.1,), (20.0,))
    assert isinstance(make(settings), ComparisonOfSpeeds)
    assert [options("--compare", "slow", *quick).seeds for quick in ([], ["--quick"])] == [5, 3]


def test_each_has_a_folder_of_its_own():
    lines = ([], ["--model", "rate"], ["--grid"], ["--task", "all"], ["--compare", "slow"])
    assert [str(options(*line).out).removeprefix("results/force_") for line in lines] == [
        *("training/sine-lif", "training/sine-rate", "training/sine-lif-grid"),
        *("training/table", "compare"),
    ]


@pytest.mark.parametrize(
    ("folder", "texts"),
    [
        (
            "single",
            ["learn by FORCE to make sine", "what an output has that stays at the", "silent"],
        ),
        ("table", ["Which targets do networks of which neurons learn", "least to largest"]),
    ],
)
def test_a_page_asks_its_question_and_says_what_numbers_mean(folder, texts, request):
    page = " ".join((request.getfixturevalue(folder) / "report.html").read_text().split())
    for text in texts:
        assert text in page


def test_the_row_with_the_least_error_stands_at_the_top():
    rows = {"a": [[0.5, 0.1, 0.6], [1.0]], "b": [[0.4, 0.4, 0.4], [0.1]], "c": [[0.3], [2.0]]}
    (axes,) = plot_errors(rows).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "b", "a"]
