"""Reservoirs in NEST and PyNN, spike by spike as :func:`lsm.simulate` has them.

:func:`to_nest` makes a reservoir that hears one sample in NEST's kernel, :func:`to_pynn` in any
simulator that PyNN runs. Both know what these do otherwise (:mod:`lsm.exchange.translation`): they
round refractory times and delays by rules of their own, stamp a spike with the end of its step,
need a step for every delay, and have a step at rest before anything can arrive. What came out is
read back in this package's times: ``objects.spikes()``.

They calculate in double precision; ``record(..., precision="double")`` does too. Plain Brian2
objects come from :meth:`lsm.Reservoir.to_brian2`, graphs for neuromorphic tools from
:mod:`lsm.nir`.
"""

from lsm.exchange.nest import NestObjects, to_nest
from lsm.exchange.pynn import PyNNObjects, to_pynn

__all__ = ["NestObjects", "PyNNObjects", "to_nest", "to_pynn"]
