"""The benchmark's part on spike codes: what inverses lose, and a row for each code."""

import numpy as np
import pytest


def test_a_code_of_digits_loses_half_a_unit_at_most_and_a_coarse_reference_more():
    pytest.importorskip("aeon", reason="series come with aeon")
    from experiments.benchmarks.codes import CODES, QUICK, measured, report

    rows = {row["code"]: row for row in measured(seed=0, **QUICK)}
    assert rows.keys() == CODES.keys()
    fine = rows["sign-magnitude, 8 digits of .02"]
    assert 0 < fine["error"] <= 0.01
    # Rounding to units spreads the error evenly: u / sqrt(12).
    np.testing.assert_allclose(fine["error"], 0.02 / np.sqrt(12), rtol=0.1)
    assert rows["level-crossing, .5"]["error"] > 10 * fine["error"]
    assert rows["level-crossing, .5"]["spikes"] < fine["spikes"]
    text = "\n".join(part.text for part in report(list(rows.values())))
    assert "step-forward, .1" in text
    assert "UnitTest" in text
