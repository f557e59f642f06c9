"""what_when.py: states of its reservoirs, verdicts, and what a run leaves."""

import json
import re

import numpy as np
import pytest

from experiments.studies.what_when import experiment as what_when_experiment
from experiments.studies.what_when.claims import TITLES, judge
from experiments.studies.what_when.experiment import WhatWhen
from experiments.studies.what_when.settings import LEARNING
from experiments.what_when import main
from lsm.metrics.statistics import CONTRADICTED, SUPPORTED, UNDECIDED
from tasks.what_when import T_MS

SMALL = ["--neurons", "30", "--trials", "21", "--seeds", "1"]


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    """Folder of a tiny run; not to be written to."""
    folder = tmp_path_factory.mktemp("what_when")
    assert main([*SMALL, "--seed", "3", "--out", str(folder)]) == 0
    return folder


def test_a_run_leaves_records_pictures_and_a_page(small):
    _, record = map(json.loads, (small / "records.jsonl").read_text().splitlines())
    assert record["seed"] == 3
    assert set(record["rules"]) == set(TITLES)
    for measured in record["rules"].values():
        assert np.isfinite([measured["slope"], measured["peak_off_ms"]]).all()
        assert len(measured["blocks"]) == 3 * 14
        assert np.shape(measured["means"]) == (10, len(T_MS), 2)
    larger, smaller = record["random_angles"]
    assert 90 > larger > smaller > 30
    outputs = ("outputs_three_factor", "outputs_factored")
    for name in (*outputs, "amplitudes", "switches", "tension", "angles"):
        assert (small / f"{name}.png").stat().st_size > 10_000
    page = (small / "report.html").read_text()
    assert page.count("data:image/png") == len(list(small.glob("*.png"))) == 6
    summary = json.loads((small / "summary.json").read_text())
    assert page.count('<span class="verdict undecided">') == len(summary["claims"])
    assert summary["settings"]["trials"] == 21
    assert {claim["verdict"] for claim in summary["claims"]} == {UNDECIDED}  # of one seed


def test_verdicts_of_planted_records(small):
    _, record = map(json.loads, (small / "records.jsonl").read_text().splitlines())
    records = []
    for seed in range(4):
        rules = json.loads(json.dumps(record["rules"]))
        for k, (rule, measured) in enumerate(rules.items()):
            measured["slope"] = 1.0 - 0.1 * (rule == "lms") + 0.001 * seed
            for kind in ("probability", "latency"):
                measured[kind]["steady"] = 0.5 + 0.1 * k + 0.001 * seed
                measured[kind]["recovery"] = [100, 100] if rule == "force" else [12 + seed % 2, 15]
        shuffled = {rule: [80.0 + seed, 60.0] for rule in LEARNING}
        angles = {rule: [85.0, 59.0 + 0.1 * seed] for rule in LEARNING}
        records.append(record | {"rules": rules, "angles": angles, "shuffled": shuffled})
    verdicts = {(claim["group"], claim["claim"]): claim["verdict"] for claim in judge(records)}
    back = "within 10 % of the steady error in at most 20 trials"
    assert verdicts[back, "three-factor: latency, switch back"] == SUPPORTED
    assert verdicts[back, "FORCE, no reset: latency, switch back"] == CONTRADICTED
    assert verdicts["FORCE without a reset fails to adapt", "trials it needs, less 20"] == SUPPORTED
    better = "three-factor is better than plain LMS"
    assert verdicts[better, "steady error, less"] == SUPPORTED
    assert verdicts[better, "slope, nearer to 1"] == SUPPORTED
    better = "when online x what consolidated is better than three-factor"
    assert verdicts[better, "steady error, less"] == CONTRADICTED
    angle = "what and when are nearer to orthogonal than with shuffled labels"
    assert verdicts[angle, "plain LMS, smaller angle"] == CONTRADICTED


def test_resumed_after_an_interruption(small, tmp_path, monkeypatch):
    text = (small / "records.jsonl").read_text()
    (tmp_path / "records.jsonl").write_text(text + '{"seed": 4, "fo')
    record = json.loads(text.splitlines()[1])
    done = []

    def measure(settings, seed, tick):
        done.append(seed)
        tick("planted")
        return {k: v for k, v in record.items() if k not in ("seed", "fold", "method", "seconds")}

    monkeypatch.setattr(what_when_experiment, "measure", measure)
    monkeypatch.setattr(WhatWhen, "figures", lambda *_: {})
    line = ["--neurons", "30", "--trials", "21", "--seeds", "2", "--out", str(tmp_path)]
    assert main([*line, "--seed", "3", "--resume"]) == 0
    assert done == [4]
    assert (tmp_path / "records.jsonl").read_text().startswith(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "-1"], "--seed must be at least 0, got -1"),
        (["--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["--neurons", "19"], "--neurons must be at least 20, got 19"),
        (["--trials", "20"], "--trials must be at least 21, got 20"),
        (["--trials", "22", "--resume"], "--resume: .* of another run: trials was 21, now 22"),
    ],
)
def test_bad_input_is_refused_in_one_line(small, tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.setattr(what_when_experiment, "measure", lambda *_: pytest.fail("worked"))
    (tmp_path / "records.jsonl").write_text((small / "records.jsonl").read_text())
    assert main([*SMALL, "--out", str(tmp_path), *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(f"what_when.py: error: {message}", line)
