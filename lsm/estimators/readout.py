"""What classifier and regressors share: a readout trained on a liquid's states."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.seeds import RandomState
from lsm.encoders import Encoder
from lsm.estimators.groups import checked_groups
from lsm.estimators.kernel_liquid import KernelLiquid
from lsm.estimators.liquid import BaseLiquid
from lsm.estimators.random_liquid import RandomLiquid
from lsm.estimators.streaming import StreamingMixin
from lsm.estimators.weights import takes_weights
from lsm.plasticity.pretraining import Pretraining
from lsm.reservoir import Reservoir
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize
from lsm.states import State
from readouts import make_readout
from readouts.base import checked_weight


class LiquidWithReadout(StreamingMixin, BaseLiquid):
    """A liquid whose states a readout is trained on."""

    _kind: Literal["classifier", "regressor"]

    # Of a search or a cross-validation they are its splitter's, unless they are asked for.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": False}

    def __init__(
        self,
        reservoir: Reservoir | RandomLiquid | KernelLiquid | str | int = 100,
        *,
        pretraining: Pretraining = None,
        readout: Any = "ridge",
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
        super().__init__(
            reservoir,
            pretraining=pretraining,
            encoder=encoder,
            state=state,
            rate_Hz=rate_Hz,
            sensor_size=sensor_size,
            dt_ms=dt_ms,
            target=target,
            random_state=random_state,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.readout = readout

    def _new_readout(self, sample_weight: ArrayLike | None) -> Any:
        readout = make_readout(self.readout, kind=self._kind)
        _check_takes(sample_weight, readout)
        return readout

    def _fitting_states(
        self,
        X: Any,
        sample_weight: ArrayLike | None,
        y: NDArray[Any],
        groups: ArrayLike | None = None,
    ) -> tuple[SpikeTrains, NDArray[np.float64]]:
        """Spikes and states of the training samples, once the liquid is settled."""
        if groups is not None:
            groups = checked_groups(groups, y)
        spikes = self._fit_liquid(X, sample_weight, y, groups)
        states = self._states(spikes)
        if not states.any():
            warnings.warn(
                f"no neuron of {self.reservoir_!r} fires in any of the samples: the readout can "
                "only guess; a liquid needs stronger inputs or lower thresholds",
                stacklevel=3,
            )
        return spikes, states

    def _next_batch(
        self, X: Any, sample_weight: ArrayLike | None, y: NDArray[Any]
    ) -> tuple[Any, NDArray[np.float64]]:
        """Readout and states for one more batch of samples, which may be the first."""
        if hasattr(self, "readout_"):
            _check_takes(sample_weight, self.readout_)
            spikes = self._new_spikes(X)
            checked_weight(sample_weight, X, all_zero=True)
            return self.readout_, self._states(spikes)
        readout = self._new_readout(sample_weight)
        return readout, self._fitting_states(X, sample_weight, y)[1]

    def _new_states(self, X: Any) -> NDArray[np.float64]:
        return self._states(self._new_spikes(X))

    def _as_object(self, name: str) -> Any:
        if name == "readout":
            return make_readout(self.readout, kind=self._kind)
        return super()._as_object(name)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "readout_")


def readout_has(method: str) -> Callable[[Any], bool]:
    """For `available_if`: whether the readout, fitted or to be made, has a method."""

    def check(model: Any) -> bool:
        readout = getattr(model, "readout_", None)
        if readout is None:
            readout = make_readout(model.readout, kind=model._kind)
        return hasattr(readout, method)

    return check


def _check_takes(sample_weight: ArrayLike | None, readout: Any) -> None:
    if sample_weight is not None and not takes_weights(readout):
        raise ValueError(f"readout {readout!r} takes no sample_weight")
