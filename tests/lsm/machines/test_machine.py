"""Machines in spiking neurons: wiring under Dale's law, walks, and what holds a state."""

import numpy as np
import pytest

from lsm.machines import READ_MS, StateMachine
from lsm.simulation import record, trajectories
from lsm.topology import ShortTermPlasticity
from tests.lsm.machines.test_table import ROUND

WALK = list("xxyxxxy")


def machine(n=128, **options):
    return StateMachine.wire(ROUND, n, random_state=0, **options)


def weights(made):
    return made.reservoir.wiring.weight_pA.toarray()


def walk(made, **options):
    sample = made.sample(WALK, **options)
    counts = trajectories(made.reservoir, sample, every_ms=READ_MS, state="counts")[0][0]
    return made.read(counts, len(WALK), **options)


def test_a_table_is_walked_on():
    assert walk(machine()) == ROUND.walk(WALK)


def test_a_phasic_machine_walks_at_any_pace_and_is_silent_between():
    period_ms = [700.0, 3000.0, 1000.0, 700.0, 2000.0, 4000.0, 700.0]
    made = machine(phasic=True)
    assert walk(made, period_ms=period_ms) == ROUND.walk(WALK)
    begins_ms = made.bounds_ms(len(WALK), period_ms)[:-1]
    times_ms = record(made.reservoir, made.sample(WALK, period_ms=period_ms)).spike_times_ms
    since = times_ms[:, None] - begins_ms
    assert np.where(since >= 0, since, 0)[times_ms >= begins_ms[0]].min(axis=1).max() < 500


def test_facilitation_is_what_a_phasic_machine_remembers_by():
    made = machine(phasic=True)
    depression = ShortTermPlasticity((0.2, 1, 1, 1), (200, 0, 0, 0), (0, 0, 0, 0))
    without = made.reservoir.replace(short_term=depression)
    forgetful = StateMachine(made.table, without, made.groups, phasic=True)
    assert ROUND.steps_right(WALK, walk(forgetful)) < 0.7


def test_weights_are_levels_of_two_bits_under_dales_law():
    made = machine()
    excitatory, matrix = made.reservoir.excitatory, weights(made)
    assert (matrix[excitatory] >= 0).all()
    assert (matrix[~excitatory] <= 0).all()
    assert not matrix[~excitatory][:, ~excitatory].any()
    among = matrix[np.ix_(excitatory, excitatory)]
    np.testing.assert_allclose(np.unique(among / among.max()) * 3 % 1, 0, atol=1e-12)
    phasic = weights(machine(phasic=True))[np.ix_(excitatory, excitatory)]
    np.testing.assert_allclose(np.unique(phasic), [0, 32, 2560])


def test_deviations_change_no_sign():
    clean, disturbed = weights(machine()), weights(machine(weight_cv=0.5))
    assert (np.sign(disturbed) * np.sign(clean) >= 0).all()
    assert np.std(disturbed[clean > 0] / clean[clean > 0]) == pytest.approx(0.5, rel=0.15)


def test_groups_share_no_neuron_where_there_is_room():
    made = machine()
    assert made.groups.shape == (3, 5)
    assert len(np.unique(made.groups)) == made.groups.size


def test_inputs_follow_a_start_and_others_are_silent():
    sample = machine().sample("yx")
    assert sample.durations_ms[0] == 650.0
    times = [sample.times_ms[sample.channels == k] for k in range(3)]
    assert [(t.min(), t.max()) for t in times] == [(400.0, 498.0), (150.0, 248.0), (0.0, 48.0)]
    recall = machine(phasic=True).sample("yx", period_ms=700)
    assert recall.times_ms[recall.channels == 3].tolist() == [540.0, 1240.0]


def test_states_are_read_from_the_spikes_since_a_step():
    made = machine()
    spikes = np.zeros((8, 128))  # in 50 ms each
    spikes[2, made.groups[0]] = 2  # the start
    spikes[4, made.groups[1]] = 9  # on the way
    spikes[7, made.groups[2]] = 3
    assert made.read(spikes.cumsum(axis=0), 1) == ["a", "c"]
    assert made.read(np.zeros((8, 128)), 1) == [None, None]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: machine(12), "n must be at least 13 neurons for 3 states, got 12"),
        (lambda: machine(weight_cv=-1.0), "weight_cv must be finite and not below 0"),
        (lambda: StateMachine.wire([("a", "x", "b")], 128), "must lead from the state a to one of"),
        (lambda: machine().sample("xz"), "inputs must be of x, y, got 'z'"),
        (
            lambda: machine().sample("x", period_ms=[200]),
            "period_ms must be more than 200 and a multiple of 50, got 200",
        ),
        (
            lambda: machine().sample("x", period_ms=333),
            "period_ms must be more than 200 and a multiple of 50, got 333",
        ),
        (lambda: machine().sample("xx", period_ms=[300]), "period_ms must be one number, or 2"),
        (
            lambda: machine().read(np.zeros((7, 128)), 1),
            r"counts must be \(8, 128\), readings and neurons, got \(7, 128\)",
        ),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
