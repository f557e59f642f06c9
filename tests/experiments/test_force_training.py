"""force_training.py: what a run leaves, what the table and the grid say, and what resumes."""

import json

import numpy as np
import pytest

from experiments.force_training import main
from experiments.lab.parsing import parse
from experiments.studies.force import STUDY, experiment
from experiments.studies.force.comparison.experiment import ComparisonOfSpeeds
from experiments.studies.force.experiment import FACTORS, make, spread
from experiments.studies.force.figures import plot_errors
from experiments.studies.force.measures import LEARNED
from experiments.studies.force.settings import ForceSettings
from tasks.closed_loop import measures_of, train_target
from tasks.targets import TARGETS, make_protocol, published_settings
from tasks.targets.protocols import MODELS

#: 200 leaky neurons that learn the sine within a second.
SHORT = ["--neurons", "200", "--alpha", "4e4", "--learn-s", "0.5", "1.5"]


def options(*line):
    return ForceSettings.from_options(**parse(ForceSettings, STUDY.parser, line))


def read(folder):
    return json.loads((folder / "summary.json").read_text())


# Protocols


def test_nothing_takes_hours_unless_asked_for():
    rows = options("--task", "all").protocols
    assert max(one.cost for one in rows) < 900
    assert make_protocol("ode-to-joy", "izhikevich", published=True).cost > 3600


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
    assert summary["seconds"]["total"] >= summary["seconds"]["measured"] > 0
    for name in ("outputs", "error", "weights", "raster"):
        assert (single / f"{name}.png").stat().st_size > 10_000
    page = (single / "report.html").read_text()
    assert "Not as published: changed: n_neurons, learn_ms, p0" in page
    assert page.count("data:image/png") == 4


def test_a_seed_is_a_result(single):
    (made,) = options(*SHORT).protocols
    again, other = (measures_of(train_target(made, random_state=seed)) for seed in (0, 1))
    summary = read(single)
    assert again == {name: summary[name] for name in again} != other


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
    assert spread(found, "nrmse") == [0.1, 0.1, None]
    assert spread(found[1:], "nrmse") == [None, 0.1, None]
    assert spread(found, "valid_time_ms") == [500, 0, 500]
    assert spread(found[1:], "valid_time_ms") == [250, 0, 500]


def test_a_second_start_does_what_is_missing(table, tmp_path, monkeypatch):
    text = (table / "records.jsonl").read_text()
    (tmp_path / "records.jsonl").write_text(text + '{"seed": 2, "fo')
    done = []

    def remember(made, random_state):
        return made.task, made.settings.G, random_state

    monkeypatch.setattr(experiment, "train_target", remember)
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

    def errors(made, random_state):
        if made.settings.G == 0:
            return None
        good = made.settings.G >= 0.1 and made.settings.Q >= 30
        return 0.05 if good and random_state != 8 else 0.9

    monkeypatch.setattr(experiment, "train_target", errors)
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

    monkeypatch.setattr(experiment, "train_target", lambda *_, **__: None)
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
    trained = {"a": [0.5, 0.1, 0.6], "b": [0.4, 0.4, 0.4], "c": [0.3]}
    alone = {"a": [1.0], "b": [0.1], "c": [2.0]}
    (axes,) = plot_errors({"errors": {"as trained": trained, "alone": alone}}).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "b", "a"]
