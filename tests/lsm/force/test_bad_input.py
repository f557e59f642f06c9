"""What a closed loop refuses, before any work."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge

import lsm
from lsm.force import Probes
from readouts import ForceReadout, ThreeFactorReadout
from tests.lsm.force.loops import GATED, network, sines, train


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"duration_ms": 60}, r"target is shorter than the run: 500 of 600 steps"),
        ({"target": np.r_[np.zeros(9), np.nan]}, "target must be finite, got nan at step 9, col"),
        ({"target": np.zeros((2, 2, 2))}, r"target must have the shape \(steps,\) or"),
        ({"learn": (10, 51)}, r"learn must lie within the run, from 0 to 50 ms.*\(10, 51\)"),
        ({"learn": (-1, 5)}, "learn must lie within the run"),
        ({"learn": (5, 5)}, "learn must .* end a step after it begins or later"),
        ({"learn": (5.01, 5.03)}, r"learn must .* end a step after .*got \(5\.01, 5\.03\)"),
        ({"duration_ms": 30.05}, r"duration_ms must be a multiple of dt_ms = 0\.1, got 30\.05"),
        ({"duration_ms": 0.01}, r"duration_ms must be a multiple of dt_ms = 0\.1, got 0\.01"),
        ({"learn": (5, 6, 7)}, r"learn must be \(from_ms, to_ms\)"),
        ({"teach": [(1, 2), (40, 60)]}, "teach must lie within the run"),
        ({"feedback": np.zeros((60, 3))}, r"feedback must have the shape \(60 neurons, 2 outputs"),
        ({"feedback": -1.0}, "feedback must be finite and not below 0"),
        ({"feedback": np.full((60, 2), np.inf)}, "feedback must be finite"),
        ({"readout": ForceReadout(0)}, "'alpha' parameter of ForceReadout must be"),
        (
            {"readout": ForceReadout().start(60, 2).set_params(forgetting=2.0)},
            "'forgetting' parameter of ForceReadout must be",
        ),
        (
            {"readout": ThreeFactorReadout().fit(np.ones((1, 9)), [1])},
            r"readout is fitted to \(9, 1\), and this loop has \(60 neurons, 2 outputs\)",
        ),
        (
            {"gate": np.ones(500)},
            "gate must be given with a readout that learns by attention .*, got it with a ForceR",
        ),
        ({"gate": np.ones(499), **GATED}, r"gate must have the shape \(500 steps,\), got \(499,\)"),
        ({"gate": np.ones((500, 2)), **GATED}, r"gate must have the shape \(500 steps,\)"),
        (
            {"gate": np.r_[np.ones(499), -1], **GATED},
            "gate must not be below 0, got -1 at step 499",
        ),
        ({"gate": np.full(500, np.nan), **GATED}, "gate must be finite"),
        ({"every": 0}, "every must be at least 1"),
        ({"decay_ms": 2.0}, "rise_ms and decay_ms must differ"),
        ({"inputs": np.zeros(500)}, "inputs and input_weights must be given together"),
        (
            {"inputs": np.zeros(500), "input_weights": np.zeros((60, 2))},
            r"input_weights must have the shape \(60 neurons, 1 channels",
        ),
        (
            {"inputs": sparse.csr_array([[np.inf]] * 500), "input_weights": np.zeros((60, 1))},
            "inputs must be finite, got inf at step 0, column 0",
        ),
        (
            {"inputs": sparse.csr_array((500, 2)), "input_weights": np.zeros((60, 1))},
            r"input_weights must have the shape \(60 neurons, 2 channels",
        ),
        (
            {"inputs": np.zeros(400), "input_weights": np.zeros((60, 1))},
            r"inputs must have the shape \(500 steps, 1 channels\), got \(400, 1\)",
        ),
        ({"start_mV": np.zeros(3)}, "start_mV must be 60 finite numbers"),
        ({"probes": Probes(potentials=[60])}, r"probes: potentials must lie in 0\.\.59"),
        ({"probes": Probes(every=0)}, "probes: every must be at least 1"),
        ({"execution": "fpga"}, "target must be 'auto', 'cpp' or 'numpy'"),
    ],
)
def test_bad_input_is_refused_before_any_work(changes, message, monkeypatch):
    monkeypatch.setattr("lsm.simulation.programs.start", lambda *_: pytest.fail("it was started"))
    options = {"target": sines(500), "learn": (10, 40)} | changes
    with pytest.raises(ValueError, match=message):
        train(network(60), options.pop("target"), **options)


def test_going_on_checks_its_input_too():
    trained = train(network(60), sines(100), learn=(0, 10))
    with pytest.raises(ValueError, match="target must be given to learn or to teach"):
        trained.run(10, learn=(10, 20))
    with pytest.raises(ValueError, match="duration_ms must be given where there is no target"):
        trained.run()
    with pytest.raises(ValueError, match="learn must lie within the run, from 10 to 20 ms"):
        trained.run(target=sines(100), learn=(0, 10))
    with pytest.raises(ValueError, match="target must have 2 columns, got 1"):
        trained.run(target=np.zeros(10))


def test_reservoirs_without_a_current_or_with_plasticity_are_refused():
    plastic = network(60).replace(short_term=lsm.ShortTermPlasticity())
    with pytest.raises(ValueError, match="reservoir must be without short-term plasticity"):
        train(plastic, sines(10))
    with pytest.raises(TypeError, match="reservoir must be a Reservoir or a RateNetwork, got str"):
        train("lif", sines(10))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"readout": Ridge()}, r"readout must be a subclass of .*\.OnlineReadout, .*, got Ridge"),
        ({"probes": {"every": 5}}, "probes must be Probes, got dict"),
        ({"target": np.array(["sine"])}, "target must hold numbers, got <U4"),
    ],
)
def test_arguments_of_other_types_are_refused(changes, message):
    options = {"target": sines(100)} | changes
    with pytest.raises(TypeError, match=message):
        train(network(60), options.pop("target"), **options)
