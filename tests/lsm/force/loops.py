"""Small closed loops to test with."""

from dataclasses import fields

import numpy as np

from lsm.force import Probes, force_reservoir, train_force
from lsm.topology import MatrixWiring
from readouts import ForceReadout, ThreeFactorReadout

DT_MS = 0.1
GATED = {"readout": ThreeFactorReadout()}
GATE = np.repeat([0.0, 0.5, 2.0], 200)
EVERYTHING = Probes(every=5, potentials=(0, 3), weights=None, filtered=None)


def sines(steps, outputs=2):
    t = np.arange(steps) * DT_MS / 1e3
    return np.stack([np.sin(2 * np.pi * (5 + 2 * k) * t) for k in range(outputs)], axis=1)


def network(n=120, model="lif", seed=0, delay_ms=0.0, **parameters):
    reservoir = force_reservoir(
        model,
        n,
        gain={"lif": 0.1, "izhikevich": 5e3, "theta": 15.0}[model],
        parameters=parameters,
        random_state=seed,
    )
    wiring = reservoir.wiring
    return reservoir.replace(wiring=MatrixWiring(wiring.weight_pA, delay_ms=delay_ms, dale=False))


def train(reservoir, target, **changes):
    options = {
        "feedback": 30.0,
        "dt_ms": DT_MS,
        "learn": (10, 80),
        "every": 5,
        "readout": ForceReadout(1e4),
        "probes": EVERYTHING,
        "random_state": 1,
        "progress": False,
    }
    return train_force(reservoir, target, **options | changes)


def assert_same(run, expected):
    for name in (field.name for field in fields(run)):
        if isinstance(getattr(run, name), np.ndarray):
            np.testing.assert_array_equal(getattr(run, name), getattr(expected, name), err_msg=name)
    np.testing.assert_array_equal(run.decoder, expected.decoder)
    for name, value in vars(run.readout).items():
        np.testing.assert_array_equal(value, getattr(expected.readout, name), err_msg=name)
