"""What the time is made of: parts that add up."""

import heapq
import shutil

import numpy as np
import pytest

from lsm.simulation import chunks, programs
from lsm.simulation.timing import STEP, idle_share, step_parts, time_parts
from tests.lsm.liquids import liquid, samples

pytestmark = pytest.mark.skipif(not shutil.which("g++"), reason="only compiled programs are timed")


def test_a_call_is_taken_apart():
    reservoirs, spikes = [liquid(seed) for seed in range(2)], samples(1, [20, 30, 40])
    seconds = time_parts(reservoirs, spikes, repeats=2)
    steps = [*STEP, "rest of the step"]
    assert list(seconds) == [
        "writing the job",
        "start of the program",
        *steps,
        "reading results",
    ]
    assert all(value >= 0 for value in seconds.values())
    assert 0 < sum(seconds.values()) < 5


def test_too_many_reservoirs_for_one_program_are_refused():
    many = [liquid(seed, n=400) for seed in range(3)]
    with pytest.raises(ValueError, match="must fit one program, 2 of them, got 3"):
        time_parts(many, samples(1, [5]), repeats=1)


def test_what_is_idle_is_what_lanes_wait_for_the_last():
    lengths = [100] + [10] * 63
    share = idle_share([liquid(0)], samples(1, lengths))
    assert share == pytest.approx(1 - sum(lengths) / (64 * 100))
    assert idle_share([liquid(0)], samples(1, [20] * 128)) == 0
    assert idle_share([liquid(0)], samples(1, [20] * 32)) == 0.5


def busy_until(lengths):
    """When the last lane ends: the longest sample first, each on the lane that is free first."""
    lanes = [0] * programs.LANES
    for length in sorted(lengths, reverse=True):
        heapq.heapreplace(lanes, lanes[0] + length)
    return max(lanes)


def test_what_is_idle_is_of_the_chunks_of_a_call(monkeypatch):
    lengths = np.random.default_rng(0).integers(5, 80, 300).tolist()
    spikes, reservoirs = samples(1, lengths), [liquid(seed) for seed in range(2)]
    side_by_side = programs.LIQUID_SIZE // 40
    monkeypatch.setattr(chunks, "CHUNK_STEPS", sum(lengths) // side_by_side // 2 + 1)
    monkeypatch.setattr(chunks, "MERGED", 1)
    parts = lengths[:128], lengths[128:]
    expected = 1 - sum(lengths) / (programs.LANES * sum(map(busy_until, parts)))
    assert idle_share(reservoirs, spikes) == pytest.approx(expected)
    assert expected > 0.05


def test_what_is_idle_is_asked_of_samples_side_by_side():
    with pytest.raises(ValueError, match="spikes must hold 24 samples at least, got 3"):
        idle_share([liquid(0)], samples(1, [5, 5, 5]))


def test_programs_that_are_timed_are_others():
    plain = programs.describe(liquid(0).model, size=1000, noisy=False)
    assert programs.TIMED not in plain["flags"]


@pytest.mark.parametrize(("seconds", "rest"), [(10.0, 4.4), (2.8, 0.0)])
def test_clock_is_no_part(seconds, rest):
    times = dict.fromkeys(("update", "threshold", "queue", "synapses", "reset"), 110.0)
    times |= {"input": 40.0, "recording": 20.0, "steps": 5, "nothing": 2.0}
    parts = step_parts(times | {"seconds": 10.0, "ticks": 1000.0}, seconds)
    assert sum(parts.values()) == pytest.approx(seconds)
    # Each part 100 ticks of 10 ms, and synapses two of them.
    assert parts["synapses"] == pytest.approx(2.0 * (seconds - rest) / 5.6)
    assert parts["rest of the step"] == pytest.approx(rest, abs=1e-9)
