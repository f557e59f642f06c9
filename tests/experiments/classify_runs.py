"""Small runs of classify.py, for the tests."""

import json
import re

from experiments.classify import main
from experiments.lab.parsing import parse
from experiments.studies.classify import STUDY

#: 240 samples, liquids of 20 neurons.
SMALL = {"task": "TPR4", "quick": True, "neurons": 20, "folds": 2, "n_jobs": 1, "rivals": "none"}


def arguments(folder, **options):
    line = []
    for name, value in {**SMALL, "out": folder, **options}.items():
        if value is not None:
            line.append(f"--{name.replace('_', '-')}")
            line += [] if value is True else [str(value)]
    return line


def run(folder, **options):
    assert main(arguments(folder, **options)) == 0
    return json.loads((folder / "summary.json").read_text())


def settings_of(**options):
    return STUDY.settings.from_options(
        **parse(STUDY.settings, STUDY.parser, arguments(None, **options))
    )


def assert_one_line(captured, message):
    lines = captured.err.splitlines()
    assert len(lines) == 1, captured.err
    assert lines[0].startswith("classify.py: error: ")
    assert re.search(message, lines[0]), lines[0]
    assert captured.out == ""
