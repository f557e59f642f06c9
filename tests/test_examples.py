"""The examples run as they stand, and what they print means something."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lsm import Reservoir, compilations
from tasks import fsdd
from tasks.data import data_folder

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a script in a folder of its own; returns what it made, by name, and what it printed."""

    def run(script, *arguments):
        monkeypatch.setenv("MPLBACKEND", "Agg")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [script, *arguments])
        made = runpy.run_path(str(EXAMPLES / script))
        made["plt"].close("all")
        assert tmp_path.joinpath(script).with_suffix(".png").stat().st_size > 5_000
        return made, capsys.readouterr().out

    return run


def percentages(printed):
    return [float(number) / 100 for number in re.findall(r"([\d.]+)%", printed)]


def test_the_page_has_every_example():
    page = (EXAMPLES / "README.md").read_text()
    assert set(re.findall(r"\]\((\w+\.py)\)", page)) == {
        path.name for path in EXAMPLES.glob("*.py")
    }


def test_spoken_digits_of_speakers_never_heard(run):
    try:
        speakers = fsdd.speakers()
    except ValueError:
        pytest.skip("no FSDD: set LSM_DATA to the folder that holds the folder fsdd")
    made, printed = run("spoken_digits.py")
    *_, liquid, counts = percentages(printed)
    assert liquid == pytest.approx(made["liquid"].mean(), abs=1e-3)
    assert liquid > 0.7  # of ten digits
    assert liquid > counts + 0.05
    assert re.findall(r"^(\w+) +[\d.]+% ", printed, flags=re.M) == [*speakers, "mean"]


def test_two_words_in_a_row(run):
    try:
        fsdd.speakers()
    except ValueError:
        pytest.skip("no FSDD: set LSM_DATA to the folder that holds the folder fsdd")
    made, printed = run("memory.py")
    liquid, cut, counts, lags = percentages(printed)
    assert liquid == pytest.approx(made["scores"][0], abs=1e-3)
    assert liquid > 0.65  # of two answers
    assert liquid > max(cut, counts, lags) + 0.1
    kept = [int(bits.replace(",", "")) for bits in re.findall(r"([\d,]+)$", printed, flags=re.M)]
    assert kept[-4:] == made["bits"]


def test_digits_before_an_event_camera(run):
    try:
        data_folder("nmnist", obtain="")
    except ValueError:
        pytest.skip(
            "no N-MNIST recordings: set LSM_DATA to the folder that holds the folder nmnist"
        )
    made, printed = run("nmnist.py")
    liquid, _, counts, _ = percentages(printed)
    assert len(made["test"]) == 120
    assert liquid > 0.8  # of ten digits
    assert liquid > counts


def test_receptive_fields_see_orientations(run):
    _, printed = run("receptive_fields.py")
    fields, plain = percentages(printed)
    assert fields > 0.9  # of four orientations
    assert fields > plain + 0.1


def test_two_widths_of_fields_tell_ridges(run):
    _, printed = run("skin.py")
    plain, fine, coarse, both = percentages(printed)
    assert both > 0.85  # of three widths
    assert both >= max(fine, coarse)
    assert coarse > plain + 0.04


def test_only_a_liquid_tells_directions(run):
    _, printed = run("event_camera.py")
    liquid, counts, binned = percentages(printed)
    assert counts < 0.35  # of four directions
    assert binned < 0.55  # three bins tell across from along
    assert liquid > 0.95


def test_a_forecast_follows_the_series(run):
    made, printed = run("forecast.py")
    errors = np.array(re.findall(r"^after +\d+ steps +([\d.]+) +([\d.]+)$", printed, flags=re.M))
    liquid, linear = errors.astype(float).T
    assert made["liquid"].shape == (9, 60)
    assert liquid[0] < 0.1
    assert np.all(liquid[1:] < linear[1:])


def test_a_liquid_evolves_on_own_data(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made, printed = run("evolve_own_data.py")
    fitness = list(map(float, re.findall(r"generation \d: fitness ([\d.]+)%", printed)))
    assert len(fitness) == 7
    assert fitness == sorted(fitness)
    assert fitness[-1] > fitness[0]
    drawn, evolved = map(float, re.findall(r"test accuracy of .*: ([\d.]+)%", printed))
    assert 65 < drawn < evolved
    assert re.search(r"^raw_counts, ridge +[45]\d\.\d%", printed, flags=re.M)
    assert Reservoir.load(tmp_path / "evolved.npz") == made["evolved"].best_reservoir_


def test_a_trained_liquid_tells_what_the_drawn_one_does_not(run):
    _, printed = run("learning.py")
    drawn, network, readout = percentages(printed)
    assert drawn < 0.75  # of two answers
    assert network > 0.85
    assert readout > 0.85


def test_a_grid_search_compiles_nothing(run):
    before = compilations()
    made, printed = run("grid_search.py")
    assert compilations() - before <= 1  # the program of its neurons, where there was none
    *candidates, best, counts = percentages(printed)
    assert len(candidates) == 12
    assert made["search"].best_score_ == pytest.approx(max(candidates), abs=1e-3)
    assert counts < 0.6  # of two classes
    assert best > 0.9
    assert f"compiled for 12 candidates: {compilations()}\n" in printed


def test_a_stream_ends_where_predict_does(run):
    pytest.importorskip("aeon", reason="BasicMotions comes with aeon")
    made, printed = run("stream.py")
    right = (made["predictions"] == made["names"][made["task"].test, np.newaxis]).mean(axis=0)
    assert right[0] < 0.6  # of four movements, after one of ten seconds
    assert right[-1] > 0.9
    assert "at the end as predict has it: True" in printed


def test_what_is_sure_before_the_end_is_right(run):
    _, printed = run("early_decisions.py")
    *rows, end = [
        list(map(float, re.findall(r"([\d.]+)(?:%| ms)", line)))
        for line in printed.splitlines()[1:]
    ]
    confidence, right, time_ms, early, early_right = np.array(rows).T
    assert (early_right > confidence - 2).all()
    assert (np.diff(right) > 0).all()
    assert (np.diff(time_ms) > 0).all()
    assert (np.diff(early) < 0).all()
    assert right[-1] > end[0] - 2
    assert time_ms[0] < 220


def test_neurons_that_count_can_do_without_others(run):
    made, printed = run("pruning.py")
    rows = np.array([line.split() for line in printed.splitlines()[2:]])
    np.testing.assert_array_equal(rows[:, 0].astype(int), made["sizes"])
    worth, chance = (made["accuracies"][by].mean(axis=1) for by in ("readout", "random"))
    assert worth[0] == chance[0]
    assert (worth[1:] > chance[1:]).all()
    assert (np.diff(made["operations"]["readout"], axis=0) < 0).all()


def test_liquids_by_name_and_what_they_are_worth(run):
    made, printed = run("which_liquid.py")
    rows = {line.split()[0]: line.split()[1:] for line in printed.splitlines()[1:]}
    assert list(rows) == list(made["liquids"])
    for rank, jittered, apart, *_ in rows.values():
        assert 0 < int(rank) <= 135
        assert 0 < int(jittered) <= 135
        assert float(apart) > 0
    assert float(rows["maass2002"][3]) > 0.5


def test_a_neuron_of_your_own_tires_here_and_in_brian2(tmp_path, monkeypatch):
    # Brian2's target is a preference of the whole process, which is its own therefore.
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent), prepend=os.pathsep)
    monkeypatch.chdir(tmp_path)
    command = [sys.executable, str(EXAMPLES / "own_neuron.py")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    lines = re.findall(r"\[([\d ]+)\]", done.stdout)
    rested, tiring = (np.array(line.split(), dtype=int) for line in lines)
    assert rested.max() < 1.05 * rested.min()
    assert tiring[2] < 0.7 * tiring[0] < 0.7 * rested[0]
    brians, together = re.findall(r"(\d+) spikes, (\d+) of them", done.stdout)[0]
    assert int(brians) == tiring.sum()
    # Double precision can move a spike, and those that it causes, across a step.
    assert int(together) >= 0.98 * tiring.sum()


def test_a_closed_loop_learns_one_tune_then_another(run):
    made, printed = run("closed_loop.py")
    sine, triangle = map(float, re.findall(r"alone: +([\d.]+)", printed))
    assert sine < 0.1
    assert triangle < 0.2
    assert made["second"].time_ms == 10_000
    # The first tune is another: what was learned later is not what was known before.
    assert made["alone"](made["second"], made["sine"]) > 1.5 * triangle


def test_a_classifier_is_kept_and_exported(run):
    pytest.importorskip("nir")
    made, printed = run("save_and_exchange.py")
    assert "the same predictions: True" in printed
    assert float(re.search(r"accuracy: ([\d.]+)%", printed)[1]) > 80
    assert "Affine, Input, LIF, Linear, Output" in printed
    assert made["graph"].nodes["input"].input_type["input"].tolist() == [8]


def test_a_liquid_fires_in_nest_as_here(tmp_path):
    pytest.importorskip("nest", reason="NEST isn't installed")
    # Its kernel belongs to a process.
    command = [sys.executable, str(EXAMPLES / "in_nest.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "in double precision, others than these: 0" in done.stdout
    assert (tmp_path / "in_nest.png").exists()


def test_kernels_tell_leaves_apart_where_a_plain_liquid_does_not(run):
    pytest.importorskip("aeon", reason="OSULeaf comes with aeon")
    made, printed = run("kernels.py")
    *shares, plain = percentages(printed)
    accuracy, liquid = shares[1::2], plain
    assert accuracy == pytest.approx(made["accuracy"], abs=1e-3)
    assert min(accuracy) > 0.85  # of six species
    assert min(accuracy) > liquid + 0.1


def test_one_readout_for_all_devices_needs_calibration_or_is_hardened(run):
    made, printed = run("devices.py")
    curves = [each.mean(axis=1) for each in made["curves"].values()]
    rows = np.reshape(percentages(printed.split("\n", 1)[1]), (4, -1))
    np.testing.assert_allclose(rows, curves, atol=1e-3)
    one, calibrated, own, hardened = curves
    assert one[-1] < calibrated[-1] - 0.1
    assert one[-2] < hardened[-2] - 0.01
    assert own.min() > 0.95
