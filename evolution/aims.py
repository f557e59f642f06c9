"""Aims that liquids may have."""

#: The sign of each: 1 where more is better, -1 where less is.
AIMS = {"accuracy": 1.0, "spikes": -1.0, "neurons": -1.0}
