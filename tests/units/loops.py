"""Calls with units of closed loops and converted networks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from lsm import force, machines
from lsm.conversion import (
    SpikingTrials,
    TrainingSettings,
    compare_trials,
    run_trials,
    to_spiking,
    train_rates,
)
from readouts import ForceReadout
from tasks.closed_loop import Course, run_alone, train_network
from tasks.cognitive import make_trials
from tasks.targets import TARGETS, Target, make_protocol, make_target
from tests.units.given import SINE, Case, network, network_of, rate_network


def _trained_rates(**given):
    trained = train_rates(
        lambda number, rng: make_trials("go-nogo", number, random_state=rng),
        TrainingSettings(units=4, most=1),
        np.random.default_rng(0),
        **given,
    )
    return trained.network.recurrent, trained.error


def _trained(**changes):
    given = {
        "feedback": np.full((10, 1), 30.0),
        "dt_ms": 0.5,
        "learn": (5.0, 15.0),
        "teach": [(2.0, 3.0), (4.0, 5.0)],
        "duration_ms": 25.0,
        "input_weights": np.arange(10.0)[:, np.newaxis],
        "rise_ms": 3.0,
        "decay_ms": 25.0,
        "start_mV": -60.0 + 2 * np.arange(10),
    }
    trained = force.train_force(
        rate_network(),
        np.sin(np.arange(60.0)),
        readout=ForceReadout(alpha=1.0),
        every=2,
        inputs=np.ones(60),
        random_state=0,
        progress=False,
        **given | changes,
    )
    return trained.t_ms, trained.outputs, trained.decoder, trained.feedback


def state_machine():
    edges = [("a", "x", "b"), ("b", "x", "a")]
    return machines.StateMachine.wire(edges, 20, random_state=0)


@cache
def trained():
    return force.train_force(
        rate_network(),
        SINE[:50],
        readout=ForceReadout(alpha=1.0),
        feedback=30.0,
        dt_ms=0.5,
        learn=None,
        random_state=0,
        progress=False,
    )


def _ran_on(**given):
    later = trained().run(target=SINE[:50], **given)
    return later.t_ms, later.outputs, later.decoder


def _ran_alone(**given):
    target = Target("sine", SINE[:90], 0.5, TARGETS["pitchfork"])  # which has no period
    return run_alone(trained(), target, **given)


PROTOCOL = make_protocol(
    "sine", "rate", n_neurons=10, learn_ms=(5.0, 10.0), duration_ms=20.0, alpha=1.0
)


def _trained_network(**given):
    target = make_target("sine", duration_ms=20.0, dt_ms=PROTOCOL.settings.dt_ms)
    network = train_network(PROTOCOL, target, network=0, random_state=0, progress=False, **given)
    return network.outputs, network.decoder, network.feedback


CASES: dict[str, Case] = {
    "tasks.closed_loop.Course.between": Case(
        lambda **given: repr(Course(PROTOCOL, trained(), SINE[:50]).between(**given)),
        {"begin_ms": 5.0, "end_ms": 10.0},
    ),
    "tasks.closed_loop.train_network": Case(
        _trained_network, {"feedback": np.arange(10.0)[:, np.newaxis]}
    ),
    "tasks.closed_loop.run_alone": Case(_ran_alone, {"settle_ms": 5.0}),
    "lsm.conversion.SigmoidNetwork": Case(
        lambda **given: replace(network(), **given), {"tau_ms": np.array([20.0, 30.0, 40.0])}
    ),
    "lsm.conversion.SigmoidNetwork.run": Case(
        lambda **given: network().run(np.ones((1, 5, 1)), random_state=0, **given), {"step_ms": 4.0}
    ),
    "lsm.conversion.TrainingSettings": Case(
        lambda **given: TrainingSettings(**given).tau_ms, {"tau_ms": (20.0, 100.0)}
    ),
    "lsm.conversion.train_rates": Case(_trained_rates, {"step_ms": 4.0}),
    "lsm.conversion.SpikingTrials": Case(
        lambda **given: SpikingTrials(
            outputs=np.ones((1, 1, 1)), spike_trials=np.zeros(1), spike_neurons=np.zeros(1), **given
        ),
        {"rates_Hz": np.array([[5.0]]), "spike_times_ms": np.array([3.0])},
    ),
    "lsm.conversion.run_trials": Case(
        lambda **given: run_trials(network(), 20.0, np.ones((1, 5, 1)), random_state=0, **given),
        {"step_ms": 4.0, "noise_mV": 2.0, "dt_ms": 0.5},
    ),
    "lsm.conversion.compare_trials": Case(
        lambda **given: compare_trials(
            network(), 20.0, np.ones((1, 5, 1)), random_state=0, **given
        ),
        {"step_ms": 4.0},
    ),
    "lsm.conversion.to_spiking": Case(
        lambda **given: to_spiking(network(), 20.0, **given), {"noise_mV": 2.0, "dt_ms": 0.5}
    ),
    "lsm.force.Published": Case(
        lambda **given: replace(force.PUBLISHED["lif"], **given), {"area_pA_s": 2.0}
    ),
    "lsm.force.RateNetwork.held": Case(
        lambda **given: rate_network().held(**given), {"current_pA": 3.0 * np.arange(10)}
    ),
    "lsm.force.RateNetwork.rate": Case(
        lambda **given: rate_network().rate(**given), {"held_mV": -50.0 + 2 * np.arange(10)}
    ),
    "lsm.force.Trained": Case(
        lambda **given: [getattr(replace(trained(), **given), name) for name in given],
        dict.fromkeys(("t_ms", "spike_times_ms", "probe_t_ms"), np.array([1.0, 2.0])),
    ),
    "lsm.force.Trained.run": Case(
        _ran_on, {"duration_ms": 20.0, "learn": (30.0, 40.0), "teach": [(26.0, 28.0)]}
    ),
    "lsm.force.train_force": Case(
        _trained,
        {
            "feedback": 20.0,
            "dt_ms": 0.5,
            "learn": [(1.0, 2.0), (4.0, 5.0)],
            "teach": (2.0, 3.0),
            "duration_ms": 8.0,
            "input_weights": np.arange(10.0)[::-1, np.newaxis],
            "rise_ms": 4.0,
            "decay_ms": 30.0,
            "start_mV": -65.0 + 2 * np.arange(10),
        },
    ),
    "lsm.force.force_reservoir": Case(
        network_of(force.force_reservoir, model="lif", n=8, gain=0.1, random_state=0),
        {"parameters": {"tau_syn_ms": 30.0, "i_background_pA": -30.0}},
    ),
    "lsm.machines.StateMachine.bounds_ms": Case(
        lambda **given: state_machine().bounds_ms(2, **given), {"period_ms": 300.0}
    ),
    "lsm.machines.StateMachine.sample": Case(
        lambda **given: state_machine().sample("xx", **given).times_ms, {"period_ms": 300.0}
    ),
    "lsm.machines.StateMachine.read": Case(
        lambda **given: state_machine().read(np.ones((9, 20)), 1, **given), {"period_ms": 300.0}
    ),
}
