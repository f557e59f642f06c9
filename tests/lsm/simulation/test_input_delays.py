"""Delays of input synapses: when spikes arrive, in every way to simulate."""

from dataclasses import replace

import numpy as np
import pytest

from lsm.neurons import LIF
from lsm.reservoir import Reservoir
from lsm.simulation import Stream, engine, record, simulate
from lsm.spikes import SpikeTrains
from lsm.topology import InputWiring, MatrixInputs, NoWiring
from tests.lsm.liquids import liquid, samples

WEIGHTS = np.array([[400.0, 300.0], [0.0, 350.0]])
DELAYS_MS = np.array([[3.0, 7.0], [0.0, 0.0]])


def two_neurons(delay_ms):
    return Reservoir.random(
        2,
        random_state=0,
        model=LIF,
        parameters={"v_threshold_mV": 100.0},
        wiring=NoWiring(),
        inputs=MatrixInputs(WEIGHTS, delay_ms),
    )


@pytest.mark.parametrize("target", ["cpp", "numpy"])
def test_currents_jump_when_the_delay_has_passed(target):
    spikes = SpikeTrains.from_lists([[[1.0], [4.0]]], duration_ms=12)
    currents = record(two_neurons(DELAYS_MS), spikes, target=target).variables["I"]
    decay = np.exp(-1 / 5.0)
    steps = np.arange(12)
    expected = np.zeros((2, 12))
    for neuron, weight, step in ((0, 400.0, 4), (1, 300.0, 8), (1, 350.0, 4)):
        expected[neuron] += np.where(steps >= step, weight * decay ** (steps - step), 0)
    np.testing.assert_allclose(currents, expected, rtol=1e-6)


def test_a_delay_longer_than_the_sample_is_that_of_a_spike_that_never_comes():
    spikes = SpikeTrains.from_lists([[[1.0], []], [[], []]] * 20, duration_ms=[9, 4] * 20)
    late = MatrixInputs(WEIGHTS, 3600e3)
    reservoir = Reservoir.random(2, random_state=0, inputs=late)
    for samples_side_by_side in (1, 100):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "WIDE_SAMPLES", samples_side_by_side)
            assert not simulate(reservoir, spikes, state="potentials").any()


def test_delays_of_one_length_move_the_input():
    spikes = samples(4, [30] * 5)
    longer_ms = spikes.durations_ms + 6.0
    late, moved = (
        SpikeTrains(times_ms, spikes.channels, spikes.offsets, longer_ms, spikes.n_channels)
        for times_ms in (spikes.times_ms, spikes.times_ms + 6.0)
    )
    delayed = liquid(3, n=50, inputs=replace(liquid(3).inputs, delay_ms=6.0))
    np.testing.assert_array_equal(simulate(delayed, late), simulate(liquid(3, n=50), moved))


@pytest.mark.parametrize("target", ["cpp", "numpy"])
def test_a_stream_keeps_what_is_on_its_way_from_chunk_to_chunk(target):
    reservoir = Reservoir.random(2, random_state=0, inputs=MatrixInputs(WEIGHTS, DELAYS_MS + 40))
    chunks = [samples(seed, [25], n_channels=2) for seed in range(4)]
    starts_ms = 25.0 * np.arange(4)
    whole = SpikeTrains(
        np.concatenate([c.times_ms + start for c, start in zip(chunks, starts_ms, strict=True)]),
        np.concatenate([c.channels for c in chunks]),
        np.array([0, sum(len(c.times_ms) for c in chunks)]),
        np.array([100.0]),
        2,
    )
    with Stream(reservoir, n_channels=2, state="potentials", target=target) as stream:
        for _ in range(2):  # and nothing of it after a restart
            for chunk in chunks:
                last = stream.push(chunk)
            stream.restart()
    expected = simulate(reservoir, whole, state="potentials", target=target)[0, 0]
    assert expected.any()
    np.testing.assert_array_equal(last, expected)


@pytest.mark.parametrize("delay_ms", [-1.0, np.inf, np.nan, -DELAYS_MS, DELAYS_MS + np.inf])
def test_delays_that_can_not_be_are_refused(delay_ms):
    with pytest.raises(ValueError, match="delay_ms must"):
        MatrixInputs(WEIGHTS, delay_ms)


@pytest.mark.parametrize("delay_ms", [-1.0, np.inf, np.nan])
def test_one_delay_that_can_not_be_is_refused(delay_ms):
    with pytest.raises(ValueError, match="delay_ms must be finite and not below 0"):
        InputWiring(delay_ms=delay_ms)


def test_a_delay_that_rounds_to_none_or_is_beyond_counting_names_its_synapse():
    spikes = SpikeTrains.from_lists([[[1.0], []]], duration_ms=9)
    for delay_ms, message in ((0.2, "rounds to none"), (1e9, "can be counted")):
        reservoir = Reservoir.random(2, random_state=0, inputs=MatrixInputs(WEIGHTS, delay_ms))
        with pytest.raises(ValueError, match=f"inputs: the synapse from channel 0.*{message}"):
            simulate(reservoir, spikes)


def test_more_delays_than_can_be_looked_up_are_refused_in_megabytes(monkeypatch):
    monkeypatch.setattr(engine, "MOST_DELAYS_MB", 0)
    with pytest.raises(ValueError, match=r"inputs: 3 delays of 2 channels need 0 MB"):
        simulate(two_neurons(DELAYS_MS + 1), SpikeTrains.from_lists([[[1.0], []]], duration_ms=9))
