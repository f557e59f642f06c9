"""An iteration of learning by several programs: they learn the same. Times are not tested."""

from importlib import import_module

import numpy as np
import pytest

from experiments.benchmarks import learning
from experiments.benchmarks.learners.accumulation import CHANNELS, NEURONS, Iteration
from experiments.benchmarks.learning import LEARNERS, Learner, learning_costs, learning_report
from experiments.benchmarks.peers.table import NEST, PROGRAM

SMALL = Iteration(samples=6, steps=400, seed=1)


def learned(name):
    if missing := LEARNERS[name].missing():
        pytest.skip(f"{name} needs {' and '.join(missing)}")
    module = f"experiments.benchmarks.learners.{LEARNERS[name].module}"
    return import_module(module).prepare(SMALL)()


@pytest.mark.parametrize("name", [name for name in LEARNERS if name != PROGRAM])
def test_everyone_learns_what_this_program_does(name):
    (loss, weights), (expected_loss, expected) = learned(name), learned(PROGRAM)
    assert loss == pytest.approx(expected_loss, rel=1e-3 if name == NEST else 1e-6)
    assert np.array(expected["inputs"]).shape == (CHANNELS, NEURONS)
    # The first step of Adam has one size, whatever a gradient's is: its direction tells. Back
    # through time it is another one for the synapses, and in NEST some spikes are other ones.
    for part in expected if name.startswith("NumPy") else ["readout"]:
        moved, ours = (np.sign(each[part] - SMALL.weights[part]) for each in (weights, expected))
        assert np.mean(moved == ours) > 0.95


def test_half_of_the_steps_are_cues():
    work = Iteration(samples=6, steps=2250)
    assert work.dense.shape == (2250, 6, CHANNELS)
    cues = work.dense[..., :20].sum(axis=(1, 2))
    assert cues[:1051].sum() > 1000  # seven of them; what is drawn in a step counts in the next
    assert cues[1051:].sum() == 0
    assert work.dense[:2101, :, 20:30].sum() == 0


def test_costs_are_reported_and_other_work_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr(
        learning,
        "LEARNERS",
        {
            PROGRAM: LEARNERS[PROGRAM],
            "absent": Learner("pytorch", ("no-such-package",)),
            "broken": Learner("no_such_module"),
        },
    )
    result = learning_costs(SMALL, (400, 500), repeats=1)
    assert "absent: left out, as no-such-package is not installed" in capsys.readouterr().out
    ours = result["learners"][PROGRAM]
    assert ours["loss"] == ours["expected"]
    assert ours["seconds"] > 0
    assert 50 < ours["peak_MiB"] < 1000
    table, remark = (part.text for part in learning_report(result))
    assert "failed: ModuleNotFoundError" in table
    assert "slope" in remark
    assert not learning._wrong(result)
    ours["loss"] += 0.1
    assert learning._wrong(result)[0].startswith("this program has the loss")
