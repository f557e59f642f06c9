"""How time and memory grow, as the benchmark measures it."""

import numpy as np
import pytest

from experiments.benchmarks import scaling
from experiments.benchmarks.scaling import AXES, Work, measure, scaling_report


def test_every_axis_grows_by_a_number_of_the_work():
    for name, (values, base) in AXES.items():
        assert hasattr(base, name)
        assert (np.diff(values) > 0).all()


def test_a_point_is_that_work():
    small = Work(samples=6, neurons=20, in_degree=10, liquids=2)
    found = measure(small, 1)
    assert found["states_MiB"] == 6 * 20 * 2 * 4 / 2**20
    assert 0 < found["seconds"] < 60
    assert 1 < found["rate_Hz"] < 500
    assert 0 <= found["program_MiB"] < found["peak_MiB"] < 1000
    # As many spikes, on however many channels.
    more = measure(Work(samples=6, neurons=20, in_degree=10, liquids=2, channels=80), 1)
    assert more["spikes_MiB"] == pytest.approx(found["spikes_MiB"], rel=0.2)


def test_slopes_are_of_the_logarithms(monkeypatch):
    def quadratic(work, repeats):
        megabytes = 100 + work.samples / 500
        return {
            "seconds": work.samples**2.0 * work.neurons * work.in_degree,
            "peak_MiB": megabytes,
            "program_MiB": 12.0,
            "states_MiB": work.samples / 1000,
            "spikes_MiB": work.samples / 2000,
        }

    monkeypatch.setattr(scaling, "_apart", quadratic)
    found = scaling.scaling()
    slopes = {name: axis["slope"] for name, axis in found["axes"].items()}
    assert slopes == pytest.approx(
        {"samples": 2, "neurons": 1, "in_degree": 1, "channels": 0, "liquids": 0, "jobs": 0},
        abs=1e-9,
    )
    assert found["axes"]["samples"]["doubling"] == pytest.approx(4)
    table, memory = (part.text for part in scaling_report(found))
    row = table.splitlines()[1].split()
    assert row[:8] == ["samples", "4.00", "2.00", "250", "500", "1000", "2000", "4000"]
    assert row[-5:] == ["100", "101", "102", "104", "108"]
    few, many = (line.split() for line in memory.splitlines()[1:])
    assert few == ["10,000", "120", "5", "10", "105", "12"]
    assert many == ["100,000", "300", "50", "100", "150", "12"]
