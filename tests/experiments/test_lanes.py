"""What is idle where samples differ in length, and what a second job gains, as tables."""

import shutil

import numpy as np
import pytest

from experiments.benchmarks import jobs
from experiments.benchmarks.jobs import add_and_multiply, jobs_report, second_job
from experiments.benchmarks.lanes import LIQUIDS, idle_lanes, lanes_report, uneven

compiled = pytest.mark.skipif(not shutil.which("g++"), reason="only compiled programs count steps")


def test_drawn_lengths_are_even_in_their_logarithm():
    spikes = uneven(2000, 0)
    assert spikes.shape == (2000, 20)
    lengths = spikes.durations_ms
    assert 100 <= lengths.min() < 105 < 950 < lengths.max() <= 1000
    assert np.median(np.log(lengths)) == pytest.approx(np.log(100 * 1000) / 2, abs=0.05)
    assert spikes.counts().sum() / lengths.sum() == pytest.approx(0.4, rel=0.02)


@compiled
def test_what_is_idle_is_of_each_set_in_all_liquids(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("LSM_DATA", str(tmp_path))
    rows = idle_lanes(0, quick=True)
    assert "lanes: FSDD left out" in capsys.readouterr().out
    assert [row["title"] for row in rows] == ["PR12"] * 2 + ["drawn lengths"] * 2
    assert [(row["liquids"], row["neurons"]) for row in rows] == [*LIQUIDS, *LIQUIDS]
    # 240 samples of one length on 64 lanes: four rounds, the last of which isn't full.
    assert rows[0]["idle"] == rows[1]["idle"] == pytest.approx(1 - 240 / 256)
    assert 0 < rows[2]["idle"] < 0.5
    line = lanes_report(rows)[0].text.splitlines()[1].split()
    assert line == ["PR12", "240", "110,", "110,", "110", "1", "x", "300", "6.2"]


@compiled
def test_a_second_job_is_held_against_a_second_loop(monkeypatch):
    monkeypatch.setattr(jobs, "WORK", {"50 x 20 neurons, 5 Hz": 500})
    (row,) = second_job(0, quick=True)
    gains = np.array(row["gains"])
    assert gains.shape == (2, 2)
    assert (gains > 0.05).all()
    assert row["share"] == pytest.approx(np.sqrt(np.prod(gains[:, 0] / gains[:, 1])))


def test_gains_as_a_table():
    row = {"name": "some", "gains": [[1.8, 2.0], [1.8, 2.0]], "share": 0.9, "interval": [0.8, 1.0]}
    text = jobs_report([row])[0].text
    assert text.splitlines()[1].split() == ["some", "1.80", "2.00", "0.90", "0.80", "to", "1.00"]


def test_the_loop_is_arithmetic():
    assert [add_and_multiply(steps) for steps in range(3)] == [0.0, 0.125, 0.21875]
    assert add_and_multiply(1000) == pytest.approx(0.5)
