"""Short-term plasticity: what is refused. What it does is tested with the simulation."""

import pytest

from lsm.topology.short_term import ShortTermPlasticity


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"utilisation": (0.5, 0.5, 0.5)}, "utilisation must be four finite numbers"),
        ({"utilisation": (0.0, 0.5, 0.5, 0.5)}, r"utilisation must lie in \(0, 1\]"),
        ({"utilisation": (1.1, 0.5, 0.5, 0.5)}, r"utilisation must lie in \(0, 1\]"),
        ({"recovery_ms": (1, 1, 1, -1)}, "recovery_ms must not be negative"),
        ({"facilitation_ms": (1, 1, 1, float("nan"))}, "facilitation_ms must be four finite"),
    ],
)
def test_bad_values_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        ShortTermPlasticity(**changes)


def test_values_are_the_polarities_own_and_of_the_paper_by_default():
    assert ShortTermPlasticity().recovery_ms == (1100.0, 125.0, 700.0, 144.0)
    assert ShortTermPlasticity(recovery_ms=[1, 2, 3, 4]).recovery_ms == (1.0, 2.0, 3.0, 4.0)
    assert ShortTermPlasticity(facilitation_ms=3).facilitation_ms == (3.0, 3.0, 3.0, 3.0)
