"""A sample in chunks: the same state as the whole sample's, bit for bit, on both targets."""

from itertools import pairwise

import numpy as np
import pytest

from lsm.simulation import SimulationError, Stream, simulate
from lsm.spikes import SpikeTrains
from lsm.states import TimeBins
from tests.lsm.liquids import liquid, part, samples

RESERVOIR = liquid(0)
SPIKES = samples(4, [60, 41])
CUTS_MS = [0, 1, 7, 8, 30, 41]
WITH_TIMES = "silence+traces:9+variables:I+first+last+proportion+potentials"


@pytest.mark.parametrize("target", ["cpp", "numpy"])
@pytest.mark.parametrize("state", ["counts", "traces:3,30", "potentials", WITH_TIMES])
def test_each_chunk_ends_with_the_state_of_the_sample_so_far(state, target):
    with Stream(RESERVOIR, n_channels=4, state=state, target=target) as stream:
        # Spikes of the first sample are still in flight, and neurons refractory, when it ends.
        for sample, cuts in zip(SPIKES, ([0, 13, 60], CUTS_MS), strict=True):
            for start, stop in pairwise(cuts):
                told = stream.push(part(sample, start, stop))
                so_far = simulate(RESERVOIR, part(sample, 0, stop), state=state)[0, 0]
                np.testing.assert_array_equal(told, so_far)
            stream.restart()
    assert so_far.any()


def test_a_step_may_be_shorter_than_a_millisecond():
    with Stream(RESERVOIR, n_channels=4, state="counts", dt_ms=0.5) as stream:
        for start in range(0, 60, 4):
            told = stream.push(part(SPIKES[0], start, start + 4))
    np.testing.assert_array_equal(
        told, simulate(RESERVOIR, SPIKES[0], state="counts", dt_ms=0.5)[0, 0]
    )


def test_restarting_twice_is_restarting_once():
    with Stream(RESERVOIR, n_channels=4) as stream:
        stream.restart()
        first = stream.push(SPIKES[0])
        stream.restart()
        stream.restart()
        np.testing.assert_array_equal(stream.push(SPIKES[0]), first)


def test_a_closed_stream_refuses_to_go_on_and_leaves_no_process():
    stream = Stream(RESERVOIR, n_channels=4)
    stream.push(SPIKES[0])
    stream.close()
    stream.close()
    assert stream._process.poll() is not None
    with pytest.raises(SimulationError, match="the stream is closed"):
        stream.push(SPIKES[0])


def test_a_program_that_dies_is_reported():
    stream = Stream(RESERVOIR, n_channels=4)
    stream._process.kill()
    with pytest.raises(SimulationError, match="ended with status -9"):
        stream.push(SPIKES[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"state": TimeBins(2)}, "read once at the end of a sample"),
        ({"state": "excitatory"}, "of all neurons"),
        ({"state": "counts@0.5,1"}, "read once at the end of a sample"),
        ({"state": "first+bins:2"}, "read once at the end of a sample"),
        ({"state": "variables:w_adapt"}, "no variable 'w_adapt'; they have u, I"),
        ({"n_channels": 0}, "n_channels must be at least 1"),
        ({"reservoir": liquid(0, noise_pA=5.0)}, "must be without noise"),
    ],
)
def test_what_cannot_be_streamed_is_refused(arguments, message):
    given = {"reservoir": RESERVOIR, "n_channels": 4} | arguments
    with pytest.raises(ValueError, match=message):
        Stream(given.pop("reservoir"), **given)


@pytest.mark.parametrize(
    ("chunk", "error", "message"),
    [
        (SPIKES, ValueError, "must hold one sample of 4 channels, got 2 of 4"),
        (samples(0, [5], n_channels=3), ValueError, "one sample of 4 channels, got 1 of 3"),
        (SpikeTrains.from_lists([[[]] * 4], duration_ms=2.5), ValueError, "multiple of dt_ms = 1"),
        ([1, 2], TypeError, "chunk must be SpikeTrains, got list"),
    ],
)
def test_bad_chunks_are_refused_and_change_nothing(chunk, error, message):
    with Stream(RESERVOIR, n_channels=4) as stream:
        with pytest.raises(error, match=message):
            stream.push(chunk)
        expected = simulate(RESERVOIR, SPIKES[0], state="traces")[0, 0]
        np.testing.assert_array_equal(stream.push(SPIKES[0]), expected)
