"""The README's example runs as it stands."""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def examples():
    return re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)


def number_that_is_printed(code, capsys):
    exec(compile(code, str(README), "exec"), {})
    return float(capsys.readouterr().out)


def test_the_classifier_scores_far_above_chance(capsys):
    classifier, _ = examples()
    assert number_that_is_printed(classifier, capsys) > 0.8  # of four classes


def test_the_closed_loop_goes_on_alone(capsys):
    _, loop = examples()
    assert number_that_is_printed(loop, capsys) < 0.1
