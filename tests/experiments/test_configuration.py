"""Options from a YAML file: as on the command line, refused with their line, and left as one."""

import argparse
import re
from pathlib import Path

import pytest
import yaml

from evolution import CheckpointError
from experiments import (
    benchmark,
    classify,
    ei_balance,
    evolve_lsm,
    force_training,
    forecast,
    rate_to_spiking,
    what_when,
)
from experiments.common.benchmark.peers import MODULES
from experiments.common.command import Experiment
from experiments.common.configuration import read_options
from experiments.common.errors import InputError
from lsm.base.files import expanded
from tests.experiments import brief_experiment

EXPERIMENTS = {
    one.__name__.rpartition(".")[2]: one.EXPERIMENT
    for one in (
        *(classify, ei_balance, evolve_lsm, force_training, forecast),
        *(rate_to_spiking, what_when),
    )
}


def parser():
    p = argparse.ArgumentParser(prog="some.py")
    p.add_argument("--task", required=True)
    p.add_argument("--dt", type=float, default=1.0)
    p.add_argument("--learn-s", type=float, nargs=2)
    p.add_argument("--models", nargs="+", choices=("lif", "theta"))
    p.add_argument("--n-jobs", type=int, default=-1)
    p.add_argument("--data", type=Path)
    p.add_argument("--quick", action="store_true")
    p.add_argument("--resume", action="store_true")
    either = p.add_mutually_exclusive_group()
    either.add_argument("--folds", type=int)
    either.add_argument("--by")
    return p


def read(folder, text, *arguments):
    path = folder / "some.yaml"
    path.write_text(text)
    return read_options(parser, ["--config", str(path), *arguments])


def test_a_file_says_what_a_command_line_says(tmp_path):
    text = "task: on\ndt: 1e-1\nlearn-s: [0, 2.5]\nmodels: [lif]\nn_jobs: 1\ndata: a b\nquick: true"
    same = ["--task", "on", "--dt", "1e-1", "--learn-s", "0", "2.5", "--models", "lif"]
    same += ["--n-jobs", "1", "--data", "a b", "--quick"]
    assert read(tmp_path, text) == read_options(parser, same)
    assert read(tmp_path, "quick: false\ndt: ~\n", "--task", "x") == read_options(
        parser, ["--task", "x"]
    )


def test_a_tilde_in_a_path_is_the_home_folder(tmp_path, monkeypatch):
    """On the command line a shell replaces it, but for --out=~/results; in a file nobody does."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "some.yaml").write_text("task: FR5\nout: ~/results\ndata: ~/data\n")
    found = read_options(evolve_lsm.parser, ["--config=~/some.yaml"])
    assert (found["out"], found["data"]) == (tmp_path / "results", tmp_path / "data")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_option_that_is_a_path_knows_the_home_folder(name):
    options = EXPERIMENTS[name].parser()._actions
    paths = [one for one in options if one.type in (Path, expanded)]
    assert paths
    assert all(one.type is expanded for one in paths)


def test_the_command_line_comes_first(tmp_path):
    found = read(tmp_path, "task: a\ndt: 2\nmodels: [lif]\n", "--dt", "3", "--models", "theta")
    assert (found["task"], found["dt"], found["models"]) == ("a", 3.0, ["theta"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task: a\ndtt: 1\n", ":2: unknown option 'dtt', did you mean 'dt'"),
        ("task: a\nresume: true\n", ":2: unknown option 'resume'"),
        ("task: a\n\ndt: x\n", ":3: argument --dt: invalid float value: 'x'"),
        ("task: a\ndt: [1, 2]\n", ":2: dt must be one value, got a list"),
        ("task: a\nquick: 1\n", ":2: quick must be true or false, got '1'"),
        ("task: a\nlearn-s: [1]\n", ":2: argument --learn-s: expected 2 arguments"),
        ("task: a\nlearn-s: [[1], 2]\n", ":2: learn-s must be a list of values, got a list"),
        ("task: a\nmodels:\n- tehta\n", ":2: .*invalid choice.* did you mean 'theta'"),
        ("task: a\nfolds: 3\nby: x\n", ":3: argument --by: not allowed with argument --folds"),
        ("task: a\ntask: b\n", ":2: 'task' is there twice"),
        ("- task\n", ":1: options must be 'name: value'"),
        ("task: 'a\n", ":\\d: not YAML: "),
        ("task: &x a\nmodels: [*x]\n", r":2: not YAML: the alias \*x in column 10: write out"),
        ("task: &x [*x]\n", r":1: not YAML: the alias \*x in column 11: write out"),
        (f"task:\n {'[' * 21}{']' * 21}\n", ":2: not YAML: values within more than 20 others"),
        (f"task: a\n#{'x' * 10**5}\n", " must have at most 100000 characters"),
    ],
)
def test_what_a_file_cannot_say_is_refused_with_its_line(tmp_path, capsys, text, message):
    path = tmp_path / "some.yaml"
    path.write_text(text)
    experiment = Experiment(parser, lambda **_: pytest.fail("worked"), vars, resumes="")
    assert experiment.main(["--config", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(f"some.py: error: {path}{message}", line), line


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    for name, main in [*((k, v.main) for k, v in EXPERIMENTS.items()), ("", benchmark.main)]:
        assert main(["--config", str(tmp_path / "none.yaml")]) == 2
        said = capsys.readouterr().err
        assert said.endswith(
            f"{tmp_path / 'none.yaml'} cannot be read: No such file or directory\n"
        )
        assert said.startswith(name)


def test_what_is_required_may_stand_in_either(tmp_path, capsys):
    with pytest.raises(SystemExit):
        read(tmp_path, "dt: 1\n")
    assert "required: --task" in capsys.readouterr().err


def test_an_option_excludes_those_of_the_file_that_exclude_it(tmp_path):
    found = read(tmp_path, "task: on\nfolds: 5\n", "--by", "group")
    assert (found["by"], found["folds"]) == ("group", None)
    with pytest.raises(InputError, match=r"some\.yaml:3: .*not allowed with"):
        read(tmp_path, "task: on\nfolds: 5\nby: group\n")


def ran_with(experiment, folder, *arguments):
    """What a run leaves as its configuration, and the settings that it had."""
    seen = []
    kept = Experiment(
        experiment.parser, experiment.settings, seen.append, resumes="", brings=experiment.brings
    )
    assert kept.main([*map(str, arguments), "--out", str(folder)]) == 0
    return folder / "config.yaml", seen[0]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("evolve_lsm", []),
        ("evolve_lsm", ["--task", "FSDD", "--aims", "accuracy,spikes", "--gains", "--n-jobs", 1]),
        ("evolve_lsm", ["--task", "TXOR", "--gap-ms", 1, "--quick"]),
        ("classify", ["--task", "PR4"]),
        ("classify", ["--task", "PR4", "--by", "group", "--rivals", "none"]),
        ("classify", ["--task", "PR4", "--reservoir", "maass2002", "--official"]),
        ("classify", ["--task", "PR4", "--pretraining", "critical_stdp", "--rivals", "svm,plain"]),
        ("ei_balance", []),
        ("ei_balance", ["--task", "TXOR", "--quick"]),
        ("forecast", ["--task", "narma10", "--seeds", 2]),
        ("force_training", []),
        ("force_training", ["--task", "all", "--models", "lif", "theta", "--learn-s", 1, 2]),
        ("force_training", ["--grid", "--gains", 0.5, 1, "--every", 10]),
        ("force_training", ["--compare", "slow", "fast", "--quick"]),
        ("rate_to_spiking", ["--quick"]),
        ("rate_to_spiking", ["--task", "xor", "--units", 20]),
        ("what_when", ["--seeds", 2]),
    ],
)
def test_the_configuration_of_a_run_makes_the_same_run(tmp_path, name, arguments):
    experiment = EXPERIMENTS[name]
    path, settings = ran_with(experiment, tmp_path / "a", *arguments)
    assert experiment.settings(**read_options(experiment.parser, ["--config", str(path)])) == (
        settings
    )
    again, _ = ran_with(experiment, tmp_path / "a", "--config", path)
    assert again.read_text() == path.read_text()


def test_the_configuration_has_what_was_not_given(tmp_path):
    path, _ = ran_with(EXPERIMENTS["evolve_lsm"], tmp_path, "--task", "FSDD")
    found = yaml.safe_load(path.read_text())
    assert found["neurons"] == 300
    assert found["recipe"] == "speech"
    assert found["out"] == str(tmp_path)
    assert "resume" not in found
    path, _ = ran_with(EXPERIMENTS["classify"], tmp_path, "--task", "PR4", "--by", "group")
    found = yaml.safe_load(path.read_text())
    assert found["rivals"] == "svm"
    assert "folds" not in found


def test_a_run_that_is_refused_leaves_the_configuration_of_the_one_before(tmp_path, capsys):
    assert brief_experiment.EXPERIMENT.main(["--out", str(tmp_path)]) == 0
    before = (tmp_path / "config.yaml").read_text()

    def refuse(settings):
        if settings.seed == 2:
            raise KeyboardInterrupt
        raise CheckpointError("damaged") if settings.seed == 1 else InputError("of another run")

    refusing = Experiment(
        brief_experiment.parser, brief_experiment.Settings, refuse, resumes="does the rest"
    )
    assert refusing.main(["--out", str(tmp_path), "--neurons", "3"]) == 2
    assert (tmp_path / "config.yaml").read_text() == before
    assert refusing.main(["--out", str(tmp_path), "--seed", "1"]) == 2
    assert (tmp_path / "config.yaml").read_text() == before
    assert refusing.main(["--out", str(tmp_path / "new")]) == 2
    assert not list((tmp_path / "new").iterdir())
    assert refusing.main(["--out", str(tmp_path), "--seed", "2"]) == 130
    assert capsys.readouterr().err.endswith("interrupted; --resume does the rest\n")
    assert yaml.safe_load((tmp_path / "config.yaml").read_text())["seed"] == 2


def test_the_benchmark_keeps_its_configuration(tmp_path, monkeypatch):
    heard = {}
    monkeypatch.setattr(benchmark, "run", lambda folder, **options: heard.update(options) or 0)
    path = tmp_path / "some.yaml"
    path.write_text("parts: [loop, size]\nquick: true\n")
    assert benchmark.main(["--config", str(path), "--out", str(tmp_path)]) == 0
    assert heard.pop("peers") == list(MODULES)
    assert heard.pop("against") is None
    assert heard == {"parts": ["loop", "size"], "quick": True, "seed": 0}
    kept = yaml.safe_load((tmp_path / "config.yaml").read_text())
    assert kept == {**heard, "peers": list(MODULES), "out": str(tmp_path)}
