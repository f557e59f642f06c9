"""Calls with units of learning."""

from __future__ import annotations

import numpy as np

from lsm import learning
from lsm.learning.activity import run_batch
from lsm.simulation import record_batch
from tests.units.given import DT, SPIKES, Case, reservoir

LABELS = np.array([0, 1, 0, 1])
TARGETS = learning.Targets(LABELS, window_ms=10.0)
TRAINER = learning.Trainer(batch_size=2, iterations=2)
READOUT = learning.LeakyReadout.random(2, 12, random_state=0)


def network():
    return learning.Network(reservoir(), READOUT, SPIKES.n_channels)


def outputs(**given):
    return READOUT.outputs(run_batch(reservoir(), SPIKES).neurons, **given)


def gradients(rule, **given):
    rest = {"target": "auto", "rng": np.random.default_rng(0)}
    return rule.gradients(network(), SPIKES, TARGETS, **{"dt_ms": 1.0} | rest | given)


def of_activity(**given):
    activity = run_batch(reservoir(), SPIKES, dt_ms=0.5)
    return learning.EProp().of_activity(network(), activity, TARGETS, **given)


def compare(targets, **given):
    values = np.random.default_rng(0).random((40, 4, 2))
    return targets.compare(values, np.full(4, 40), **{"dt_ms": 1.0} | given)


def train(*, dt_ms=1.0, **given):
    trainer = learning.Trainer(batch_size=2, iterations=2, **given)
    return trainer.train(reservoir(), SPIKES, LABELS, dt_ms=dt_ms)


CASES: dict[str, Case] = {
    "lsm.learning.EProp": Case(
        lambda **given: gradients(learning.EProp(rate_strength=9.0, **given)),
        {"rate_target_Hz": 20.0},
    ),
    "lsm.learning.EProp.gradients": Case(lambda **given: gradients(learning.EProp(), **given), DT),
    "lsm.learning.EProp.of_activity": Case(of_activity, DT),
    "lsm.learning.LeakyReadout": Case(
        lambda **given: learning.LeakyReadout(READOUT.weights, **given), {"tau_ms": 30.0}
    ),
    "lsm.learning.LeakyReadout.random": Case(
        lambda **given: learning.LeakyReadout.random(2, 3, random_state=0, **given),
        {"tau_ms": 30.0},
    ),
    "lsm.learning.LeakyReadout.outputs": Case(outputs, DT),
    "lsm.learning.LeakyReadout.back": Case(
        lambda **given: READOUT.back(np.ones((5, 4, 2)), **given), DT
    ),
    "lsm.learning.Network": Case(
        lambda **given: learning.Network(reservoir(), READOUT, SPIKES.n_channels, **given).dt_ms, DT
    ),
    "lsm.learning.NodePerturbation.gradients": Case(
        lambda **given: gradients(learning.NodePerturbation(copies=2), **given), DT
    ),
    "lsm.learning.RewardModulated.gradients": Case(
        lambda **given: gradients(learning.RewardModulated(), **given), DT
    ),
    "lsm.learning.Targets": Case(
        lambda **given: compare(learning.Targets(LABELS, **given)), {"window_ms": 20.0}
    ),
    "lsm.learning.Targets.check": Case(lambda **given: TARGETS.check(np.full(4, 40), **given), DT),
    "lsm.learning.Targets.counted": Case(
        lambda **given: TARGETS.counted(np.full(4, 40), **given), DT
    ),
    "lsm.learning.Targets.compare": Case(lambda **given: compare(TARGETS, **given), DT),
    "lsm.learning.Trainer": Case(train, {"window_ms": 20.0, "unit_pA": 30.0, "unit_ms": 5.0}),
    "lsm.learning.Trainer.train": Case(train, DT),
    "lsm.learning.eprop": Case(
        lambda **given: learning.eprop(
            reservoir(), SPIKES, LABELS, trainer=TRAINER, random_state=0, **given
        ),
        DT,
    ),
    "lsm.learning.mean_outputs": Case(
        lambda **given: learning.mean_outputs(network(), SPIKES, **given), DT | {"window_ms": 20.0}
    ),
    "lsm.learning.evaluate": Case(
        lambda **given: learning.evaluate(network(), SPIKES, TARGETS, **given), DT
    ),
    "lsm.simulation.record_batch": Case(
        lambda **given: record_batch(reservoir(), SPIKES[0], {"u": 1}, **given), DT
    ),
}
