"""What the time of a generation is made of, as a table."""

import shutil

import pytest

from experiments.benchmarks.against_work import Generation
from experiments.benchmarks.breakdown import breakdown_report, generation

pytestmark = pytest.mark.skipif(not shutil.which("g++"), reason="only compiled programs are timed")


def test_a_generation_has_evolution_and_readout():
    work = Generation(0, quick=True)
    taken = generation(work, repeats=1)
    first, *steps, last = taken["seconds"]
    assert (first, last) == ("evolution", "readout")
    assert {"synapses", "writing the job"} < set(steps)
    assert taken["rate_hz"] > 0
    assert min(taken["seconds"]["evolution"], taken["seconds"]["readout"]) > 0


def test_report():
    seconds = {"synapses": 0.003, "input": 0.001}
    rows = [{"title": "some liquids", "rate_hz": 5.0, "seconds": seconds}]
    (report,) = breakdown_report(rows)
    assert "some liquids, 5 Hz: 4.0 ms" in report.text
    assert ["synapses", "3.00", "75.0"] in [line.split() for line in report.text.splitlines()]
