"""Samples read at several times, as if they had ended there."""

import numpy as np
import pytest

from lsm import simulate
from lsm.simulation.prefixes import prefixes
from tests.lsm.liquids import liquid, part, samples

LIQUID = liquid(0)
SPIKES = samples(0, [12, 40, 33, 25])
TIMES_MS = np.array([5.0, 12.0, 30.0])


@pytest.mark.parametrize("state", ["bins:3", "excitatory", "traces:5,20@0.5,1", "bins:2+last"])
def test_a_state_is_that_of_the_sample_cut_off(state):
    read = prefixes(LIQUID, SPIKES, np.append(TIMES_MS, np.inf), state=state)
    for k, sample in enumerate(SPIKES):
        for t, time_ms in enumerate(TIMES_MS):
            lasts_ms = min(time_ms, float(sample.durations_ms[0]))
            cut = simulate(LIQUID, part(sample, 0, lasts_ms), state=state)[0, 0]
            np.testing.assert_array_equal(read[t, k], cut)
    np.testing.assert_array_equal(read[-1], simulate(LIQUID, SPIKES, state=state)[0])


def test_a_time_is_whole_steps():
    with pytest.raises(ValueError, match=r"times_ms must be a multiple of dt_ms = 1, got 2\.5"):
        prefixes(LIQUID, SPIKES, np.array([2.5]))
