"""The part of the benchmark that sets the ridge readout beside scikit-learn's."""

import pytest

from experiments.benchmarks.readouts import below, beside, readouts_report


def test_readouts_are_trained_on_the_same_folds_of_generated_spikes():
    (row,) = beside(sets=[], repeats=1, most=40, seed=0)
    assert row["name"] == "TXOR, 300 neurons"
    assert row["features"] > row["samples"] > 40
    for readout, mean in row["means"].items():
        assert 55 < mean <= 100, readout
    for readout, difference in row["differences"].items():
        assert difference["n"] == 5
        assert difference["mean"] == pytest.approx(row["means"]["ours"] - row["means"][readout])


def test_series_are_seen_by_a_liquid_and_by_kernels():
    pytest.importorskip("aeon", reason="MiniRocket needs aeon")
    rows = beside(sets=["UnitTest"], repeats=1, most=10, seed=0)[1:]
    assert [row["name"] for row in rows] == ["UnitTest, 300 neurons", "UnitTest, MiniRocket"]
    assert all(mean > 70 for row in rows for mean in row["means"].values())


def test_what_scikit_learns_is_ahead_on_is_named():
    def row(name, low, high):
        difference = {"mean": (low + high) / 2, "interval": [low, high], "n": 25, "sd": 1.0}
        means = {"ours": 80.0, "discriminant": 79.0, "sklearn": 82.0}
        size = {"samples": 40, "features": 100, "classes": 2}
        both = {"discriminant": difference, "sklearn": difference}
        return {"name": name, **size, "means": means, "differences": both}

    rows = [row("clear", -3.0, -1.0), row("open", -3.0, 1.0)]
    assert below(rows) == ["clear: -2.0 (-3.0 to -1.0) beside RidgeClassifierCV"]
    _, table = readouts_report(rows)
    assert "-1.0 (-3.0 to +1.0)" in table.text
