"""Spikes: :class:`SpikeTrains`, and how recordings of other programs and of sensors become them."""

from lsm.spikes.trains import SpikeTrains

__all__ = ["SpikeTrains"]
