"""Liquids that divide the work, or are wired otherwise, as methods of ``compare.py``.

``--methods experiments.studies.compare.divided:states`` and so on. Cameras are heard by receptive
fields, other sensors as default liquids do. Liquids have 300 neurons, and three of them are as
many as one of 900.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from lsm import (
    ActivityThreshold,
    DistanceWiring,
    InputWiring,
    LSMClassifier,
    LSMEnsemble,
    NoWiring,
    PartitionedInputs,
    RandomLiquid,
    ReceptiveFieldInputs,
)
from lsm.spikes.address_events import SensorSize
from lsm.topology import MotifWiring, RingWithJumps, Wiring
from readouts import RidgeReadout

NEURONS, MEMBERS = 300, 3
#: Of the synapses of one liquid the longest, of another the shortest, in units of the positions.
REACH = 5.0
SHORT = DistanceWiring(longest=REACH)
LONG = DistanceWiring((0.1, 0.1, 0.1, 0.0), length=10.0, weight_falls=False, shortest=REACH)
#: Steps of a ring that a jump spans.
JUMP = 10
#: Means from which on a neuron's bin is left out, in spikes.
ACTIVITIES = (1.0, 2.0, 4.0, 8.0, 16.0, np.inf)


def _fields(sensor_size: SensorSize) -> dict[str, Any]:
    return {"receptive_field": "auto"} if sensor_size[1] > 1 else {}


def _liquid(sensor_size: SensorSize, *, wiring: Wiring | None = None, **given: Any) -> Any:
    liquid = RandomLiquid(NEURONS, wiring=wiring, **_fields(sensor_size))
    return LSMClassifier(liquid, sensor_size=sensor_size, **given)


def averaged(*, random_state: int, sensor_size: SensorSize) -> Any:
    """Three liquids, the mean of their probabilities."""
    return LSMEnsemble(_liquid(sensor_size), n_liquids=MEMBERS, random_state=random_state)


def states(*, random_state: int, sensor_size: SensorSize) -> Any:
    """Three liquids, one readout on all of their states."""
    return averaged(random_state=random_state, sensor_size=sensor_size).set_params(combine="states")


def mixed(*, random_state: int, sensor_size: SensorSize) -> Any:
    """Two liquids with receptive fields, one that hears places from everywhere, and one readout."""
    members = [
        LSMClassifier(RandomLiquid(NEURONS, receptive_field=field), sensor_size=sensor_size)
        for field in ("auto", "auto", None)
    ]
    return LSMEnsemble(members, combine="states", random_state=random_state)


def lengths(*, random_state: int, sensor_size: SensorSize) -> Any:
    """Three liquids, with short synapses, long ones and none, and one readout."""
    members = [_liquid(sensor_size, wiring=wiring) for wiring in (SHORT, LONG, NoWiring())]
    return LSMEnsemble(members, combine="states", random_state=random_state)


def stretches(*, random_state: int, sensor_size: SensorSize) -> Any:
    """Three partitions of 900 neurons, each of which hears a third of a sample's time."""
    width, height, polarities = sensor_size
    each: Any = InputWiring(weight_pA=0.0, weight_sd_pA=50.0)
    if "receptive_field" in _fields(sensor_size):
        each = ReceptiveFieldInputs((width, height, MEMBERS * polarities))
    liquid = RandomLiquid(
        MEMBERS * NEURONS,
        inputs=PartitionedInputs(MEMBERS, each),
        wiring=MotifWiring(MEMBERS, within=(0.01,) * 4, between=(0.0,) * 4),
    )
    return make_pipeline(
        FunctionTransformer(lambda spikes: spikes.stretches(MEMBERS)),
        LSMClassifier(liquid, random_state=random_state),
    )


def places(*, random_state: int, sensor_size: SensorSize) -> Any:
    """Three partitions of 900 neurons, each of which hears a third of the sensor, by columns."""
    width = sensor_size[0]
    columns = np.arange(np.prod(sensor_size)) % width
    inputs = PartitionedInputs(
        columns * MEMBERS // width, InputWiring(weight_pA=0.0, weight_sd_pA=50.0)
    )
    liquid = RandomLiquid(MEMBERS * NEURONS, inputs=inputs)
    return LSMClassifier(liquid, random_state=random_state)


def ring(*, random_state: int, sensor_size: SensorSize) -> Any:
    """A ring with jumps."""
    wiring = RingWithJumps(JUMP)
    return _liquid(sensor_size, wiring=wiring, random_state=random_state)


def alone(*, random_state: int, sensor_size: SensorSize) -> Any:
    """No recurrent synapses."""
    return _liquid(sensor_size, wiring=NoWiring(), random_state=random_state)


def calm(*, random_state: int, sensor_size: SensorSize) -> Any:
    """Bins that are too busy are left out, by a threshold from folds of the training samples."""
    readout = GridSearchCV(
        make_pipeline(ActivityThreshold(np.inf), RidgeReadout()),
        {"activitythreshold__most": ACTIVITIES},
        error_score=0.0,
    )
    return _liquid(sensor_size, readout=readout, random_state=random_state)
