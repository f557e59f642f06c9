"""The loop that trains a network: batches, early stopping, checkpoints, a learning curve."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from lsm.base.checks import not_negative, positive, positive_int, probability, whole_from_0
from lsm.base.files import expanded
from lsm.base.watching import is_watched
from lsm.learning.checkpoint import Progress, read_progress, write_progress
from lsm.learning.devices import Devices
from lsm.learning.eprop import EProp, Rule
from lsm.learning.evaluation import checked_outputs, evaluate
from lsm.learning.network import Network
from lsm.learning.optimizers import Adam, Arrays, Optimizer
from lsm.learning.readout import LeakyReadout
from lsm.learning.targets import Loss, Targets, check_loss
from lsm.learning.trained import LearningCurve, Trained
from lsm.learning.updates import Updates, are_numbers
from lsm.reservoir import Reservoir
from lsm.simulation.engine import checked_steps, listed
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains

#: Steps of a batch, of all samples together, that take minutes.
LONG_BATCH = 10_000_000
#: What the parts of a trainer have to do.
_METHODS = {"rule": "gradients", "optimizer": "move", "devices": "write"}


@dataclass(frozen=True)
class Trainer:
    """How a network is trained.

    Parameters
    ----------
    rule : Rule
        What gives gradients.
    optimizer : Optimizer
        How weights follow them.
    loss : {"cross_entropy", "squared_error"}
    window_ms : float, optional
        The last part of each sample, which the loss looks at; all of it by default.
    batch_size, iterations : int
        Samples are shuffled anew whenever all have been seen.
    unit_pA : float, optional
        In which the optimizer counts the weights of synapses; by default the root of the mean
        square of those of a part at the start.
    unit_ms : float
        In which it counts delays.
    devices : Devices, optional
        What holds the weights that are trained.
    validation_fraction : float
        Share of the samples that is held out, never trained on, and says which weights are best.
        They are drawn at random, whatever their class; where groups are given, a share of these.
    validate_every : int
        Iterations from one look at them to the next.
    patience : int, optional
        So many looks without a lower loss end the training.
    goal : float, optional
        An error on the part held out that ends the training.

    Raises
    ------
    ValueError, TypeError
        Numbers out of their ranges; patience or a goal without a part held out.
    """

    rule: Rule = field(default_factory=EProp)
    optimizer: Optimizer = field(default_factory=Adam)
    loss: Loss = "cross_entropy"
    window_ms: float | None = None
    batch_size: int = 64
    iterations: int = 100
    unit_pA: float | None = None
    unit_ms: float = 10.0
    devices: Devices | None = None
    validation_fraction: float = 0.0
    validate_every: int = 10
    patience: int | None = None
    goal: float | None = None

    def __post_init__(self) -> None:
        for name, needed in _METHODS.items():
            part = getattr(self, name)
            if part is None and name == "devices":
                continue
            if isinstance(part, type) or not hasattr(part, needed):
                raise TypeError(f"{name} must be an object with {needed}, got {part!r}")
        check_loss(self.loss)
        for name in ("batch_size", "iterations", "validate_every"):
            positive_int(getattr(self, name), name)
        for name in ("window_ms", "unit_pA", "unit_ms"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, positive(getattr(self, name), name))
        if self.patience is not None:
            positive_int(self.patience, "patience")
        if self.goal is not None:
            not_negative(self.goal, "goal")
        if probability(self.validation_fraction, "validation_fraction") == 1:
            raise ValueError("validation_fraction must lie below 1, got 1")
        if not self.validation_fraction and (self.patience, self.goal) != (None, None):
            raise ValueError("patience and goal need a validation_fraction above 0")

    def split(
        self, n_samples: int, rng: np.random.Generator, groups: ArrayLike | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Places of samples that are trained on and of those held out, by whole groups if given.

        Raises
        ------
        ValueError
            Groups of other samples, none held out where some are to be, a batch larger than what
            is trained on.
        """
        units, each = "samples" if groups is None else "groups", np.arange(n_samples)
        if groups is not None:
            if np.shape(groups) != each.shape:
                raise ValueError(
                    f"groups must have shape {each.shape}, one a sample; got {np.shape(groups)}"
                )
            each = np.unique(groups, return_inverse=True)[1]
        order = rng.permutation(int(each.max(initial=-1)) + 1)
        n_held_out = round(self.validation_fraction * len(order))
        if self.validation_fraction and not n_held_out:
            raise ValueError(
                f"validation_fraction must hold out at least one of {len(order)} {units}, got "
                f"{self.validation_fraction:g}"
            )
        held_out = np.isin(each, order[:n_held_out])
        trained = np.flatnonzero(~held_out)
        if self.batch_size > len(trained):
            raise ValueError(
                f"batch_size must not be above the {len(trained)} samples that are trained on, got "
                f"{self.batch_size}"
            )
        return trained, np.flatnonzero(held_out)

    def train(
        self,
        reservoir: Reservoir,
        spikes: SpikeTrains,
        targets: ArrayLike,
        *,
        groups: ArrayLike | None = None,
        readout: LeakyReadout | None = None,
        begun: Progress | None = None,
        dt_ms: float = 1.0,
        target: Target = "auto",
        checkpoint: str | Path | None = None,
        checkpoint_every: int = 10,
        random_state: int = 0,
        callback: Callable[[int, Network], None] | None = None,
        progress: bool = False,
    ) -> Trained:
        """Train a reservoir and its readout.

        Parameters
        ----------
        reservoir : Reservoir
        spikes : SpikeTrains (samples, channels)
        targets : int array (samples,) or (samples, steps), or array (samples, steps, outputs)
            As :class:`Targets` has them.
        groups : array (samples,), optional
            What must not be torn apart where a part is held out, such as the speaker.
        readout : LeakyReadout, optional
            To begin with; by default :meth:`LeakyReadout.random`.
        begun : Progress, optional
            Of an earlier training of the same reservoir, :meth:`Progress.reopened`, whose
            iterations count.
        dt_ms, target
            As in :func:`lsm.simulate`.
        checkpoint : path, optional
            A file that holds how far training has come. Where it is there already, training goes
            on from it, and ends as if it hadn't stopped.
        checkpoint_every : int
            Iterations from one to the next.
        random_state : int
            Of the readout, the part held out, the order of samples, and the noise of devices.
        callback : callable, optional
            ``callback(iteration, network)`` is called before each iteration, with the network as it
            is then.
        progress : bool
            Show a bar with the loss and the time left. Whoever watches (a terminal, an interactive
            Python) sees it anyway where samples are so long that one batch takes minutes.

        Raises
        ------
        ValueError, TypeError
            Targets that don't fit, a batch larger than the samples, a model that gradients can't
            pass, a checkpoint of another training.
        """
        dt_ms = positive(dt_ms, "dt_ms")
        positive_int(checkpoint_every, "checkpoint_every")
        whole_from_0(random_state, "random_state")
        n_steps = checked_steps(listed([reservoir]), spikes, dt_ms)
        if checkpoint is not None:
            _check_place(expanded(checkpoint))
        if begun is not None and len(begun.losses) >= self.iterations:
            raise ValueError(
                f"iterations must be above the {len(begun.losses)} that are begun, got "
                f"{self.iterations}"
            )
        n_outputs = None
        if readout is not None:
            n_outputs = checked_outputs(readout, reservoir)
        wanted = Targets(np.asarray(targets), self.loss, self.window_ms)
        wanted.check(n_steps, dt_ms, n_outputs=n_outputs)
        rng = np.random.default_rng([random_state, 0])
        trained, held_out = self.split(len(spikes), rng, groups)
        if readout is None:
            readout = LeakyReadout.random(wanted.n_outputs, reservoir.n_neurons, random_state=rng)
        run = _Run(
            self,
            Network(reservoir, readout, spikes.n_channels, dt_ms),
            spikes,
            wanted,
            dt_ms,
            target,
            0 if begun is None else len(begun.losses),
        )
        path, key = None, ""
        state = run.updates.begin() if begun is None else begun
        if checkpoint is not None:
            path = expanded(checkpoint)
            settings = (self, dt_ms, random_state, reservoir, readout.tau_ms)
            data = wanted, spikes.digests, held_out
            key = joblib.hash([*settings, run.start.weights(), *data])
            if path.exists():
                state = read_progress(path, key)
        long = self.batch_size * n_steps.max() >= LONG_BATCH
        bar = tqdm(
            total=self.iterations,
            initial=len(state.losses),
            disable=not (progress or (long and is_watched())),
            desc="train",
            unit="batch",
        )
        # What diverges is noticed, and ends the training.
        with bar, np.errstate(over="ignore", invalid="ignore"):
            while not state.stopped:
                run.iterate(state, trained, held_out, random_state, callback)
                bar.update()
                bar.set_postfix_str(f"loss {state.losses[-1]:.4g}, error {state.errors[-1]:.3g}")
                due = len(state.losses) % checkpoint_every == 0 or state.stopped
                if path is not None and due:
                    write_progress(path, key, state)
        if state.stopped == "diverged":
            warnings.warn(
                f"the loss or a weight was no number in iteration {len(state.losses)}: training "
                "stopped, with the last weights before that; take a lower learning_rate",
                stacklevel=2,
            )
        return Trained(run.network(state.weights), LearningCurve.of(state), state.stopped, state)


class _Run:
    """A training's unchanging parts."""

    def __init__(
        self,
        trainer: Trainer,
        network: Network,
        spikes: SpikeTrains,
        targets: Targets,
        dt_ms: float,
        target: Target,
        begun: int,
    ) -> None:
        self.trainer, self.start, self.spikes, self.targets = trainer, network, spikes, targets
        self.dt_ms, self.target, self.begun = dt_ms, target, begun
        self.updates = Updates(
            network,
            trainer.optimizer,
            trainer.devices,
            unit_pA=trainer.unit_pA,
            unit_ms=trainer.unit_ms,
            longest_ms=float(spikes.durations_ms.max()),
        )

    def network(self, weights: Arrays) -> Network:
        return self.start.with_weights(weights)

    def iterate(
        self,
        state: Progress,
        trained: NDArray[np.intp],
        held_out: NDArray[np.intp],
        random_state: int,
        callback: Callable[[int, Network], None] | None,
    ) -> None:
        trainer, k = self.trainer, len(state.losses)
        network = self.network(state.held)
        if callback is not None:
            callback(k, network)
        samples = _batch(trained, trainer.batch_size, k, random_state, begun=self.begun)
        rng = np.random.default_rng([random_state, 2, k])
        spikes, targets = self.spikes[samples], self.targets[samples]
        step = trainer.rule.gradients(
            network, spikes, targets, dt_ms=self.dt_ms, target=self.target, rng=rng
        )
        loss = float(step.comparison.losses.mean())
        state.losses.append(loss)
        state.errors.append(self.targets.error(step.comparison.wrong))
        seconds = spikes.durations_ms.sum() / 1000 * step.counts.shape[1]
        state.rates_Hz.append(float(step.counts.sum() / seconds))
        if not np.isfinite(loss) or not all(
            np.all(np.isfinite(gradient)) for gradient in step.weights.values()
        ):
            state.held, state.stopped = state.earlier or state.held, "diverged"
            return
        state.earlier = state.held
        self.updates.apply(state, step.weights, rng)
        if not are_numbers(state.held):
            state.held, state.stopped = state.earlier, "diverged"
            return
        if k + 1 == trainer.iterations:
            state.stopped = "iterations"
        if len(held_out) and ((k + 1) % trainer.validate_every == 0 or state.stopped):
            self._validate(state, held_out)

    def _validate(self, state: Progress, held_out: NDArray[np.intp]) -> None:
        trainer = self.trainer
        loss, error = evaluate(
            self.network(state.held),
            self.spikes[held_out],
            self.targets[held_out],
            batch_size=trainer.batch_size,
            dt_ms=self.dt_ms,
            target=self.target,
        )
        best = min(state.validation_losses, default=np.inf)
        state.validated.append(len(state.losses))
        state.validation_losses.append(loss)
        state.validation_errors.append(error)
        if loss < best:
            state.best = state.held
        since = len(state.validated) - 1 - int(np.argmin(state.validation_losses))
        if trainer.goal is not None and error <= trainer.goal:
            state.best, state.stopped = state.held, "goal"
        elif trainer.patience is not None and since >= trainer.patience:
            state.stopped = state.stopped or "patience"


def _check_place(path: Path) -> None:
    """Raise ValueError where no checkpoint can be."""
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"checkpoint must be a file in a folder that is there, got {path}")


def _batch(
    samples: NDArray[np.intp], size: int, iteration: int, random_state: int, *, begun: int = 0
) -> NDArray[np.intp]:
    """The samples of an iteration: all of them in a new order, as often as they are used up.

    The first order is that of iteration `begun`.
    """
    each = len(samples) // size
    epoch, place = divmod(iteration - begun, each)
    earlier = -(-begun // each)
    order = np.random.default_rng([random_state, 1, earlier + epoch]).permutation(samples)
    return order[place * size : (place + 1) * size]
