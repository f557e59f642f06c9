"""What the time is made of: parts that add up, from a program that gives the same states."""

import shutil
from dataclasses import asdict

import numpy as np
import pytest

from experiments.benchmarks import breakdown
from experiments.benchmarks.breakdown import (
    Breakdown,
    breakdown_report,
    plot_breakdown,
    simulation,
)
from lsm.simulation import programs, simulate
from tests.lsm.liquids import liquid, samples

pytestmark = pytest.mark.skipif(not shutil.which("g++"), reason="only compiled programs are timed")
STEPS = {*breakdown.STEP, "rest of the step"}


def test_a_call_is_taken_apart():
    reservoirs, spikes = [liquid(seed) for seed in range(2)], samples(1, [20, 30, 40])
    seconds, states = simulation(reservoirs, spikes, 1.0, repeats=2)
    np.testing.assert_array_equal(states, simulate(reservoirs, spikes))
    assert set(seconds) == {*STEPS, "writing the job", "start of the program", "reading results"}
    assert all(value >= 0 for value in seconds.values())
    assert 0 < sum(seconds.values()) < 5


def test_too_many_reservoirs_for_one_program_are_refused():
    many = [liquid(seed, n=400) for seed in range(3)]
    with pytest.raises(ValueError, match="must fit one program, 2 of them, got 3"):
        simulation(many, samples(1, [5]), 1.0, repeats=1)


def test_programs_that_are_timed_are_others():
    plain = programs.describe(liquid(0).model, size=1000, noisy=False)
    assert programs.TIMED not in plain["flags"]


@pytest.mark.parametrize(("seconds", "rest"), [(10.0, 4.4), (2.8, 0.0)])
def test_clock_is_no_part(seconds, rest):
    times = dict.fromkeys(("update", "threshold", "queue", "synapses", "reset"), 110.0)
    times |= {"input": 40.0, "recording": 20.0, "steps": 5, "nothing": 2.0}
    parts = breakdown._step_parts(times | {"seconds": 10.0, "ticks": 1000.0}, seconds)
    assert sum(parts.values()) == pytest.approx(seconds)
    # Each part 100 ticks of 10 ms, and synapses two of them.
    assert parts["synapses"] == pytest.approx(2.0 * (seconds - rest) / 5.6)
    assert parts["rest of the step"] == pytest.approx(rest, abs=1e-9)


def test_a_generation_has_evolution_and_readout():
    found = breakdown.generation(0, samples_per_class=10, repeats=1)
    assert set(found.seconds) == set(breakdown.PARTS)
    assert found.rate_hz > 0
    assert min(found.seconds["evolution"], found.seconds["readout"]) > 0


def test_report_and_picture():
    found = [Breakdown("some liquids", 5.0, {"synapses": 0.003, "input": 0.001})]
    (report,) = breakdown_report([asdict(each) for each in found])
    assert "some liquids, 5 Hz: 4.0 ms" in report.text
    assert ["synapses", "3.00", "75.0"] in [line.split() for line in report.text.splitlines()]
    (axes,) = plot_breakdown(found).axes
    shares = [patch.get_width() for patch in axes.patches]
    assert sorted(shares)[-2:] == pytest.approx([25, 75])
