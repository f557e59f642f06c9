"""forecast.py: its linear models against known figures, its measures, and what it does again."""

import json
import re
import sys

import numpy as np
import pytest
from scipy import stats

from experiments.forecast import main
from experiments.lab.page import page_of, read_run
from experiments.studies.forecast import STUDY
from experiments.studies.forecast import tasks as forecast_tasks
from experiments.studies.forecast.experiment import Forecast
from experiments.studies.forecast.figures import plot_task
from experiments.studies.forecast.methods import LIQUIDS, forecasters
from experiments.studies.forecast.settings import TASKS
from experiments.studies.forecast.tasks import (
    DELAYS,
    FORECAST_TASKS,
    HEARD,
    HORIZON,
    delayed,
    nrmse,
    squared_correlations,
)
from lsm import compilations
from tasks import make_series
from tasks.forecasters import Forecaster, Lags, Liquid

SMALL = ["--quick", "--neurons", "20", "--seeds", "1"]


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    """Folder and summary of a small run; not to be written to."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecast_tasks, "STARTS", 5)
        before = compilations()
        assert main([*SMALL, "--out", str(folder)]) == 0
    assert compilations() - before <= 1
    return folder, json.loads((folder / "summary.json").read_text())


def measured(task, make, *, steps, seed=0):
    result = FORECAST_TASKS[task].run(make, *steps, np.random.SeedSequence(seed))
    return result["measures"]


# Linear models: known figures


@pytest.mark.parametrize(
    ("lags", "products", "published"), [(10, 0, 0.60), (20, 0, 0.39), (50, 0, 0.37), (20, 10, 0.28)]
)
def test_linear_models_of_narma10_have_the_known_errors(lags, products, published):
    errors = [
        measured("narma10", lambda: Lags(lags, n_products=products), steps=(4000, 3000), seed=seed)[
            "nrmse"
        ]
        for seed in range(2)
    ]
    assert np.mean(errors) == pytest.approx(published, abs=0.03)


def test_a_linear_model_remembers_its_lags_and_nothing_else():
    capacity = measured("memory", lambda: Lags(21), steps=(1500, 1500))
    # Delays 1 to 20, beside the present; what is left of the other 80 is chance, as in the floor.
    assert capacity["floor"] == pytest.approx(DELAYS / 1500, rel=0.5)
    assert capacity["capacity"] == pytest.approx(20, abs=2 * capacity["floor"])


# Liquids


@pytest.mark.parametrize("task", LIQUIDS)
def test_a_liquid_fires_and_remembers_by_its_recurrence(task):
    make = forecasters(task, 60)
    whole, cut = (
        measured("memory", lambda name=name: make[name](0), steps=(1000, 500))["capacity"]
        for name in ("liquid", "liquid without recurrence")
    )
    assert whole > 2 + cut > 2


def test_a_liquid_goes_on_from_what_it_hears():
    x = np.sin(0.3 * np.arange(1100))
    model = Liquid(LIQUIDS["mackey-glass"].model(60, random_state=0))
    model.fit(x[:1000], x[1:1001, np.newaxis])
    heard = np.stack([x[900:1000], x[930:1030]])
    forecast = model.go_on(heard, 20)
    assert nrmse(np.stack([x[1000:1020], x[1030:1050]]), forecast) < 0.3
    first = [model.predict(past)[-1, 0] for past in heard]
    np.testing.assert_allclose(forecast[:, 0], first, rtol=1e-6)


# Measures


class Persistence(Forecaster):
    """Keeps what it learns from; says that what comes is what is."""

    n_features = 1

    def __init__(self):
        self.learned = []

    def fit(self, u, y):
        self.learned.append((u, y))
        return self

    def predict(self, u):
        return np.repeat(u[:, np.newaxis], self.learned[-1][1].shape[1], axis=1)

    def go_on(self, heard, n_steps):
        assert heard.shape[1] == HEARD
        return np.repeat(heard[:, -1:], n_steps, axis=1)


@pytest.mark.parametrize("task", FORECAST_TASKS)
def test_nothing_of_the_test_part_is_learned(task):
    learned = []
    for n_test in (400, 500):
        model = Persistence()
        measured(task, lambda model=model: model, steps=(600, n_test))
        learned.append(model.learned)
    for (u, y), (same_u, same_y) in zip(*learned, strict=True):
        assert len(u) == len(y) <= 600
        np.testing.assert_array_equal(u, same_u)
        np.testing.assert_array_equal(y[:, :DELAYS], same_y[:, :DELAYS])
    if task == "mackey-glass":
        direct, free = learned[0]
        np.testing.assert_array_equal(direct[1][:-HORIZON, 0], direct[0][HORIZON:])
        np.testing.assert_array_equal(free[1][:-1, 0], free[0][1:])
        assert direct[1][-1] == free[1][-1]  # the last step of the training part


def test_errors_of_persistence_are_those_of_the_series():
    result = FORECAST_TASKS["mackey-glass"].run(Persistence, 600, 2000, np.random.SeedSequence(0))
    seed = np.random.SeedSequence(0)
    x = make_series("MackeyGlass", n_steps=2600 + HORIZON, random_state=seed).inputs[0]
    changes = x[600 + HORIZON : 2600 + HORIZON] - x[600:2600]
    expected = np.sqrt(np.mean(changes**2)) / x[600:2600].std()
    assert result["measures"]["nrmse84_direct"] == pytest.approx(expected)
    # From 50 points instead of 2000, and so only about the same.
    assert result["measures"]["nrmse84_free"] == pytest.approx(expected, rel=0.2)
    assert result["errors"][-1] == result["measures"]["nrmse84_free"]
    assert result["true"][0] == x[600 + HEARD]


def test_the_error_of_the_mean_is_one():
    y = np.random.default_rng(0).normal(size=50)
    assert nrmse(y, np.full(50, y.mean())) == pytest.approx(1)
    assert nrmse(y, y) == 0


def test_delays_and_squared_correlations_by_numpy():
    u = np.arange(1.0, 300)
    for delay in (1, 2, DELAYS):
        np.testing.assert_array_equal(delayed(u)[:, delay - 1], [*[0] * delay, *u[:-delay]])
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 40, 3))
    other[:, 0] += one[:, 0]
    other[:, 2] = 5
    expected = [np.corrcoef(one[:, k], other[:, k])[0, 1] ** 2 for k in range(2)]
    np.testing.assert_allclose(squared_correlations(one, other), [*expected, 0])


# The command


def outcome(summary):
    """What of a summary depends on settings and seeds alone."""
    timeless = json.loads(json.dumps(summary))
    for by_method in timeless["tasks"].values():
        for spread in by_method.values():
            del spread["seconds_a_seed"]
    return {k: v for k, v in timeless.items() if k not in ("seconds", "compilations")}


def test_options_name_all_tasks():
    assert tuple(FORECAST_TASKS) == TASKS


def test_a_run_writes_tables_a_summary_and_pictures(small):
    folder, summary = small
    assert set(summary["tasks"]) == set(FORECAST_TASKS)
    for task, by_method in summary["tasks"].items():
        assert set(by_method) == set(forecasters(task, 20))
        assert (folder / f"{task}.png").stat().st_size > 10_000
        for measure in FORECAST_TASKS[task].measures:
            assert np.isfinite(by_method["liquid"]["measures"][measure]["mean"])
    assert summary["tasks"]["narma10"]["liquid"]["n_features"] == 60
    assert (folder / "report.html").read_text().count("data:image/png") == len(FORECAST_TASKS)
    text = page_of(read_run(folder), STUDY).text()
    lags = summary["tasks"]["memory"]["linear, 20 lags"]["measures"]["capacity"]["mean"]
    assert re.search(rf"capacity\..*  linear, 20 lags +{lags:.4g}\n", text, re.DOTALL)
    assert re.search(r"  linear, 20 lags +20 +\d+\.\d\n", text)


def test_resumed_after_an_interruption(small, tmp_path, monkeypatch):
    lines = (small[0] / "records.jsonl").read_text().splitlines(keepends=True)
    kept = [line for line in lines if '"method": "memory: linear' not in line]
    (tmp_path / "records.jsonl").write_text("".join(kept) + '{"seed": 0, "fo')
    done, measure = [], Forecast.measure

    def counted(self, trial, tick):
        done.append(trial.content)
        return measure(self, trial, tick)

    monkeypatch.setattr(Forecast, "measure", counted)
    assert main([*SMALL, "--out", str(tmp_path), "--resume"]) == 0
    assert len(done) == 4
    assert all(task == "memory" and method.startswith("linear") for task, method in done)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert outcome(summary) == outcome(small[1])


def test_more_seeds_of_one_task_get_an_interval(small, tmp_path, monkeypatch, capsys):
    (tmp_path / "records.jsonl").write_text((small[0] / "records.jsonl").read_text())
    monkeypatch.setattr(
        Forecast,
        "measure",
        lambda self, trial, tick: {
            "measures": {"capacity": 10.0 * trial.seed, "floor": 0.0},
            "n_features": 1,
            "by_delay": [0.0] * DELAYS,
        },
    )
    line = ["--quick", "--neurons", "20", "--seeds", "3", "--task", "memory", "--resume"]
    assert main([*line, "--out", str(tmp_path)]) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())["tasks"]["memory"]
    lags = summary["linear, 10 lags"]
    values = lags["measures"]["capacity"]["values"]
    assert values == [pytest.approx(9, abs=0.2), 10, 20]
    low, high = stats.t.interval(0.95, 2, np.mean(values), stats.sem(values))
    assert lags["measures"]["capacity"]["interval"] == pytest.approx([low, high])
    # The liquid's first value is a real one, the others are as the lags' are.
    less = lags["measures"]["capacity"]["liquid_less_it"]
    its = summary["liquid"]["measures"]["capacity"]["values"]
    assert less["mean"] == pytest.approx((its[0] - values[0]) / 3)
    (row,) = re.findall(r"  linear, 10 lags  +(\S+)  +(.+ to .+)", capsys.readouterr().out)
    assert row == (f"{np.mean(values):.4g}", f"{low:.4g} to {high:.4g}")


def test_without_reservoirpy_its_rows_are_left_out(small, tmp_path, monkeypatch, capsys):
    (tmp_path / "records.jsonl").write_text((small[0] / "records.jsonl").read_text())
    for module in ("reservoirpy", "reservoirpy.nodes"):
        monkeypatch.setitem(sys.modules, module, None)
    assert main([*SMALL, "--task", "memory", "--resume", "--out", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert 'pip install "liquidstate[series]"' in captured.err
    assert "echo state network" not in captured.out
    assert "linear, 50 lags" in captured.out
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert "echo state network" not in summary["tasks"]["memory"]
    assert "reservoirpy" not in summary["versions"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--neurons", "10"], "--neurons must be at least 20, got 10"),
        (["--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["--out", "{file}"], "the output folder .* cannot be written"),
        (["--resume", "--neurons", "30"], "--resume: .* of another run: neurons was 20, now 30"),
    ],
)
def test_bad_input_is_refused_in_one_line(small, tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.setattr(Forecast, "measure", lambda *_: pytest.fail("worked"))
    (tmp_path / "records.jsonl").write_text((small[0] / "records.jsonl").read_text())
    (tmp_path / "file").write_text("")
    options = [option.format(file=tmp_path / "file") for option in options]
    assert main(["--quick", "--out", str(tmp_path), *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(f"forecast.py: error: {message}", line)


def test_pictures_of_forecasts_that_ran_away_show_the_target():
    result = {"true": [0.0, 1.0], "said": [1e9, -1e9], "errors": [1.0, 1e9]}
    figure = plot_task("mackey-glass", {"liquid": [result]})
    assert figure.axes[0].get_ylim() == pytest.approx((-0.3, 1.3))
