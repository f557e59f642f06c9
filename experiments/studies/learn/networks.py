"""The published networks, before they are trained.

Bellec et al. 2020, Nature Communications 11:3625, with the numbers of NEST 3.10's examples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm import Reservoir
from lsm.learning import Adam, GradientDescent, LeakyReadout, Network
from lsm.learning.optimizers import Optimizer
from lsm.neurons import ALIF
from lsm.topology import MatrixInputs, MatrixWiring

#: Strength and target of the rates' regularisation.
RATE_STRENGTH, RATE_TARGET_HZ = 300.0, 10.0
#: How weights follow gradients, and the published rates. That of plain descent is for the sum of
#: the losses of 1000 steps; here losses are means.
OPTIMIZERS: dict[str, Callable[[float], Optimizer]] = {"adam": Adam, "gradient": GradientDescent}
LEARNING_RATES = {"adam": 5e-3, "gradient": 0.1}
_TAU_A_MS = 2000.0
#: Beta of adaptive neurons is this times (1 - rho) / (1 - a).
_ADAPTATION = 1.7


@dataclass(frozen=True)
class Published:
    """How a network of the paper is drawn and trained.

    Attributes
    ----------
    tau_ms : float
        Of the membranes and of the readout.
    v_threshold_mV : float
    refractory_steps : int
    adaptive : bool
        Whether the thresholds of the second half of the neurons adapt.
    whole_arrival : bool
        Whether a spike adds its whole weight to a potential, or (1 - a) of it.
    optimizer : str
        Of `OPTIMIZERS`.
    batch_size, iterations : int
    goal : float or None
        Error on held-out samples that ends the training.
    broad_feedback : bool
        Whether feedback is from N(0, 1), or from N(0, 1 / neurons).
    """

    tau_ms: float
    v_threshold_mV: float
    refractory_steps: int
    adaptive: bool
    whole_arrival: bool
    optimizer: str
    batch_size: int
    iterations: int
    goal: float | None
    broad_feedback: bool

    def sample(
        self,
        n_channels: int,
        n_outputs: int,
        *,
        n_neurons: int,
        adaptive: bool,
        rng: Generator,
        density: float = 1.0,
    ) -> Network:
        """Draw a network: all to all, weights from N(0, 1 / sources), without self-connections.

        With a `density` below 1 so many of the recurrent synapses are there, from N(0, 1 /
        (density sources)): what a neuron gets varies as much.
        """
        a, n = np.exp(-1 / self.tau_ms), n_neurons
        beta = np.zeros(n)
        if adaptive and self.adaptive:
            beta[n // 2 :] = _ADAPTATION * (1 - np.exp(-1 / _TAU_A_MS)) / (1 - a)
        from_inputs = rng.normal(0, 1 / np.sqrt(n_channels), (n_channels, n))
        recurrent = rng.normal(0, 1 / np.sqrt(n), (n, n))
        np.fill_diagonal(recurrent, 0)
        readout = LeakyReadout.random(n_outputs, n, tau_ms=self.tau_ms, random_state=rng)
        recurrent *= (rng.random((n, n)) < density) / np.sqrt(density)
        reservoir = Reservoir(
            model=ALIF,
            parameters={
                "tau_m_ms": self.tau_ms,
                "tau_a_ms": _TAU_A_MS,
                "beta_mV": beta,
                "r_Gohm": 1 / (1 - a) if self.whole_arrival else 1.0,
                "t_ref_ms": max(0, self.refractory_steps - 1),  # beside the step of the spike
                "v_rest_mV": 0.0,
                "v_threshold_mV": self.v_threshold_mV,
            },
            excitatory=np.ones(n, dtype=bool),
            positions=np.zeros((n, 2)),
            keys=np.arange(n, dtype=np.uint64),
            # What arrives in a step counts in the next one, so that a delay of 0 is one step.
            wiring=MatrixWiring(recurrent, delay_ms=0.0, dale=False),
            inputs=MatrixInputs(from_inputs),
        )
        return Network(reservoir, readout, n_channels)

    def feedback(self, n_outputs: int, n_neurons: int, *, rng: Generator) -> NDArray[np.float64]:
        """Draw weights (outputs, neurons) by which errors become learning signals."""
        sd = 1.0 if self.broad_feedback else 1 / np.sqrt(n_neurons)
        return rng.normal(0, sd, (n_outputs, n_neurons))


#: Evidence accumulation, which stands for all tasks of classes.
CLASSES = Published(
    tau_ms=20.0,
    v_threshold_mV=0.6,
    refractory_steps=5,
    adaptive=True,
    whole_arrival=True,
    optimizer="adam",
    batch_size=64,
    iterations=300,
    goal=0.07,
    broad_feedback=True,
)
#: Pattern generation, which stands for all tasks of values at each step.
VALUES = Published(
    tau_ms=30.0,
    v_threshold_mV=0.03,
    refractory_steps=0,
    adaptive=False,
    whole_arrival=False,
    optimizer="gradient",
    batch_size=1,
    iterations=1000,
    goal=None,
    broad_feedback=False,
)
