"""FORCE learning: a readout that is fed back into its reservoir and learns while it runs.

:func:`train_force` trains any :class:`lsm.Reservoir` whose neurons take a current;
:func:`force_reservoir` makes the published networks, and :class:`RateNetwork` their rate-coded
sibling, which trains by a method of the same form. A :class:`Trained` network goes on running from
where it stopped.
"""

from lsm.force.rate import RateNetwork
from lsm.force.reservoirs import PUBLISHED, Published, force_reservoir
from lsm.force.train import train_force
from lsm.force.trained import Probes, Trained

__all__ = [
    "PUBLISHED",
    "Probes",
    "Published",
    "RateNetwork",
    "Trained",
    "force_reservoir",
    "train_force",
]
