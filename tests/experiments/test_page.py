"""What a page says: numbers of the run, first neurons, states, verdicts, and how to repeat it."""

import base64
import io
import json
import re
import shlex
import shutil
from html import unescape

import numpy as np
import pytest
from numpy.random import SeedSequence
from PIL import Image

from evolution.ancestry import ancestry_of
from evolution.seeds import stream
from experiments.lab.page import page_of, read_run, write_page
from experiments.lab.page.contents import Value, percent
from experiments.lab.page.figures import confusion, dots, picture
from experiments.lab.page.tested import read_tested
from experiments.lab.parsing import parse
from experiments.studies.evolve import STUDY
from experiments.studies.evolve.run import Stream
from experiments.studies.evolve.settings import EvolveSettings
from lsm import Reservoir, simulate
from lsm.states import make_state
from tasks import make_task
from tests.experiments.runs import run


@pytest.fixture
def folder(full, tmp_path):
    """A copy of a run's folder, to be written to."""
    return shutil.copytree(full[0], tmp_path / "run")


def text_of(page):
    """What is read on a page, in one line."""
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def specs_of(page):
    """What the page's scripts draw."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(one) for one in found]


def sections_of(page):
    return re.findall(r"<h2>(.*?)</h2>", page)


def test_an_evolution_writes_a_page_with_all_that_was_asked_for(full):
    folder, summary = full
    page = (folder / "report.html").read_text()
    assert sections_of(page) == [
        "Accuracy",
        "Fitness over generations",
        "The evolved liquid",
        "Evolved against first parameters",
        "States in two dimensions",
        "Confusion",
        "Spikes",
        "How to repeat it",
    ]
    text = text_of(page)
    assert f"Test accuracy {100 * summary['test_accuracy']:.2f} %" in text
    assert (
        f"random search {100 * summary['controls']['random_search']['test_accuracy']:.2f} %" in text
    )
    chance = f"{100 * summary['baselines']['chance']:.2f} %"
    assert f"chance the most frequent class {chance}" in text
    assert f"brian2 {summary['versions']['brian2']}" in text
    best = next(spec for spec in specs_of(page) if spec.get("x") == "generation")["series"][0]
    rows = (folder / "logbook.csv").read_text().splitlines()[1:]
    assert best["y"] == [pytest.approx(100 * float(row.split(",")[2]), abs=1e-3) for row in rows]


def test_the_liquid_is_that_of_the_file(full):
    folder, _ = full
    best = Reservoir.load(folder / "best.npz")
    spec = next(s for s in specs_of((folder / "report.html").read_text()) if "positions" in s)
    np.testing.assert_allclose(spec["positions"], best.positions, atol=5e-4)
    pairs = set(zip(spec["source"], spec["target"], strict=True))
    synapses = best.synapses
    assert pairs == set(zip(synapses.source.tolist(), synapses.target.tolist(), strict=True))
    assert f"{best.parameters['tau_m_ms'][2]:.4g}" in spec["tips"][2]


def test_the_command_repeats_the_run(full):
    folder, summary = full
    found = re.search(r'<pre class="command">(.*?)</pre>', (folder / "report.html").read_text())
    python, program, *words = shlex.split(text_of(found[1]))
    assert (python, program) == ("python", "experiments/evolve_lsm.py")
    settings = EvolveSettings.from_options(**parse(EvolveSettings, STUDY.parser, words))
    assert settings.identity() == summary["settings"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"encode": "positions"},
        {"encode": "configurations", "dimensions": 3},
        {"aims": "accuracy,neurons", "neurons": 10},
        {"gains": True},
    ],
    ids=str,
)
def test_the_first_generation_is_found_again(options, tmp_path, cache):
    run(tmp_path, generations=0, controls="none", **options)
    best = Reservoir.load(tmp_path / "best.npz")
    first = ancestry_of(best, tmp_path / "evolution.npz")
    assert first.inherited.all()
    np.testing.assert_array_equal(first.positions, best.positions)
    for column, name in enumerate(first.names):
        np.testing.assert_array_equal(first.parameters[:, column], best.parameters[name])
    with np.load(tmp_path / "evolution.npz") as file:
        drawn = file["parameters"][file["present"]] if "present" in file else file["parameters"]
    # The checkpoint has the same liquids, the best one first.
    np.testing.assert_array_equal(
        np.sort(first.drawn, axis=0), np.sort(drawn.reshape(-1, len(first.names)), axis=0)
    )


def test_a_neuron_with_a_key_of_its_own_has_no_first_place(full):
    best = Reservoir.load(full[0] / "best.npz")
    keys = best.keys.copy()
    keys[3] += np.uint64(1)
    found = ancestry_of(best.replace(keys=keys), full[0] / "evolution.npz")
    assert not found.inherited[3]
    assert np.isnan(found.positions[3]).all()
    whole = ancestry_of(best, full[0] / "evolution.npz")
    np.testing.assert_array_equal(np.delete(whole.inherited, 3), np.delete(found.inherited, 3))


def test_what_is_kept_of_test_samples_is_what_was_tested(full):
    folder, summary = full
    tested = read_tested(folder / "tested.npz")
    assert np.mean(tested.labels == tested.predicted) == pytest.approx(summary["test_accuracy"])
    assert tested.description


def test_components_are_those_of_the_singular_value_decomposition(full):
    folder, _ = full
    tested = read_tested(folder / "tested.npz")
    settings = EvolveSettings.from_options(task="TPR4", neurons=8, seed=3, quick=True)
    task = evolve_task(settings)
    state = make_state(settings.state)
    best = Reservoir.load(folder / "best.npz")
    states = simulate([best], task.spikes[task.test], state=state, dt_ms=1.0)[0].astype(float)
    centred = states - states.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(tested.components), np.abs(u * s)[:, :2], atol=1e-3)
    np.testing.assert_allclose(tested.explained, (s**2 / (s**2).sum())[:2], atol=1e-6)


def evolve_task(settings):
    """The task of a run of one seed."""
    seed = stream(stream(SeedSequence(settings.seed), 0), Stream.TASK)
    return make_task(settings.task, random_state=seed, samples_per_class=60)


def test_many_runs_have_intervals_and_a_curve_each(tmp_path, cache):
    summary = run(tmp_path, runs=3, generations=1)
    page = (tmp_path / "report.html").read_text()
    low, high = (100 * bound for bound in summary["test_accuracy_interval"])
    accuracy = 100 * summary["test_accuracy"]
    assert f"evolved liquid {accuracy:.2f} % {low:.2f} to {high:.2f}" in text_of(page)
    chart = next(spec for spec in specs_of(page) if spec.get("x") == "generation")
    assert [series["name"] for series in chart["series"]] == ["run-00", "run-01", "run-02"]
    fitness = [json.loads(p.read_text())["fitness"] for p in sorted(tmp_path.glob("run-*/summ*"))]
    assert f"Of run-{int(np.argmax(fitness)):02d}, the best by fitness" in text_of(page)


def test_an_older_folder_has_a_page_without_what_it_does_not_have(folder):
    for name in ("tested.npz", "config.yaml", "evolution.npz", "raster.png", "report.html"):
        (folder / name).unlink()
    again = read_run(folder)
    write_page(again, STUDY, page_of(again, STUDY))
    page = (folder / "report.html").read_text()
    assert "Test accuracy" in page
    assert "States in two dimensions" not in page
    assert "has no config.yaml" in page


def test_dots_stand_where_their_values_are():
    rows = {"a": percent(0.2, (0.1, 0.3)), "b": Value(100.0, unit=percent(0).unit)}
    figure = str(dots("", rows).html)
    ticks = {
        float(t): float(at) for at, t in re.findall(r'<u style="left:(.*?)%">(.*?)</u>', figure)
    }
    (x0, p0), (x1, p1) = min(ticks.items()), max(ticks.items())
    assert x1 == 100  # no accuracy is above

    def place(value):
        return p0 + (value - x0) / (x1 - x0) * (p1 - p0)

    marks = [float(at) for at in re.findall(r'<b style="left:(.*?)%"', figure)]
    assert marks == pytest.approx([place(100), place(20)], abs=0.01)
    ((left, width),) = re.findall(r'<i style="left:(.*?)%;width:(.*?)%"', figure)
    assert float(left) == pytest.approx(place(10), abs=0.01)
    assert float(width) == pytest.approx(place(30) - place(10), abs=0.02)
    assert "20.00" in figure
    assert "10.00 to 30.00" in figure


@pytest.mark.parametrize(("mean", "ends"), [(93.95, (0, 100)), (-3.0, (-3, 0)), (0.0, (0, 1))])
def test_an_axis_of_one_number_goes_from_0(mean, ends):
    figure = str(dots("", {"a": Value(mean)}).html)
    ticks = [float(text) for text in re.findall(r'<u style="left:.*?">(.*?)</u>', figure)]
    assert (min(ticks), max(ticks)) == ends
    assert len(set(ticks)) == len(ticks) > 2


@pytest.mark.parametrize(("minimise", "best_first"), [(False, "b a c"), (True, "c a b")])
def test_the_best_value_stands_at_the_top(minimise, best_first):
    means = {"a": 2.0, "b": 3.0, "c": 1.0}
    rows = {name: Value(mean, minimise=minimise) for name, mean in means.items()}
    part = dots("Caption", rows, colours=["red", "blue", "green"])
    drawn = re.findall(r'--mark:(\w+)">\n<span class="name">(\w)', str(part.html))
    assert " ".join(name for _, name in drawn) == best_first
    assert dict(drawn) == {"red": "a", "blue": "b", "green": "c"}
    assert [line.split()[0] for line in part.text.splitlines()[1:]] == best_first.split()


def test_equal_values_have_dots_too():
    assert 'class="row' in dots("", {"a": Value(0.0), "b": Value(0.0)}).html


def test_a_confusion_is_in_percent_of_the_class():
    page = confusion(np.array([[3, 1], [0, 0]]), ["low <", "high"]).html
    assert 'data-tip="low &lt; called high: 1 samples, 25.0 %"' in page
    assert 'data-tip="high called low &lt;: 0 samples, 0.0 %"' in page


def test_a_picture_keeps_its_looks_in_few_bytes(tmp_path):
    x = np.linspace(0, 255, 400).astype(np.uint8)
    pixels = np.stack([np.tile(x, (300, 1))] * 3 + [np.full((300, 400), 255, np.uint8)], axis=-1)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    shown = picture(tmp_path / "a.png", "alt").html
    data = re.search(r"base64,([^\"]*)", shown)[1]
    found = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)
    assert np.abs(found - pixels[:, :, :3].astype(int)).max() <= 4
    assert picture(tmp_path / "none.png", "alt").html == ""


def test_the_folder_of_a_run_may_be_relative(full, monkeypatch):
    monkeypatch.chdir(full[0])
    assert read_run(".").name == full[0].name
