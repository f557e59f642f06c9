"""Options from a YAML file: as on the command line, refused with their line, and left as one."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from evolution import CheckpointError
from experiments import benchmark
from experiments.benchmarks import running
from experiments.benchmarks.peers.table import MODULES
from experiments.lab.configuration import read_options
from experiments.lab.errors import InputError
from experiments.lab.experiment import Trial
from experiments.lab.options import UNSET, Settings, configuration, option, options_of
from experiments.lab.study import Study
from experiments.studies import STUDIES, find_study
from lsm import LoadError
from tests.experiments import brief_study


@dataclass(frozen=True, kw_only=True)
class SomeSettings(Settings):
    task: str = option(UNSET, "what to do")
    dt: float = option(1.0, "a step ({default})", above=0)
    learn_s: tuple[float, float] | None = option(None, "from and to")
    models: tuple[str, ...] = option(("lif",), "some", choices=("lif", "theta"))
    n_jobs: int = option(-1, "at a time ({default})")
    data: Path | None = option(None, "a folder")
    folds: int | None = option(None, "how many", excludes=("by",))
    by: str | None = option(None, "what")


STUDY = Study(
    name="some",
    settings=SomeSettings,
    experiment=f"{__name__}:fail",
    page="",
    description="Something.",
)


def fail(settings):
    pytest.fail(f"worked with {settings}")


def parse(*arguments):
    return read_options(SomeSettings, STUDY.parser, arguments)


def read(folder, text, *arguments):
    path = folder / "some.yaml"
    path.write_text(text)
    return parse("--config", str(path), *arguments)


def given(options):
    return {name: value for name, value in options.items() if value is not None}


def test_a_file_says_what_a_command_line_says(tmp_path):
    text = "task: on\ndt: 1e-1\nlearn-s: [0, 2.5]\nmodels: [lif]\nn_jobs: 1\ndata: a b\nquick: true"
    same = ["--task", "on", "--dt", "1e-1", "--learn-s", "0", "2.5", "--models", "lif"]
    same += ["--n-jobs", "1", "--data", "a b", "--quick"]
    assert read(tmp_path, text) == parse(*same)
    assert given(read(tmp_path, "quick: false\ndt: ~\n", "--task", "x")) == parse("--task", "x")


def test_a_tilde_in_a_path_is_the_home_folder(tmp_path, monkeypatch):
    """On the command line a shell replaces it, but for --out=~/results; in a file nobody does."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "some.yaml").write_text("task: FR5\nout: ~/results\n")
    options = parse("--config=~/some.yaml", "--data=~/data")
    assert (options["out"], options["data"]) == (tmp_path / "results", tmp_path / "data")


@pytest.mark.parametrize("name", STUDIES)
def test_every_option_that_is_a_path_knows_the_home_folder(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    options = options_of(find_study(name).settings)
    paths = [each for each in options.values() if each.kind is Path]
    assert paths
    assert all(each.parse(["~/there"]) == tmp_path / "there" for each in paths)
    assert not any("~" in str(each.default) for each in options.values())


def test_the_command_line_comes_first(tmp_path):
    options = read(tmp_path, "task: a\ndt: 2\nmodels: [lif]\n", "--dt", "3", "--models", "theta")
    assert (options["task"], options["dt"], options["models"]) == ("a", 3.0, ("theta",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task: a\ndtt: 1\n", ":2: unknown option 'dtt', did you mean 'dt'"),
        ("task: a\nresume: true\n", ":2: unknown option 'resume'"),
        ("task: a\nconfig: x\n", ":2: unknown option 'config'"),
        ("task: a\n\ndt: x\n", ":3: --dt must be a number, got 'x'"),
        ("task: a\n\ndt: 0\n", r":3: --dt must be above 0 and finite, got 0\.0"),
        ("task: a\ndt: [1, 2]\n", ":2: dt must be one value, got a list"),
        ("task: a\nquick: 1\n", ":2: quick must be true or false, got '1'"),
        ("task: a\nlearn-s: [1]\n", ":2: --learn-s must be 2 values, got 1"),
        ("task: a\nlearn-s: [[1], 2]\n", ":2: learn-s must be a list of values, got a list"),
        ("task: a\nmodels:\n- tehta\n", ":2: --models must be one of .* did you mean 'theta'"),
        ("task: a\nfolds: 3\nby: x\n", ":2: --folds can't stand beside --by: give one of them"),
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
    assert STUDY.main(["--config", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(f"some.py: error: {path}{message}", line), line


@pytest.mark.parametrize("name", STUDIES)
def test_a_file_that_is_not_there_is_refused(name, tmp_path, capsys):
    assert find_study(name).main(["--config", str(tmp_path / "none.yaml")]) == 2
    assert capsys.readouterr().err == (
        f"{name}.py: error: {tmp_path / 'none.yaml'} cannot be read: No such file or directory\n"
    )


def test_what_is_required_may_stand_in_either(tmp_path):
    for options in (read(tmp_path, "task: a\n"), read(tmp_path, "dt: 1\n", "--task", "a")):
        assert SomeSettings.from_options(**options).task == "a"
    with pytest.raises(InputError, match="--task must be given"):
        SomeSettings.from_options(**read(tmp_path, "dt: 1\n"))


def test_an_option_excludes_those_of_the_file_that_exclude_it(tmp_path):
    options = read(tmp_path, "task: on\nfolds: 5\n", "--by", "group")
    assert (options["by"], options.get("folds")) == ("group", None)
    with pytest.raises(InputError, match=r"some\.yaml:2: --folds can't stand beside --by"):
        read(tmp_path, "task: on\nfolds: 5\nby: group\n")


def ran_with(study, path, *arguments):
    """The settings of a run, and what it leaves as its configuration."""
    options = read_options(study.settings, study.parser, list(map(str, arguments)))
    settings = study.settings.from_options(**options)
    path.write_text(yaml.safe_dump(configuration(settings, options)))
    return settings, path.read_text()


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
        ("compare", ["--tasks", "TXOR", "PR4", "--methods", "20", "svm"]),
        ("forecast", ["--task", "narma10", "--seeds", 2]),
        ("force_training", []),
        ("force_training", ["--task", "all", "--models", "lif", "theta", "--learn-s", 1, 2]),
        ("force_training", ["--grid", "--gains", 0.5, 1, "--every", 10]),
        ("force_training", ["--compare", "slow", "fast", "--quick"]),
        ("rate_to_spiking", ["--quick"]),
        ("rate_to_spiking", ["--task", "xor", "--units", 20]),
        ("what_when", ["--seeds", 2]),
        ("attractors", ["--states", "3,5", "--noise", "0,.1"]),
        ("continual", ["--task", "PR4", "--quick"]),
        ("zero_shot", ["--pairs", 3, "--modalities", "FSDD,NMNIST"]),
        ("which_metric", ["--quick"]),
        ("which_metric", ["--tasks", "TXOR", "FSDD", "--liquids", 50]),
        ("ideas", ["--idea", "complexity", "--quick"]),
        ("factorial", ["--tasks", "TXOR,EMG", "--seeds", 3]),
        ("devices", ["--kinds", "noise,delays", "--liquids", "drawn", "--official"]),
        ("learn", []),
        ("learn", ["--task", "Pattern", "--controls", "none", "--bits", 4, "--quick"]),
        ("learn", ["--task", "TXOR", "--compare", "draw", "eprop", "--runs", 1000]),
    ],
)
def test_the_configuration_of_a_run_makes_the_same_run(tmp_path, name, arguments):
    study, path = find_study(name), tmp_path / "config.yaml"
    settings, text = ran_with(study, path, *arguments, "--out", tmp_path)
    assert ran_with(study, tmp_path / "again.yaml", "--config", path) == (settings, text)


def test_the_configuration_has_what_was_not_given(tmp_path):
    _, text = ran_with(STUDY, tmp_path / "a.yaml", "--task", "x", "--by", "group", "--resume")
    assert yaml.safe_load(text) == {
        "task": "x",
        "dt": 1.0,
        "models": ["lif"],
        "n-jobs": -1,
        "by": "group",
        "out": "results",
        "quick": False,
        "pictures": "png",
    }


def test_the_configuration_has_what_a_study_usually_does(tmp_path):
    _, text = ran_with(find_study("evolve_lsm"), tmp_path / "a.yaml", "--task", "FSDD")
    options = yaml.safe_load(text)
    assert options["neurons"] == 300
    assert options["recipe"] == "speech"
    classify = find_study("classify")
    _, text = ran_with(classify, tmp_path / "a.yaml", "--task", "PR4", "--by", "group")
    options = yaml.safe_load(text)
    assert options["rivals"] == "svm"
    assert "folds" not in options


class Refusing(brief_study.Brief):
    def trials(self):
        errors = {0: InputError("of another run"), 1: CheckpointError("damaged")}
        raise {**errors, 2: LoadError("damaged"), 3: KeyboardInterrupt}[self.settings.seed]


def test_a_run_that_is_refused_leaves_the_configuration_of_the_one_before(tmp_path, capsys):
    folder, new = tmp_path / "there", tmp_path / "new"
    assert brief_study.STUDY.main(["--out", str(folder)]) == 0
    before = (folder / "config.yaml").read_text()
    refusing = replace(
        brief_study.STUDY, experiment=f"{__name__}:Refusing", resumes="does the rest"
    )
    for seed in range(3):
        line = ["--neurons", "3", "--seed", str(seed)]
        assert refusing.main(["--out", str(folder), *line]) == 2
        assert (folder / "config.yaml").read_text() == before
        assert not (folder / "config.yaml.old").exists()
    assert refusing.main(["--out", str(new)]) == 2
    assert not new.exists()
    assert refusing.main(["--out", str(folder), "--seed", "3"]) == 130
    assert capsys.readouterr().err.endswith("interrupted; --resume does the rest\n")
    assert yaml.safe_load((folder / "config.yaml").read_text())["seed"] == 3


class RefusingLate(brief_study.Brief):
    def trials(self):
        return [Trial(seed) for seed in range(2)]

    def measure(self, trial, tick):
        if trial.seed == self.settings.seed:
            raise InputError("it can't be done")
        return super().measure(trial, tick)


@pytest.mark.parametrize("there", [(), ("deep",), ("deep", "er")])
def test_a_run_that_is_refused_before_it_has_a_result_leaves_nothing(tmp_path, there):
    refusing = replace(brief_study.STUDY, experiment=f"{__name__}:RefusingLate")
    folder = tmp_path.joinpath("deep", "er")
    tmp_path.joinpath(*there).mkdir(parents=True, exist_ok=True)
    before = sorted(tmp_path.rglob("*"))
    assert refusing.main(["--out", str(folder), "--seed", "0"]) == 2
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "mine").touch()
    assert refusing.main(["--out", str(tmp_path), "--seed", "0"]) == 2
    assert (tmp_path / "mine").exists()


def test_a_run_that_is_refused_later_leaves_its_results(tmp_path):
    refusing = replace(brief_study.STUDY, experiment=f"{__name__}:RefusingLate")
    assert refusing.main(["--out", str(tmp_path / "out"), "--seed", "1"]) == 2
    lines = (tmp_path / "out" / "records.jsonl").read_text().splitlines()
    assert len(lines) == 1 + 1


def refuse(settings):
    raise (InputError, LoadError, OSError)[settings.seed]("it can't be done")


def test_what_is_refused_at_once_leaves_nothing(tmp_path, capsys):
    folder, new = tmp_path / "there", tmp_path / "new"
    assert brief_study.STUDY.main(["--out", str(folder)]) == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}
    refusing = replace(brief_study.STUDY, experiment=f"{__name__}:refuse")
    for seed in range(3):
        assert refusing.main(["--out", str(folder), "--seed", str(seed)]) == 2
        assert refusing.main(["--out", str(new), "--seed", str(seed)]) == 2
        assert capsys.readouterr().err.endswith("it can't be done\n")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not new.exists()


def test_the_benchmark_keeps_its_configuration(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "chosen_parts", lambda settings: {})
    path, out = tmp_path / "some.yaml", tmp_path / "out"
    path.write_text("parts: [loop, size]\nquick: true\n")
    assert benchmark.main(["--config", str(path), "--out", str(out)]) == 0
    assert yaml.safe_load((out / "config.yaml").read_text()) == {
        "parts": ["loop", "size"],
        "peers": list(MODULES),
        "quick": True,
        "seed": 0,
        "out": str(out),
        "pictures": "png",
    }
    assert benchmark.main(["--resume"]) == 2
    assert benchmark.main(["--config", str(tmp_path / "none.yaml")]) == 2
