"""forecast.py: what it writes, what it does again, and what it refuses."""

import json
import re
import sys

import numpy as np
import pytest
from scipy import stats

from experiments.forecast import main
from experiments.lab.page import page_of, read_run
from experiments.studies.forecast import STUDY
from experiments.studies.forecast.experiment import Forecast
from experiments.studies.forecast.figures import plot_task
from experiments.studies.forecast.settings import TASKS
from lsm import compilations
from tasks import forecasts
from tasks.forecasts import DELAYS, PROBLEMS, forecasters

SMALL = ["--quick", "--neurons", "20", "--seeds", "1"]


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    """Folder and summary of a small run; not to be written to."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecasts, "STARTS", 5)
        before = compilations()
        assert main([*SMALL, "--out", str(folder)]) == 0
    assert compilations() - before <= 1
    return folder, json.loads((folder / "summary.json").read_text())


def outcome(summary):
    """What of a summary depends on settings and seeds alone."""
    timeless = json.loads(json.dumps(summary))
    for by_method in timeless["tasks"].values():
        for spread in by_method.values():
            del spread["seconds_a_seed"]
    return {k: v for k, v in timeless.items() if k not in ("seconds", "compilations")}


def test_options_name_all_tasks():
    assert tuple(PROBLEMS) == TASKS


def test_a_run_writes_tables_a_summary_and_pictures(small):
    folder, summary = small
    assert set(summary["tasks"]) == set(PROBLEMS)
    for task, by_method in summary["tasks"].items():
        assert set(by_method) == set(forecasters(task, 20))
        assert (folder / f"{task}.png").stat().st_size > 10_000
        for measure in PROBLEMS[task].measures:
            assert np.isfinite(by_method["liquid"]["measures"][measure]["mean"])
    assert summary["tasks"]["narma10"]["liquid"]["n_features"] == 60
    assert (folder / "report.html").read_text().count("data:image/png") == len(PROBLEMS)
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
        done.append(trial.name)
        return measure(self, trial, tick)

    monkeypatch.setattr(Forecast, "measure", counted)
    assert main([*SMALL, "--out", str(tmp_path), "--resume"]) == 0
    assert len(done) == 4
    assert all(name.startswith("memory: linear") for name in done)
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


def test_of_several_sizes_errors_are_measured_with_the_powers_they_fall_by(tmp_path, monkeypatch):
    def measure(self, trial, tick):
        size = int(trial.name.rsplit(" ")[-1])
        power = -0.5 if "liquid" in trial.name else -2.0
        return {"measures": {"nrmse": (1 + trial.seed) * size**power}, "n_features": 3 * size}

    monkeypatch.setattr(Forecast, "measure", measure)
    line = ["--task", "narma10", "--seeds", "2", "--out", str(tmp_path)]
    assert main([*line, "--neurons", "20,40"]) == 0
    assert main([*line, "--neurons", "20,40,160", "--resume"]) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    methods = summary["tasks"]["narma10"]
    assert set(methods) == {
        f"{method}, {n}" for method in ("liquid", "echo state network") for n in (20, 40, 160)
    }
    assert methods["liquid, 40"]["measures"]["nrmse"]["mean"] == pytest.approx(1.5 * 40**-0.5)
    assert summary["slopes"]["narma10"]["nrmse"] == pytest.approx(
        {"liquid": -0.5, "echo state network": -2}
    )
    text = page_of(read_run(tmp_path), STUDY).text()
    assert re.search(r"  liquid +-0.50\n +echo state network +-2.00\n", text)
    assert (tmp_path / "narma10.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--neurons", "10"], "--neurons must be at least 20, got 10"),
        (["--neurons", "30,40,30"], "--neurons must differ, got 30,40,30"),
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
