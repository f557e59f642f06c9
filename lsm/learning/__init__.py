"""Learning that reaches a reservoir's own weights."""

from lsm.learning.eprop import EProp, Gradients, Rule
from lsm.learning.network import Network
from lsm.learning.readout import LeakyReadout, Targets

__all__ = ["EProp", "Gradients", "LeakyReadout", "Network", "Rule", "Targets"]
