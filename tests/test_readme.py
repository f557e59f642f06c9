"""The README's example, and that of closed loops in the guide, do what they are shown for."""

import re
from pathlib import Path

import pytest

from lsm import PRESETS
from lsm.encoders import ENCODERS
from lsm.neurons import MODELS
from tasks import TASKS

TOP = Path(__file__).parents[1]
README = TOP / "README.md"


def examples(page):
    return re.findall(r"```python\n(.*?)```", page.read_text(), flags=re.DOTALL)


def number_that_is_printed(code, capsys):
    exec(compile(code, str(README), "exec"), {})
    return float(capsys.readouterr().out)


def test_it_is_short():
    assert len(README.read_text().splitlines()) <= 180
    assert (TOP / "docs" / "liquid.png").stat().st_size < 150_000


def test_the_classifier_scores_far_above_chance(capsys):
    (classifier,) = examples(README)
    assert number_that_is_printed(classifier, capsys) > 0.8  # of four classes


def test_it_counts_what_there_is():
    tasks = set(TASKS) - {"own", "aeon:NAME"}
    numbers = {37: "thirty-seven", 13: "thirteen", 8: "eight"}
    for things, text in (
        (tasks, "{} tasks by name"),
        (ENCODERS, "| encoders | {}, and"),
        (PRESETS, "{} presets by name"),
        (MODELS, "{} models of neurons"),
    ):
        assert text.format(numbers[len(things)]) in README.read_text()


@pytest.mark.parametrize(("number", "error"), [(0, 0.1), (1, 0.3)])  # 500 neurons, 200
def test_the_closed_loop_goes_on_alone(number, error, capsys):
    loop = examples(TOP / "docs" / "guide" / "closed_loop.md")[number]
    assert number_that_is_printed(loop, capsys) < error
