"""Parts of a page, whatever the study: HTML in which nothing is run, and the same as text."""

import re

import pytest

from experiments.lab.page import Page, RunFiles, Section, Value, percent, points
from experiments.lab.page.comparison import compared
from experiments.lab.page.figures import heading, note, prose, table, table_of_columns, verdicts
from lsm.metrics.statistics import in_brackets, percentage_points


def test_prose_has_tables_and_no_html_of_its_own():
    part = prose("Said <script>alert(1)</script>.\n\n| x | y |\n|---|---|\n| 1 | 2 |\n")
    assert "<script>" not in str(part.html)
    assert "&lt;script&gt;alert(1)" in str(part.html)
    assert "<td>2</td>" in str(part.html)
    assert part.text == ""


def test_notes_and_headings_are_text_as_it_is():
    for part in (note("a  <b>\n c"), heading("a  <b>\n c")):
        assert "a  &lt;b&gt;\n c" in str(part.html)
        assert part.text == "a  <b>\n c"


def test_verdicts_are_marked_and_said():
    part = verdicts([{"verdict": "supported", "said": "at <once>"}])
    assert 'class="verdict supported">supported' in str(part.html)
    assert "at &lt;once&gt;" in str(part.html)
    assert part.text == "  supported    at <once>"


def test_a_table_stands_under_each_other_on_a_terminal():
    part = table(["", "a", "b"], [["first", "1", "22"], ["x", "333", "4"]])
    assert part.text.splitlines() == ["         a    b", "  first  1    22", "  x      333  4"]


def test_columns_of_a_table_need_not_have_the_same_rows():
    part = table_of_columns({"a": {"x": 1}, "b": {"x": percent(0.5), "y": "two"}})
    assert part.text.splitlines() == [
        "     a  b",
        "  x  1  50.00\N{NO-BREAK SPACE}%",
        "  y     two",
    ]


def test_differences_have_a_sign():
    assert str(points({"mean": -0.012, "interval": [-0.5, 0.476]})) == (
        "-1.20 points (-50.00 to +47.60)"
    )


def test_a_page_on_a_terminal_is_what_of_it_is_text():
    page = Page(
        "Title",
        ["What is asked."],
        {"a": percent(0.5)},
        [Section("One", [prose("No text."), note("A note.")]), Section("Two", [prose("None.")])],
    )
    assert page.text() == "Title\n  a: 50.00\N{NO-BREAK SPACE}%\n\nOne\n\nA note."


@pytest.mark.parametrize(("minimise", "best_first"), [(False, "bca"), (True, "acb")])
def test_runs_side_by_side_stand_best_first(tmp_path, minimise, best_first):
    means = {"a": 0.1, "b": 0.3, "c": 0.2}
    content = compared(
        [
            (
                RunFiles(tmp_path / name, {"task": "same"}),
                Page("", [], {"error": Value(mean, note="a note", minimise=minimise)}, []),
            )
            for name, mean in means.items()
        ]
    )
    dots, _ = content["sections"][0].parts
    rows = re.findall(r'--mark:(#\w+)">\n<span class="name">(\w)', str(dots.html))
    assert "".join(name for _, name in rows) == best_first
    assert {side.name: side.colour for side in content["sides"]} == {n: c for c, n in rows}
    assert "a note" not in dots.html


def test_intervals_stand_in_brackets():
    assert in_brackets([-0.484, 4.484], ".2f") == " (-0.48 to 4.48)"
    assert in_brackets(None) == ""


def test_differences_of_accuracies_are_in_percentage_points():
    assert (
        percentage_points({"mean": 0.0125, "interval": [-0.01, 0.035]}) == "+1.25 (-1.00 to +3.50)"
    )
    assert percentage_points({"mean": -0.5, "interval": None}) == "-50.00"


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [((0, 7), "seed 0 7"), ((3, 3), "None: the runs have the same settings, seeds")],
)
def test_runs_of_other_seeds_are_told_apart(tmp_path, seeds, expected):
    page = Page("A run", [], {}, [], settings={"neurons": 300})
    runs = [
        (RunFiles(tmp_path / f"{number}", {"seed": seed}), page)
        for number, seed in enumerate(seeds)
    ]
    *_, differing = compared(runs)["sections"]
    assert expected in " ".join(differing.parts[0].text.split())
