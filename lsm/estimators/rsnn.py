"""Recurrent spiking networks that are trained as a whole, as scikit-learn estimators."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils import Tags

from lsm.base.checks import positive
from lsm.base.seeds import RandomState, numpy_seed
from lsm.base.watching import telling
from lsm.encoders import Encoder
from lsm.estimators.classifier import class_labels, known_labels
from lsm.estimators.groups import checked_groups
from lsm.estimators.liquid import BaseLiquid
from lsm.estimators.random_liquid import RandomLiquid, sketched
from lsm.estimators.regressor import number_targets
from lsm.learning import (
    LeakyReadout,
    LearningCurve,
    Network,
    Trainer,
    default_trainer,
    mean_outputs,
)
from lsm.learning.activity import trainable_step
from lsm.learning.pretraining import standardised, train_on
from lsm.plasticity.pretraining import Pretraining
from lsm.reservoir import Reservoir
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize
from readouts.labels import check_two_classes


class BaseRSNN(BaseLiquid):
    """A liquid whose input, recurrent and readout weights are trained together."""

    # Of a search or a cross-validation they are its splitter's, unless they are asked for.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": False}

    def __init__(
        self,
        reservoir: Reservoir | RandomLiquid | str | int = 100,
        *,
        trainer: Trainer | None = None,
        tau_out_ms: float = 20.0,
        pretraining: Pretraining = None,
        encoder: str | Encoder = "auto",
        rate_Hz: float = 40.0,
        sensor_size: SensorSize | None = None,
        dt_ms: float = 1.0,
        target: Target = "auto",
        checkpoint: str | Path | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            reservoir,
            pretraining=pretraining,
            encoder=encoder,
            rate_Hz=rate_Hz,
            sensor_size=sensor_size,
            dt_ms=dt_ms,
            target=target,
            random_state=random_state,
            verbose=verbose,
        )
        self.trainer = trainer
        self.tau_out_ms = tau_out_ms
        self.checkpoint = checkpoint

    @property
    def learning_curve_(self) -> LearningCurve:
        """Losses, errors and rates of all iterations, and of the part held out."""
        return LearningCurve.of(self.progress_)

    def _learn(self, X: Any, y: NDArray[Any], n_outputs: int, groups: ArrayLike | None) -> None:
        """Settle a liquid and train it on classes (samples,) or numbers (samples, outputs)."""
        if groups is not None:
            groups = checked_groups(groups, y)
        if self.trainer is not None:
            self._checked(self.trainer).split(len(y), np.random.default_rng(0), groups)
        if self.checkpoint is not None and not isinstance(self.random_state, int | np.integer):
            raise ValueError(
                "checkpoint needs an integer random_state, of which the same liquid is drawn "
                f"again; got {self.random_state!r}"
            )
        spikes = self._settle(X, y, groups)
        trainer = self._trainer_for(spikes, groups)
        self.window_ms_ = trainer.window_ms
        self._train(trainer, spikes, y, n_outputs, groups=groups, checkpoint=self.checkpoint)

    def _learn_batch(self, X: Any, y: NDArray[Any], n_outputs: int) -> None:
        """Pass once over more samples, in parts of one size, without any held out."""
        begun = self.progress_.reopened() if hasattr(self, "progress_") else None
        spikes = self._settle(X, y) if begun is None else self._new_spikes(X)
        trainer = self._trainer_for(spikes)
        if begun is None:
            self.window_ms_ = trainer.window_ms
        parts = -(-len(spikes) // trainer.batch_size)
        done = 0 if begun is None else len(begun.losses)
        trainer = replace(
            trainer,
            window_ms=self.window_ms_,
            batch_size=len(spikes) // parts,
            iterations=done + parts,
            validation_fraction=0.0,
            patience=None,
            goal=None,
        )
        self._train(trainer, spikes, y, n_outputs, begun=begun)

    def _settle(self, X: Any, y: NDArray[Any], groups: ArrayLike | None = None) -> SpikeTrains:
        positive(self.tau_out_ms, "tau_out_ms")
        spikes = self._fit_liquid(X, y=y, groups=groups)
        self.start_ = self.reservoir_
        return spikes

    def _settled(self, liquid: Any, spikes: SpikeTrains, **settings: Any) -> Reservoir:
        sketch = sketched(liquid, spikes.n_channels)
        if sketch is not None:
            trainable_step(sketch, self._dt_ms)
        return super()._settled(liquid, spikes, **settings)

    def _train(
        self, trainer: Trainer, spikes: SpikeTrains, y: NDArray[Any], n_outputs: int, **options: Any
    ) -> None:
        rng = np.random.default_rng(numpy_seed(self.random_state))
        readout = LeakyReadout.random(
            n_outputs, self.start_.n_neurons, tau_ms=self.tau_out_ms, random_state=rng
        )
        with telling(self.verbose):
            trained = train_on(
                trainer,
                self.start_,
                spikes,
                y,
                readout=readout,
                dt_ms=self._dt_ms,
                target=self.target_,
                random_state=int(rng.integers(2**31)),
                progress=bool(self.verbose),
                **options,
            )
        self.reservoir_, self.readout_ = trained.reservoir, trained.readout
        self.progress_ = trained.progress

    def _outputs(self, X: Any) -> NDArray[np.float64]:
        """Outputs (samples, outputs), averaged over the window."""
        spikes = self._new_spikes(X)
        return mean_outputs(
            Network(self.reservoir_, self.readout_, spikes.n_channels),
            spikes,
            window_ms=self.window_ms_,
            batch_size=64 if self.trainer is None else self.trainer.batch_size,
            dt_ms=self._dt_ms,
            target=self.target_,
        )

    def _trainer_for(self, spikes: SpikeTrains, groups: ArrayLike | None = None) -> Trainer:
        if self.trainer is None:
            return default_trainer(spikes, groups)
        return self._checked(self.trainer)

    def _checked(self, trainer: Any) -> Trainer:
        if not isinstance(trainer, Trainer):
            raise TypeError(f"trainer must be a lsm.learning.Trainer or None, got {trainer!r}")
        return trainer

    def _as_object(self, name: str) -> Any:
        return Trainer() if name == "trainer" else super()._as_object(name)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "progress_")


class RSNNClassifier(ClassifierMixin, BaseRSNN):
    """Classify spike trains, events or signals by a recurrent network that is trained as a whole.

    A liquid is drawn and scaled as :class:`LSMClassifier` has it. Then its input and recurrent
    weights and a leaky readout are trained together, by e-prop (Bellec et al. 2020, Nature
    Communications 11:3625), and the network itself predicts: the class of the largest output,
    averaged over the window that the loss looks at.

    Parameters
    ----------
    reservoir, pretraining, encoder, rate_Hz, sensor_size, dt_ms, target
        As :class:`LiquidTransformer` has them.
    trainer : lsm.learning.Trainer, optional
        By default :func:`lsm.learning.default_trainer` of the training samples. Its loss is the one
        that the targets take.
    tau_out_ms : float, default=20.0
        Time constant of the readout.
    checkpoint : str or Path, optional
        A file that holds how far ``fit`` has come. Where it is there already, ``fit`` with the same
        data, parameters and integer `random_state` goes on from it.
    random_state : int, RandomState, Generator or None
        Draws the reservoir and the readout, what is held out and the order of samples.
    verbose : bool, default=False
        Show a bar with the loss and the time left, and say before a program is compiled.

    Attributes
    ----------
    start_, reservoir_ : Reservoir
        What learning began from, and the trained one.
    readout_ : lsm.learning.LeakyReadout
    learning_curve_ : lsm.learning.LearningCurve
    progress_ : lsm.learning.Progress
        What ``partial_fit`` goes on from; ``progress_.stopped`` says why training ended.
    window_ms_ : float or None
    classes_ : array (classes,)
    encoder_, sensor_size_, target_, input_kind_, n_features_in_
        As :class:`LiquidTransformer` has them.
    """

    def fit(self, X: Any, y: ArrayLike, groups: ArrayLike | None = None) -> RSNNClassifier:
        """Learn the encoding, calibrate the liquid, and train it with its readout.

        Parameters
        ----------
        X : SpikeTrains, list of structured arrays, or signals
            As :meth:`LiquidTransformer.fit` has it.
        y : array (samples,)
        groups : array (samples,), optional
            What must not be torn apart where the trainer holds samples out, such as the speaker.

        Raises
        ------
        TypeError, ValueError
            Input that is not as described, a single class, a batch larger than the samples, a
            parameter that doesn't fit, a model without a pseudo-derivative.
        LoadError
            The checkpoint is that of another training.
        """
        classes, codes = np.unique(class_labels(X, self._check_target(y)), return_inverse=True)
        check_two_classes("y", classes)
        self._learn(X, codes, len(classes), groups)
        self.classes_ = classes
        return self

    def partial_fit(self, X: Any, y: ArrayLike, classes: ArrayLike | None = None) -> RSNNClassifier:
        """Pass once over one more batch of samples; the first decides encoding and calibration.

        The optimizer goes on where it was; no samples are held out. More than the trainer's
        `batch_size` are parted into as few parts of one size as need be; what is left, fewer
        samples than parts, isn't seen.

        Parameters
        ----------
        X, y
            As in :meth:`fit`.
        classes : array (classes,)
            All labels that will come; needed in the first call.
        """
        y = class_labels(X, self._check_target(y))
        classes = known_labels(self, y, classes)
        self._learn_batch(X, np.searchsorted(classes, y), len(classes))
        self.classes_ = classes
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels (samples,); errors as :meth:`LSMClassifier.predict` has them."""
        best = np.argmax(self._outputs(X), axis=1)
        return np.asarray(self.classes_[best])

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Outputs (samples, classes); of two classes the second less the first (samples,)."""
        outputs = self._outputs(X)
        return outputs[:, 1] - outputs[:, 0] if outputs.shape[1] == 2 else outputs

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities of the classes (samples, classes): the softmax of the outputs."""
        return np.asarray(softmax(self._outputs(X), axis=1))


class RSNNRegressor(RegressorMixin, BaseRSNN):
    """Predict one or more numbers for each sample by a network that is trained as a whole.

    Predictions are the readout's outputs, averaged over the window that the loss looks at.

    Parameters
    ----------
    reservoir, trainer, tau_out_ms, pretraining, encoder, rate_Hz, sensor_size, dt_ms, target, \
checkpoint, random_state, verbose
        As :class:`RSNNClassifier` has them.

    Attributes
    ----------
    target_mean_, target_scale_ : arrays (outputs,)
        By which targets are standardised.
    start_, reservoir_, readout_, learning_curve_, progress_, window_ms_, encoder_, sensor_size_, \
target_, input_kind_, n_features_in_
        As :class:`RSNNClassifier` has them.
    """

    def fit(self, X: Any, y: ArrayLike, groups: ArrayLike | None = None) -> RSNNRegressor:
        """Learn the encoding, calibrate the liquid, and train it with its readout.

        Parameters
        ----------
        X : SpikeTrains, list of structured arrays, or signals
            As :meth:`LiquidTransformer.fit` has it.
        y : array (samples,) or (samples, outputs)
        groups : array (samples,), optional
            What must not be torn apart where the trainer holds samples out, such as the speaker.

        Raises
        ------
        TypeError, ValueError, LoadError
            As :meth:`RSNNClassifier.fit` has them.
        """
        numbers = number_targets(X, self._check_target(y))
        standard, mean, scale = standardised(numbers)
        self._learn(X, standard, len(mean), groups)
        self.target_mean_, self.target_scale_ = mean, scale
        self._flat = numbers.ndim == 1
        return self

    def partial_fit(self, X: Any, y: ArrayLike) -> RSNNRegressor:
        """Pass once over one more batch of samples; the first decides encoding and scales."""
        numbers = number_targets(X, self._check_target(y))
        if not hasattr(self, "progress_"):
            standard, mean, scale = standardised(numbers)
        else:
            mean, scale = self.target_mean_, self.target_scale_
            rows = numbers.reshape(len(numbers), -1)
            if rows.shape[1] != len(mean):
                raise ValueError(
                    f"y must have {len(mean)} outputs, as in the first call, got {rows.shape[1]}"
                )
            standard = (rows - mean) / scale
        self._learn_batch(X, standard, len(mean))
        self.target_mean_, self.target_scale_ = mean, scale
        self._flat = numbers.ndim == 1
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predictions, (samples,) or (samples, outputs) as `y` was."""
        numbers = self._outputs(X) * self.target_scale_ + self.target_mean_
        return numbers[:, 0] if self._flat else numbers

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
