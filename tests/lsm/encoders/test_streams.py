"""Encoders that hear a sample chunk by chunk give the spikes of the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from lsm.encoders import (
    BensSpiker,
    IntegrateAndFire,
    LevelCrossing,
    StepForward,
)
from tests.lsm.encoders.cases import ENCODERS_THAT_FIRE, each, signals


@st.composite
def chunked(draw):
    """A sample, and where it is cut."""
    n_steps = draw(st.integers(1, 30))
    seed = draw(st.integers(0, 5))
    cuts = draw(st.lists(st.integers(0, n_steps), max_size=6))
    return signals(1, 3, n_steps, seed=seed)[0], sorted([0, *cuts, n_steps])


@each([encoder for encoder in ENCODERS_THAT_FIRE if encoder.causal])
@settings(max_examples=30, deadline=None)
@given(chunked())
def test_any_chunks_give_the_spikes_of_the_whole(encoder, sample_and_cuts):
    sample, cuts = sample_and_cuts
    encoder = clone(encoder).fit(signals())
    stream = encoder.stream()
    pieces = [stream.push(sample[:, i:j]) for i, j in pairwise(cuts)]
    times, channels = (np.concatenate(arrays) for arrays in zip(*pieces, strict=True))
    whole = encoder.transform([sample])
    np.testing.assert_array_equal(times, whole.times_ms)
    np.testing.assert_array_equal(channels, whole.channels)


def test_a_spike_at_the_end_of_a_chunk_belongs_to_it():
    """Half of a spike's charge in one step: it fires at the very end."""
    encoder = IntegrateAndFire(rate_Hz=500).fit([[-1.0, 1.0]])
    stream = encoder.stream()
    times, channels = stream.push([1.0])
    assert channels.tolist() == [0]
    assert times[0] == pytest.approx(1 - 1e-5)  # still of this step, whatever rounding does
    assert stream.push([0.0])[0].tolist() == []


def test_two_streams_of_one_encoder_are_two_samples():
    encoder = LevelCrossing().fit(signals())
    first, second = encoder.stream(), encoder.stream()
    first.push(signals()[0])
    times, _ = second.push(signals()[1])
    np.testing.assert_array_equal(times, encoder.transform(signals()[1:2]).times_ms)


def test_only_causal_encoders_stream():
    assert not BensSpiker.causal
    assert not hasattr(BensSpiker().fit(signals()), "stream")


@pytest.mark.parametrize(
    ("chunk", "message"),
    [
        (np.ones((2, 4)), r"chunk must have shape \(3, steps\), got \(2, 4\)"),
        (np.ones(4), r"chunk must have shape \(3, steps\), got \(4,\)"),
        (np.full((3, 1), np.nan), "chunk must be finite"),
    ],
)
def test_other_chunks_are_refused(chunk, message):
    with pytest.raises(ValueError, match=message):
        StepForward().fit(signals()).stream().push(chunk)
