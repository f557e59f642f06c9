"""attractors.py: tables become wiring under Dale's law, walks are read and counted."""

import json
import re

import numpy as np
import pytest

from experiments.attractors import main
from experiments.studies.attractors.experiment import (
    READ_MS,
    dense_walk,
    read_states,
    steps_right,
)
from experiments.studies.attractors.machine import (
    PERIOD_MS,
    START_MS,
    Machine,
    read_table,
    sample_table,
    walk,
    walked,
    wire,
)

#: Input 0 goes round, input 1 back to the start.
ROUND = np.array([[1, 2, 0], [0, 0, 0]])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attractors")
    assert main(["--quick", "--noise", "0,3", "--out", str(folder)]) == 0
    return folder


def test_small_machines_walk_until_noise_swamps_their_weights(run):
    summary = json.loads((run / "summary.json").read_text())
    clean, noisy = summary["sizes"]
    assert clean["walks"]["mean"] == 1.0
    assert clean["steps"]["mean"] == 1.0
    low, high = clean["walks"]["interval"]  # Clopper and Pearson's, of two of two
    assert (low, high) == (pytest.approx(0.025**0.5), 1.0)
    assert noisy["steps"]["mean"] < 1.0
    assert summary["largest"] == {"128": 3}
    page = (run / "report.html").read_text()
    assert "State machines in attractors" in page
    assert page.count("data:image/png") == 1


def test_weights_are_levels_of_two_bits_under_dales_law():
    rng = np.random.default_rng(0)
    machine = wire(ROUND, 128, rng, noise=0.0)
    excitatory = machine.reservoir.excitatory
    weights = machine.reservoir.wiring.weight_pA.toarray()
    assert (weights[excitatory] >= 0).all()
    assert (weights[~excitatory] <= 0).all()
    assert not weights[~excitatory][:, ~excitatory].any()
    among = weights[np.ix_(excitatory, excitatory)]
    np.testing.assert_allclose(np.unique(among / among.max()) * 3 % 1, 0, atol=1e-12)
    noisy = wire(ROUND, 128, np.random.default_rng(0), noise=0.5)
    disturbed = noisy.reservoir.wiring.weight_pA.toarray()
    assert (np.sign(disturbed) * np.sign(weights) >= 0).all()
    assert np.std(disturbed[weights > 0] / weights[weights > 0]) == pytest.approx(0.5, rel=0.15)


def test_groups_share_no_neuron_where_there_is_room():
    machine = wire(ROUND, 128, np.random.default_rng(0), noise=0.0)
    assert machine.groups.shape == (3, 5)
    assert len(np.unique(machine.groups)) == machine.groups.size


def test_walks_follow_the_table_and_all_states_are_reached():
    assert walk(ROUND, np.array([0, 0, 1, 0])) == [0, 1, 2, 0, 1]
    assert steps_right(ROUND, np.array([0, 0, 1]), [0, 1, 1, 0]) == [True, False, True]
    table = sample_table(6, 2, np.random.default_rng(1))
    reached = {0}
    for _ in range(6):
        reached |= set(table[:, sorted(reached)].ravel().tolist())
    assert reached == set(range(6))


def test_states_are_read_from_the_last_spikes_before_an_input():
    readings = round((START_MS + PERIOD_MS) / READ_MS)
    spikes = np.zeros((readings, 6))
    groups = np.array([[0, 1], [2, 3], [4, 5]])
    before = round(START_MS / READ_MS) - 1
    spikes[before, [0, 1]] = 2  # the start
    spikes[before + 3, [2, 3]] = 9  # on the way
    spikes[-1, [4, 5]] = 3
    machine = Machine(ROUND, None, groups)
    assert read_states(machine, spikes.cumsum(axis=0), 1) == [0, 2]
    assert read_states(machine, np.zeros((readings, 6)), 1) == [-1, -1]


def test_an_input_lasts_and_others_are_silent():
    sample = walked(np.array([1, 0]), 2)
    assert sample.durations_ms[0] == START_MS + 2 * PERIOD_MS
    times = [sample.times_ms[sample.channels == k] for k in range(3)]
    assert [(t.min(), t.max()) for t in times] == [(400.0, 498.0), (150.0, 248.0), (0.0, 48.0)]


def test_the_dense_reading_walks_where_neurons_are_many():
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 2, 20)
    assert dense_walk(ROUND, 2048, inputs, rng) > 0.9


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,x,b\nb,x,a\na,x,a\n", "two targets for the input x in the state a: b and a"),
        ("a,x,b\nb,x,b\nc,x,a\n", "no walk from a reaches c"),
        ("a,x,b\nb,y,a\n", "the input y must lead from the state a to one of a, b, got None"),
        ("a,x,z\n", "the input x must lead from the state a to one of a, got z"),
        ("", "must have the columns state, input and next"),
    ],
)
def test_what_is_no_machine_is_refused(rows, message, tmp_path, capsys):
    path = tmp_path / "machine.csv"
    path.write_text(f"state,input,next\n{rows}")
    assert main(["--table", str(path), "--out", str(tmp_path / "out")]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_a_table_becomes_a_machine(tmp_path):
    path = tmp_path / "machine.csv"
    path.write_text(
        "state,input,next\nred,go,green\nred,stop,red\ngreen,go,green\ngreen,stop,red\n"
    )
    assert read_table(path).tolist() == [[1, 1], [0, 0]]
