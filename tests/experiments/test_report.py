"""report.py: pages from folders, runs side by side, bad input; all of it in a real browser."""

import json
import re
import shutil
import time

import numpy as np
import pytest

from experiments.report import main
from tests.experiments import classify_runs
from tests.experiments.chromium import DESKTOP, PHONE, browser, console, show
from tests.experiments.runs import run
from tests.experiments.test_page import specs_of, text_of

MOST_BYTES = 5_000_000


@pytest.fixture(scope="module")
def other(cache, tmp_path_factory):
    """Folder of a second run, with another seed, in three dimensions; not to be written to."""
    folder = tmp_path_factory.mktemp("other")
    run(folder, seed=4, dimensions=3, generations=1)
    return folder


@pytest.fixture(scope="module")
def classified(cache, tmp_path_factory):
    folder = tmp_path_factory.mktemp("classified")
    classify_runs.run(folder)
    return folder


@pytest.fixture(scope="module")
def comparison(full, other, classified, tmp_path_factory):
    path = tmp_path_factory.mktemp("compared") / "new" / "runs.html"
    assert main([str(full[0]), str(other), str(classified), "--out", str(path)]) == 0
    return path


def test_a_page_is_made_again_from_the_files(full, tmp_path, capsys):
    folder = shutil.copytree(full[0], tmp_path / "run")
    page = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    assert main([str(folder)]) == 0
    assert (folder / "report.html").read_bytes() == page
    assert str(folder / "report.html") in capsys.readouterr().out


def test_runs_stand_side_by_side(full, other, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([str(full[0]), str(other)]) == 0
    page = (tmp_path / "comparison.html").read_text()
    summaries = [json.loads((at / "summary.json").read_text()) for at in (full[0], other)]
    text = text_of(page)
    accuracies = [f"{100 * one['test_accuracy']:.2f} %" for one in summaries]
    assert f"evolved liquid {accuracies[0]} {accuracies[1]}" in text
    names = [full[0].name, other.name]
    settings = text[text.index("Settings that differ") :]
    assert f"{names[0]} {names[1]}" in settings
    for row in ("seed 3 4", "dimensions 3", "generations 2 1", "controls full default"):
        assert row in settings
    assert "readout" not in settings
    (chart,) = specs_of(page)
    assert [series["name"] for series in chart["series"]] == names
    for series, at in zip(chart["series"], (full[0], other), strict=True):
        best = [float(row.split(",")[2]) for row in (at / "logbook.csv").read_text().split()[1:]]
        assert series["y"] == pytest.approx([100 * value for value in best], abs=1e-3)


def test_folders_of_one_name_are_told_apart(full, tmp_path):
    for name in ("a", "b"):
        shutil.copytree(full[0], tmp_path / name / "run")
    out = tmp_path / "out.html"
    assert main([str(tmp_path / "a/run"), str(tmp_path / "b/run"), "--out", str(out)]) == 0
    text = text_of(out.read_text())
    assert "a/run b/run" in text
    assert "None: the runs have the same settings" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("summary.json", None, "has no summary.json"),
        ("summary.json", b'{"task": "PR', "summary.json is not a summary"),
        ("summary.json", b"[1]", "must hold an object, got list"),
        (
            "summary.json",
            b'{"evaluations": 3}',
            "not a summary of evolve_lsm: 'fitness' is missing",
        ),
        (
            "summary.json",
            b'{"experiment": "new"}',
            "summary.json is of no study that is known here: new",
        ),
        (
            "summary.json",
            b'{"seconds": null}',
            "not a summary: seconds must be an object, got None",
        ),
        ("logbook.csv", b"generation,best\n1,many\n", "not a logbook"),
        ("logbook.csv", b"", "not a logbook"),
        ("logbook.csv", b"generation\n\xff\n", "not a table"),
        ("best.npz", b"PK\x03\x04", "best.npz"),
        ("evolution.npz", b"", "evolution.npz is not a checkpoint"),
        ("evolution.npz", b"PK\x03\x04 cut", "evolution.npz is not a checkpoint"),
        ("tested.npz", b"cut", "tested.npz is not what became"),
        ("raster.png", b"\x89PNG", "raster.png is no picture"),
        ("config.yaml", b"a: [", "config.yaml:1: not YAML"),
        ("config.yaml", b"3", "config.yaml:1: a configuration must be 'name: value'"),
    ],
)
def test_a_damaged_file_is_named(name, content, said, full, tmp_path, capsys):
    folder = shutil.copytree(full[0], tmp_path / "run")
    before = (folder / "report.html").read_bytes()
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    assert_refused([str(folder)], said, capsys)
    assert (folder / "report.html").read_bytes() == before


def test_what_cannot_be_compared_is_refused(full, tmp_path, capsys):
    folder = str(full[0])
    assert_refused([str(tmp_path / "none")], "DIR must be a folder", capsys)
    assert_refused([folder, "--out", "page.html"], "--out is for several DIR", capsys)
    assert_refused([folder, f"{folder}/."], "two or more different folders", capsys)
    assert_refused([folder, str(tmp_path)], "has no summary.json", capsys)
    (tmp_path / "file").touch()
    inside = str(tmp_path / "file" / "page.html")
    assert_refused(
        [folder, str(shutil.copytree(folder, tmp_path / "b")), "--out", inside], "", capsys
    )


def assert_refused(arguments, said, capsys):
    """One line and exit status 2."""
    assert main(arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("report.py: error: ")
    assert said in lines[0]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("chromium")) as session:
        yield session


@pytest.fixture
def pages(full, other, classified, comparison):
    folders = {"evolved": full[0], "in 3-D": other, "classified": classified}
    return {name: at / "report.html" for name, at in folders.items()} | {"compared": comparison}


WHAT = ("evolved", "in 3-D", "classified", "compared")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", WHAT)
def test_a_page_opens_without_errors_or_network(name, width, pages, chromium):
    page = pages[name]
    assert page.stat().st_size < MOST_BYTES
    chromium.get_log("performance")
    show(chromium, page, width)
    drawn(chromium)
    assert console(chromium) == []
    asked = re.findall(r'"url":"(.*?)"', str(chromium.get_log("performance")))
    assert asked
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "about"}
    # Nothing sticks out: the page scrolls in one direction alone.
    assert chromium.execute_script("return document.documentElement.scrollWidth") <= width


def test_an_error_and_a_request_would_be_seen(chromium, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text("<script>fetch('http://127.0.0.1:9/'); throw Error('planted')</script>")
    chromium.get_log("performance")
    show(chromium, page, DESKTOP)
    assert any("planted" in line for line in console(chromium))
    assert "http://127.0.0.1:9/" in str(chromium.get_log("performance"))


def test_a_page_may_load_nothing(full, chromium, tmp_path):
    page = tmp_path / "page.html"
    text = (full[0] / "report.html").read_text()
    page.write_text(text.replace("</main>", "<img src='http://127.0.0.1:9/a.png'></main>"))
    show(chromium, page, DESKTOP)
    assert any("Content Security Policy" in line for line in console(chromium))


def drawn(session, *, seconds=5.0):
    """Wait until all charts are drawn, and return how many points and lines each has."""
    until = time.monotonic() + seconds
    script = """return [...document.querySelectorAll("figure.chart")].map(
        (chart) => chart.querySelectorAll("svg .mark, svg .line").length)"""
    while 0 in (found := session.execute_script(script)) and time.monotonic() < until:
        time.sleep(0.05)
    assert 0 not in found
    return found


def test_charts_have_all_points(full, chromium):
    page = full[0] / "report.html"
    show(chromium, page, PHONE)
    marks = drawn(chromium)
    specs = [spec for spec in specs_of(page.read_text()) if "series" in spec]
    wanted = [
        sum(1 if series.get("line") else len(series["x"]) for series in spec["series"])
        for spec in specs
    ]
    assert marks == wanted
    # Pictures are shown, not just there.
    widths = "return [...document.querySelectorAll('img')].map((one) => one.naturalWidth)"
    assert min(chromium.execute_script(widths)) > 100


def pixels(session):
    """A digest of the liquid's picture, and how many of its pixels have a colour."""
    return session.execute_script(
        """const canvas = document.querySelector("figure.liquid canvas");
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let digest = 0, coloured = 0;
        for (let k = 0; k < data.length; k += 4) {
          digest = (digest * 31 + data[k] + 7 * data[k + 1] + 13 * data[k + 3]) % 1000000007;
          coloured += data[k + 3] > 0;
        }
        return [digest, coloured];"""
    )


def test_the_liquid_can_be_turned_and_asked(other, chromium):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    show(chromium, other / "report.html", DESKTOP)
    drawn(chromium)
    canvas = chromium.find_element(By.CSS_SELECTOR, "figure.liquid canvas")
    chromium.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    before, coloured = pixels(chromium)
    assert coloured > 500
    ActionChains(chromium).drag_and_drop_by_offset(canvas, 90, 40).perform()
    turned, _ = pixels(chromium)
    assert turned != before
    canvas.send_keys("\ue014")  # the right arrow
    assert pixels(chromium)[0] != turned

    tips = next(s for s in specs_of((other / "report.html").read_text()) if "tips" in s)["tips"]
    size = canvas.size
    tip = chromium.find_element(By.ID, "tip")
    found = set()
    steps = np.linspace(-0.28, 0.28, 15)
    for x, y in ((x * size["height"], y * size["height"]) for x in steps for y in steps):
        ActionChains(chromium, duration=0).move_to_element_with_offset(canvas, x, y).perform()
        if tip.is_displayed():
            found.add(tip.get_property("textContent"))
            if len(found) == 2:
                break
    assert found
    assert found <= set(tips)


def test_a_slider_leads_to_the_first_generation(full, chromium):
    show(chromium, full[0] / "report.html", DESKTOP)
    drawn(chromium)
    spec = next(s for s in specs_of((full[0] / "report.html").read_text()) if "tips" in s)
    moved = [
        place
        for place, first in zip(spec["positions"], spec["first"], strict=True)
        if first is None or first != place
    ]
    before, _ = pixels(chromium)
    chromium.execute_script(
        """const slider = document.querySelector(".when");
        slider.value = 0;
        slider.dispatchEvent(new Event("input"));"""
    )
    assert (pixels(chromium)[0] != before) == bool(moved)


def test_points_say_what_they_are(full, chromium):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    show(chromium, full[0] / "report.html", DESKTOP)
    drawn(chromium)
    mark = chromium.find_elements(By.CSS_SELECTOR, "figure.chart:not(.small) svg .mark")[0]
    chromium.execute_script("arguments[0].scrollIntoView({block: 'center'})", mark)
    ActionChains(chromium).move_to_element(mark).perform()
    tip = chromium.find_element(By.ID, "tip")
    assert tip.is_displayed()
    assert re.match(r"\d.*\ncomponent 1 .*, component 2 ", tip.get_property("textContent"))
