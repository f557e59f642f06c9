"""force_training.py refuses what it can't do in one line, before any work."""

import re

import pytest

from experiments.force_training import main
from tasks.closed_loop import training


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["--task", "sinus"], "--task must be one of sine, .*, all; got 'sinus', did you mean 's"),
        (["--task", "sinus", "--alpha", "1"], "--task must be one of sine"),
        (
            ["--task", "lorenz", "--model", "izhikevich"],
            "--model must be one of .*theta.* got 'izhikevich'",
        ),
        (["--model", "LIF"], "--model must be one of lif, .*got 'LIF'"),
        (["--neurons", "5"], "--neurons must be at least 20, got 5"),
        (["--every", "0"], "--every must be at least 1, got 0"),
        (["--seed", "-1"], "--seed must be at least 0, got -1"),
        (["--G", "-1"], "--G must be at least 0 and finite, got -1"),
        (["--Q", "nan"], "--Q must be at least 0 and finite, got nan"),
        (["--alpha", "0"], "--alpha must be above 0 and finite, got 0"),
        (["--duration-s", "inf"], "--duration-s must be above 0 and finite, got inf"),
        (["--duration-s", "7"], "--learn-s and --duration-s .* from 5 to 10 s of 7 s"),
        (["--learn-s", "3", "2"], "--learn-s and --duration-s .* from 3 to 2 s"),
        (["--learn-s", "nan", "2"], "--learn-s must be finite"),
        (
            ["--learn-s", "0.1", "0.3", "--duration-s", "0.3001"],
            "--learn-s and --duration-s .* sine changes in the test, got .* of 0.3001 s",
        ),
        (
            ["--task", "classification", "--learn-s", "0.1", "1", "--duration-s", "1.05"],
            "--learn-s and --duration-s .* classification changes in the",
        ),
        (["--n-jobs", "0"], "--n-jobs: must not be 0"),
        (["--tasks", "sine"], "--tasks goes with --task all, not with one training"),
        (["--seeds", "2"], "--seeds goes with --task all or --grid or --compare, not with one"),
        (["--resume"], "--resume goes with --task all or --grid or --compare, not with one"),
        (["--gains", "0.1"], "--gains goes with --grid or --compare, not with one training"),
        (["--grid", "--G", "0"], "--G goes with one training or --task all, not with --grid"),
        (["--grid", "--feedbacks", "-3"], "--feedbacks must be at least 0 and finite, got -3"),
        (["--grid", "--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["--grid", "--task", "lorenz"], "--task must be one of sine, .* --grid, got 'lorenz'"),
        (["--grid", "--task", "all"], "--task must be one of sine, .* --grid, got 'all'"),
        (
            ["--task", "all", "--model", "lif"],
            "--model goes with one training or --grid, not with --task all",
        ),
        (["--task", "all", "--tasks", "sin"], "--tasks must be one of sine.* got 'sin', did you"),
        (
            ["--task", "all", "--tasks", "lorenz", "--models", "izhikevich"],
            "--models must be of those for which .* got izhikevich",
        ),
        (["--compare", "slow", "--neurons", "100"], "--neurons goes with .*, not with --compare"),
        (["--compare", "slow", "--task", "lorenz"], "--task must be one of .*--compare"),
        (["--compare", "slow", "--grid"], "--.* can't stand beside --.*: give one of them"),
        (["--compare", "quick"], "--compare must be one of slow, fast; got 'quick', did you"),
        (["--gain", "other"], "--gain must be one of textbook, nicola-clopath; got 'other'"),
    ],
)
def test_bad_input_is_refused_in_one_line(tmp_path, monkeypatch, capsys, line, message):
    monkeypatch.setattr(training, "train_force", lambda *_, **__: pytest.fail("worked"))
    assert main([*line, "--out", str(tmp_path)]) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert re.match(f"force_training.py: error: {message}", error), error
