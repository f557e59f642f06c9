"""The part of the benchmark that sets the ridge readout beside scikit-learn's."""

import pytest

from experiments.benchmarks.readouts import below, beside, readouts_report


def test_readouts_are_trained_on_the_same_folds_of_generated_spikes():
    (row,) = beside(sets=[], repeats=1, most=40, seed=0)
    assert row["name"] == "TXOR, 300 neurons"
    assert row["features"] > row["samples"] > 40
    for readout, mean in row["means"].items():
        assert 0.55 < mean <= 1, readout
    for readout, difference in row["differences"].items():
        assert difference["n"] == 5
        assert difference["mean"] == pytest.approx(row["means"]["ours"] - row["means"][readout])


def test_series_are_seen_by_a_liquid_and_by_kernels():
    pytest.importorskip("aeon", reason="MiniRocket needs aeon")
    rows = beside(sets=["UnitTest"], repeats=1, most=10, seed=0)[1:]
    assert [row["name"] for row in rows] == ["UnitTest, 300 neurons", "UnitTest, MiniRocket"]
    assert all(mean > 0.7 for row in rows for mean in row["means"].values())


def test_what_scikit_learns_is_ahead_on_is_named():
    def row(name, low, high):
        difference = {"mean": (low + high) / 2, "interval": [low, high], "n": 25, "sd": 0.01}
        means = {"ours": 0.8, "discriminant": 0.79, "sklearn": 0.82}
        size = {"samples": 40, "features": 100, "classes": 2}
        both = {"discriminant": difference, "sklearn": difference}
        return {"name": name, **size, "means": means, "differences": both}

    rows = [row("clear", -0.03, -0.01), row("open", -0.03, 0.01)]
    assert below(rows) == ["clear: -2.00 (-3.00 to -1.00) beside RidgeClassifierCV"]
    _, table = readouts_report(rows)
    assert "-1.00 (-3.00 to +1.00)" in table.text
