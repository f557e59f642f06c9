"""Training of rate networks by backpropagation through time, in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from lsm.base.checks import positive
from lsm.base.quantities import convert_fields
from lsm.conversion.sigmoid import SigmoidNetwork
from lsm.learning.optimizers import Adam

Floats = NDArray[np.float64]
#: What is learned: sizes of weights, readout, and time constants before they are squashed.
Learned = dict[str, Floats]


class Trials(Protocol):
    """Trials of a task, such as :class:`tasks.cognitive.Trials`.

    Attributes
    ----------
    inputs : array (trials, steps, channels)
    targets : array (trials, steps)
        What the output should be.
    """

    @property
    def inputs(self) -> Floats:
        """Inputs of the network, (trials, steps, channels)."""

    @property
    def targets(self) -> Floats:
        """Targets of the output, (trials, steps)."""

    def correct(self, outputs: Floats) -> NDArray[np.bool_]:
        """Whether outputs (trials, steps) answer each trial, (trials,)."""


#: Draws so many trials from a generator.
DrawTrials = Callable[[int, Generator], Trials]


@dataclass(frozen=True)
class TrainingSettings:
    """How a network is drawn and trained.

    Shares, gain, time constants and noise are those of the program of Kim et al. 2019. It learns
    from single trials at a rate of .01; batches that hold all conditions learn in fewer steps. As
    there, a task that is learned is learned some more: without that few networks bear conversion.

    Parameters
    ----------
    units : int
    p, inhibitory : float
        Share of the pairs that are connected, and of the units that are inhibitory.
    gain : float
        Sizes of weights are gain ``|N(0, 1)|`` / sqrt(p units) at the start; those of inhibitory
        units are as many times larger as these are fewer, so that units start in balance.
    tau_ms : (float, float)
        Between which time constants are learned.
    noise : float
        Added to each unit in each step.
    learning_rate : float
        Of Adam.
    batch : int
        Trials of a step of learning.
    most : int
        Steps of learning after which it stops anyway.
    every : int
        Steps from one check on new trials to the next.
    accuracy : float
        What a check must find for the task to be learned.
    more : int
        Steps of learning that follow on the first such check.
    """

    units: int = 250
    p: float = 0.2
    inhibitory: float = 0.2
    gain: float = 1.5
    tau_ms: tuple[float, float] = (20.0, 100.0)
    noise: float = 0.1
    learning_rate: float = 0.005
    batch: int = 8
    most: int = 1500
    every: int = 25
    accuracy: float = 0.99
    more: int = 300

    def __post_init__(self) -> None:
        convert_fields(self)


@dataclass
class Weights:
    """A network while it is trained.

    Attributes
    ----------
    signs : array (units,)
        1 of excitatory units, -1 of inhibitory ones (Dale's law).
    exists : bool array (units, units)
        Which weights there are.
    input : array (units, channels)
        Not trained.
    learned : dict
        ``sizes`` (units, units) from 0 on, ``output`` (units,), ``squashed`` (units,), whose
        logistic function is the place of the time constant in its range.
    """

    signs: Floats
    exists: NDArray[np.bool_]
    input: Floats
    tau_ms: tuple[float, float]
    learned: Learned = field(default_factory=dict)

    @classmethod
    def sample(cls, channels: int, settings: TrainingSettings, rng: Generator) -> Weights:
        """The weights that a training begins with."""
        n = settings.units
        exists = rng.random((n, n)) < settings.p
        sizes = settings.gain / np.sqrt(settings.p * n) * np.abs(rng.standard_normal((n, n)))
        signs = np.where(rng.random(n) < settings.inhibitory, -1.0, 1.0)
        sizes[:, signs < 0] *= (1 - settings.inhibitory) / settings.inhibitory
        return cls(
            signs=signs,
            exists=exists,
            input=rng.standard_normal((n, channels)),
            tau_ms=settings.tau_ms,
            learned={
                "sizes": sizes * exists,
                "output": 0.01 * rng.standard_normal(n),
                "squashed": rng.standard_normal(n),
            },
        )

    @property
    def tau(self) -> Floats:
        """Time constants in ms, (units,)."""
        low, high = self.tau_ms
        return low + (high - low) * expit(self.learned["squashed"])

    def network(self) -> SigmoidNetwork:
        """The network with these weights."""
        return SigmoidNetwork(
            self.learned["sizes"] * self.signs, self.input, self.learned["output"], self.tau
        )


def loss_and_gradient(
    weights: Weights, trials: Trials, start: Floats, noise: Floats, *, step_ms: float = 5.0
) -> tuple[float, Learned]:
    """Mean squared error of the output, and its derivatives by what is learned.

    Parameters
    ----------
    start : array (trials, units)
        x in the first step.
    noise : array (steps - 1, trials, units)
        Added in each step after it.
    step_ms : float
        Time from one step of the signals to the next.
    """
    learned, share = weights.learned, step_ms / weights.tau
    recurrent, output = learned["sizes"] * weights.signs, learned["output"]
    steps = trials.inputs.shape[1]
    driven = np.einsum("bsc,nc->sbn", trials.inputs, weights.input)
    x = start
    r, pull = np.empty_like(driven), np.empty_like(noise)
    r[0] = expit(x)
    for step in range(1, steps):
        pull[step - 1] = r[step - 1] @ recurrent.T + driven[step - 1] - x
        x = x + share * pull[step - 1] + noise[step - 1]
        r[step] = expit(x)
    error = r @ output - trials.targets.T  # (steps, trials)
    by_output = 2 * error / error.size

    by_x = np.empty_like(noise)  # of the steps after the first
    after = np.zeros_like(start)
    for step in range(steps - 1, 0, -1):
        by_r = by_output[step][:, None] * output + (share * after) @ recurrent
        after = by_r * r[step] * (1 - r[step]) + (1 - share) * after
        by_x[step - 1] = after
    pulled = (share * by_x).reshape(-1, len(share))
    squash = expit(learned["squashed"])
    by_tau = -np.einsum("sbn,sbn->n", by_x, pull) * step_ms / weights.tau**2
    return float(np.mean(error**2)), {
        "sizes": (pulled.T @ r[:-1].reshape(-1, len(share))) * weights.signs * weights.exists,
        "output": np.einsum("sb,sbn->n", by_output, r),
        "squashed": by_tau * np.ptp(weights.tau_ms) * squash * (1 - squash),
    }


@dataclass(frozen=True)
class TrainedRates:
    """A trained network, and the check that it stopped at.

    Attributes
    ----------
    network : SigmoidNetwork
    steps : int
        Of learning.
    accuracy, error : float
    """

    network: SigmoidNetwork
    steps: int
    accuracy: float
    error: float


def train_rates(
    draw_trials: DrawTrials,
    settings: TrainingSettings,
    rng: Generator,
    tick: Callable[[int, float, float], None] = lambda *_: None,
    *,
    step_ms: float = 5.0,
) -> TrainedRates:
    """Train a network on a task until it has learned it, and some more.

    Weights whose size would fall below 0 stay at 0; what isn't connected stays so.

    Parameters
    ----------
    draw_trials : callable
        ``draw_trials(number, rng)`` gives so many new trials of the task.
    settings : TrainingSettings
    rng : Generator
        Draws the network, the trials and the noise.
    tick : callable
        Called with steps, accuracy and error of each check.
    step_ms : float
        Time from one step of the signals to the next.
    """
    step_ms = positive(step_ms, "step_ms")
    channels = draw_trials(1, np.random.default_rng(0)).inputs.shape[2]
    weights = Weights.sample(channels, settings, rng)
    adam = Adam(settings.learning_rate, corrected=True)
    kept = adam.start(weights.learned)
    learned = settings.most
    for step in range(1, settings.most + 1):
        trials = draw_trials(settings.batch, rng)
        start = 0.01 * rng.standard_normal((settings.batch, settings.units))
        steps = trials.inputs.shape[1] - 1
        noise = settings.noise * rng.standard_normal((steps, *start.shape))
        _, gradient = loss_and_gradient(weights, trials, start, noise, step_ms=step_ms)
        adam.move(weights.learned, gradient, kept)
        np.maximum(weights.learned["sizes"], 0.0, out=weights.learned["sizes"])
        if step % settings.every and step < settings.most:
            continue
        network, new = weights.network(), draw_trials(100, rng)
        outputs = network.run(new.inputs, step_ms=step_ms, noise=settings.noise, random_state=rng)[
            ..., 0
        ]
        accuracy = float(new.correct(outputs).mean())
        error = float(np.mean((outputs - new.targets) ** 2))
        tick(step, accuracy, error)
        if accuracy >= settings.accuracy:
            learned = min(learned, step)
            if step >= learned + settings.more:
                break
    return TrainedRates(network, step, accuracy, error)
