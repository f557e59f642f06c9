"""Path integration: where one is, at each step, from what a liquid holds of one's velocity."""

from __future__ import annotations

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from experiments.studies.ideas import IdeasSettings
from experiments.studies.ideas.legendre import legendre_liquid
from experiments.studies.ideas.readings import slow_liquid
from lsm import LiquidTransformer, Reservoir
from lsm.simulation import trajectories
from readouts import RidgeRegressionReadout
from tasks import make_task, step_controls
from tasks.forecasts import nrmse
from tasks.step_controls import SAMPLES as MOST

#: Samples of each quadrant.
SAMPLES = 150
#: Time between two readings, and time constants of the traces that are read.
EVERY_MS, TRACES = 20.0, "traces:20,100,500"
#: Of a Legendre memory, of which the first coefficient, the mean, is all that is asked for.
ORDER = 3


def positions(settings: IdeasSettings, seed: int) -> dict[str, float]:
    """NRMSE of the position in the readings of test samples."""
    task = make_task("Path", random_state=seed, samples_per_class=settings.samples or SAMPLES)
    assert task.targets is not None
    spikes, training = task.spikes, task.spikes[task.training]
    train = task.training[:MOST]  # as the controls have it
    duration_ms, n_channels = float(spikes.durations_ms[0]), spikes.n_channels
    values = task.targets.values[:, round(EVERY_MS) - 1 :: round(EVERY_MS)]

    def error(reservoir: Reservoir, state: str = TRACES) -> float:
        states = np.stack(
            [each[0] for each in trajectories(reservoir, spikes, every_ms=EVERY_MS, state=state)]
        ).astype(np.float64)
        readout = RidgeRegressionReadout().fit(_rows(states[train]), _rows(values[train]))
        return nrmse(_rows(values[task.test]), readout.predict(_rows(states[task.test])))

    drawn = LiquidTransformer(settings.neurons, random_state=seed).fit(training).reservoir_
    slow = slow_liquid(settings.neurons, training, seed)
    # A direction's ten channels are heard as one, and opposite ones as one signed velocity.
    signs = np.repeat([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], n_channels // 4, axis=0)
    u = np.einsum("sct,ck->skt", training.to_dense(1.0), signs)
    legendre = legendre_liquid(
        u,
        ORDER,
        settings.neurons // 2,
        theta_ms=duration_ms,
        step_ms=1.0,
        weights=signs,
        mixed=False,
        rng=default_rng(seed),
    )
    return {
        "drawn liquid": error(drawn),
        "drawn liquid with long delays": error(slow),
        "Legendre in spikes": error(legendre.reservoir, legendre.state),
    } | {f"no liquid, {name}": value for name, value in step_controls(task).items()}


def _rows(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values.reshape(-1, values.shape[-1])
