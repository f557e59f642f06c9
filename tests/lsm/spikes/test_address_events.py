"""Events under other programs' names of fields, and with polarities -1 and 1."""

import numpy as np
import pytest

from lsm import SpikeTrains
from lsm.estimators.inputs import sensor_of
from tasks.events import pooled_spikes
from tests.lsm.estimators.data import SENSOR, gestures

EVENTS, _ = gestures(3)


def under(names, kind, off=0):
    """The same events with other names, and polarities of another kind."""
    found = []
    for sample in EVENTS:
        dtype = [("x", "u2"), ("y", "u2"), (names[0], "u8"), (names[1], kind)]
        events = np.zeros(len(sample), dtype)
        for name, ours in zip(events.dtype.names, "xytp", strict=True):
            events[name] = sample[ours]
        events[names[1]] = np.where(sample["p"], 1, off)
        found.append(events)
    return found


@pytest.mark.parametrize(
    ("names", "kind", "off"),
    [
        (("t", "p"), "i1", 0),
        (("timestamp", "polarity"), "?", 0),  # dv-processing
        (("t", "on"), "?", 0),  # event_stream
        (("t", "p"), "i1", -1),
        (("timestamp", "polarity"), "i2", -1),
        (("t", "p"), "f4", -1),
    ],
)
def test_names_and_polarities_of_other_programs_make_no_difference(names, kind, off):
    events = under(names, kind, off)
    before = [sample.copy() for sample in events]
    assert SpikeTrains.from_events(events, sensor_size=SENSOR) == SpikeTrains.from_events(
        EVENTS, sensor_size=SENSOR
    )
    assert sensor_of(events, None) == SENSOR
    pooled = [
        pooled_spikes([("a", one[0])], sensor_size=SENSOR, pool=2) for one in (events, EVENTS)
    ]
    assert pooled[0] == pooled[1]
    for sample, same in zip(events, before, strict=True):  # what was given stays what it is
        np.testing.assert_array_equal(sample, same)


def test_three_polarities_are_refused():
    events = under(("t", "p"), "i1")
    events[1]["p"][:3] = -1, 0, 1
    with pytest.raises(ValueError, match=r"field p must lie in 0\.\.1 .*, got -1"):
        SpikeTrains.from_events(events, sensor_size=SENSOR)


def test_fields_that_are_missing_are_named():
    events = under(("time", "p"), "i1")
    with pytest.raises(ValueError, match=r"fields \['t', .*'p'\], got \['x', 'y', 'time', 'p'\]"):
        SpikeTrains.from_events(events, sensor_size=SENSOR)
