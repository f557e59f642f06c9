"""Reservoirs in NEST and in PyNN fire where `record` has them fire in double precision.

NEST's kernel and PyNN's state belong to a whole process, so they run in one of their own.
"""

import pickle
import subprocess
import sys
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from lsm.exchange import to_nest, to_pynn
from lsm.neurons import LIF_ALPHA, LIF_EI
from lsm.simulation import record
from lsm.spikes import SpikeTrains
from lsm.topology import InputWiring, LogUniformDelays
from tests.lsm.liquids import WIRING, liquid, lone_neurons, samples
from tests.lsm.simulation.test_models import PLASTIC, firing

SAMPLE = samples(0, [60], rate_per_ms=0.3)
RULE = LogUniformDelays(1, 30)
CASES = {
    "lif": (liquid(1), SAMPLE, 1.0),
    "half steps": (liquid(2), SAMPLE, 0.5),
    "alpha": (liquid(1, model=LIF_ALPHA), SAMPLE, 1.0),
    "two currents": (firing(LIF_EI), SAMPLE, 0.1),
    "delays by rule": (
        liquid(
            3,
            wiring=replace(WIRING, delay_ms=RULE),
            inputs=InputWiring(0.3, 600.0, 100.0, delay_ms=RULE),
        ),
        SAMPLE,
        1.0,
    ),
    "no input": (
        lone_neurons(n=2, i_background_pA=2000.0),
        SpikeTrains.from_lists([[[], []]], duration_ms=60),
        1.0,
    ),
}
PLASTIC_CASE = {"plastic": (firing(LIF_EI, short_term=PLASTIC), SAMPLE, 0.25)}
NOISY = lone_neurons(n=500, noise_pA=100.0, v_threshold_mV=0.0)

IN_NEST = """
import pickle, sys
import nest
from lsm.exchange import to_nest

nest.verbosity = nest.VerbosityLevel.ERROR
spikes = {}
for case, (reservoir, sample, dt_ms) in pickle.load(sys.stdin.buffer).items():
    nest.ResetKernel()
    objects = to_nest(reservoir, sample, dt_ms=dt_ms)
    nest.Simulate(objects.end_ms)
    spikes[case] = *objects.spikes(), objects.neurons.get("V_m")
nest.ResetKernel()
nest.Create("iaf_psc_exp")
try:
    to_nest(reservoir, sample, dt_ms=0.5)
except ValueError as error:
    spikes["kernel in use"] = str(error)
open(sys.argv[1], "wb").write(pickle.dumps(spikes))
"""
IN_PYNN = """
import pickle, sys
import pyNN.nest as simulator
from lsm.exchange import to_pynn

spikes = {}
for case, (reservoir, sample, dt_ms) in pickle.load(sys.stdin.buffer).items():
    simulator.setup(timestep=dt_ms, min_delay=dt_ms, max_delay=40.0, spike_precision="on_grid")
    objects = to_pynn(reservoir, sample, simulator, dt_ms=dt_ms)
    simulator.run(objects.end_ms)
    spikes[case] = objects.spikes()
refused = {"too short": {"max_delay": 2.0}, "precise": {"spike_precision": "off_grid"}}
for case, changes in refused.items():
    settings = {"timestep": 1.0, "min_delay": 1.0, "max_delay": 40.0, "spike_precision": "on_grid"}
    simulator.setup(**settings | changes)
    try:
        to_pynn(reservoir, sample, simulator)
    except ValueError as error:
        spikes[case] = str(error)
open(sys.argv[1], "wb").write(pickle.dumps(spikes))
"""


def run_elsewhere(script, cases, folder):
    """What a script has found of the cases."""
    command = [sys.executable, "-c", script, str(folder / "spikes")]
    done = subprocess.run(command, input=pickle.dumps(cases), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads((folder / "spikes").read_bytes())


@pytest.fixture(scope="module")
def in_nest(tmp_path_factory):
    pytest.importorskip("nest", reason="NEST isn't installed")
    cases = CASES | PLASTIC_CASE | {"noise": (NOISY, SAMPLE, 1.0)}
    return run_elsewhere(IN_NEST, cases, tmp_path_factory.mktemp("nest"))


@pytest.fixture(scope="module")
def in_pynn(tmp_path_factory):
    pytest.importorskip("nest", reason="NEST isn't installed")
    pytest.importorskip("pyNN", reason="PyNN isn't installed")
    # The last one is what the refusals are of.
    cases = {name: CASES[name] for name in ("two currents", "no input", "delays by rule")}
    return run_elsewhere(IN_PYNN, cases, tmp_path_factory.mktemp("pynn"))


@cache
def ours(case):
    """Times and neurons of our spikes; within a step in the order of neurons."""
    reservoir, sample, dt_ms = (CASES | PLASTIC_CASE)[case]
    found = record(reservoir, sample, dt_ms=dt_ms, target="numpy", precision="double")
    order = np.lexsort((found.spike_neurons, np.rint(found.spike_times_ms / dt_ms)))
    return found.spike_times_ms[order], found.spike_neurons[order]


def assert_same(spikes, case):
    """The same neurons at the same steps."""
    times_ms, neurons = spikes
    assert len(times_ms) > 20
    np.testing.assert_array_equal(neurons, ours(case)[1])
    np.testing.assert_allclose(times_ms, ours(case)[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_nest_fires_at_the_same_steps(case, in_nest):
    assert_same(in_nest[case][:2], case)


def test_nest_has_the_same_short_term_plasticity(in_nest):
    assert_same(in_nest["plastic"][:2], "plastic")


def test_noise_in_nest_has_the_deviation_that_is_asked_for(in_nest):
    a, resistance = np.exp(-1 / 10), 10 / 250
    expected = 100 * resistance * np.sqrt((1 - a) / (1 + a))
    assert np.std(in_nest["noise"][2]) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("case", ["two currents", "no input", "delays by rule"])
def test_pynn_fires_at_the_same_steps(case, in_pynn):
    assert_same(in_pynn[case], case)


def test_a_kernel_in_use_keeps_its_resolution(in_nest):
    assert "call nest.ResetKernel() first" in in_nest["kernel in use"]


def test_a_simulator_that_is_set_up_otherwise_is_refused(in_pynn):
    assert "max_delay of" in in_pynn["too short"]
    assert "spike_precision='on_grid'" in in_pynn["precise"]


def a_simulator(**settings):
    """What `to_pynn` asks of one before anything is made."""
    return SimpleNamespace(
        Population=None,
        Projection=None,
        get_time_step=lambda: 1.0,
        get_min_delay=lambda: "auto",
        get_max_delay=lambda: "auto",
        **settings,
    )


@pytest.mark.parametrize(
    ("reservoir", "sample", "dt_ms", "message"),
    [
        (
            firing(replace(LIF_EI, name="mine")),
            SAMPLE,
            1.0,
            "no neurons that fire as those of 'mine'",
        ),
        (liquid(0), samples(0, [10, 10]), 1.0, "sample must hold exactly one sample, got 2"),
        (liquid(0), SAMPLE, 0.0123, "dt_ms must be a multiple of 0.001 ms"),
        (
            liquid(0, wiring=replace(WIRING, delay_ms=0.0)),
            SAMPLE,
            1.0,
            r"the synapse from neuron \d+ to neuron \d+ has no delay",
        ),
        (liquid(0, noise_pA=5.0), SAMPLE, 1.0, "noise_pA must be 0"),
        (firing(LIF_EI, short_term=PLASTIC), SAMPLE, 1.0, "short-term plasticity is another one"),
    ],
)
def test_what_a_simulator_lacks_is_refused_by_name(reservoir, sample, dt_ms, message):
    with pytest.raises(ValueError, match=message):
        to_pynn(reservoir, sample, a_simulator(), dt_ms=dt_ms)


def test_something_else_than_reservoirs_and_simulators_is_refused():
    with pytest.raises(TypeError, match="simulator must be one of PyNN's modules"):
        to_pynn(liquid(0), SAMPLE, np)
    with pytest.raises(TypeError, match="reservoir must be a Reservoir, got int"):
        to_pynn(3, SAMPLE, a_simulator())
    with pytest.raises(TypeError, match="sample must be SpikeTrains, got str"):
        to_pynn(liquid(0), "spikes", a_simulator())


def test_nest_is_asked_for_by_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "nest", None)
    with pytest.raises(ImportError, match=r"pip install 'liquidstate\[nest\]'"):
        to_nest(liquid(0), SAMPLE)
