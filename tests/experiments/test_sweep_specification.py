"""What a sweep's file asks for: runs, or a refusal with the line that is wrong."""

import re
import sys
from dataclasses import replace

import pytest

from experiments.lab.errors import InputError
from experiments.lab.sweep.specification import read_runs
from experiments.studies import reference_of
from experiments.sweep import main
from tests.experiments.brief_study import REFERENCE, STUDY
from tests.experiments.sweeps import specification, sweep

#: A study from outside that is called as one of this house is.
SAME = replace(STUDY, name="what_when")


def read(path, study=REFERENCE):
    return read_runs(path, reference_of, study=study)


def parameters(path):
    return [run.parameters for run in read(path)]


def test_a_grid_is_every_combination_with_what_is_fixed(tmp_path):
    spec = specification(
        tmp_path, "fixed: {sleep-s: 0}\ngrid:\n  neurons: [10, 20]\n  seed: [0, 1, 2]\n"
    )
    assert parameters(spec) == [
        {"neurons": n, "seed": seed, "sleep_s": 0.0} for n in (10, 20) for seed in range(3)
    ]


def test_several_grids_follow_each_other(tmp_path):
    spec = specification(tmp_path, "grid:\n- neurons: [1, 2]\n- gain: [1e-3]\n  rule: [force]\n")
    assert parameters(spec) == [{"neurons": 1}, {"neurons": 2}, {"gain": 0.001, "rule": "force"}]


def test_every_sampled_setting_is_done_with_every_point_of_the_grid(tmp_path):
    spec = specification(
        tmp_path,
        "grid: {seed: [0, 1]}\nsample:\n  number: 5\n  parameters:\n    neurons: {from: 1, to: 9}\n"
        "    rule: [lms, force]\n",
    )
    found = parameters(spec)
    assert len(found) == 10
    assert [one["seed"] for one in found] == [0, 1] * 5
    settings = {(one["neurons"], one["rule"]) for one in found}
    assert len(settings) == 5
    assert {n for n, _ in settings} <= set(range(1, 10))
    assert parameters(spec) == found


def test_a_run_is_named_by_what_its_parameters_say(tmp_path):
    texts = (
        "grid: {gain: [1], neurons: [10]}\n",
        "fixed: {neurons: 10, rule: ~}\ngrid: {gain: ['1.00']}\n",
        "grid: {gain: [1], neurons: [11]}\n",
    )
    (a,), (same,), (other,) = (read(specification(tmp_path, text)) for text in texts)
    assert a.digest == same.digest != other.digest
    # Records of earlier versions are named so.
    assert a.digest == "990e11e07a38ed39f506"


def test_what_is_switched_off_is_a_parameter_too(tmp_path):
    spec = specification(tmp_path, "fixed: {quick: false}\ngrid: {seed: [0], gain: [0]}\n")
    (run,) = read(spec)
    assert run.parameters == {"gain": 0.0, "quick": False, "seed": 0}
    assert run.command == "python -m brief --seed=0 --gain=0"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("grid: {neuron: [1]}\n", 2, "unknown option 'neuron', did you mean 'neurons'"),
        ("gird: {neurons: [1]}\n", 2, "a sweep has no 'gird', did you mean 'grid'"),
        ("fixed: {seed: 0}\n", 1, "a sweep needs a grid or a sample"),
        ("grid: {}\n", 2, "grid is empty"),
        ("grid: []\n", 2, "grid is empty"),
        ("grid:\n  seed: [0]\n  neurons: []\n", 4, "neurons must be a list of a value at least"),
        ("grid:\n  seed: [0]\n  neurons: 3\n", 4, "neurons must be a list of a value at least"),
        ("grid:\n  neurons:\n  - 3\n  - 0\n", 5, "--neurons must be at least 1, got 0"),
        ("grid:\n  neurons:\n  - 3\n  - 2.5\n", 5, "--neurons must be a whole number, got '2.5'"),
        ("grid:\n  neurons: [{a: 1}]\n", 3, "neurons must be one value, got a mapping"),
        (
            "grid:\n  seed: [1]\n  rule: [forse]\n",
            4,
            "--rule must be one of lms, force; .*did you mean 'force'",
        ),
        ("grid:\n  seed: [1,\n    2, 1]\n", 4, "a run is there twice: seed: 1"),
        ("grid:\n- seed: [1]\n- gain: [2]\n- seed: [1]\n", 5, "a run is there twice"),
        ("fixed:\n  seed: 1\ngrid:\n  seed: [1]\n", 5, "seed is in fixed and in grid"),
        ("fixed:\n  out: x\ngrid:\n  seed: [1]\n", 3, "out is for sweep.py itself, not for a run"),
        ("grid:\n  seed: [1]\n  seed: [2]\n", 4, "'seed' is there twice"),
        ("grid:\n  seed: [1\n", 4, "not YAML: "),
        ("sample: {number: 3}\n", 2, "sample needs parameters"),
        ("sample:\n  number: 3\n  parameters: {}\n", 4, "parameters are empty"),
        (
            "sample:\n  number: 0\n  parameters: {seed: [1]}\n",
            3,
            "--number must be at least 1",
        ),
        ("sample:\n  number: 4\n  parameters: {seed: [1, 2]}\n", 3, "at most 2, so many .* got 4"),
        (
            "sample:\n  method: sobel\n  number: 1\n  parameters: {seed: [1]}\n",
            3,
            "method must be one of random, sobol, halton; got 'sobel', did you mean 'sobol'",
        ),
        (
            "sample:\n  number: 1\n  parameters:\n    gain: {from: 0, to: 1, log: true}\n",
            5,
            "gain: low must be above 0 where log holds",
        ),
        (
            "sample:\n  number: 1\n  parameters:\n    gain: {from: 2, to: 1}\n",
            5,
            "gain: high must not be below low, got 2 and 1",
        ),
        (
            "sample:\n  number: 1\n  parameters:\n    gain: {from: 2, too: 1}\n",
            5,
            "gain, unless it is a list of values, has no 'too', did you mean 'to'",
        ),
        (
            f"grid:\n  seed: {list(range(200))}\n  neurons: {list(range(1, 202))}\n",
            2,
            "at most 20000 runs, got 40200: 40200 of the grid for each of 1 of the sample",
        ),
        (
            f"grid: {{seed: {list(range(101))}}}\nsample:\n  number: 200\n  parameters:\n"
            "    gain: {from: 0, to: 1.5}\n",
            2,
            "at most 20000 runs, got 20200: 101 of the grid for each of 200 of the sample",
        ),
        (
            "sample:\n  number: 20001\n  parameters:\n    gain: {from: 0, to: 1.5}\n",
            2,
            "at most 20000 runs",
        ),
        (
            "sample:\n  number: 11\n  parameters:\n    neurons: {from: 1, to: 5}\n"
            "    rule: [lms, force]\n",
            3,
            "number must be at most 10, so many settings differ; got 11",
        ),
        (
            f"sample: {{number: 1, seed: {2**32}, parameters: {{gain: [1]}}}}\n",
            2,
            r"--seed: Seed must be between 0 and 2\*\*32 - 1",
        ),
        (
            f"sample:\n  number: 1\n  parameters:\n    seed: {{from: 0, to: 1{'0' * 400}}}\n",
            5,
            "seed: to must be a finite number",
        ),
        (
            "sample:\n  number: 9\n  parameters:\n    seed: {from: 0, to: 9}\n"
            "    neurons: {from: -5, to: 9}\n",
            6,
            "--neurons must be at least 1",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_line(tmp_path, capsys, text, line, message):
    spec = specification(tmp_path, text)
    assert sweep(spec, "--out", tmp_path / "out") == 2
    captured = capsys.readouterr()
    (said,) = captured.err.splitlines()
    assert said.startswith(f"sweep.py: error: {spec}:{line}: ")
    with pytest.raises(InputError, match=message):
        read(spec)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("experiment: evolve\n", "one of evolve_lsm, .*; got 'evolve', did you mean 'evolve_lsm'"),
        ("grid: {seed: [0]}\n", "a sweep needs experiment"),
        ("- 1\n", "a sweep must be 'name: value'"),
        ("", "a sweep needs experiment"),
        ("a: &x [*x]\n", "not YAML"),
        ("a: \0\n", "not YAML"),
    ],
)
def test_what_is_no_specification_is_refused(tmp_path, text, message):
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read(path, study=None)
    with pytest.raises(InputError, match=r"missing\.yaml cannot be read: No such file"):
        read(tmp_path / "missing.yaml")


@pytest.mark.parametrize(
    ("name", "study", "message"),
    [
        ("brief", None, "experiment must be one of evolve_lsm.* from outside is named by --study"),
        (REFERENCE, None, "experiment must be one of evolve_lsm.*; got 'tests"),
        ("what_when", REFERENCE, "experiment must be brief, .*; got 'what_when'"),
        ("brief", "brief", "--study must be package.module:name, got 'brief'"),
        ("brief", "no_such:STUDY", "--study no_such:STUDY: no_such can't be imported"),
        ("brief", "json:STUDY", "--study json:STUDY: json has no STUDY"),
        ("brief", "json:dumps", "--study json:dumps must be a Study, got function"),
        ("brief", f"{__name__}:SAME", "must have a name of its own, got what_when"),
    ],
)
def test_a_study_is_of_this_house_or_named_on_the_command_line(
    tmp_path, capsys, name, study, message
):
    path = tmp_path / "spec.yaml"
    path.write_text(f"experiment: {name}\ngrid: {{seed: [0]}}\n")
    more = [] if study is None else ["--study", study]
    assert main([str(path), "--out", str(tmp_path / "out"), *more]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(message, line), line
    assert not (tmp_path / "out").exists()


def test_a_study_is_found_in_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "elsewhere.py").write_text("from tests.experiments.brief_study import STUDY\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    (run,) = read(specification(tmp_path, "grid: {seed: [0]}\n"), "elsewhere:STUDY")
    assert run.study == "elsewhere:STUDY"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("experiment: evolve_lsm\ngrid:\n  task: [PR12, PR13]\n", ":3: --task must be .*'PR13'"),
        ("experiment: classify\ngrid:\n  neurons: [10]\n", ":3: --task must be given"),
        ("experiment: forecast\ngrid:\n  seeds: [1, 0]\n", ":3: --seeds must be at least 1"),
        ("experiment: ei_balance\ngrid:\n  task: [txor]\n", ":3: .* did you mean 'TXOR'"),
        ("experiment: force_training\ngrid:\n  every: [0]\n", ":3: --every must be at least 1"),
        ("experiment: what_when\ngrid:\n  trials: [9]\n", ":3: --trials must be at least 21"),
        ("experiment: rate_to_spiking\ngrid:\n  units: [9]\n", ":3: --units must be at least 10"),
        ("experiment: learn\ngrid:\n  batch: [0]\n", ":3: --batch must be at least 1"),
    ],
)
def test_every_study_checks_its_own_runs(tmp_path, text, message):
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read(path, study=None)
