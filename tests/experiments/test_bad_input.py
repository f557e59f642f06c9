"""evolve_lsm.py refuses what it can't do: status 2, one line that names the option, no work."""

import re
from dataclasses import replace

import numpy as np
import pytest

from experiments.common import evolving, liquids
from experiments.evolve_lsm import main
from tasks import make_task
from tests.experiments.runs import arguments


def assert_one_line(captured, message):
    lines = captured.err.splitlines()
    assert len(lines) == 1, captured.err
    assert lines[0].startswith("evolve_lsm.py: error: ")
    assert re.search(message, lines[0]), lines[0]
    assert captured.out == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "TPR5"}, r"--task must be one of FR5, PR4, .*'TPR5', did you mean 'TPR(4|12|8)'"),
        ({"task": "txor"}, "--task .* did you mean 'TXOR'"),
        ({"encode": "position"}, "--encode .*both, configurations, .* did you mean 'positions'"),
        ({"state": "count"}, "--state must be one of counts, .* did you mean 'counts'"),
        ({"readout": "Ridge"}, "--readout must be one of ridge, .* did you mean 'ridge'"),
        ({"data": "."}, "data"),
        ({"neurons": 2}, "--neurons must be at least 4, got 2"),
        ({"population": 0}, "--population must be at least 1, got 0"),
        ({"population": 2}, "--population must be above 2, .* got 2"),
        ({"generations": -1}, "--generations must be at least 0, got -1"),
        ({"runs": 0}, "--runs must be at least 1, got 0"),
        ({"dt": 0}, r"--dt must be positive and finite, got 0\.0"),
        ({"dt": "nan"}, "--dt must be positive and finite, got nan"),
        ({"dt": "inf"}, "--dt must be positive and finite, got inf"),
        ({"seed": -1}, "--seed must not be negative, got -1"),
        ({"n_jobs": 0}, "--n-jobs must not be 0"),
        ({"gap_ms": 30}, "--gap-ms is for TXOR, got --task TPR4"),
        ({"task": "TXOR", "gap_ms": -1}, r"gap_ms must be finite and not below 0, got -1\.0"),
        ({"task": "TXOR", "gap_ms": "nan"}, "gap_ms must be finite and not below 0, got nan"),
        ({"split": "speaker"}, "--split is for FSDD, got --task TPR4"),
        ({"task": "FSDD", "data": "nowhere"}, "data .* there is no folder nowhere"),
        ({"task": "FSDD", "data": "{empty}"}, "data must be a folder with recordings .* none in"),
        ({"task": "FSDD", "fresh_templates": True}, "--fresh-templates needs .* got FSDD"),
    ],
)
def test_bad_input_is_refused_in_one_line_before_anything_is_simulated(
    tmp_path, monkeypatch, capsys, options, message
):
    for module in (evolving, liquids):
        monkeypatch.setattr(module, "simulate", lambda *_, **__: pytest.fail("simulated"))
    if options.get("data") == "{empty}":
        options = options | {"data": tmp_path}
    if options.get("fresh_templates"):  # FSDD's recordings are not read for this
        not_generated = replace(make_task("PR4", random_state=0), generated=False)
        monkeypatch.setattr(evolving, "make_task", lambda *_, **__: not_generated)
    assert main(arguments(tmp_path, **options)) == 2
    assert_one_line(capsys.readouterr(), message)


@pytest.mark.parametrize(
    "options", [{"neurons": "many"}, {"controls": "some"}, {"recipe": "cake"}, {"split": "x"}]
)
def test_arguments_of_another_kind_are_refused(tmp_path, capsys, options):
    with pytest.raises(SystemExit, match="2"):
        main(arguments(tmp_path, **options))
    assert f"error: argument --{next(iter(options))}: invalid" in capsys.readouterr().err


@pytest.mark.parametrize("below", ["", "/deep/below"])
def test_an_output_folder_that_cannot_be_written_is_refused(tmp_path, capsys, below):
    (tmp_path / "file").write_text("")
    assert main(arguments(f"{tmp_path}/file{below}")) == 2
    assert_one_line(capsys.readouterr(), f"the output folder {tmp_path}/file{below} cannot")


def test_a_full_disk_is_one_line_too(tmp_path, monkeypatch, capsys):
    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    assert main(arguments(tmp_path)) == 2
    captured = capsys.readouterr()
    assert "No space left on device" in captured.err.splitlines()[-1]
    assert "Traceback" not in captured.err


def test_help_names_the_known_tasks(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "TPR12" in capsys.readouterr().out
