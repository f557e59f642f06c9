"""The reservoir that holds a trace of a cue, and its states."""

import numpy as np
import pytest

from lsm import simulate
from tasks.what_when import T_MS, cue_spikes, reservoir_states, sample_reservoir, scaled


def cued(n):
    return cue_spikes([0] * n, templates=1, random_state=2)


def test_states_are_centred_and_of_length_1():
    x = scaled(np.random.default_rng(0).normal(3, 5, (60, 40, 7)), unlabelled=20)
    np.testing.assert_allclose(x[:20].mean(axis=(0, 1)), 0, atol=1e-12)
    assert (x[:20] ** 2).sum(axis=2).mean() == pytest.approx(1)
    assert not scaled(np.ones((30, 4, 2)), unlabelled=20).any()


def test_recurrence_holds_what_the_neurons_alone_forget(cache):
    spikes = cued(4)
    late = []
    for recurrent in (True, False):
        reservoir = sample_reservoir(200, random_state=0, recurrent=recurrent)
        assert reservoir.excitatory.sum() == 160
        counts = simulate(reservoir, spikes, state="counts@0.5,1", n_jobs=1)[0].reshape(4, 2, 200)
        late.append(np.diff(counts, axis=1).mean() / 0.4)
    assert late[0] > 3 > 1 > late[1]


def test_states_are_read_from_the_end_of_the_cue(cache):
    x = reservoir_states(sample_reservoir(30, random_state=0), cued(21), unlabelled=20)
    assert x.shape == (21, len(T_MS), 30)
    assert (x[:20] ** 2).sum(axis=2).mean() == pytest.approx(1)


@pytest.mark.parametrize("number", [0, -1])
def test_bad_numbers_are_named(number):
    with pytest.raises(ValueError, match="n must be"):
        sample_reservoir(number)
    with pytest.raises(ValueError, match="unlabelled must be"):
        scaled(np.ones((3, 4, 2)), unlabelled=number)
