"""Learning that reaches a reservoir's own weights.

``Trainer(EProp(), Adam()).train(reservoir, spikes, y)`` gives a :class:`Trained` network: the
reservoir with other weights, its leaky readout, and a learning curve. A :class:`Rule` makes
gradients of a batch, an optimizer (:class:`Adam`, :class:`GradientDescent`) makes steps of them,
:class:`Devices` hold weights as hardware does, and :class:`Trainer` does it again and again.
:func:`eprop` does all this with settings that suit the samples.

Forward passes are those of the compiled program (``activity``); ``backward`` sweeps back through
what they leave, ``eligibility`` has the published traces, one for each synapse, ``synaptic`` makes
gradients of weights and delays, and ``perturbation`` learns from noise instead.
"""

from lsm.learning.checkpoint import Progress
from lsm.learning.devices import Devices
from lsm.learning.eligibility import EligibilityTraces
from lsm.learning.eprop import EProp, Gradients, Rule
from lsm.learning.evaluation import evaluate, mean_outputs
from lsm.learning.network import Network
from lsm.learning.optimizers import Adam, GradientDescent
from lsm.learning.perturbation import NodePerturbation, RewardModulated
from lsm.learning.pretraining import default_trainer, eprop
from lsm.learning.readout import LeakyReadout
from lsm.learning.targets import Targets
from lsm.learning.trained import LearningCurve, Trained
from lsm.learning.training import Trainer

__all__ = [
    "Adam",
    "Devices",
    "EProp",
    "EligibilityTraces",
    "GradientDescent",
    "Gradients",
    "LeakyReadout",
    "LearningCurve",
    "Network",
    "NodePerturbation",
    "Progress",
    "RewardModulated",
    "Rule",
    "Targets",
    "Trained",
    "Trainer",
    "default_trainer",
    "eprop",
    "evaluate",
    "mean_outputs",
]
