"""attractors.py: walks on drawn machines are counted, and bad options are refused."""

import json
import re

import numpy as np
import pytest

from experiments.attractors import main
from experiments.studies.attractors.experiment import dense_walk
from lsm.machines import TransitionTable


def run(folder, *options):
    assert main(["--quick", *options, "--out", str(folder)]) == 0
    return json.loads((folder / "summary.json").read_text())


def test_small_machines_walk_until_noise_swamps_their_weights(tmp_path):
    summary = run(tmp_path, "--noise", "0,3")
    clean, noisy = summary["sizes"]
    assert clean["walks"]["mean"] == 1.0
    assert clean["steps"]["mean"] == 1.0
    low, high = clean["walks"]["interval"]  # Clopper and Pearson's, of two of two
    assert (low, high) == (pytest.approx(0.025**0.5), 1.0)
    assert noisy["steps"]["mean"] < 1.0
    assert summary["largest"] == {"128": 3}
    page = (tmp_path / "report.html").read_text()
    assert "State machines in attractors" in page
    assert page.count("data:image/png") == 1


def test_phasic_machines_walk_at_a_mixed_pace_with_few_spikes(tmp_path):
    options = ("--phasic", "--periods", "700,1500", "--mixed", "--machines", "1", "--steps", "4")
    (size,) = run(tmp_path, *options)["sizes"]
    assert size["name"] == "128 neurons, 3 states, noise 0, every 700, 1500 ms"
    assert size["walks"]["mean"] == 1.0
    assert size["spikes_a_second"] < 300


def test_the_dense_reading_walks_where_neurons_are_many():
    rng = np.random.default_rng(0)
    table = TransitionTable.random(3, 2, random_state=0)
    assert dense_walk(table, 1024, rng.integers(0, 2, 20), rng) > 0.9


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ("a,x,b\nb,x,a\na,x,a\n", [], "csv: edges have two targets for the input x in the state"),
        ("a,x,b\nb,x,a\n", ["--periods", "210"], "period_ms must be more than 200 and a multiple"),
        ("a,x,b\n", ["--phasic"], "the input x must lead from the state a to one of a, got b"),
        ("", [], "must have the columns state, input and next"),
    ],
)
def test_what_is_no_machine_is_refused(rows, options, message, tmp_path, capsys):
    path = tmp_path / "machine.csv"
    path.write_text(f"state,input,next\n{rows}")
    assert main(["--table", str(path), *options, "--out", str(tmp_path / "out")]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_too_many_states_and_missing_files_are_refused(tmp_path, capsys):
    out = ["--out", str(tmp_path / "out")]
    assert main(["--states", "40", "--neurons", "100", *out]) == 2
    assert "n must be at least 151 neurons for 40 states, got 100" in capsys.readouterr().err
    assert main(["--table", str(tmp_path / "none.csv"), *out]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_a_table_of_ones_own_is_walked_on(tmp_path):
    path = tmp_path / "machine.csv"
    path.write_text("state,input,next\nred,go,green\nred,stop,red\ngreen,go,green\ngreen,stop,red")
    (size,) = run(tmp_path / "out", "--table", str(path))["sizes"]
    assert (size["states"], size["walks"]["mean"]) == (2, 1.0)
