"""What all estimators share: a reservoir with its input and its state."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive
from lsm.base.seeds import RandomState, numpy_seed
from lsm.base.watching import telling
from lsm.encoders import Encoder, IntegrateAndFire, default_encoder, make_encoder
from lsm.estimators.inputs import check_kind, check_lasting, read, sensor_of
from lsm.estimators.kernel_liquid import KernelLiquid
from lsm.estimators.parameters import NestedParameters
from lsm.estimators.random_liquid import (
    KERNELS,
    RandomLiquid,
    described,
    is_number_of_neurons,
    settled,
)
from lsm.estimators.weights import weights_for
from lsm.plasticity.pretraining import Pretraining, make_pretraining, needs_targets, pretrain
from lsm.reservoir import Reservoir
from lsm.signals import Signals, validate_signals
from lsm.simulation.programs import Target, resolve_target
from lsm.simulation.state_cache import cached_states
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize
from lsm.states import State, make_state
from readouts.base import checked_weight

#: Of liquids that don't name another.
_DEFAULT_STATE = "bins:3"


class BaseLiquid(NestedParameters):
    """A reservoir with its input and its state; the parameters are `LiquidTransformer`'s."""

    def __init__(
        self,
        reservoir: Reservoir | RandomLiquid | KernelLiquid | str | int = 100,
        *,
        pretraining: Pretraining = None,
        encoder: str | Encoder = "auto",
        state: str | State = "auto",
        rate_Hz: float = 40.0,
        sensor_size: SensorSize | None = None,
        dt_ms: float = 1.0,
        target: Target = "auto",
        random_state: RandomState = None,
        n_jobs: int | None = None,
        verbose: bool = False,
    ) -> None:
        self.reservoir = reservoir
        self.pretraining = pretraining
        self.encoder = encoder
        self.state = state
        self.rate_Hz = rate_Hz
        self.sensor_size = sensor_size
        self.dt_ms = dt_ms
        self.target = target
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def encode(self, X: Any) -> SpikeTrains:
        """The spikes that the liquid is driven by, of data of the kind that was fitted.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            Data of another kind, or with another number of channels.
        """
        return self._new_spikes(X)

    @property
    def _dt_ms(self) -> float:
        # As an estimator keeps what it was given, this may be a quantity.
        return positive(self.dt_ms, "dt_ms")

    def _fit_liquid(
        self,
        X: Any,
        sample_weight: ArrayLike | None = None,
        y: Any = None,
        groups: ArrayLike | None = None,
    ) -> SpikeTrains:
        """Learn the encoding, settle reservoir and target; return the spikes that X becomes.

        `y` and `groups` are for rules of pre-training that learn from them.
        """
        # An earlier fit on data of another kind left other attributes.
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)
        if "state" in self._get_param_names():
            self.state_ = self._as_object("state")
        rate_Hz, dt_ms = positive(self.rate_Hz, "rate_Hz"), self._dt_ms
        liquid = self._described()
        rules = make_pretraining(self.pretraining)
        supervised = any(map(needs_targets, rules))
        if supervised and y is None:
            raise ValueError(
                f"pretraining {self.pretraining!r} learns from targets, which "
                f"{type(self).__name__} doesn't have; LSMClassifier and LSMRegressor do"
            )
        rng = np.random.default_rng(numpy_seed(self.random_state))
        self.target_ = resolve_target(self.target)
        self.input_kind_, X = read(X)
        if self.input_kind_ == "signals":
            signals = validate_signals(self, X, reset=True)
            weight = checked_weight(sample_weight, X)
            self.encoder_ = self._encoder(signals, rng)
            self.encoder_.fit(self._for_encoder(signals), **weights_for(self.encoder_, weight))
            spikes = self._encoded(signals)
        else:
            if self.input_kind_ == "events":
                self.sensor_size_ = sensor_of(list(X), self.sensor_size)
            spikes = self._as_spikes(X)
            if self.input_kind_ == "events":
                check_lasting(spikes)
            if not len(spikes):
                raise ValueError(
                    "Found array with 0 sample(s) while a minimum of 1 is required by "
                    f"{type(self).__name__}."
                )
            self.n_features_in_ = spikes.n_channels
            weight = checked_weight(sample_weight, X)
        training = slice(None) if weight is None else weight > 0
        training_spikes = spikes[training]
        targets = self._rule_targets(y, spikes)[training] if supervised else None
        settings: dict[str, Any] = {
            "rate_Hz": rate_Hz,
            "dt_ms": dt_ms,
            "target": self.target_,
        }
        with telling(self.verbose):
            reservoir = self._settled(liquid, training_spikes, random_state=rng, **settings)
            self.reservoir_ = pretrain(
                reservoir,
                training_spikes,
                rules,
                y=targets,
                groups=None if groups is None else np.asarray(groups)[training],
                random_state=rng,
                progress=bool(self.verbose),
                **settings,
            )
        return spikes

    def _rule_targets(self, y: Any, spikes: SpikeTrains) -> NDArray[Any]:
        """Targets as rules of pre-training take them."""
        return np.asarray(y)

    def _described(self) -> Any:
        """What is to be settled: the liquid that `reservoir` stands for."""
        return described(self.reservoir)

    def _settled(self, liquid: Any, spikes: SpikeTrains, **settings: Any) -> Reservoir:
        """The liquid for the training spikes."""
        return settled(
            liquid,
            spikes,
            encoder=getattr(self, "encoder_", None),
            sensor_size=getattr(self, "sensor_size_", self.sensor_size),
            **settings,
        )

    def _as_object(self, name: str) -> Any:
        value = getattr(self, name)
        if name == "reservoir":
            return RandomLiquid(value if is_number_of_neurons(value) else 100)
        if name == "encoder":
            return IntegrateAndFire(slopes=True) if value == "auto" else make_encoder(value)
        if name == "state":
            return make_state(_default_state(self.reservoir) if value == "auto" else value)
        return None

    def _encoder(self, signals: Signals, rng: np.random.Generator) -> Any:
        """The encoder, to be fitted; one that was only named takes its chance from here."""
        if not isinstance(self.encoder, str):
            return make_encoder(self.encoder)
        liquid = described(self.reservoir)
        if self.encoder == "auto" and isinstance(liquid, KernelLiquid):
            return liquid.encoder(self._dt_ms)
        named = default_encoder(signals) if self.encoder == "auto" else make_encoder(self.encoder)
        if "random_state" in named.get_params():
            named.set_params(random_state=int(rng.integers(2**31)))
        return named

    def _for_encoder(self, signals: Signals) -> Signals | NDArray[np.float64]:
        """A table again where one was fitted, for what a pipeline has before its encoder."""
        is_table = self._fitted_on_table and len({signal.shape[1] for signal in signals}) == 1
        if isinstance(self.encoder_, Encoder) or not is_table:
            return signals
        return np.concatenate(signals)

    def _encoded(self, signals: Signals) -> SpikeTrains:
        spikes = self.encoder_.transform(self._for_encoder(signals))
        if not isinstance(spikes, SpikeTrains):
            raise TypeError(
                f"encoder must turn signals into SpikeTrains, got {type(spikes).__name__} from "
                f"{self.encoder_!r}"
            )
        return spikes

    def _as_spikes(self, X: Any) -> SpikeTrains:
        """The spikes that X becomes once the encoding is learned."""
        if self.input_kind_ == "signals":
            return self._encoded(validate_signals(self, X, reset=False))
        if self.input_kind_ == "events":
            return SpikeTrains.from_events(list(X), sensor_size=self.sensor_size_)
        return X

    def _new_spikes(self, X: Any) -> SpikeTrains:
        """The spikes of new data, which must be of the kind that was fitted."""
        check_is_fitted(self)
        kind, X = read(X)
        check_kind(kind, self.input_kind_, type(self).__name__)
        spikes = self._as_spikes(X)
        if self.input_kind_ != "signals" and spikes.n_channels != self.n_features_in_:
            raise ValueError(
                f"X has {spikes.n_channels} channels, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} channels as input"
            )
        return spikes

    def _states(self, spikes: SpikeTrains) -> NDArray[np.float64]:
        states = cached_states(
            self.reservoir_,
            spikes,
            state=self.state_,
            dt_ms=self._dt_ms,
            target=self.target_,
            n_jobs=self.n_jobs,
            progress=self.verbose,
        )
        return states.astype(np.float64)

    def _check_target(self, y: Any) -> Any:
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        return y

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "reservoir_")  # the last that fit learns

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _default_state(reservoir: Any) -> str:
    name = reservoir.partition(":")[0] if isinstance(reservoir, str) else None
    kernels = isinstance(reservoir, KernelLiquid) or name == KERNELS
    return KernelLiquid.state if kernels else _DEFAULT_STATE
