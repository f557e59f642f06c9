"""A liquid with a readout at every time step: series in, series out, and free-running."""

from __future__ import annotations

from functools import partial
from numbers import Integral
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import axes_hint, positive_int
from lsm.base.quantities import number
from lsm.base.seeds import RandomState
from lsm.base.steps import whole_steps
from lsm.encoders import Encoder, GaussianPopulation
from lsm.estimators.random_liquid import RandomLiquid, is_number_of_neurons
from lsm.estimators.readout import LiquidWithReadout
from lsm.estimators.series_liquid import SeriesLiquid
from lsm.estimators.targets import checked_targets, rows_of, warn_of_runaways
from lsm.plasticity.pretraining import Pretraining
from lsm.reservoir import Reservoir
from lsm.signals import Signals, cells, validate_signals
from lsm.simulation import trajectories
from lsm.simulation.engine import check_read_at_the_end
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.states import State, make_state

Series = NDArray[np.float64] | Signals

#: Encoders of a :class:`SeriesLiquid` and of other liquids, and the latter's state.
_LONG_STEPS = partial(GaussianPopulation, n_fields=10, beta=1.0, step_ms=400.0)
_SHORT_STEPS = partial(GaussianPopulation, max_rate_Hz=2000.0, step_ms=10.0)
_TRACES = "traces:5,10,20,40,80"
#: Numbers of states that are read out at once: they are as many in double precision then.
_PREDICTED_AT_ONCE = 2**24


class LSMSeriesRegressor(RegressorMixin, LiquidWithReadout):
    """Predict at every step of a signal from the state that it has left in the liquid.

    Parameters
    ----------
    reservoir : int, SeriesLiquid, str, RandomLiquid or Reservoir, default=100
        A number of neurons, where no encoder is given: a :class:`SeriesLiquid`, whose delays are
        steps of the series, is drawn. All else as :class:`LiquidTransformer` has it.
    pretraining, rate_Hz, dt_ms, target, random_state, n_jobs, verbose
        As :class:`LiquidTransformer` has them; a :class:`SeriesLiquid` isn't scaled to a rate.
    encoder : str or Encoder, default="auto"
        A name or an object from :mod:`lsm.encoders`. It is causal, so that no prediction knows what
        comes later, and its step, for which a value lasts, is a multiple of `dt_ms`. ``"auto"``:
        of a :class:`SeriesLiquid` ten Gaussian fields with steps of 400 ms, of other liquids eight
        with steps of 10 ms.
    readout : str or estimator, default="ridge-blocks"
        ``"ridge-blocks"``, ridge regression whose strength is chosen by leaving out runs of
        consecutive steps, ``"ridge"`` or any scikit-learn regressor, which is cloned.
    state : str or State, default="auto"
        What the readout sees at every step (:mod:`lsm.states`); one that is read at the end of a
        sample. Several in one: ``"traces:5,20,80+potentials+variables:I"``. ``"auto"``: traces, of
        a :class:`SeriesLiquid` over .3, 1 and 10 steps of the series, of other liquids over 5, 10,
        20, 40 and 80 ms.
    washout : int, default=0
        Steps at the start of each sample that neither train nor score.

    Attributes
    ----------
    readout_ : estimator
        Fitted on the training states.
    n_outputs_ : int
    reservoir_, encoder_, state_, target_, n_features_in_
        As :class:`LiquidTransformer` has them.
    """

    _kind = "regressor"

    def __init__(
        self,
        reservoir: Reservoir | RandomLiquid | SeriesLiquid | str | int = 100,
        *,
        pretraining: Pretraining = None,
        readout: Any = "ridge-blocks",
        encoder: str | Encoder = "auto",
        state: str | State = "auto",
        washout: int = 0,
        rate_Hz: float = 40.0,
        dt_ms: float = 1.0,
        target: Target = "auto",
        random_state: RandomState = None,
        n_jobs: int | None = None,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            reservoir,
            pretraining=pretraining,
            readout=readout,
            encoder=encoder,
            state=state,
            rate_Hz=rate_Hz,
            dt_ms=dt_ms,
            target=target,
            random_state=random_state,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.washout = washout

    def fit(self, X: Any, y: Any = None) -> LSMSeriesRegressor:
        """Simulate the signals and fit the readout on the state after each step.

        Parameters
        ----------
        X : signals
            Array (samples, channels, steps), table (samples, steps), or a list of arrays
            (channels, steps) of any lengths. A single series is one sample.
        y : signals, optional
            Targets, as long as the samples: array (samples, outputs, steps), (samples, steps), or
            list of arrays (outputs, steps) or (steps,). By default the next values of X: a
            forecast.

        Raises
        ------
        TypeError, ValueError
            Input that is not as described, a washout as long as a sample, a parameter that doesn't
            fit; before anything is simulated.
        """
        readout = self._new_readout(None)
        signals = self._signals(X, reset=True)
        if all(signal.shape[1] == 1 for signal in signals):
            raise ValueError(
                f"X must hold samples of several steps, got {len(signals)} of one step each: a "
                "single series is one sample, of shape (1, channels, steps) or (1, steps)"
            )
        targets = self._targets(signals, y)
        check_read_at_the_end(self._as_object("state"))
        channels = getattr(self, "feature_names_in_", None)
        states = self._training_states(self._fit_liquid(signals, y=targets), targets)
        if channels is not None:
            self.feature_names_in_ = channels
        target_rows = self._behind_the_washout(targets)
        self.n_outputs_ = target_rows.shape[1]
        self._target_range = np.stack([target_rows.min(axis=0), target_rows.max(axis=0)])
        self._flat = all(np.ndim(row) == 1 for row in rows_of(X if y is None else y))
        self.readout_ = readout.fit(
            states, target_rows[:, 0] if self.n_outputs_ == 1 else target_rows
        )
        return self

    def predict(self, X: Any) -> Series:
        """Predictions at every step.

        Returns
        -------
        array (samples, outputs, steps)
            Or (samples, steps) where the targets had no dimension of outputs; a list of arrays
            (outputs, steps) or (steps,) where samples differ in length.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            Input with other channels than in ``fit``.
        """
        return self._packed(self._predicted(self._signals(X, reset=False)))

    def score(self, X: Any, y: Any = None) -> float:
        """R^2 of the predictions over all steps behind the washout, the mean over outputs.

        `y` as in :meth:`fit`.
        """
        signals = self._signals(X, reset=False)
        targets = self._targets(signals, y)
        outputs = [
            predicted[:, : target.shape[1]]
            for predicted, target in zip(self._predicted(signals), targets, strict=True)
        ]
        return float(r2_score(*map(self._behind_the_washout, (targets, outputs))))

    def forecast(self, X: Any, n_steps: int) -> Series:
        """Go on by itself: after each sample, predictions are fed back as the next input.

        Parameters
        ----------
        X : signals
            What is heard before; it should be longer than the liquid remembers.
        n_steps : int
            Number of steps predicted.

        Returns
        -------
        array (samples, channels, n_steps), or (samples, n_steps)
            In the form that :meth:`predict` has; the first is the prediction after X's last step.

        Raises
        ------
        ValueError
            There are not as many outputs as channels, or the liquid can't be streamed
            (:meth:`stream`).

        Warns
        -----
        UserWarning
            Forecasts are further outside the training targets than these are wide: they run away.
        """
        signals = self._signals(X, reset=False)
        positive_int(n_steps, "n_steps")
        if self.n_outputs_ != self.n_channels_in_:
            raise ValueError(
                "a forecast feeds its predictions back, so there must be as many outputs as "
                f"channels; got {self.n_outputs_} outputs and {self.n_channels_in_} channels"
            )
        futures = []
        with self.stream() as live:
            for signal in signals:
                live.restart()
                live.push(signal)
                outputs = [np.atleast_1d(live.predict())]
                while len(outputs) < n_steps:
                    live.push(outputs[-1][:, np.newaxis])
                    outputs.append(np.atleast_1d(live.predict()))
                futures.append(np.stack(outputs, axis=1))
        if hasattr(self, "_target_range"):  # not so in a model that an earlier version has saved
            warn_of_runaways(futures, self._target_range)
        return self._packed(futures)

    def _signals(self, X: Any, *, reset: bool) -> Signals:
        if not reset:
            check_is_fitted(self)
        if isinstance(X, SpikeTrains):
            raise TypeError("X must be signals, which have steps to predict at; got SpikeTrains")
        if hasattr(X, "iloc") and cells(X) is None:
            X = np.asarray(X)  # columns are steps, of which another series may have others
        return validate_signals(self, X, reset=reset)

    def _encoder(self, signals: Signals, rng: np.random.Generator) -> Any:
        if _is_auto(self.encoder):
            return self._as_object("encoder")
        encoder = super()._encoder(signals, rng)
        if not getattr(encoder, "causal", False):
            raise ValueError(
                f"encoder must be causal: what it says of a step must not depend on later ones; "
                f"got {encoder!r}"
            )
        whole_steps(encoder.step_ms, self._dt_ms, "the encoder's step_ms")
        return encoder

    def _described(self) -> Any:
        if isinstance(self.reservoir, SeriesLiquid):
            return self.reservoir
        if is_number_of_neurons(self.reservoir) and _is_auto(self.encoder):
            return SeriesLiquid(cast(int, self.reservoir))
        return super()._described()

    def _settled(self, liquid: Any, spikes: SpikeTrains, **settings: Any) -> Reservoir:
        if not isinstance(liquid, SeriesLiquid):
            return super()._settled(liquid, spikes, **settings)
        return liquid.draw(
            spikes.n_channels,
            step_ms=number(self.encoder_.step_ms, "step_ms"),
            random_state=settings["random_state"],
        )

    def _as_object(self, name: str) -> Any:
        if name not in ("reservoir", "encoder", "state"):
            return super()._as_object(name)
        liquid = self._described()
        drawn = liquid if isinstance(liquid, SeriesLiquid) else None
        if name == "reservoir" and drawn is not None:
            return drawn
        if name == "encoder" and _is_auto(self.encoder):
            return _SHORT_STEPS() if drawn is None else _LONG_STEPS()
        if name == "state" and _is_auto(self.state):
            # What has no step is refused as soon as there are signals.
            step_ms = getattr(self._as_object("encoder"), "step_ms", 1.0)
            return make_state(_TRACES) if drawn is None else drawn.state(number(step_ms, "step_ms"))
        return super()._as_object(name)

    def _targets(self, signals: Signals, y: Any) -> Signals:
        """Targets (outputs, steps), one a sample: those given, or the next values."""
        if y is None:
            targets = [signal[:, 1:] for signal in signals]
        else:
            targets = checked_targets(y, [signal.shape[1] for signal in signals])
        shortest = min(target.shape[1] for target in targets)
        whole = isinstance(self.washout, Integral) and not isinstance(self.washout, bool)
        if not (whole and 0 <= self.washout < shortest):
            raise ValueError(
                "washout must be a whole number of steps from 0 on, and leave a step to learn of "
                f"the {shortest} that the shortest sample has a target for; got {self.washout!r}"
                + axes_hint(signals[0].shape)
            )
        return targets

    def _rule_targets(self, y: Signals, spikes: SpikeTrains) -> NDArray[np.float64]:
        """Targets (samples, time steps, outputs), each for as long as its value lasts."""
        lasts = whole_steps(self.encoder_.step_ms, self._dt_ms, "the encoder's step_ms")
        n_steps = int(spikes.n_steps(self._dt_ms).max())
        targets = np.full((len(y), n_steps, len(y[0])), np.nan)
        for row, values in zip(targets, y, strict=True):
            row[self.washout * lasts : values.shape[1] * lasts] = np.repeat(
                values[:, self.washout :].T, lasts, axis=0
            )
        return targets

    def _behind_the_washout(self, series: Signals) -> NDArray[np.float64]:
        """All steps that train and score, (steps, outputs)."""
        return np.concatenate([values[:, self.washout :].T for values in series])

    def _predicted(self, signals: Signals) -> Signals:
        """Predictions (outputs, steps), one a sample."""
        paths = self._paths(self._encoded(signals))
        # Silence that the encoder puts behind a sample is none of its steps.
        return [
            self._outputs(path[: signal.shape[1]])
            for path, signal in zip(paths, signals, strict=True)
        ]

    def _training_states(self, spikes: SpikeTrains, targets: Signals) -> NDArray[np.float64]:
        """States of all steps that train, (steps, features)."""
        parts = [
            path[self.washout : target.shape[1]]
            for path, target in zip(self._paths(spikes), targets, strict=True)
        ]
        return np.concatenate(parts, dtype=np.float64)

    def _paths(self, spikes: SpikeTrains) -> list[NDArray[np.float32]]:
        """States (steps, features) after each step of each sample."""
        paths = trajectories(
            self.reservoir_,
            spikes,
            every_ms=self.encoder_.step_ms,
            state=self.state_,
            dt_ms=self._dt_ms,
            target=self.target_,
            n_jobs=self.n_jobs,
            progress=self.verbose,
        )
        return [path[0] for path in paths]

    def _outputs(self, states: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predictions (outputs, steps) from states (steps, features), of a part at a time."""
        parts = np.array_split(states, -(-states.size // _PREDICTED_AT_ONCE))
        outputs = [np.asarray(self.readout_.predict(part.astype(np.float64))) for part in parts]
        return np.concatenate(outputs).reshape(len(states), -1).T

    def _packed(self, series: Signals) -> Series:
        shaped = [values[0] if self._flat else values for values in series]
        return np.stack(shaped) if len({values.shape for values in shaped}) == 1 else shaped

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.target_tags.multi_output = True
        return tags


def _is_auto(value: Any) -> bool:
    return isinstance(value, str) and value == "auto"
